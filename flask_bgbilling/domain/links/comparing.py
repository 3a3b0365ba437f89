"""Comparing links with what the billings have: our row wins, a contract that is gone is told.

The parameters of several contracts are read at the same time, each under the account of who has linked it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from flask_bgbilling.domain.links.errors import ContractGone
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import Absent, BGBillingError
from flask_bgbilling.store.links import LinkRecord
from flask_bgbilling.wire.dto.parameters import ParameterList
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.parameters import PARAMETERS

AT_ONCE = 16
"""How many contracts are asked about before the first answer is awaited."""


@dataclass(frozen=True)
class ComparedLink:
    """A link and what its billing has: the same, another ``value`` that was corrected, no such contract, no answer."""

    record: LinkRecord
    state: Literal["same", "corrected", "gone", "failed"]
    value: str = ""
    problem: BGBillingError | None = None


class LinkComparison:
    """Compares rows with the parameters of their contracts."""

    def __init__(self, links: ContractLinks) -> None:
        self._links = links

    def compare(self, records: Sequence[LinkRecord]) -> Iterator[ComparedLink]:
        """Each of them, in their order; what the billing has otherwise is written there at once."""
        for start in range(0, len(records), AT_ONCE):
            begun = [(record, self._begin(record)) for record in records[start : start + AT_ONCE]]
            for record, asked in begun:
                yield self._found(record, asked)

    def _begin(self, record: LinkRecord) -> tuple[int, Pending[ParameterList]] | BGBillingError:
        try:
            server = self._links.server(record.billing_id)
            billing = self._links.opened_for(record)
            return server.customer_parameter_id, billing.start(PARAMETERS, cid=record.contract_id)
        except BGBillingError as problem:
            return problem

    def _found(self, record: LinkRecord, asked: tuple[int, Pending[ParameterList]] | BGBillingError) -> ComparedLink:
        if isinstance(asked, BGBillingError):
            return ComparedLink(record, "failed", problem=asked)
        parameter_id, pending = asked
        try:
            listed = pending.result().parameters
        except BGBillingError as problem:
            if isinstance(problem, Absent) and self._links.is_gone(record):
                return self._gone(record)
            return ComparedLink(record, "failed", problem=problem)
        value = next((one.value for one in listed if one.id == parameter_id), "")
        if value == record.value:
            if record.written != record.value:
                self._links.rows.told(record, record.value)
            return ComparedLink(record, "same")
        if not listed and self._links.is_gone(record):
            return self._gone(record)
        self._links.rows.tell_again(record, self._links.now())
        settled = self._links.tell(self._links.rows.get(record.billing_id, record.contract_id))
        if isinstance(settled.problem, ContractGone):
            return ComparedLink(record, "gone")
        if settled.problem is not None:
            return ComparedLink(record, "failed", value, settled.problem)
        return ComparedLink(record, "corrected", value)

    def _gone(self, record: LinkRecord) -> ComparedLink:
        if record.customer_id is None:
            self._links.rows.told(record, "")
        else:
            self._links.rows.not_told(record, ContractGone.code, None)
        return ComparedLink(record, "gone")
