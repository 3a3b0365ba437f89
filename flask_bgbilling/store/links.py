"""Which contract belongs to which customer, and what of it the billings do not know yet.

A contract has one row, whoever writes it: the database keeps it unique, and every change names the version that it
saw. A link that is taken away stays as a row without a customer until the billing has been told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from msgspec import Struct
from sqlalchemy import ColumnElement, RowMapping, String, Table, and_, bindparam, delete, func, insert, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from flask_bgbilling.store.changes import whole
from flask_bgbilling.store.tables import NAME_LENGTH, ContractLinkRow
from flask_bgbilling.store.unit_of_work import UnitOfWork

LINKS: Final = cast(Table, ContractLinkRow.__table__)
COLUMNS: Final = LINKS.c

# Statements that an import makes thousands of times are made once: making costs more than running them.
OF_CONTRACT: Final = select(LINKS).where(
    COLUMNS.billing_id == bindparam("billing"), COLUMNS.contract_id == bindparam("contract")
)
OF_CONTRACTS: Final = select(LINKS).where(
    COLUMNS.billing_id == bindparam("billing"), COLUMNS.contract_id.in_(bindparam("contracts", expanding=True))
)
INSERT: Final = insert(LINKS)
WRITTEN: Final = (
    update(LINKS)
    .where(COLUMNS.id == bindparam("row"), COLUMNS.version == bindparam("seen"))
    .values(written=bindparam("value"), write_at=None, failures=0, error_code=None)
)
ALL_WRITTEN: Final = (
    update(LINKS)
    .where(COLUMNS.id.in_(bindparam("rows", expanding=True)), COLUMNS.version == bindparam("seen"))
    .where(COLUMNS.customer_id.is_not(None))
    .values(written=sql_cast(COLUMNS.customer_id, String(20)), write_at=None, failures=0, error_code=None)
)

BATCH: Final = 500
_DEADLOCK, _CHANGED_SINCE_READ = 1213, 1020


class LinkRecord(Struct, frozen=True, kw_only=True):
    """A contract's row. Moments are in UTC; the columns are told in ``ContractLinkRow``."""

    id: int
    billing_id: str
    contract_id: int
    contract_title: str
    customer_id: int | None
    person_id: str
    linked_at: datetime
    version: int
    written: str | None
    write_at: datetime | None
    failures: int
    error_code: str | None

    @property
    def value(self) -> str:
        """What the billing's parameter has to hold: the customer, or nothing."""
        return "" if self.customer_id is None else str(self.customer_id)


class LinkWish(Struct, frozen=True, kw_only=True):
    """What a contract's row is to say: ``customer_id`` ``None`` takes the link away.

    ``person_id`` is under whose account the billing is told; ``write_at`` when somebody has to see that it was.
    """

    billing_id: str
    contract_id: int
    contract_title: str
    customer_id: int | None
    person_id: str
    linked_at: datetime
    write_at: datetime


GREATEST_ID: Final = 2**31 - 1


class LinkChanged(Exception):
    """Somebody else was quicker: the row is not what was seen. The transaction has to be rolled back."""


