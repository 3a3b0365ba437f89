"""Rows of customers in the session's transaction: statements over their plain tables, and what it keeps until its end.

Rows that come to a customer whom the transaction itself has made wait for those of others, and are inserted together
before the session makes its next statement, or commits. An import makes hundreds of customers.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Executable, Insert, event
from sqlalchemy.orm import ORMExecuteState, Session

from example_host.models import database

Named = Mapping[str, object] | Sequence[Mapping[str, object]] | None


class RowsRefused(Exception):
    """The database does not take rows that have waited. They are not those of the customer at hand."""


KEPT = "crm.customers"
WAITING = "rows that wait"


def run(statement: Executable, named: Named = None) -> CursorResult[Any]:
    """Runs a statement over plain tables in the session's transaction: through the mapper it takes twice as long."""
    session = database.session()
    _insert_waiting(session)
    return session.connection().execute(statement, named)


def insert_now(statement: Insert, row: Mapping[str, object]) -> Any:
    """Inserts a row that needs none of those that wait; gives its key."""
    key = database.session.connection().execute(statement, row).inserted_primary_key
    assert key is not None
    return key[0]


def insert_later(statement: Insert, rows: Iterable[Mapping[str, object]]) -> None:
    """Inserts rows as soon as anything is asked of the database. What it says against them is raised then.

    Raises the database's errors, and ``RowsRefused``.
    """
    kept().setdefault(WAITING, {}).setdefault(statement, []).extend(rows)


def kept() -> dict[Any, Any]:
    """What this transaction has read and reads again; it begins one, where there is none."""
    session = database.session()
    session.connection()
    begun = session.get_transaction()
    known = session.info.get(KEPT)
    if known is None or known[0] is not begun:
        known = session.info[KEPT] = (begun, {})
    found: dict[Any, Any] = known[1]
    return found


def _insert_waiting(session: Session) -> None:
    known = session.info.get(KEPT)
    if known is None or known[0] is not session.get_transaction():
        return
    waiting = known[1].get(WAITING, {})
    try:
        for statement in [*waiting]:
            if rows := waiting[statement]:
                session.connection().execute(statement, rows)
            del waiting[statement]
    except (LookupError, ValueError) as error:
        raise RowsRefused(str(error)) from error


def _before_statement(state: ORMExecuteState) -> None:
    _insert_waiting(state.session)


event.listen(database.session, "do_orm_execute", _before_statement)
event.listen(database.session, "before_commit", _insert_waiting)
