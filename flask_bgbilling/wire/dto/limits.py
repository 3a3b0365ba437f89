"""The limit of a contract: its history and planned changes (contract.md 12, money.md 5)."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct


class LimitChange(Struct, frozen=True):
    """A line of the limit's history. ``days`` is 0 for a change without an end."""

    at: datetime | None
    limit: Decimal | None
    user_name: str = ""
    days: int = 0
    comment: str = ""


class LimitTask(Struct, frozen=True):
    """A change of the limit that the billing will make by itself.

    ``state`` is ``on`` while it waits, ``off`` when executed, ``cancel`` when cancelled; others may come.
    """

    id: int
    day: date | None
    value: Decimal | None
    state: str = ""
    user_id: int | None = None
    user_name: str = ""
