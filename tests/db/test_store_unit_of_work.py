"""Nothing of the host's database is held or lost while a billing thinks (design decision 4)."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection, String, Table, create_engine, delete, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker
from sqlalchemy.pool import QueuePool

from flask_bgbilling.store.unit_of_work import ATTEMPTS, Occupied, UncommittedChanges, UnitOfWork, patiently


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(50))


NOTES = cast(Table, Note.__table__)


class Database:
    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=1)
        if self.engine.dialect.name == "sqlite":  # the driver begins only with the first write, after a savepoint
            event.listen(self.engine, "begin", _begin)
        self.session = scoped_session(sessionmaker(self.engine))

    @property
    def held(self) -> int:
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    url = (
        f"sqlite:///{tmp_path_factory.mktemp('unit') / 'host.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("mariadb")
    )
    database = Database(url)
    Base.metadata.create_all(database.engine)
    with Session(database.engine) as session:
        session.add(Note(id=1, words="first"))
        session.commit()
    yield database
    database.session.remove()
    Base.metadata.drop_all(database.engine)
    database.engine.dispose()


@pytest.fixture
def unit(database: Database) -> UnitOfWork:
    return UnitOfWork(database)


def test_release_gives_the_connection_back_and_keeps_loaded_objects(database: Database, unit: UnitOfWork) -> None:
    note = database.session.scalars(select(Note)).one()
    assert database.held == 1
    unit.release()
    assert database.held == 0
    assert note.words == "first"
    assert database.held == 0, "reading a loaded value must not take a connection again"


def test_release_leaves_the_session_as_the_host_made_it(database: Database, unit: UnitOfWork) -> None:
    note = database.session.get_one(Note, 1)
    unit.release()
    assert database.session().expire_on_commit
    note.words = "second"
    unit.commit()
    with Session(database.engine) as other:
        other.execute(update(Note).values(words="third"))
        other.commit()
    assert note.words == "third"


def test_release_without_a_transaction_takes_no_connection(database: Database, unit: UnitOfWork) -> None:
    unit.release()
    assert database.held == 0
    assert not database.session().in_transaction()


@pytest.mark.parametrize(
    "statement",
    [
        text("SELECT 1"),
        text("  (SELECT 1)"),
        text("WITH one AS (SELECT 1 AS n) SELECT n FROM one"),
        select(Note.words),
    ],
    ids=str,
)
def test_reading_by_text_or_core_is_no_change(database: Database, unit: UnitOfWork, statement: object) -> None:
    if database.engine.dialect.name == "sqlite" and "(SELECT 1)" in str(statement) and "WITH" not in str(statement):
        statement = text("VALUES (1)")  # SQLite knows no statement in brackets
    database.session.execute(statement).all()  # type: ignore[call-overload]
    unit.release()
    assert database.held == 0


def _add(session: Session) -> None:
    session.add(Note(id=2, words="new"))


def _change(session: Session) -> None:
    session.get_one(Note, 1).words = "changed"


def _remove(session: Session) -> None:
    session.delete(session.get_one(Note, 1))


def _flush(session: Session) -> None:
    _add(session)
    session.flush()


def _orm_update(session: Session) -> None:
    session.execute(update(Note).values(words="changed"))


def _core_insert(session: Session) -> None:
    session.execute(insert(NOTES).values(id=3, words="core"))


def _core_delete_on_the_connection(session: Session) -> None:
    session.connection().execute(delete(NOTES))


def _plain_text(session: Session) -> None:
    session.execute(text("UPDATE note SET words = 'changed'"))


def _inside_a_savepoint(session: Session) -> None:
    with session.begin_nested():
        session.execute(text("DELETE FROM note"))


def _after_reading(session: Session) -> None:
    session.scalars(select(Note)).all()
    session.connection().exec_driver_sql("INSERT INTO note (id, words) VALUES (4, 'driver')")


CHANGES = (
    _add,
    _change,
    _remove,
    _flush,
    _orm_update,
    _core_insert,
    _core_delete_on_the_connection,
    _plain_text,
    _inside_a_savepoint,
    _after_reading,
)


@pytest.mark.parametrize("change", CHANGES)
def test_release_refuses_every_kind_of_uncommitted_change(
    database: Database, unit: UnitOfWork, change: Callable[[Session], None]
) -> None:
    change(database.session())
    with pytest.raises(UncommittedChanges):
        unit.release()
    unit.rollback()
    unit.release()
    assert database.held == 0
    with Session(database.engine) as other:
        assert other.scalars(select(Note.words)).all() == ["first"]


@pytest.mark.parametrize("change", [_core_insert, _flush, _plain_text])
def test_after_a_commit_the_way_is_free(
    database: Database, unit: UnitOfWork, change: Callable[[Session], None]
) -> None:
    change(database.session())
    unit.commit()
    unit.release()
    assert database.held == 0


def test_a_second_transaction_of_the_session_is_watched_too(database: Database, unit: UnitOfWork) -> None:
    _core_insert(database.session())
    unit.commit()
    _core_delete_on_the_connection(database.session())
    with pytest.raises(UncommittedChanges):
        unit.release()


def test_a_failed_commit_is_rolled_back_and_raised(database: Database, unit: UnitOfWork) -> None:
    database.session.add(Note(id=1, words="the same key"))
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        unit.commit()
    assert database.held == 0
    unit.release()


def test_the_message_of_a_refusal_says_what_to_do(database: Database, unit: UnitOfWork) -> None:
    _add(database.session())
    with pytest.raises(UncommittedChanges, match="commit or roll back"):
        unit.release()


def test_without_a_database_there_is_nothing_to_do() -> None:
    unit = UnitOfWork(None)
    unit.release()
    unit.commit()
    unit.rollback()


def test_what_others_stand_in_the_way_of_is_done_anew(database: Database, unit: UnitOfWork) -> None:
    tries: list[int] = []

    def work() -> str:
        tries.append(1)
        with unit.alone() as session:
            session.add(Note(id=1 if len(tries) < 3 else 2, words="second"))
        return "done"

    assert unit.settled(work) == "done"
    assert len(tries) == 3
    assert [note.id for note in database.session.scalars(select(Note).order_by(Note.id))] == [1, 2]
    tries.clear()

    def never() -> None:
        tries.append(1)
        with unit.alone() as session:
            session.execute(insert(NOTES).values(id=1, words="again"))

    with pytest.raises(IntegrityError):
        unit.settled(never)
    assert len(tries) == ATTEMPTS


@pytest.mark.parametrize(
    ("failure", "tries"),
    [
        (OperationalError("UPDATE", {}, Exception(1213, "Deadlock found")), ATTEMPTS),
        (OperationalError("UPDATE", {}, Exception("database is locked")), ATTEMPTS),
        (OperationalError("UPDATE", {}, Exception(2013, "Lost connection")), 1),
        (OperationalError("UPDATE", {}, Exception()), 1),
        (RuntimeError("a mistake"), 1),
    ],
    ids=str,
)
def test_other_failures_are_not_tried_again(unit: UnitOfWork, failure: Exception, tries: int) -> None:
    done: list[int] = []

    def work() -> None:
        done.append(1)
        raise failure

    with pytest.raises(type(failure)):
        unit.settled(work)
    assert len(done) == tries


def test_others_are_waited_for_with_patience(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'host.sqlite3'}", connect_args={"timeout": 0.05})
    Base.metadata.create_all(engine)
    renamed = update(NOTES).values(words="second")
    with Session(engine) as session, engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Occupied):
            patiently(session, lambda: session.execute(renamed), timedelta(seconds=0.2))
        leaving = threading.Timer(0.3, other.rollback)
        leaving.start()
        patiently(session, lambda: session.execute(renamed), timedelta(seconds=30))
        leaving.join()
        with pytest.raises(OperationalError, match="no such table"):
            patiently(session, lambda: session.execute(text("DELETE FROM nowhere")), timedelta(seconds=30))
    engine.dispose()
