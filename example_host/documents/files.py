"""Bodies of documents as files that follow the transaction: rolled back with it, deleted when it is committed."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from example_host.models import database

WAITING = "crm.files"


def folder() -> Path:
    """Where bodies are: ``documents`` in ``CRM_FILES`` of the application, nobody else's to read."""
    found = Path(current_app.config["CRM_FILES"]) / "documents"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def write(body: bytes) -> str:
    """Writes a new file and gives its name, which has nothing of what people typed."""
    name = secrets.token_hex(20)
    path = folder() / name
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
    _at_the_end(committed=lambda: None, rolled_back=lambda: path.unlink(missing_ok=True))
    return name


def read(name: str) -> bytes:
    """What a file holds; raises ``LookupError`` when it is lost."""
    try:
        return (folder() / name).read_bytes()
    except FileNotFoundError as error:
        raise LookupError(f"the body {name} is lost") from error


def remove(name: str) -> None:
    """Deletes a file as soon as the transaction is committed."""
    path = folder() / name
    _at_the_end(committed=lambda: path.unlink(missing_ok=True), rolled_back=lambda: None)


def _at_the_end(committed: Callable[[], object], rolled_back: Callable[[], object]) -> None:
    """Does one or the other when the transaction of the session ends; a session that is closed is rolled back."""
    session: Session = database.session()
    if WAITING not in session.info:
        session.info[WAITING] = []
        event.listen(session, "after_commit", _committed)
        event.listen(session, "after_transaction_end", _ended)
    session.info[WAITING].append((committed, rolled_back))


def _committed(session: Session) -> None:
    if session.in_nested_transaction():  # only a savepoint: the rest may be rolled back
        return
    waiting, session.info[WAITING] = session.info[WAITING], []
    for committed, _ in waiting:
        committed()


def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        waiting, session.info[WAITING] = session.info[WAITING], []
        for _, rolled_back in waiting:
            rolled_back()
