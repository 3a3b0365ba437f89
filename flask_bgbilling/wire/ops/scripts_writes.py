"""Changing the behaviour scripts of a contract and running additional actions (contract.md 15, 16)."""

from collections.abc import Mapping

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.scripts import SCRIPT_SERVICE
from flask_bgbilling.wire.ops.written import NEW, read_nothing, read_written_json, read_written_xml
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2


def script_fields(
    *, cid: int, script_id: int, period: Period, comment: str, record_id: int | None = None
) -> Mapping[str, object]:
    """A script in XML; an open end is empty, so that it clears the day that was there."""
    return {
        "cid": cid,
        "id": NEW if record_id is None else record_id,
        "script": script_id,
        "comment": comment,
        "date1": "" if period.since is None else period.since,
        "date2": "" if period.until is None else period.until,
    }


def script_bean(
    *, cid: int, script_id: int, period: Period, comment: str, record_id: int | None = None
) -> Mapping[str, object]:
    """A script in JSON; its title is for reading only."""
    bean = {
        "id": record_id or 0,
        "contractId": cid,
        "scriptId": script_id,
        "period": period,
        "comment": comment,
    }
    return {"contractScript": bean}


def by_record_id(*, record_id: int) -> Mapping[str, object]:
    """A script by itself: no form names the contract."""
    return {"id": record_id}


def action_fields(*, cid: int, action_id: int) -> Mapping[str, object]:
    """A contract and the action to run for it."""
    return {"cid": cid, "action_id": action_id}


def read_report(answer: XmlAnswer) -> tuple[str, ...]:
    """Lines of the report: rows at any depth, each with its text or its attribute ``text``.

    Where there are none, the words of a server that queued the action or had no more to say.
    """
    rows = tuple(answer.anywhere("row"))
    if rows:
        return tuple(row.get("text") or (row.text or "").strip() for row in rows)
    words = "".join(answer.root.itertext()).strip()
    return tuple(words.splitlines())


SCRIPT_SAVE = Operation(
    "script save",
    forms=(
        XmlAction("contract", "UpdateContractScript", fields=script_fields, read=read_written_xml, bands=BELOW_9_2),
        JsonRpc(SCRIPT_SERVICE, "contractScriptUpdate", params=script_bean, read=read_written_json, bands=FROM_9_2),
    ),
    safe=False,
)
"""Attaches a script of the directory to a contract, or changes what ``record_id`` attached.

Returns the id of the record where the server tells it.
"""

SCRIPT_DELETE = Operation(
    "script deletion",
    forms=(
        XmlAction("contract", "DeleteContractScript", fields=by_record_id, read=read_nothing, bands=BELOW_9_2),
        JsonRpc(SCRIPT_SERVICE, "contractScriptDelete", params=by_record_id, read=read_nothing, bands=FROM_9_2),
    ),
    safe=False,
)
"""Detaches a script. The server does not ask of which contract it is: who calls sees to that before."""

ADDITIONAL_ACTION = Operation(
    "additional action",
    forms=(XmlAction("contract", "AdditionalAction", fields=action_fields, read=read_report),),
    safe=False,
)
"""Runs an action of the installation for a contract; it can change anything. Returns the lines of its report."""
