"""Our tables in the host's database: their own chain of Alembic revisions and their own version table.

``upgrade(engine)`` is all that a host needs; it touches tables of ours only, and several processes may call it at once.
Revisions stand in ``versions``, written by hand; a test compares what they make with ``store/tables.py``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, text

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.store.base import VERSION_TABLE

if TYPE_CHECKING:  # a web process needs Alembic only while it upgrades
    from alembic.config import Config
    from alembic.script import ScriptDirectory

FOLDER: Final = Path(__file__).parent

LOCK_SECONDS: Final = 5
"""How long a migration waits for a table that somebody reads; everybody else would queue up behind it."""

TURN_SECONDS: Final = 60
"""How long a process waits while another one upgrades."""


@dataclass(frozen=True)
class Status:
    """How far the tables are.

    ``current`` is their revision, ``None`` before the first upgrade, ``newest`` the one of this package. ``pending``
    are the revisions between them with their titles, in order.
    """

    current: str | None
    newest: str
    pending: tuple[tuple[str, str], ...]


def upgrade(bind: Engine | Connection) -> tuple[str, ...]:
    """Brings our tables up to date and says which revisions that took: none when they were.

    ``bind`` is what a session is bound to; the work is done over a connection of its own. Raises
    ``ConfigurationError`` when the tables are of a newer version of this package, and when another process has been
    upgrading them for a minute.
    """
    from alembic import command

    with bind.engine.connect() as connection:
        if not _status(connection).pending:
            return ()
        connection.rollback()
        with _turn(connection):
            pending = _status(connection).pending  # another process may have been quicker
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return tuple(revision for revision, _ in pending)


def status(bind: Engine | Connection) -> Status:
    """How far our tables are; changes nothing. Raises ``ConfigurationError`` when they are of a newer version."""
    with bind.engine.connect() as connection:
        return _status(connection)


def _status(connection: Connection) -> Status:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(_config())
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    current = _known(script, context.get_current_heads())
    newest = script.get_current_head()
    assert newest is not None
    later = [one for one in script.iterate_revisions("head", current or "base") if one.revision != current]
    return Status(current, newest, tuple((one.revision, one.doc) for one in reversed(later)))


def _known(script: "ScriptDirectory", heads: Sequence[str]) -> str | None:
    from alembic.util import CommandError

    if not heads:
        return None
    (current,) = heads
    try:
        script.get_revision(current)
    except CommandError:
        raise ConfigurationError(
            detail=f"the tables bgb_* have revision {current} of a newer flask-bgbilling: install that version"
        ) from None
    return current


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


@contextmanager
def _turn(connection: Connection) -> Iterator[None]:
    """A transaction in which nobody else upgrades; committed at the end."""
    match connection.dialect.name:
        case "mysql" | "mariadb":
            with _alone_on_mysql(connection), connection.begin():
                yield
        case "sqlite":
            with connection.begin():
                # The driver begins with the first change only, and never for a CREATE TABLE.
                if not getattr(connection.connection.dbapi_connection, "in_transaction", False):
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield
        case _:
            with connection.begin():
                yield


@contextmanager
def _alone_on_mysql(connection: Connection) -> Iterator[None]:
    """Holds a lock of the session, for its DDL commits every transaction; gives the connection back as it was."""
    name = "bgb_upgrade_" + sha256(str(connection.scalar(text("SELECT DATABASE()"))).encode()).hexdigest()[:16]
    if connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": TURN_SECONDS}) != 1:
        raise ConfigurationError(detail="another process has been upgrading the tables bgb_* for a minute")
    usual = connection.scalar(text("SELECT @@SESSION.lock_wait_timeout"))
    try:
        connection.execute(text("SET SESSION lock_wait_timeout = :seconds"), {"seconds": LOCK_SECONDS})
        connection.commit()
        yield
    finally:
        connection.execute(text("SET SESSION lock_wait_timeout = :seconds"), {"seconds": usual})
        connection.scalar(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
        connection.commit()
