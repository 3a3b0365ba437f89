"""From a decoded request to the bytes of an answer: account, operation, right, handler, error form.

An error of a call is an ordinary answer with HTTP 200, in the form of its transport (transport.md 2, 3). A
defect of a handler becomes a technical error answer, is logged with its traceback, and kept for tests.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import encode_json, encode_xml
from flask_bgbilling.emulator.auth import authenticate, check_right
from flask_bgbilling.emulator.calls import JsonCall, User, XmlCall, read_moment
from flask_bgbilling.emulator.database import Database
from flask_bgbilling.emulator.errors import CallError, NotImplementedCall
from flask_bgbilling.emulator.registry import OPERATIONS, Holders, Operation, Raw
from flask_bgbilling.emulator.requests import Received
from flask_bgbilling.emulator.settings import EmulatorSettings
from flask_bgbilling.emulator.version import Version

XML_TYPE = "text/xml; charset=UTF-8"
JSON_TYPE = "application/json; charset=UTF-8"
UPLOAD_SINCE = Version("8.2")
FAILURES_KEPT = 100

log = logging.getLogger("flask_bgbilling.emulator")


@dataclass(slots=True)
class Answer:
    """An HTTP answer: status, body, and headers besides the length."""

    status: int
    body: bytes
    content_type: str
    headers: dict[str, str] = field(default_factory=dict)


class Dispatcher:
    """Executes decoded requests against one database as one version of the server."""

    def __init__(self, settings: EmulatorSettings, database: Database) -> None:
        self.settings = settings
        self.version = settings.checked_version()
        self.zone = ZoneInfo(settings.zone)
        self.database = database
        self.failures: deque[BaseException] = deque(maxlen=FAILURES_KEPT)

    def execute(self, received: Received, *, illegal_references: bool = False) -> Answer:
        """The answer to a request; never raises."""
        if received.kind == "upload":
            return self._upload(received)
        try:
            result = self._result(received)
            if received.kind == "xml":
                return self._xml(result, illegal_references or self.settings.illegal_references)
            return self._json(result)
        except CallError as error:
            return self._error(received, error)
        except Exception as error:
            return self._error(received, self._failure(received, error))

    def _result(self, received: Received) -> Any:
        operation: Operation | None = None
        unknown: NotImplementedCall | None = None
        if received.problem is not None:
            raise received.problem
        try:
            operation = OPERATIONS.find("xml" if received.kind == "xml" else "json-rpc", received.name, self.version)
        except NotImplementedCall as error:
            unknown = error
        writing = operation is not None and operation.right != "read"
        with self.database.transaction(writing=writing) as db:
            user = authenticate(db, received.credentials)
            if operation is None:
                raise unknown or NotImplementedCall(received.name)
            check_right(user, operation)
            return operation.handler(self._call(received, db, user))

    def _call(self, received: Received, db: Connection, user: User) -> XmlCall | JsonCall:
        now = self.settings.now()
        common = (received.name, db, self.version, user, now, self.settings)
        if received.kind == "xml":
            return XmlCall(*common, fields=received.fields)
        return JsonCall(*common, params=received.params, module_id=received.module_id)

    def _xml(self, result: Element | Raw, illegal_references: bool) -> Answer:
        if isinstance(result, Raw):
            return Answer(200, result.body, result.content_type)
        if illegal_references:
            _spoil(result)
        return Answer(200, encode_xml(result), XML_TYPE)

    def _json(self, result: Any) -> Answer:
        holders = result if isinstance(result, Holders) else Holders(result)
        envelope = {
            "status": "ok",
            "exception": None,
            "message": "",
            "tag": None,
            "data": {**holders.beside, "return": holders.returned},
        }
        return Answer(200, encode_json(envelope, self.zone), JSON_TYPE)

    def _error(self, received: Received, error: CallError) -> Answer:
        if received.kind == "xml":
            root = Element("data", {"status": "error"})
            if error.errcode:
                root.set("errcode", error.errcode)
            root.text = error.text
            return Answer(200, encode_xml(root), XML_TYPE)
        envelope = {
            "status": "error",
            "exception": error.exception,
            "message": error.text,
            "tag": None,
            "data": None,
        }
        return Answer(200, encode_json(envelope, self.zone), JSON_TYPE)

    def _failure(self, received: Received, error: Exception) -> CallError:
        self.failures.append(error)
        log.error("%s failed", received.name, exc_info=error)
        return CallError(f"Внутренняя ошибка сервера: {type(error).__name__}")

    def _upload(self, received: Received) -> Answer:
        """Stores a file and answers its id in a header (transport.md 5); without an id the client sees a
        failure."""
        if self.version < UPLOAD_SINCE:
            return Answer(404, b"", "text/plain")
        try:
            if received.problem is not None:
                raise received.problem
            with self.database.transaction() as db:
                user = authenticate(db, received.credentials)
                number = self._store(db, received, user)
        except CallError as error:
            return Answer(403, error.text.encode(), "text/plain; charset=UTF-8")
        except Exception as error:
            return Answer(500, self._failure(received, error).text.encode(), "text/plain; charset=UTF-8")
        return Answer(200, b"", "text/plain", {"bgbilling-file-id": str(number)})

    def _store(self, db: Connection, received: Received, user: User) -> int:
        info = received.params
        moment = read_moment(info.get("date"), self.zone) or self.settings.now()
        result = db.execute(
            insert(schema.uploaded_file).values(
                handler=received.headers["bgbilling-handler"],
                title=str(info.get("title") or ""),
                comment=str(info.get("comment") or ""),
                owner_id=_whole(info.get("ownerId")),
                uid=user.id,
                size=len(received.content),
                dt=_whole_seconds(moment),
                uuid=str(info.get("uuid") or ""),
                data=received.content,
            )
        )
        key = result.inserted_primary_key
        if key is None:
            raise RuntimeError("the database gave no key for a new file")
        return int(key[0])


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else -1


def _whole_seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _spoil(root: Element) -> None:
    """Adds a zero character to texts of the answer; it is written as the illegal reference ``&#0;``."""
    for found in root.iter():
        for name in ("title", "comment", "value"):
            if found.get(name):
                found.set(name, f"{found.get(name)}\0")
