"""Topics, messages and files of the HelpDesk plugin (helpdesk.md 2.1 to 2.4, 2.6)."""

from __future__ import annotations

import base64
from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import RowMapping, Select, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, moment, money, pager, row
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.helpdesk import (
    CLIENT,
    CLIENT_NAME,
    INCOMING,
    MODULE,
    OUTGOING,
    Topic,
    file_of_contract,
    files_of,
    is_new,
    load_topics,
    status_titles,
    topic_row,
)
from flask_bgbilling.emulator.model.instances import check_plugin
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import Holders, JsonCall, XmlCall, json_rpc, xml
from flask_bgbilling.emulator.schema.modules_plugins import helpdesk_message, helpdesk_topic

FILES_BY_JSON_SINCE, FILE_IN_RETURN_SINCE = "8.2", "9.2"
NO_PACKAGE, NOTIFY_BY_MAIL = -1, 2
NO_CATEGORY = "неустановлен ( неустановлен )"
MINUTE, HOUR, DAY = 60, 3600, 86400


@xml(MODULE, "GetTopics", since="7.2")
def topics(call: XmlCall) -> Element:
    """Topics with the headers of their messages, the one with the newest message first.

    ``closed`` 0 gives open topics only and 1 closed ones only, ``onlynew`` those with unread messages, ``tid`` one
    topic if it is among them. Nothing is marked as read.
    """
    check_plugin(call, "helpdesk")
    table, messages = helpdesk_topic, helpdesk_message
    query = select(table).where(table.c.closed == int(call.flag("closed")))
    if call.flag("onlynew"):
        unread = select(messages.c.topic_id).where(messages.c.user_id_from == CLIENT, messages.c.date_to.is_(None))
        query = query.where(table.c.id.in_(unread))
    if tid := call.integer("tid", 0):
        query = query.where(table.c.id == tid)
    page = call.page()
    records = call.db.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    found = load_topics(call.db, call.db.execute(page.limit(_by_last_message(query))).mappings().all())
    writer = _Writer(call)
    data = call.data()
    container = element(data, "topics", **pager(page, records))
    for topic in found:
        writer.topic(container, topic)
    return data


@xml(MODULE, "GetTopicMessage")
def topic_messages(call: XmlCall) -> Element:
    """One topic, open or closed, and the headers of its messages; an unknown topic gives a bare root."""
    check_plugin(call, "helpdesk")
    data = call.data()
    found = topic_row(call.db, call.integer("topicId"))
    if found is None:
        return data
    topic = load_topics(call.db, [found])[0]
    writer = _Writer(call)
    body = SubElement(SubElement(data, "table"), "data")
    for message in topic.messages:
        writer.message(body, "row", topic, message)
    element(
        data,
        "topic",
        id=found["id"],
        state=_words(found["closed"]),
        userId=found["user_id"],
        user=writer.user(found["user_id"]),
        userMy=writer.whose(found["user_id"]),
        status=found["status_id"],
        cost=money(found["cost"]),
        autoclose=_words(found["autoclose"]),
        subject=found["subject"],
        newMessageCount=topic.unread,
        packageId=NO_PACKAGE,
        categoryId=0,
    )
    return data


@xml(MODULE, "GetMessage")
def message_get(call: XmlCall) -> Element:
    """One message of a topic with its text line by line and its files; reading it marks nothing.

    An unknown message, or one of another topic, gives a bare root.
    """
    check_plugin(call, "helpdesk")
    messages = helpdesk_message
    data = call.data()
    wanted = (messages.c.id == call.integer("id"), messages.c.topic_id == call.integer("topicId"))
    found = call.db.execute(select(messages).where(*wanted)).mappings().first()
    if found is None:
        return data
    writer = _Writer(call)
    message = element(
        data,
        "message",
        id=found["id"],
        topicId=found["topic_id"],
        userIdFrom=found["user_id_from"],
        userFrom=writer.author(found["user_id_from"]),
        userIdTo=found["user_id_to"],
        userTo=writer.reader(found),
        userName=call.user.name,
        dateFrom=moment(found["date_from"]),
        dateTo=moment(found["date_to"]),
        comment="",
    )
    body = SubElement(message, "body")
    for line in found["text"].split("\n") if found["text"] else ():
        row(body, text=line)
    files = SubElement(SubElement(data, "files"), "data")
    for file in files_of(call.db, found["id"]):
        row(files, **file)
    return data


@xml(MODULE, "FileDownload", below=FILES_BY_JSON_SINCE)
def file_download_xml(call: XmlCall) -> Element:
    """A file in base64."""
    found = _file(call, "cid", "id")
    data = call.data()
    file = element(data, "file", id=found["id"], title=found["title"], size=found["size"], date=moment(found["dt"]))
    SubElement(file, "filedata").text = _encoded(found)
    return data


@json_rpc(MODULE, "HelpdeskService", "fileDownload", since=FILES_BY_JSON_SINCE, below=FILE_IN_RETURN_SINCE)
def file_download_beside(call: JsonCall) -> object:
    """A file in base64 beside an empty ``return``."""
    return Holders(None, fileData=_encoded(_file(call, "contractId", "fileId")))


