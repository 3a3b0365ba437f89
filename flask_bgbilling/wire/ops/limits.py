"""The limit of a contract: JSON on every version (contract.md 12, money.md 5)."""

from collections.abc import Mapping
from decimal import Decimal

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import integer, json_day, json_moment, money, text
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.limits import LimitChange, LimitTask
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service
from flask_bgbilling.wire.ops.paging import everything, json_page, page_object

LIMIT_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.limit", "ContractLimitService")


def by_contract(*, cid: int) -> Mapping[str, object]:
    """The parameter of the limit itself."""
    return {"contractId": cid}


def page_of_contract(*, cid: int, page: int, size: int) -> Mapping[str, object]:
    """Parameters of a paged search."""
    return {"contractId": cid, "page": page_object(page, size)}


def all_of_contract(*, cid: int) -> Mapping[str, object]:
    """Parameters of a search for everything."""
    return {"contractId": cid, "page": everything()}


def read_limit(answer: JsonAnswer) -> Decimal | None:
    """A number, a quoted number, or null when the contract has no limit."""
    return money(answer.returned)


def read_log(answer: JsonAnswer) -> Page[LimitChange]:
    """A page of the history, in the server's order."""
    changes = [
        LimitChange(
            at=json_moment(item.get("date"), answer.zone),
            limit=money(item.get("limitValue")),
            user_name=text(item.get("userName")),
            days=max(integer(item.get("days")), 0),
            comment=text(item.get("comment")),
        )
        for item in answer.items()
    ]
    return json_page(answer.page(), changes)


def read_tasks(answer: JsonAnswer) -> tuple[LimitTask, ...]:
    """Planned changes; some versions tell the user's id and no name."""
    return tuple(
        LimitTask(
            id=integer(item.get("id")),
            day=json_day(item.get("date"), answer.zone),
            value=money(item.get("value")),
            state=text(item.get("status")),
            user_id=integer(item.get("userId")) if item.get("userId") is not None else None,
            user_name=text(item.get("userName")),
        )
        for item in answer.items()
    )


LIMIT: Operation[Decimal | None] = Operation(
    "limit",
    forms=(JsonRpc(LIMIT_SERVICE, "contractLimitGet", params=by_contract, read=read_limit),),
)

LIMIT_LOG = Operation(
    "limit history",
    forms=(JsonRpc(LIMIT_SERVICE, "searchContractLimitLogList", params=page_of_contract, read=read_log),),
)

# The server's own spelling.
LIMIT_TASKS = Operation(
    "planned limit changes",
    forms=(JsonRpc(LIMIT_SERVICE, "searchContractLimitAvtoList", params=all_of_contract, read=read_tasks),),
)
