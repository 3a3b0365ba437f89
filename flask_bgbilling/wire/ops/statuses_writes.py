"""Changing the status of a contract (contract.md 10).

A change whose first day is yet to come is a planned one. No call that takes a planned change back is known: another
status for the same days replaces it.
"""

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.operation import JsonRpc, Operation
from flask_bgbilling.wire.ops.directories import STATUS_MONITOR_SERVICE, STATUS_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2_BELOW_9_2, FROM_9_2


def change_of_contracts(
    *, cid: int, status_id: int, since: date, until: date | None, comment: str, confirmed: bool = True
) -> Mapping[str, object]:
    """The change below 9.2, made for several contracts at once or for one."""
    return {"cid": [cid], **_change(status_id, since, until, comment, confirmed)}


def change_of_entity(
    *, cid: int, status_id: int, since: date, until: date | None, comment: str, confirmed: bool = True
) -> Mapping[str, object]:
    """The change from 9.2 on: a list under a singular name, and the contract itself instead of an object of it."""
    return {"contractId": [cid], "objectId": 0, **_change(status_id, since, until, comment, confirmed)}


def _change(status_id: int, since: date, until: date | None, comment: str, confirmed: bool) -> dict[str, object]:
    return {
        "statusId": status_id,
        "dateFrom": since,
        "dateTo": until,
        "comment": comment,
        "confirmChecked": confirmed,
    }


STATUS_CHANGE = Operation(
    "status change",
    forms=(
        JsonRpc(
            STATUS_MONITOR_SERVICE,
            "changeContractStatus",
            params=change_of_contracts,
            read=read_nothing,
            bands=BELOW_8_2,
        ),
        JsonRpc(
            STATUS_SERVICE,
            "changeContractStatus",
            params=change_of_contracts,
            read=read_nothing,
            bands=FROM_8_2_BELOW_9_2,
        ),
        JsonRpc(STATUS_SERVICE, "changeContractStatus", params=change_of_entity, read=read_nothing, bands=FROM_9_2),
    ),
    safe=False,
)
"""Gives a contract a status from ``since`` to ``until``, for ever when that is ``None``.

What was there on those days gives way. Without ``confirmed`` the server may refuse a change that would drop planned
ones; servers of the 7 series do not know the question.
"""
