"""The host's session in our hands, and secrets at rest."""

from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import insert, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from flask_bgbilling import ConfigurationError, SecretBox
from flask_bgbilling.store.unit_of_work import UncommittedChanges, UnitOfWork


class Base(DeclarativeBase):
    """Base of the test's model."""


database = SQLAlchemy(model_class=Base)


class Thing(database.Model):  # type: ignore[name-defined,misc]
    """Something of the host."""

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


@pytest.fixture
def unit_of_work() -> Iterator[UnitOfWork]:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    database.init_app(app)
    with app.app_context():
        database.create_all()
        database.session.add(Thing(title="first"))
        database.session.commit()
        yield UnitOfWork(database)
        database.session.remove()


def test_release_ends_the_read_transaction_and_keeps_what_was_loaded(unit_of_work: UnitOfWork) -> None:
    thing = database.session.scalar(select(Thing))
    assert thing is not None
    assert database.session().in_transaction()
    unit_of_work.release()
    assert not database.session().in_transaction()
    assert thing.title == "first"
    assert not database.session().in_transaction(), "reading a loaded value must not open a transaction"
    assert database.session().expire_on_commit


@pytest.mark.parametrize(
    "change",
    [
        lambda: database.session.add(Thing(title="new")),
        lambda: (database.session.add(Thing(title="flushed")), database.session.flush()),
        lambda: database.session.delete(database.session.scalar(select(Thing))),
        lambda: setattr(database.session.scalar(select(Thing)), "title", "changed"),
        lambda: database.session.execute(insert(Thing).values(title="core")),
        lambda: database.session.execute(text("UPDATE thing SET title = 'text'")),
    ],
    ids=["new", "flushed", "deleted", "changed", "core", "text"],
)
def test_release_refuses_what_nobody_has_committed(unit_of_work: UnitOfWork, change: object) -> None:
    change()  # type: ignore[operator]
    with pytest.raises(UncommittedChanges):
        unit_of_work.release()
    database.session.rollback()
    unit_of_work.release()
    assert list(database.session.scalars(select(Thing.title))) == ["first"]


def test_giving_up_a_read_leaves_changes_of_others_alone(unit_of_work: UnitOfWork) -> None:
    database.session.scalar(select(Thing))
    unit_of_work.give_up_reading()
    assert not database.session().in_transaction()
    database.session.add(Thing(title="the host's own"))
    unit_of_work.give_up_reading()
    database.session.commit()
    assert len(database.session.scalars(select(Thing)).all()) == 2
    UnitOfWork(None).give_up_reading()


def test_after_a_commit_the_session_is_clean(unit_of_work: UnitOfWork) -> None:
    database.session.add(Thing(title="second"))
    unit_of_work.commit()
    unit_of_work.release()
    assert len(list(database.session.scalars(select(Thing)))) == 2


def test_a_failed_commit_leaves_nothing_behind(unit_of_work: UnitOfWork) -> None:
    database.session.add(Thing(id=1, title="twice"))
    with pytest.raises(Exception, match="UNIQUE"):
        unit_of_work.commit()
    unit_of_work.release()


def test_without_a_database_there_is_nothing_to_do() -> None:
    UnitOfWork(None).release()
    UnitOfWork(None).commit()
    UnitOfWork(None).rollback()


def test_a_secret_survives_a_new_key() -> None:
    old, new = SecretBox.new_key(), SecretBox.new_key()
    token = SecretBox([old]).seal("s3cret")
    assert "s3cret" not in token
    rotated = SecretBox([new, old]).rotate(token)
    assert SecretBox([new]).open(rotated) == "s3cret"
    with pytest.raises(ConfigurationError) as error:
        SecretBox([new]).open(token)
    assert "s3cret" not in str(error.value)
    assert token not in str(error.value)


@pytest.mark.parametrize("keys", [[], ["Zm9vYmFy"], ["s3cret-but-short"]])
def test_bad_keys_are_refused_without_showing_them(keys: list[str]) -> None:
    with pytest.raises(ConfigurationError) as error:
        SecretBox(keys)
    assert all(key not in str(error.value) for key in keys)


def test_sealing_twice_gives_different_tokens() -> None:
    box = SecretBox([Fernet.generate_key().decode()])
    assert box.seal("a") != box.seal("a")
    assert box.open(box.seal("ключ")) == "ключ"
