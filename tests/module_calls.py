"""The emulated billing that tests of the service modules share, and addresses of their services."""

import json
from datetime import datetime
from typing import Any
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from tests.support import ALL_BANDS, Emulated

NOON = datetime(2026, 11, 23, 12)
RICH, FIRM, EMPTY, UNKNOWN = 101, 102, 110, 99999
NO_INSTANCE = "Экземпляр модуля не найден"
NO_CONTRACT = "Договор не найден"
NO_RIGHTS = "Нет прав на выполнение операции"


def provider(emulated: Emulated, band: str) -> Emulator:
    """An emulated billing whose day never changes, so that tests can name dates."""
    return emulated(band, contracts=20, frozen_at=NOON)


def below(limit: str) -> list[str]:
    """The bands below a version."""
    return [band for band in ALL_BANDS if Version(band) < limit]


def since(limit: str) -> list[str]:
    """The bands from a version on."""
    return [band for band in ALL_BANDS if Version(band) >= limit]


def inet(band: str, service: str, instance: int = 1) -> str:
    """The address of an internet access service in a band."""
    package = "inet.api" if Version(band) < "8.2" else "inet"
    return f"ru.bitel.bgbilling.modules.{package}/{instance}/{service}"


def inventory(service: str, instance: int = 1) -> str:
    """The address of an inventory service."""
    return f"ru.bitel.oss.systems.inventory.resource/{instance}/{service}"


def page(index: int, size: int = 25) -> dict[str, int]:
    """A page as clients ask for it."""
    return {"pageIndex": index, "pageSize": size}


def attributes(root: Element, path: str = "./table/data/row") -> list[dict[str, str]]:
    """Attributes of the elements at a path."""
    return [dict(row.attrib) for row in root.findall(path)]


def json_with(emulator: Emulator, address: str, method: str, params: dict[str, object]) -> Any:
    """``data.return`` of a successful answer to a method that has a parameter ``login``."""
    body = {"method": method, "user": {"user": "admin", "pswd": "admin"}, "params": params}
    with urlopen(Request(f"{emulator.url}/json/{address}", json.dumps(body).encode())) as answer:
        envelope = json.loads(answer.read())
    assert envelope["status"] == "ok", envelope["message"]
    return envelope["data"]["return"]
