"""Statuses of a contract over time (contract.md 10)."""

from datetime import datetime

from msgspec import Struct

from flask_bgbilling.wire.dto.common import Period


class StatusPeriod(Struct, frozen=True):
    """A status and the days for which it holds.

    Below 9.2 the billing gives the title, from 9.2 on the id: the other one is empty or ``None``.
    """

    id: int
    period: Period
    status_id: int | None = None
    status: str = ""
    comment: str = ""


class StatusChange(Struct, frozen=True):
    """A line of the status history: what was set, for which days, when and by whom."""

    period: Period
    at: datetime | None = None
    status_id: int | None = None
    status: str = ""
    user_id: int | None = None
    user_name: str = ""
    comment: str = ""


class StatusTask(Struct, frozen=True):
    """A change of status that the billing will make by itself. ``state`` is the task's word on the wire."""

    period: Period
    status_id: int | None = None
    state: str = ""
    comment: str = ""
    created_at: datetime | None = None
    creator_id: int | None = None
