"""The limit of a contract with its history and planned changes (card-screens.md 6.5, contract.md 12)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.names import NameBook
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.limits import LimitChange, LimitTask
from flask_bgbilling.wire.ops.directories import USERS
from flask_bgbilling.wire.ops.limits import LIMIT, LIMIT_LOG, LIMIT_TASKS

__all__ = ["READING", "LimitChange", "LimitHistory", "LimitTaskLine", "read_limit"]

READING = (LIMIT, LIMIT_LOG, LIMIT_TASKS)

LOG_PAGE_SIZE = 25


@dataclass(frozen=True)
class LimitTaskLine:
    """A change that the billing will make. ``waiting``: it is still to be made."""

    id: int
    day: date | None
    value: Decimal | None
    state: str
    user_name: str
    user_id: int | None

    @property
    def waiting(self) -> bool:
        """Whether the change is still to be made."""
        return self.state == "on"


@dataclass(frozen=True)
class LimitHistory:
    """The limit, ``None`` when the contract has none, a page of its log and the planned changes."""

    limit: Decimal | None
    log: Part[Page[LimitChange]]
    tasks: Part[tuple[LimitTaskLine, ...]]


def read_limit(contract: Contract, page: int) -> LimitHistory:
    """Reads the limit, one page of its log and its tasks at the same time.

    The list of tasks may name its users by number only, so the directory of users is asked for with them.
    """
    billing, cid = contract.billing, contract.cid
    log = billing.start(LIMIT_LOG, cid=cid, page=page, size=LOG_PAGE_SIZE)
    tasks = billing.start(LIMIT_TASKS, cid=cid)
    users = billing.start_directory(USERS)
    limit = billing.call(LIMIT, cid=cid)
    read = part(tasks.result)
    names = NameBook(users)
    lines = tuple(
        LimitTaskLine(
            id=task.id,
            day=task.day,
            value=task.value,
            state=task.state,
            user_name=names.name(task.user_id, task.user_name),
            user_id=task.user_id,
        )
        for task in sorted(read.value or (), key=_urgency)
    )
    return LimitHistory(limit=limit, log=part(log.result), tasks=Part(lines, read.problem))


def _urgency(task: LimitTask) -> tuple[bool, date]:
    return task.state != "on", task.day or date.max