@json_rpc(MODULE, "HelpdeskService", "fileDownload", since=FILE_IN_RETURN_SINCE)
def file_download(call: JsonCall) -> object:
    """A file in base64 with what is known about it."""
    found = _file(call, "contractId", "fileId")
    return {"id": found["id"], "title": found["title"], "size": found["size"], "data": _encoded(found)}


class _Writer:
    """Writes topics and headers of messages for one answer, with the names of everybody in them."""

    def __init__(self, call: XmlCall) -> None:
        self._call = call
        self._users = user_names(call.db)
        self._statuses = status_titles(call.db)
        contract = schema.contract
        query = select(contract.c.id, contract.c.title, contract.c.comment).where(
            contract.c.id.in_(select(helpdesk_topic.c.cid))
        )
        self._contracts = {found.id: found for found in call.db.execute(query)}

    def topic(self, parent: Element, topic: Topic) -> None:
        """A topic of the list, its messages below it."""
        found = topic.row
        contract = self._contracts.get(found["cid"])
        number, comment = (contract.title, contract.comment) if contract else ("", "")
        closed_word = "закрыт" if found["closed"] else "открыт"
        written = element(
            parent,
            "topic",
            id=found["id"],
            subject=found["subject"],
            cid=found["cid"],
            contract=number,
            contract_comment=f"<html><nobr>{number} ( <b>{comment}</b> )</nobr></html>",
            comm=found["comm"],
            statusId=found["status_id"],
            status=f"{self._statuses.get(found['status_id'], '')} / {closed_word}",
            statClose=closed_word,
            state=_words(found["closed"]),
            userId=found["user_id"],
            user=self.user(found["user_id"]),
            userMy=self.whose(found["user_id"]),
            cost=money(found["cost"]),
            autoclose=_words(found["autoclose"]),
            date=moment(found["date"]),
            dateClose=moment(found["date_close"]),
            lastmessage=moment(topic.last_message),
            timeFromLastMessage=self._since(topic),
            messages=f"{len(topic.messages)} [{topic.unread}]",
            newMessageCount=topic.unread,
            notificationMode=NOTIFY_BY_MAIL if "@" in found["comm"] else 0,
            notificationValue=found["comm"].partition("E-mail: ")[2],
            packageId=NO_PACKAGE,
            categoryId=0,
            subcategoryId=0,
            category_subcategory=NO_CATEGORY,
        )
        for message in topic.messages:
            self.message(written, "message", topic, message)

    def message(self, parent: Element, tag: str, topic: Topic, message: RowMapping) -> None:
        """The header of a message."""
        element(
            parent,
            tag,
            id=message["id"],
            type=INCOMING if message["user_id_from"] == CLIENT else OUTGOING,
            fromDateTime=moment(message["date_from"]),
            fromUserId=message["user_id_from"],
            fromName=self.author(message["user_id_from"]),
            toDateTime=moment(message["date_to"]),
            toUserId=message["user_id_to"],
            toName=self.reader(message),
            comment="",
            includes=_words(message["id"] in topic.with_files),
            new=_words(is_new(message)),
        )

    def user(self, number: int) -> str:
        """The name of a curator, empty for none."""
        return self._users.get(number, "") if number else ""

    def whose(self, number: int) -> str:
        """Whether the calling account is the curator."""
        return "my" if number == self._call.user.id else "notmy"

    def author(self, number: int) -> str:
        """The name of who wrote a message."""
        return CLIENT_NAME if number == CLIENT else self._users.get(number, "")

    def reader(self, message: RowMapping) -> str:
        """The name of who read a message, empty while nobody has."""
        return "" if message["date_to"] is None else self.author(message["user_id_to"])

    def _since(self, topic: Topic) -> str:
        """How long ago the newest message was sent: days, or hours, minutes and seconds."""
        if topic.last_message is None:
            return ""
        seconds = max(0, int((self._call.now - topic.last_message).total_seconds()))
        if seconds >= DAY:
            return f"{seconds // DAY}Д"
        return f"{seconds // HOUR:02}:{seconds % HOUR // MINUTE:02}:{seconds % MINUTE:02}"


def _words(flag: int | bool) -> str:
    return "true" if flag else "false"


def _by_last_message(query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    messages = helpdesk_message
    newest = (
        select(messages.c.topic_id, func.max(messages.c.date_from).label("moment"))
        .group_by(messages.c.topic_id)
        .subquery()
    )
    return query.outerjoin(newest, newest.c.topic_id == helpdesk_topic.c.id).order_by(
        newest.c.moment.desc(), helpdesk_topic.c.id.desc()
    )


def _file(call: XmlCall | JsonCall, contract_field: str, file_field: str) -> RowMapping:
    check_plugin(call, "helpdesk")
    contract = contract_of(call, contract_field)
    found = file_of_contract(call.db, call.integer(file_field), contract["id"])
    if found is None:
        raise Refused("Файл не найден")
    return found


def _encoded(file: RowMapping) -> str:
    return base64.b64encode(file["data"]).decode("ascii")
