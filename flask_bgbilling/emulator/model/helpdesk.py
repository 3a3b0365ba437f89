"""Topics and messages of HelpDesk, and what follows from them (helpdesk.md 2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.schema.modules_plugins import helpdesk_message, helpdesk_status, helpdesk_topic

MODULE = "ru.bitel.bgbilling.plugins.helpdesk"
UPLOAD_HANDLER = f"{MODULE}/uploadHelpdeskFile"
CLIENT = 0
CLIENT_NAME = "Клиент"
INCOMING, OUTGOING = "входящее", "исходящие"
NAMED_TOPICS = 500
"""Up to so many topics the messages are asked for by topic; beyond, all of them are read."""


@dataclass(slots=True)
class Topic:
    """A topic with its messages, ascending by moment and id; ``with_files`` are ids of messages that have files."""

    row: RowMapping
    messages: list[RowMapping] = field(default_factory=list)
    with_files: set[int] = field(default_factory=set)

    @property
    def unread(self) -> int:
        """How many messages of the client nobody has read."""
        return sum(is_new(message) for message in self.messages)

    @property
    def last_message(self) -> datetime | None:
        """When the newest message was sent."""
        return self.messages[-1]["date_from"] if self.messages else None


def is_new(message: RowMapping) -> bool:
    """Whether a message is of the client and unread."""
    return message["user_id_from"] == CLIENT and message["date_to"] is None


def load_topics(db: Connection, rows: Sequence[RowMapping]) -> list[Topic]:
    """The topics of rows of ``helpdesk_topic`` with their messages."""
    topics = {row["id"]: Topic(row) for row in rows}
    messages = helpdesk_message
    columns = [column for column in messages.c if column.name != "text"]
    query = select(*columns).order_by(messages.c.date_from, messages.c.id)
    if len(topics) <= NAMED_TOPICS:
        query = query.where(messages.c.topic_id.in_(topics))
    for message in db.execute(query).mappings():
        if message["topic_id"] in topics:
            topics[message["topic_id"]].messages.append(message)
    owners = _owners_of_files(db)
    for topic in topics.values():
        topic.with_files = {message["id"] for message in topic.messages if message["id"] in owners}
    return list(topics.values())


def topic_row(db: Connection, number: int) -> RowMapping | None:
    """The row of a topic, ``None`` when there is none."""
    return db.execute(select(helpdesk_topic).where(helpdesk_topic.c.id == number)).mappings().first()


def status_titles(db: Connection) -> dict[int, str]:
    """Titles of the statuses of topics by id."""
    return {row.id: row.title for row in db.execute(select(helpdesk_status))}


def files_of(db: Connection, message: int) -> Sequence[RowMapping]:
    """Title and size of the files of a message."""
    files = schema.uploaded_file
    query = (
        select(files.c.id, files.c.title, files.c.size)
        .where(files.c.handler == UPLOAD_HANDLER, files.c.owner_id == message)
        .order_by(files.c.id)
    )
    return db.execute(query).mappings().all()


def file_of_contract(db: Connection, number: int, cid: int) -> RowMapping | None:
    """A file that belongs to a message of a topic of the contract; ``None`` for any other."""
    files, messages, topics = schema.uploaded_file, helpdesk_message, helpdesk_topic
    query = (
        select(files)
        .join(messages, messages.c.id == files.c.owner_id)
        .join(topics, topics.c.id == messages.c.topic_id)
        .where(files.c.id == number, files.c.handler == UPLOAD_HANDLER, topics.c.cid == cid)
    )
    return db.execute(query).mappings().first()


def _owners_of_files(db: Connection) -> set[int]:
    files = schema.uploaded_file
    return set(db.scalars(select(files.c.owner_id).where(files.c.handler == UPLOAD_HANDLER).distinct()))
