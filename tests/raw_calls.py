"""Requests to an emulated billing as bytes on a socket, without the client of the product."""

import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element, fromstring

from flask_bgbilling.emulator import Emulator


def ask_xml(emulator: Emulator, module: str, action: str, *, login: str = "admin", **fields: object) -> Element:
    """The root of the answer to an XML action, errors too."""
    body = {"module": module, "action": action, "user": login, "pswd": login, **fields}
    with urlopen(Request(emulator.url, urlencode(body).encode())) as answer:
        return fromstring(answer.read())


def xml_ok(emulator: Emulator, module: str, action: str, **fields: object) -> Element:
    """The root of a successful answer to an XML action."""
    root = ask_xml(emulator, module, action, **fields)
    assert root.get("status") == "ok", root.text
    return root


def xml_refusal(emulator: Emulator, module: str, action: str, **fields: object) -> str:
    """The text of an error answer to an XML action."""
    root = ask_xml(emulator, module, action, **fields)
    assert root.get("status") == "error"
    return root.text or ""


def ask_json(
    emulator: Emulator, service: str, method: str, *, login: str = "admin", **params: object
) -> dict[str, Any]:
    """The envelope of the answer to ``<package>/<Service>.<method>``; numbers with a point are decimals."""
    body = {"method": method, "user": {"user": login, "pswd": login}, "params": params}
    request = Request(f"{emulator.url}/json/{service}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as answer:
        envelope: dict[str, Any] = json.loads(answer.read(), parse_float=Decimal)
    assert sorted(envelope) == ["data", "exception", "message", "status", "tag"]
    return envelope


def json_data(emulator: Emulator, service: str, method: str, **params: object) -> Any:
    """``data`` of a successful answer."""
    envelope = ask_json(emulator, service, method, **params)
    assert envelope["status"] == "ok", envelope["message"]
    return envelope["data"]


def json_ok(emulator: Emulator, service: str, method: str, **params: object) -> Any:
    """``data.return`` of a successful answer."""
    return json_data(emulator, service, method, **params)["return"]


def json_refusal(emulator: Emulator, service: str, method: str, **params: object) -> str:
    """The text of an error answer."""
    envelope = ask_json(emulator, service, method, **params)
    assert envelope["status"] == "error"
    return str(envelope["message"])


def same_xml(twins: tuple[Emulator, Emulator], module: str, action: str, **fields: object) -> None:
    """Sees that two billings with the same data give the same XML, and not an empty one."""
    answers = [xml_ok(billing, module, action, **fields) for billing in twins]
    first, second = ([(one.tag, one.attrib) for one in answer.iter()] for answer in answers)
    assert first == second
    assert len(first) > 1


def same_json(twins: tuple[Emulator, Emulator], service: str, method: str, **params: object) -> None:
    """Sees that two billings with the same data give the same JSON, and not an empty one."""
    first, second = (ask_json(billing, service, method, **params) for billing in twins)
    assert first["status"] == "ok", first["message"]
    assert first == second
    assert first["data"]["return"]
