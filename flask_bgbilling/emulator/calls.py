"""One received call, decoded: what a handler of an operation works with.

Fields are read tolerantly where the reference says that real clients differ (dates, booleans, id lists) and
strictly otherwise: what is required and missing, or cannot be read, is refused in Russian.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date as Day
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.paging import Page
from flask_bgbilling.emulator.settings import EmulatorSettings
from flask_bgbilling.emulator.version import Version

TRUE_WORDS = frozenset(("1", "true", "yes", "on"))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
JAVA_DATE = re.compile(r"[A-Za-z]{3} ([A-Za-z]{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) \S+ (\d{4})")
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
LAST_HOUR = 23
GREATEST_INTEGER = 2**63 - 1
"""What fits a column of the database; a greater number is as unreadable as a word."""


class _Required:
    """Type of the mark that says: there is no default."""


REQUIRED: Final = _Required()


@dataclass(frozen=True, slots=True)
class User:
    """The billing account that makes a call, and what it is granted or refused by name."""

    id: int
    login: str
    name: str
    rights: tuple[tuple[str, bool], ...] = ()


@dataclass(slots=True)
class Call(ABC):
    """What every operation gets, whichever transport carried it.

    ``db`` is inside a transaction that the server commits after the handler returns and rolls back on an
    error. ``now`` is the wall clock of the billing, naive.
    """

    name: str
    db: Connection
    version: Version
    user: User
    now: datetime
    settings: EmulatorSettings

    @property
    def today(self) -> Day:
        """The billing's calendar day."""
        return self.now.date()

    @property
    def zone(self) -> ZoneInfo:
        """The billing's time zone."""
        return ZoneInfo(self.settings.zone)

    @abstractmethod
    def value(self, name: str) -> Any:
        """The raw value of a field, ``None`` when absent or null."""

    def has(self, name: str) -> bool:
        """Whether the field is present and not null; an empty text counts as present."""
        return self.value(name) is not None

    def text(self, name: str, default: str = "") -> str:
        """The field as text, unchanged; ``default`` when absent."""
        value = self.value(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)

    def integer(self, name: str, default: int | _Required = REQUIRED) -> int:
        """The field as an integer; a missing or unreadable one is the default, or refused without one."""
        value = self.value(name)
        if isinstance(value, bool):
            return int(value)
        try:
            number = int(str(value).strip())
        except ValueError:
            return int(self._default(name, value, default))
        return number if -GREATEST_INTEGER <= number <= GREATEST_INTEGER else int(self._default(name, value, default))

    def decimal(self, name: str, default: Decimal | _Required = REQUIRED) -> Decimal:
        """The field as an exact number in plain notation; otherwise the default, or refused without one."""
        value = self.value(name)
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        return number if number.is_finite() else Decimal(self._default(name, value, default))

    def flag(self, name: str, default: bool = False) -> bool:
        """The field as a yes or no: ``1``, ``true``, ``yes``, ``on`` are yes, any other text is no."""
        value = self.value(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).strip().lower() in TRUE_WORDS

    def ids(self, name: str) -> list[int]:
        """A list of ids, given as an array or as a text joined by commas, spaces allowed."""
        value = self.value(name)
        parts = value if isinstance(value, list) else re.split(r"[,;\s]+", str(value or ""))
        try:
            return [int(str(part)) for part in parts if str(part).strip()]
        except ValueError:
            raise BadParameter(f"Неверное значение параметра {name}: {value}") from None

    def moment(self, name: str) -> datetime | None:
        """The field as a wall-clock moment of the billing; ``None`` when absent or blank, garbage is
        refused."""
        value = self.value(name)
        if value is None or value == "":
            return None
        found = read_moment(value, self.zone)
        if found is None:
            raise BadParameter(f"Неверная дата в параметре {name}: {value}")
        return found

    def date(self, name: str) -> Day | None:
        """The field as a day; a moment in the last hour of a day means the next day.

        A client on a host with summer time sends midnight one hour early (transport.md 6).
        """
        moment = self.moment(name)
        if moment is None:
            return None
        if moment.hour == LAST_HOUR and moment.date() < Day.max:
            return (moment + timedelta(hours=1)).date()
        return moment.date()

    def required_date(self, name: str) -> Day:
        """The field as a day, refused when missing."""
        day = self.date(name)
        if day is None:
            raise BadParameter(f"Не указан параметр {name}")
        return day

    def _default(self, name: str, value: Any, default: Any) -> Any:
        if not isinstance(default, _Required):
            return default
        if value is None or value == "":
            raise BadParameter(f"Не указан параметр {name}")
        raise BadParameter(f"Неверное значение параметра {name}: {value}")


@dataclass(slots=True)
class XmlCall(Call):
    """A call of an XML action; ``fields`` are the decoded form fields without credentials."""

    fields: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str | None:
        """The text of a form field."""
        return self.fields.get(name)

    def page(self) -> Page:
        """The page asked for by ``pageIndex`` (or its double ``page``) and ``pageSize``; absent means all."""
        return Page(self.integer("pageIndex", self.integer("page", 1)) or 1, self.integer("pageSize", 0))

    def data(self, **attributes: str) -> Element:
        """A fresh ``data`` root with status ``ok``."""
        return Element("data", {"status": "ok", **attributes})


@dataclass(slots=True)
class JsonCall(Call):
    """A call of a JSON-RPC method; ``params`` may be addressed by dotted names. ``module_id`` 0 means the
    kernel."""

    params: dict[str, Any] = field(default_factory=dict)
    module_id: int = 0

    def value(self, name: str) -> Any:
        """The raw value at a dotted name, ``None`` when any step is missing."""
        found: Any = self.params
        for step in name.split("."):
            if not isinstance(found, dict):
                return None
            found = found.get(step)
        return found

    def page(self, name: str = "page") -> Page:
        """The page object under a name; absent means all rows."""
        return Page(self.integer(f"{name}.pageIndex", 1) or 1, self.integer(f"{name}.pageSize", 0))

    def objects(self, name: str) -> list[dict[str, Any]]:
        """An array of objects; anything else in it is refused, absent is empty."""
        value = self.value(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise BadParameter(f"Неверное значение параметра {name}")
        return value


def read_moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A date or moment in any spelling that clients send, as wall clock of ``zone``; ``None`` when
    unreadable.

    Understood: ``dd.MM.yyyy`` with or without time, ISO 8601 with or without offset, epoch milliseconds,
    and the Java date text that one client sends by mistake (contract.md 7).
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000, zone).replace(tzinfo=None)
        except (OverflowError, OSError, ValueError):
            return None
    text = str(value).strip()
    try:
        if dotted := DOTTED.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in dotted.groups())
            return datetime(year, month, day, hour, minute, second)
        if java := JAVA_DATE.fullmatch(text):
            name, *numbers = java.groups()
            day, hour, minute, second, year = (int(part) for part in numbers)
            return datetime(year, MONTHS.index(name.lower()) + 1, day, hour, minute, second)
        if not ISO_DAY.match(text):
            return None
        moment = datetime.fromisoformat(text)
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
