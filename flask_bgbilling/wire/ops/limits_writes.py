"""Changing the limit of a contract (contract.md 12, money.md 5)."""

from collections.abc import Mapping
from decimal import Decimal

from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.limits import LIMIT_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing
from flask_bgbilling.wire.version import AFTER_9_2, BELOW_8_0, FROM_8_0, UP_TO_9_2


def limit_fields(*, cid: int, limit: Decimal, comment: str) -> Mapping[str, object]:
    """The limit in XML."""
    return {"cid": cid, "value": limit, "comment": comment}


def limit_params(*, cid: int, limit: Decimal, comment: str) -> Mapping[str, object]:
    """The limit in JSON."""
    return {"contractId": cid, "limit": limit, "comment": comment}


def temporary_limit(*, cid: int, limit: Decimal, days: int, comment: str) -> Mapping[str, object]:
    """The limit and the number of days for which it is to hold. Raises ``ValueError`` for less than one day."""
    if days < 1:
        raise ValueError("a limit for some days holds for at least one")
    return {"contractId": cid, "limit": limit, "period": days, "comment": comment}


def task_fields(*, cid: int, task_id: int) -> Mapping[str, object]:
    """One planned change in XML."""
    return {"cid": cid, "id": task_id}


def task_params(*, cid: int, task_id: int) -> Mapping[str, object]:
    """One planned change in JSON, where it is a list of them."""
    return {"contractId": cid, "taskIds": [task_id]}


LIMIT_CHANGE = Operation(
    "limit change",
    forms=(
        XmlAction("contract", "UpdateContractLimit", fields=limit_fields, read=read_nothing, bands=UP_TO_9_2),
        JsonRpc(LIMIT_SERVICE, "updateContractLimit", params=limit_params, read=read_nothing, bands=AFTER_9_2),
    ),
    safe=False,
)
"""Sets the limit for ever; a negative one lets the balance fall below zero."""

TEMPORARY_LIMIT = Operation(
    "temporary limit",
    forms=(JsonRpc(LIMIT_SERVICE, "updateContractLimitPeriod", params=temporary_limit, read=read_nothing),),
    safe=False,
)
"""Sets the limit for some days, at least one; the billing plans the return by itself.

Less than one day is a mistake of the caller: ``ValueError``, and nothing is sent.
"""

LIMIT_TASK_CANCELLATION = Operation(
    "planned limit change cancellation",
    forms=(
        XmlAction("contract", "LimitChangeTaskDelete", fields=task_fields, read=read_nothing, bands=BELOW_8_0),
        JsonRpc(LIMIT_SERVICE, "cancelLimitChangeTask", params=task_params, read=read_nothing, bands=FROM_8_0),
    ),
    safe=False,
)
"""Cancels a planned change; refused when it is none or not waiting any more."""
