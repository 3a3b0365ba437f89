"""What an import would do: it is done in one transaction of ours that is always rolled back, and nobody is told."""

import logging
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from flask_bgbilling.domain.customers.matching import Evidence, ImportRules
from flask_bgbilling.domain.customers.outcomes import Written
from flask_bgbilling.domain.customers.reading import ReadContract
from flask_bgbilling.domain.customers.writing import MARKER, ContractWriter
from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.ports import Customers
from flask_bgbilling.store.import_cases import CaseDetails, ImportCases
from flask_bgbilling.wire.dto.search import FoundContract

logger = logging.getLogger(__name__)


class Foreseen(Struct, frozen=True):
    """What would become of a contract.

    ``outcome`` is that of ``Imported``, ``customer_id`` and ``title`` whom the contract would belong to; for a new one
    they are 0 and empty. ``new_title`` is the title that a customer gets, ``None`` to leave it. ``makers`` are the
    numbers of earlier contracts by the ids, good for nothing else, of customers that these would have made.
    ``problem`` is why it would fail.
    """

    found: FoundContract
    outcome: str
    customer_id: int = 0
    title: str = ""
    new_title: str | None = None
    evidence: tuple[Evidence, ...] = ()
    makers: dict[int, str] = {}
    problem: str = ""


class Failed(Exception):
    """A contract that cannot be written: the others are tried again without it."""

    def __init__(self, cid: int, problem: str) -> None:
        self.cid = cid
        self.problem = problem
        super().__init__(problem)


class NothingDone(Exception):
    """The end of the transaction: whoever is told of it rolls everything back."""


class Foresight:
    """Does in a transaction of its caller what a run would do: each contract meets what those before it have made."""

    def __init__(self, customers: Customers, cases: ImportCases, writer: ContractWriter) -> None:
        self._customers = customers
        self._cases = cases
        self._writer = writer

    def told(
        self, contracts: Sequence[ReadContract], rules: ImportRules, marker: int, failed: Mapping[int, str]
    ) -> list[Foreseen]:
        """What becomes of these contracts, in their order; raises ``Failed`` for the first one that cannot be written.

        ``marker`` is the parameter by which contracts are to be imported, ``failed`` are the problems of those that are
        known not to be written. The caller rolls everything back.
        """
        made: dict[int, str] = {}
        return [
            Foreseen(read.found, "failed", problem=failed[read.found.cid])
            if read.found.cid in failed
            else self._one(read, rules, marker, made)
            for read in contracts
        ]

    def _one(self, read: ReadContract, rules: ImportRules, marker: int, made: dict[int, str]) -> Foreseen:
        if read.contract is None:
            return Foreseen(read.found, "failed", problem=words_of(read.problem))
        known = read.contract.values.get(marker)
        if known is not None and known.text.strip() != MARKER:
            return Foreseen(read.found, "passed")
        try:
            (written,) = self._writer.write([read.contract], rules, None)
        except Exception as error:  # whatever a host or its database raises
            if not isinstance(error, BGBillingError):
                logger.exception("contract %s cannot be imported", read.found.cid)
            raise Failed(read.found.cid, words_of(error)) from error
        return self._foreseen(read.found, written, rules.server.billing_id, made)

    def _foreseen(self, found: FoundContract, written: Written, billing_id: str, made: dict[int, str]) -> Foreseen:
        details = CaseDetails()
        if written.outcome not in ("linked", "passed"):  # those leave the case as it was
            case = self._cases.of_contract(billing_id, found.cid)
            details = (case.details if case is not None else None) or details
        known = dict(made)
        evidence = tuple(msgspec.convert(one, Evidence) for one in details.evidence)
        if written.customer_id is None:
            return Foreseen(found, written.outcome, evidence=evidence, makers=known)
        if details.created:
            made[written.customer_id] = found.number or str(found.cid)
            return Foreseen(found, written.outcome, evidence=evidence, makers=known)
        customer = self._customers.get(written.customer_id)
        title = customer.title if customer is not None else ""
        renamed = details.title_after if details.title_before not in ("", details.title_after) else None
        return Foreseen(
            found,
            written.outcome,
            written.customer_id,
            details.title_before or title,
            renamed,
            evidence,
            known,
        )


def words_of(error: Exception | None) -> str:
    """Why something failed, in the words of the billing or of the code."""
    if isinstance(error, BGBillingError):
        return error.text()
    return f"{type(error).__name__}: {error}"[:300] if error is not None else ""
