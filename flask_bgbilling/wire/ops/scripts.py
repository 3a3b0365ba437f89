"""Behaviour scripts of a contract and their log: XML below 9.2, JSON from 9.2 on (contract.md 15)."""

import re
from collections.abc import Mapping

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import integer, json_moment, json_period, moment, period, text
from flask_bgbilling.wire.dto.common import Page, Period
from flask_bgbilling.wire.dto.scripts import ContractScript, ScriptRun
from flask_bgbilling.wire.dto.server import Names, names
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.contracts import id_title_elements
from flask_bgbilling.wire.ops.paging import json_page, page_fields, page_object, xml_page
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

SCRIPT_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.script", "ContractScriptService")

# The log keeps its line breaks as the text of an escape whose backslash is usually lost.
_LINE_BREAK = re.compile(r"\\?u000[Aa]")


def by_cid(*, cid: int) -> Mapping[str, object]:
    """The field of the XML list."""
    return {"cid": cid}


def by_contract(*, cid: int) -> Mapping[str, object]:
    """The parameter of the JSON list."""
    return {"contractId": cid}


def script_directory() -> Mapping[str, object]:
    """The number of the directory of scripts among those of the billing."""
    return {"mode": 15}


def log_fields(*, cid: int, period: Period, page: int, size: int) -> Mapping[str, object]:
    """Fields of a page of the log; an open end is left out."""
    return {"cid": cid, "start": period.since, "end": period.until, **page_fields(page, size)}


def log_params(*, cid: int, period: Period, page: int, size: int) -> Mapping[str, object]:
    """Parameters of a page of the log, of scripts of any title."""
    return {
        "contractId": cid,
        "period": period,
        "title": None,
        "pageHolder": page_object(page, size),
    }


def read_script_rows(answer: XmlAnswer) -> tuple[ContractScript, ...]:
    """Scripts by title: rows at any depth."""
    return tuple(
        ContractScript(
            id=integer(row.get("id")),
            title=text(row.get("script")),
            period=period(row.get("period")),
            comment=text(row.get("comment")),
        )
        for row in answer.anywhere("row")
    )


def read_script_list(answer: JsonAnswer) -> tuple[ContractScript, ...]:
    """Scripts with title and type."""
    return tuple(
        ContractScript(
            id=integer(item.get("id")),
            title=text(item.get("script")),
            period=json_period(item.get("period"), answer.zone),
            script_id=integer(item.get("scriptId")) or None,
            comment=text(item.get("comment")),
        )
        for item in answer.items()
    )


def read_script_names(answer: XmlAnswer) -> Names:
    """``item`` elements at any depth."""
    return names(id_title_elements(answer.anywhere("item")))


def read_log_rows(answer: XmlAnswer) -> Page[ScriptRun]:
    """A page of the log; rows at any depth, pager on the table."""
    runs = [
        ScriptRun(
            title=text(row.get("title")),
            text=log_text(text(row.get("data"))),
            at=moment(row.get("time"), answer.zone),
            moment_text=text(row.get("time")),
        )
        for row in answer.anywhere("row")
    ]
    return xml_page(answer.first("table"), runs)


def read_log_list(answer: JsonAnswer) -> Page[ScriptRun]:
    """A page of the log with the page object beside the list."""
    runs = [
        ScriptRun(
            title=text(item.get("title")),
            text=log_text(text(item.get("data"))),
            at=json_moment(item.get("date"), answer.zone),
            moment_text=text(item.get("date")),
        )
        for item in answer.items()
    ]
    return json_page(answer.page(), runs)


def log_text(data: str) -> str:
    """The text of a log line with its line breaks."""
    return _LINE_BREAK.sub("\n", data)


SCRIPT_LIST = Operation(
    "script list",
    forms=(
        XmlAction("contract", "ContractScriptTable", fields=by_cid, read=read_script_rows, bands=BELOW_9_2),
        JsonRpc(SCRIPT_SERVICE, "contractScriptList", params=by_contract, read=read_script_list, bands=FROM_9_2),
    ),
)

SCRIPT_LOG = Operation(
    "script log",
    forms=(
        XmlAction("contract", "ContractScriptLog", fields=log_fields, read=read_log_rows, bands=BELOW_9_2),
        JsonRpc(SCRIPT_SERVICE, "getScriptLogList", params=log_params, read=read_log_list, bands=FROM_9_2),
    ),
)

SCRIPT_NAMES = Operation(
    "script names",
    forms=(XmlAction("admin", "ListDirectory", fields=script_directory, read=read_script_names),),
)

SCRIPTS = Directory("scripts", SCRIPT_NAMES)
"""The scripts of the billing that can be attached to contracts."""
