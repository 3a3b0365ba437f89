"""Files on their way into a billing: raw bytes to ``/upload``, answered by the file's new id (transport.md 5)."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, ClassVar

import msgspec

from flask_bgbilling.config.settings import Server
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire import xml_action
from flask_bgbilling.wire.answers import Unreadable
from flask_bgbilling.wire.codec import integer
from flask_bgbilling.wire.json_rpc import marker_query
from flask_bgbilling.wire.spelling import form_text
from flask_bgbilling.wire.transport import SLICE, Outgoing, Reply
from flask_bgbilling.wire.version import FROM_8_2, Band


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be stored.

    ``handler`` names who takes it: ``kernel/0/<method>``, ``<module>/<moduleId>/<method>`` or
    ``<plugin>/<method>``. ``content`` is bytes, or a seekable file of ``size`` bytes that is read while it is sent.
    ``owner_id`` is the record it belongs to, -1 when there is none yet; ``uuid`` links it to one made later.
    """

    bands: ClassVar[Band] = FROM_8_2

    handler: str
    title: str
    content: bytes | BinaryIO = field(repr=False)
    size: int
    at: datetime
    comment: str = ""
    owner_id: int = -1
    user_id: int = 0
    contract_id: int = 0
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class _Chunks:
    """A file in pieces, from its beginning each time, so that a connection turned down costs nothing."""

    content: BinaryIO

    def __iter__(self) -> Iterator[bytes]:
        self.content.seek(0)
        while piece := self.content.read(SLICE):
            yield piece


def outgoing(upload: Upload, server: Server, credentials: Credentials) -> Outgoing:
    """The request that stores a file. The marker parameter goes into the query string."""
    info = {
        "id": 0,
        "title": upload.title,
        "comment": upload.comment,
        "ownerId": upload.owner_id,
        "userId": upload.user_id,
        "contractId": upload.contract_id,
        "size": upload.size,
        "date": form_text(upload.at, server.timezone),
        "uuid": upload.uuid,
    }
    headers = (
        (b"Content-Type", b"application/octet-stream"),
        (b"Authorization", xml_action.basic(credentials)),
        (b"bgbilling-handler", upload.handler.encode("ascii")),
        (b"bgbilling-file-info", base64.b64encode(msgspec.json.encode(info))),
    )
    body = upload.content if isinstance(upload.content, bytes) else _Chunks(upload.content)
    return Outgoing(f"{server.url}/upload{marker_query(server)}", headers, body, upload.size)


def file_id(reply: Reply) -> int:
    """The id of the stored file, above zero.

    Raises :class:`~flask_bgbilling.wire.xml_action.Denied` for an error document and :class:`Unreadable` when the
    answer has no id.
    """
    id_ = integer(reply.header("bgbilling-file-id"), -1)
    if id_ <= 0:
        xml_action.denied_in_bytes(reply.body)
        raise Unreadable("the file was not stored")
    return id_
