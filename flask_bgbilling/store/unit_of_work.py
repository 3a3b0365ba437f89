"""The only code that ends transactions on the host's session (design decision 4)."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

from flask_bgbilling.errors import ConfigurationError

T = TypeVar("T")

_UNFINISHED = "bgbilling.unfinished"

ATTEMPTS: Final = 4
"""How often what others stand in the way of is tried."""

DEADLOCKS: Final = frozenset({1020, 1205, 1213, "40P01", "40001", "database is locked"})
"""How MariaDB, PostgreSQL and SQLite call it when two transactions wait for each other, or one waits too long."""

PAUSE: Final = 0.05

_READS = re.compile(
    r"[\s(]*(?:SELECT|WITH|VALUES|PRAGMA|SHOW|EXPLAIN|DESC|SET|BEGIN|START|SAVEPOINT|RELEASE|ROLLBACK)\b", re.I
)
_WITH = re.compile(r"[\s(]*WITH\b", re.I)
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|REPLACE|MERGE)\b", re.I)


class HasSession(Protocol):
    """A Flask-SQLAlchemy object, or anything else with its ``session``."""

    @property
    def session(self) -> scoped_session[Any]:
        """The session of the current context."""
        ...


class UncommittedChanges(RuntimeError):
    """A billing was about to be called with changes waiting in the session: a mistake in code, not of a person."""


class Occupied(Exception):
    """Others have not made way for as long as the caller would wait."""


class UnitOfWork:
    """Begins, commits and rolls back on the host's session; nobody else of ours does.

    Without a database (``None``) there is nothing to hold and nothing to release.
    """

    def __init__(self, database: HasSession | None) -> None:
        self._database = database
        if database is not None:
            _watch(database.session.session_factory)

    def release(self) -> None:
        """Gives the pooled connection back before a billing is called.

        The read transaction ends, loaded objects keep their values. Changes that nobody has committed, flushed or not,
        raise ``UncommittedChanges``: they would be committed half-way, or hold locks while the billing thinks.
        """
        if self._database is None:
            return
        session = self._database.session()
        if _waiting(session):
            raise UncommittedChanges("commit or roll back before calling a billing")
        if session.in_transaction():
            kept, session.expire_on_commit = session.expire_on_commit, False
            try:
                session.commit()
            finally:
                session.expire_on_commit = kept

    def give_up_reading(self) -> None:
        """Ends the transaction after a read in it has failed, so that the session can be used again.

        Changes that wait in it are left to whoever has made them.
        """
        if self._database is not None and not _waiting(session := self._database.session()):
            session.rollback()

    @property
    def session(self) -> Session:
        """The session of the current context, for reading; ``ConfigurationError`` without a database."""
        if self._database is None:
            raise ConfigurationError(detail="there is no database: pass BGBilling(..., database=db)")
        session: Session = self._database.session()
        return session

    @contextmanager
    def alone(self) -> Iterator[Session]:
        """A short transaction of our own: committed at the end of the block, rolled back when it raises.

        Changes of others that wait in the session raise ``UncommittedChanges``: they are not ours to commit. What the
        host has loaded keeps its values.
        """
        session = self.session
        self.release()
        kept, session.expire_on_commit = session.expire_on_commit, False
        try:
            yield session
            self.commit()
        except BaseException:
            self.rollback()
            raise
        finally:
            session.expire_on_commit = kept

    def settled(self, work: Callable[[], T]) -> T:
        """What ``work`` gives, a transaction of its own; done anew when others were at the same rows at this moment.

        What they have committed stands in the tables then, and the next attempt sees it.
        """
        for _ in range(ATTEMPTS - 1):
            try:
                return work()
            except DBAPIError as error:
                if not _of_others(error):
                    raise
                self.rollback()
        return work()

    def commit(self) -> None:
        """Makes the changes of this unit of work last; on failure they are rolled back and the error is raised."""
        if self._database is None:
            return
        session = self._database.session()
        try:
            session.commit()
        except BaseException:
            session.rollback()
            raise

    def rollback(self) -> None:
        """Forgets the changes of this unit of work."""
        if self._database is not None:
            self._database.session().rollback()


def _waiting(session: Session) -> bool:
    """Whether there are changes that nobody has committed, flushed or not."""
    return bool(session.new or session.dirty or session.deleted or session.info.get(_UNFINISHED))


def patiently(session: Session, work: Callable[[], object], patience: timedelta) -> None:
    """Does the first work of a transaction, which may have to wait for others; ``Occupied`` after so long.

    Databases wait by themselves, SQLite for some seconds and MariaDB for some fifty.
    """
    deadline = time.monotonic() + patience.total_seconds()
    while True:
        try:
            work()
            return
        except DBAPIError as error:
            session.rollback()
            if not _of_others(error):
                raise
            if time.monotonic() > deadline:
                raise Occupied from error
        time.sleep(PAUSE)


def _of_others(error: DBAPIError) -> bool:
    """Whether a statement failed because of what somebody else has written meanwhile."""
    if isinstance(error, IntegrityError):
        return True
    told = (*getattr(error.orig, "args", ())[:1], getattr(error.orig, "sqlstate", None))
    return isinstance(error, OperationalError) and any(code in DEADLOCKS for code in told)


def _watch(sessions: Any) -> None:
    """Notes every write in a session's transaction, whether by flush, ORM statement, Core statement or plain text."""

    def begun(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if transaction.nested:  # the same connection, watched already
            return

        def executing(_: Connection, __: object, statement: str, *rest: object) -> None:
            if not _only_reads(statement):
                session.info[_UNFINISHED] = True

        event.listen(connection, "before_cursor_execute", executing)

    def ended(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            session.info.pop(_UNFINISHED, None)

    event.listen(sessions, "after_begin", begun)
    event.listen(sessions, "after_transaction_end", ended)


def _only_reads(statement: str) -> bool:
    """Whether the statement leaves nothing to commit; the unknown counts as a write."""
    return bool(_READS.match(statement)) and not (_WITH.match(statement) and _WRITES.search(statement))