class Links:
    """Reads and writes the rows on the host's session.

    ``put`` belongs to the transaction of its caller, everything else that writes is a transaction of its own.
    """

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit = unit_of_work

    def get(self, billing_id: str, contract_id: int) -> LinkRecord | None:
        """The row of a contract; numbers that no contract can have have none."""
        if not 0 < contract_id <= GREATEST_ID:
            return None
        named = {"billing": billing_id, "contract": contract_id}
        found = self._unit.session.execute(OF_CONTRACT, named).mappings().first()
        return _record(found) if found is not None else None

    def of_contracts(self, billing_id: str, contract_ids: Sequence[int]) -> dict[int, LinkRecord]:
        """The rows of some contracts of a billing by their ids."""
        found = self._unit.session.execute(OF_CONTRACTS, {"billing": billing_id, "contracts": contract_ids})
        return {row["contract_id"]: _record(row) for row in found.mappings()}

    def of_customer(self, customer_id: int) -> tuple[LinkRecord, ...]:
        """The contracts of a customer by their numbers."""
        return self._many(COLUMNS.customer_id == customer_id, COLUMNS.contract_title, COLUMNS.id)

    def due(self, now: datetime, limit: int = BATCH) -> tuple[LinkRecord, ...]:
        """What a billing has to be told by now, the longest waiting first."""
        return self._many(COLUMNS.write_at <= now, COLUMNS.write_at, COLUMNS.id, limit=limit)

    def next_due(self) -> datetime | None:
        """When the next billing has to be told something; ``None`` when all know everything."""
        statement = select(COLUMNS.write_at).where(COLUMNS.write_at.is_not(None)).order_by(COLUMNS.write_at).limit(1)
        found: datetime | None = self._unit.session.scalar(statement)
        return found

    def after(self, link_id: int, limit: int = BATCH) -> tuple[LinkRecord, ...]:
        """Rows behind this one in the order of their numbers, to go through all of them."""
        return self._many(COLUMNS.id > link_id, COLUMNS.id, limit=limit)

    def linkers(self, billing_id: str, limit: int) -> list[str]:
        """Who has linked contracts of a billing, the latest first."""
        statement = select(COLUMNS.person_id).where(COLUMNS.billing_id == billing_id).group_by(COLUMNS.person_id)
        found = self._unit.session.scalars(statement.order_by(func.max(COLUMNS.linked_at).desc()).limit(limit))
        return list(found)

    def put(self, wish: LinkWish, seen: LinkRecord | None) -> LinkRecord:
        """Writes a contract's row anew; ``seen`` is the row as the caller knows it, ``None`` when there was none.

        It neither begins nor ends a transaction. Raises :class:`LinkChanged` when the row is another by now.
        """
        return self.put_all([(wish, seen)])[0]

    def put_all(self, wishes: Sequence[tuple[LinkWish, LinkRecord | None]]) -> list[LinkRecord]:
        """Like :meth:`put` for contracts of one billing, each with its row as it was seen."""
        session = self._unit.session
        fresh = [wish for wish, seen in wishes if seen is None]
        if fresh:
            _execute(session, INSERT, [_values(wish, 1) for wish in fresh])
        added = self.of_contracts(fresh[0].billing_id, [wish.contract_id for wish in fresh]) if fresh else {}
        return [added[wish.contract_id] if seen is None else _changed(session, wish, seen) for wish, seen in wishes]

    def told(self, record: LinkRecord, value: str) -> bool:
        """The billing's parameter holds ``value`` now; false when the row has become another meanwhile.

        A row without a customer has done its duty then and goes.
        """
        if value != record.value:
            raise ValueError("the billing was told something else")
        with self._unit.alone() as session:
            return _told(session, record)

    def all_told(self, records: Iterable[LinkRecord]) -> None:
        """The billing's parameters hold what these rows say, as :meth:`told` has it; in one transaction."""
        by_version: defaultdict[int, list[LinkRecord]] = defaultdict(list)
        for record in records:
            by_version[record.version].append(record)
        with self._unit.alone() as session:
            for version, alike in by_version.items():
                named = {"rows": [record.id for record in alike], "seen": version}
                if _execute(session, ALL_WRITTEN, named) < len(alike):
                    for record in alike:  # some are not what they were, or go
                        _told(session, record)

    def not_told(self, record: LinkRecord, error_code: str, again_at: datetime | None) -> bool:
        """The billing was not told because of this error; ``None`` gives up until somebody asks for it."""
        with self._unit.alone() as session:
            values = {"write_at": again_at, "failures": record.failures + 1, "error_code": error_code[:40]}
            return _execute(session, update(LINKS).where(_same(record)).values(**values)) > 0

    def tell_again(self, record: LinkRecord, now: datetime) -> bool:
        """The billing turned out not to hold what it should: somebody has to write it."""
        with self._unit.alone() as session:
            values = {"written": None, "write_at": now, "failures": 0, "error_code": None}
            return _execute(session, update(LINKS).where(_same(record)).values(**values)) > 0

    def name(self, record: LinkRecord, title: str) -> None:
        """The contract has another number by now."""
        with self._unit.alone() as session:
            _execute(session, update(LINKS).where(_same(record)).values(contract_title=_fitting(title)))

    def _many(
        self, condition: ColumnElement[bool], *order: ColumnElement[Any], limit: int = 0
    ) -> tuple[LinkRecord, ...]:
        statement = select(LINKS).where(condition).order_by(*order)
        if limit:
            statement = statement.limit(limit)
        return tuple(_record(row) for row in self._unit.session.execute(statement).mappings())


def _contract(billing_id: str, contract_id: int) -> ColumnElement[bool]:
    return and_(COLUMNS.billing_id == billing_id, COLUMNS.contract_id == contract_id)


def _same(record: LinkRecord) -> ColumnElement[bool]:
    return and_(COLUMNS.id == record.id, COLUMNS.version == record.version)


def _told(session: Session, record: LinkRecord) -> bool:
    if record.customer_id is None:
        changed = _execute(session, delete(LINKS).where(_same(record)))
    else:
        named = {"row": record.id, "seen": record.version, "value": record.value}
        changed = _execute(session, WRITTEN, named)
    if not changed:
        # Two wrote to the billing at the same time, in an order that nobody knows: it is told once more.
        again = update(LINKS).where(_contract(record.billing_id, record.contract_id))
        _execute(session, again.values(written=None, write_at=record.linked_at))
    return changed > 0


def _changed(session: Session, wish: LinkWish, seen: LinkRecord) -> LinkRecord:
    values = _values(wish, seen.version + 1)
    if not _execute(session, update(LINKS).where(_same(seen)).values(**values)):
        raise LinkChanged
    return LinkRecord(id=seen.id, **values)


def _values(wish: LinkWish, version: int) -> dict[str, Any]:
    return {
        "billing_id": wish.billing_id,
        "contract_id": wish.contract_id,
        "contract_title": _fitting(wish.contract_title),
        "customer_id": wish.customer_id,
        "written": None,  # even when it held just this: an earlier write may still be on its way
        "person_id": wish.person_id,
        "linked_at": wish.linked_at,
        "write_at": wish.write_at,
        "failures": 0,
        "error_code": None,
        "version": version,
    }


def _execute(session: Session, statement: Any, named: dict[str, Any] | list[dict[str, Any]] | None = None) -> int:
    try:
        return cast("CursorResult[Any]", session.execute(statement, named)).rowcount
    except IntegrityError as error:
        raise LinkChanged from error
    except DBAPIError as error:
        raise _quicker(error) from error


def _quicker(error: DBAPIError) -> Exception:
    """MariaDB gives one of two up when both change the same row."""
    arguments = getattr(error.orig, "args", ())
    return LinkChanged() if arguments and arguments[0] in (_DEADLOCK, _CHANGED_SINCE_READ) else error


def _record(row: RowMapping) -> LinkRecord:
    return LinkRecord(**{name: row[name] for name in LinkRecord.__struct_fields__})


def _fitting(text: str) -> str:
    text = whole(text)
    return text if len(text) <= NAME_LENGTH else text[: NAME_LENGTH - 1] + "…"
