"""Received bytes to decoded calls: which transport, which operation, whose credentials (transport.md 1 to
5)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from flask_bgbilling.emulator.auth import Credentials, basic_credentials
from flask_bgbilling.emulator.errors import BadParameter

BASE_PATH = "/bgbilling/executer"
MAX_FIELDS = 20_000
JSON_PATH = re.compile(r"/json/(?P<package>[\w.]+)(?:/(?P<module>\d{1,9}))?/(?P<service>\w+)")
UPLOAD_PATH = "/upload"
UPLOAD_HEADERS = ("bgbilling-handler", "bgbilling-file-info")


class NoSuchPath(Exception):
    """The path belongs to no transport: HTTP 404."""


class WrongMethod(Exception):
    """The transport does not take this HTTP method: HTTP 405."""


@dataclass(slots=True)
class Received:
    """One decoded request. ``path`` is what follows the executer's URL, without the query string.

    ``problem`` is set when the envelope itself was unreadable; the transport is known then, the operation
    is not.
    """

    kind: Literal["xml", "json-rpc", "upload"]
    path: str
    name: str = ""
    credentials: Credentials | None = None
    fields: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    module_id: int = 0
    recorded: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    problem: BadParameter | None = None


def decode(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Received:
    """The call that a request carries; ``NoSuchPath`` and ``WrongMethod`` when it is none.

    Header names in ``headers`` must be lower case.
    """
    address = urlsplit(target)
    path = unquote(address.path)
    if path != BASE_PATH and not path.startswith(f"{BASE_PATH}/"):
        raise NoSuchPath
    rest = path.removeprefix(BASE_PATH)
    if rest == "":
        return _xml(method, address.query, headers, body)
    if rest == UPLOAD_PATH:
        return _upload(method, rest, headers, body)
    if found := JSON_PATH.fullmatch(rest):
        return _json(method, rest, found, headers, body)
    raise NoSuchPath


def form_fields(text: str) -> dict[str, str]:
    """Form fields; the first of several equal names counts, blanks stay, a trailing ``&`` is harmless."""
    fields: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace"):
        fields.setdefault(name, value)
    return fields


def _xml(method: str, query: str, headers: Mapping[str, str], body: bytes) -> Received:
    if method not in ("GET", "POST"):
        raise WrongMethod
    received = Received("xml", "")
    try:
        fields = form_fields(query)
        if method == "POST":
            fields = {**fields, **form_fields(body.decode("utf-8", "replace"))}
    except ValueError:
        received.problem = BadParameter("Слишком много параметров в запросе")
        return received
    received.recorded = fields
    if "user" in fields or "pswd" in fields:
        received.credentials = (fields.get("user", ""), fields.get("pswd", ""))
    else:
        received.credentials = basic_credentials(headers.get("authorization"))
    received.name = f"{fields.get('module', '')}/{fields.get('action', '')}"
    received.fields = {name: value for name, value in fields.items() if name not in ("user", "pswd")}
    return received


def _json(method: str, path: str, found: re.Match[str], headers: Mapping[str, str], body: bytes) -> Received:
    if method != "POST":
        raise WrongMethod
    received = Received("json-rpc", path, module_id=int(found["module"] or 0))
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        received.problem = BadParameter("Неверный формат запроса")
        return received
    received.recorded = request
    user = request.get("user")
    if isinstance(user, dict):
        received.credentials = (str(user.get("user") or ""), str(user.get("pswd") or ""))
    else:
        received.credentials = basic_credentials(headers.get("authorization"))
    received.name = f"{found['package']}/{found['service']}.{request.get('method', '')}"
    params = request.get("params")
    if params is not None and not isinstance(params, dict):
        received.problem = BadParameter("Параметры метода должны быть объектом")
    else:
        received.params = params or {}
    return received


def _upload(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Received:
    if method != "POST":
        raise WrongMethod
    received = Received("upload", path, name="upload", content=body)
    received.credentials = basic_credentials(headers.get("authorization"))
    received.headers = {name: headers[name] for name in UPLOAD_HEADERS if name in headers}
    try:
        info = json.loads(base64.b64decode(headers.get("bgbilling-file-info", ""), validate=True))
    except (binascii.Error, ValueError, RecursionError):
        info = None
    if isinstance(info, dict) and headers.get("bgbilling-handler"):
        received.params = info
    else:
        received.problem = BadParameter("Неверное описание файла")
    return received
