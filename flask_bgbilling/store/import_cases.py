"""What the import of customers decided about contracts: one case for each, with the latest word about it."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, RowMapping, Table, and_, bindparam, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.ports import Clock
from flask_bgbilling.store.changes import whole
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.tables import NAME_LENGTH, ImportCaseRow
from flask_bgbilling.store.unit_of_work import UnitOfWork

CaseState = Literal["done", "waiting", "failed", "rejected", "undone", "merged", "short"]
"""``done``: imported. ``waiting``: a person is to choose. ``failed``: tried again later. ``rejected``: a person decided
that it is not to be imported. ``undone``: it was imported and taken back. ``merged``: a person made several customers
one for it. ``short``: its comment is too short to be a name."""

BLOCKING: Final[tuple[CaseState, ...]] = ("waiting", "rejected")
FORGOTTEN: Final[tuple[CaseState, ...]] = ("failed", "undone", "short")
"""What nobody needs any more as soon as the contract is taken up again."""

FIRST_PAUSE: Final = timedelta(minutes=5)
DECIDED: Final[tuple[CaseState, ...]] = ("done", "rejected", "undone", "merged")
LONGEST_PAUSE: Final = timedelta(days=1)
LARGEST_PAGE: Final = 200
CHUNK: Final = 400

CASES: Final = cast(Table, ImportCaseRow.__table__)
COLUMNS: Final = CASES.c

# Made once: an import makes thousands, and making costs more than running them.
NUMBERS: Final = select(COLUMNS.id, COLUMNS.contract_id).where(
    COLUMNS.billing_id == bindparam("billing"), COLUMNS.contract_id.in_(bindparam("contracts", expanding=True))
)
INSERT: Final = insert(CASES)


class CaseDetails(Struct, frozen=True):
    """What only those who may review see: it is stored sealed.

    ``title`` is the contract's comment. ``evidence``, ``notes`` and ``values`` are plain values of the domain.
    ``person_name`` is who has imported or decided, empty for the schedule. ``title_before`` and ``title_after`` are the
    customer's, ``created`` says that the import has made it; ``values`` are its parameters before and after.
    ``customer_before`` is whose contract it was. ``words`` tell why it failed. ``absorbed`` is what undoing a merge
    needs.
    """

    title: str = ""
    person_name: str = ""
    evidence: list[Any] = []
    notes: list[Any] = []
    created: bool = False
    title_before: str = ""
    title_after: str = ""
    values: list[Any] = []
    customer_before: int | None = None
    words: str = ""
    absorbed: dict[str, Any] | None = None


class NewCase(Struct, frozen=True, kw_only=True):
    """The latest word about a contract, whose number is ``contract_title``."""

    billing_id: str
    contract_id: int
    contract_title: str
    state: CaseState
    outcome: str
    details: CaseDetails
    customer_id: int | None = None
    job_id: int | None = None


class ImportCase(Struct, frozen=True, kw_only=True):
    """A case. Moments are in UTC; ``details`` are ``None`` when none of today's keys opens them.

    They are ``None`` too when the case was decided so long ago that they are not ``kept``.
    """

    id: int
    billing_id: str
    contract_id: int
    contract_title: str
    state: CaseState
    outcome: str
    customer_id: int | None
    job_id: int | None
    failures: int
    not_before: datetime | None
    error_code: str | None
    created_at: datetime
    changed_at: datetime
    details: CaseDetails | None
    kept: bool = True


class ImportCases:
    """Reads and writes cases on the host's session; ``put`` belongs to the transaction of its caller."""

    def __init__(self, unit_of_work: UnitOfWork, secret_box: SecretBox, clock: Clock) -> None:
        self._unit = unit_of_work
        self._box = secret_box
        self._clock = clock

    def seal(self, text: str) -> str:
        """A text as nobody reads it in the database."""
        return self._box.seal(text)

    def open(self, token: str) -> str:
        """The text of a token; ``ConfigurationError`` when none of today's keys fits."""
        return self._box.open(token)

    def get(self, case_id: int) -> ImportCase | None:
        """One case by its number."""
        return self._one(COLUMNS.id == case_id)

    def of_contract(self, billing_id: str, cid: int) -> ImportCase | None:
        """The case of a contract."""
        return self._one(_contract(billing_id, cid))

    def of_contracts(self, billing_id: str, cids: Sequence[int]) -> dict[int, ImportCase]:
        """The cases of some hundred contracts of a billing, by contract."""
        wanted = select(CASES).where(COLUMNS.billing_id == billing_id, COLUMNS.contract_id.in_(cids))
        cases = (self._record(row) for row in self._unit.session.execute(wanted).mappings())
        return {case.contract_id: case for case in cases}

    def blocked(self, billing_id: str, cids: Sequence[int], now: datetime) -> frozenset[int]:
        """Which of these contracts are not to be taken up now: they wait for a person, or for a better moment."""
        found: set[int] = set()
        for start in range(0, len(cids), CHUNK):
            of_these = and_(COLUMNS.billing_id == billing_id, COLUMNS.contract_id.in_(cids[start : start + CHUNK]))
            hindered = COLUMNS.state.in_(BLOCKING) | ((COLUMNS.state == "failed") & (COLUMNS.not_before > now))
            found.update(self._unit.session.scalars(select(COLUMNS.contract_id).where(of_these, hindered)))
        return frozenset(found)

    def rejected(self, billing_id: str, cids: Sequence[int]) -> list[int]:
        """Which of some hundred contracts a person has rejected."""
        of_these = and_(COLUMNS.billing_id == billing_id, COLUMNS.contract_id.in_(cids), COLUMNS.state == "rejected")
        return list(self._unit.session.scalars(select(COLUMNS.contract_id).where(of_these)))

    def put(self, cases: Sequence[NewCase]) -> None:
        """Writes the latest words about contracts of one billing, in the transaction of the caller."""
        now = self._clock.now()
        self._write(
            {
                "billing_id": case.billing_id,
                "contract_id": case.contract_id,
                "contract_title": _fitting(case.contract_title),
                "state": case.state,
                "outcome": case.outcome,
                "customer_id": case.customer_id,
                "job_id": case.job_id,
                "failures": 0,
                "not_before": None,
                "error_code": None,
                "sealed_details": self._sealed(case.details),
                "changed_at": now,
            }
            for case in cases
        )

    def failed(
        self, billing_id: str, cid: int, number: str, code: str, details: CaseDetails, job_id: int | None = None
    ) -> None:
        """Notes that a contract could not be imported: it is left alone for a while, longer each time.

        What was imported, waits for a person, or was decided by one stays as it is.
        """
        now = self._clock.now()
        with suppress(IntegrityError), self._unit.alone() as session:
            known = select(COLUMNS.state, COLUMNS.failures).where(_contract(billing_id, cid))
            row = session.execute(known.with_for_update()).first()
            if row is not None and row.state not in FORGOTTEN:
                return
            before = row.failures if row is not None else 0
            values = {
                "billing_id": billing_id,
                "contract_id": cid,
                "contract_title": _fitting(number),
                "state": "failed",
                "outcome": "failed",
                "customer_id": None,
                "job_id": job_id,
                "failures": before + 1,
                "not_before": now + min(FIRST_PAUSE * 2 ** min(before, 12), LONGEST_PAUSE),
                "error_code": code[:40],
                "sealed_details": self._sealed(details),
                "changed_at": now,
            }
            self._write([values])

    def decided(
        self, case: ImportCase, state: CaseState, details: CaseDetails, *, customer_id: int | None = None
    ) -> bool:
        """A person's word about a case inside of the caller's transaction; false when it is no longer as it was."""
        values = {
            "state": state,
            "customer_id": customer_id,
            "not_before": None,
            "sealed_details": self._sealed(details),
            "changed_at": self._clock.now(),
        }
        same = and_(COLUMNS.id == case.id, COLUMNS.state == case.state, COLUMNS.changed_at == case.changed_at)
        done = self._unit.session.execute(update(CASES).where(same).values(**values))
        return cast("CursorResult[Any]", done).rowcount == 1

    def list(
        self,
        *,
        states: Sequence[CaseState] = (),
        billing_ids: Sequence[str] | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> tuple[ImportCase, ...]:
        """Cases newest first."""
        conditions: list[ColumnElement[bool]] = []
        if states:
            conditions.append(COLUMNS.state.in_(states))
        if billing_ids is not None:
            conditions.append(COLUMNS.billing_id.in_(billing_ids))
        if before_id is not None:
            conditions.append(COLUMNS.id < before_id)
        wanted = select(CASES).where(*conditions).order_by(COLUMNS.id.desc()).limit(min(limit, LARGEST_PAGE))
        return tuple(self._record(row) for row in self._unit.session.execute(wanted).mappings())

    def counts(self, billing_ids: Sequence[str] | None = None) -> dict[str, int]:
        """How many cases are in each state."""
        wanted = select(COLUMNS.state, func.count()).group_by(COLUMNS.state)
        if billing_ids is not None:
            wanted = wanted.where(COLUMNS.billing_id.in_(billing_ids))
        return {str(row[0]): int(row[1]) for row in self._unit.session.execute(wanted)}

    def _write(self, cases: Iterable[dict[str, Any]]) -> None:
        """Adds the rows of contracts that have none; those of the others are written anew."""
        session = self._unit.session
        rows = {case["contract_id"]: case for case in cases}
        billing_id = next((case["billing_id"] for case in rows.values()), "")
        known = session.execute(NUMBERS, {"billing": billing_id, "contracts": list(rows)})
        for number, cid in known.all():
            session.execute(update(CASES).where(COLUMNS.id == number).values(**rows.pop(cid)))
        if rows:
            session.execute(INSERT, [{**case, "created_at": case["changed_at"]} for case in rows.values()])

    def _sealed(self, details: CaseDetails) -> str:
        return self._box.seal(msgspec.json.encode(details).decode())

    def _one(self, condition: ColumnElement[bool]) -> ImportCase | None:
        row = self._unit.session.execute(select(CASES).where(condition)).mappings().one_or_none()
        return None if row is None else self._record(row)

    def _record(self, row: RowMapping) -> ImportCase:
        values = dict(row)
        sealed = values.pop("sealed_details")
        return ImportCase(details=self._opened(sealed), kept=sealed is not None, **values)

    def _opened(self, sealed: str | None) -> CaseDetails | None:
        if sealed is None:
            return None
        try:
            return msgspec.json.decode(self._box.open(sealed), type=CaseDetails)
        except (ConfigurationError, ValueError):
            return None

    def purge(self, before: datetime, *, most: int | None = None) -> int:
        """Empties the details of cases that were decided before this moment, and says how many.

        The rest of a case stays; one that waits or failed stays whole. With ``most`` it stops when at least so many
        are emptied.
        """
        old = and_(COLUMNS.state.in_(DECIDED), COLUMNS.changed_at < before, COLUMNS.sealed_details.is_not(None))
        count = 0
        while most is None or count < most:
            ids = self._unit.session.scalars(select(COLUMNS.id).where(old).limit(LARGEST_PAGE)).all()
            self._unit.release()
            if not ids:
                break
            with self._unit.alone() as session:
                emptied = session.execute(update(CASES).where(COLUMNS.id.in_(ids), old).values(sealed_details=None))
                count += cast("CursorResult[Any]", emptied).rowcount
        return count


def _contract(billing_id: str, cid: int) -> ColumnElement[bool]:
    return and_(COLUMNS.billing_id == billing_id, COLUMNS.contract_id == cid)


def _fitting(text: str) -> str:
    text = whole(text)
    return text if len(text) <= NAME_LENGTH else text[: NAME_LENGTH - 1] + "…"
