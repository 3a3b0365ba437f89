"""JSON-RPC of a billing: ``{method, user, params}`` to a service's address (transport.md 1 and 3)."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec

from flask_bgbilling.config.settings import Server
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.answers import Unreadable
from flask_bgbilling.wire.operation import JsonRpc
from flask_bgbilling.wire.spelling import json_body
from flask_bgbilling.wire.transport import Outgoing
from flask_bgbilling.wire.xml_action import Denied

_HEADERS = ((b"Content-Type", b"application/json; charset=UTF-8"),)
MOST_VALUES = 4_000_000
"""A bound on the memory that an answer can cost: each value takes some ten bytes on the wire and more in memory."""

# Sums keep their digits: a fraction is never a float, not even on its way.
_decoder = msgspec.json.Decoder(float_hook=Decimal)
# Whole pairs and any other escape are matched first, so that what is left of the second alternative stands alone.
_HALVES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.", re.DOTALL
)
_LONE = len(b"\\ud800")


def outgoing(
    form: JsonRpc[object], arguments: Mapping[str, object], server: Server, credentials: Credentials
) -> Outgoing:
    """The request of a JSON-RPC call.

    A service of a module instance takes the argument ``module_id`` into its path, if it is above zero. The marker
    parameter goes into the query string, where the server's access log shows it.
    """
    module_id = 0
    if form.service.of_module:
        rest = dict(arguments)
        found = rest.pop("module_id", 0)
        module_id = found if isinstance(found, int) else 0
        arguments = rest
    body = json_body(
        {
            "method": form.method,
            "user": {"user": credentials.login, "pswd": credentials.password},
            "params": form.params(**arguments),
        },
        server.timezone,
    )
    instance = f"/{module_id}" if module_id > 0 else ""
    url = f"{server.url}/json/{form.service.package}{instance}/{form.service.name}{marker_query(server)}"
    return Outgoing(url, _HEADERS, body, len(body))


def marker_query(server: Server) -> str:
    """The marker parameter as a query string, empty without a marker."""
    return f"?{urlencode([server.marker])}" if server.marker else ""


def parse(body: bytes) -> Any:
    """Any JSON document, fractions as ``Decimal``. Raises :class:`Unreadable`."""
    if len(body) > MOST_VALUES and body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        raise Unreadable("too many values")
    try:
        return _decoded(body)
    except (ValueError, RecursionError, ArithmeticError) as error:
        mended = _repaired(body)
        if mended == body:
            raise Unreadable("not JSON" if body.strip() else "an empty answer") from error
    try:
        return _decoded(mended)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise Unreadable("not JSON") from error


def parse_text(document: str) -> Any:
    """A JSON document that came as a text inside another one, read as strictly and as tolerantly as :func:`parse`."""
    return parse(document.encode("utf-8", "replace"))


def _decoded(body: bytes) -> Any:
    return _decoder.decode(body.removeprefix(b"\xef\xbb\xbf"))


def _repaired(body: bytes) -> bytes:
    """The document with a mark in place of bytes that are no UTF-8 and of halves of characters.

    Java cuts texts between the two halves of an emoji, and such a half cannot be written to any page.
    """
    return _HALVES.sub(_whole_or_mark, body.decode("utf-8", "replace").encode("utf-8"))


def _whole_or_mark(found: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if len(found[0]) == _LONE else found[0]


def accepted(envelope: Any) -> Mapping[str, Any]:
    """The ``data`` object of an envelope that says ``ok``; void answers give an empty one.

    Raises :class:`Denied`, or :class:`Unreadable` when there is no status or ``data`` is no object.
    """
    if not isinstance(envelope, dict):
        raise Unreadable("not a JSON object")
    status = envelope.get("status")
    if status == "ok":
        data = envelope.get("data")
        if data is None:
            return {}
        if not isinstance(data, dict):
            raise Unreadable("data is not an object")
        return data
    words, exception = envelope.get("message"), envelope.get("exception")
    if status is None and not words and not exception:
        raise Unreadable("no status")
    raise Denied(words if isinstance(words, str) else "", exception if isinstance(exception, str) else "")
