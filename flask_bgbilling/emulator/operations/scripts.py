"""Scripts of a contract, their log, and additional actions (contract.md 15, 16)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, page_object, period, period_object, table
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.contracts import within_days
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import Holders, JsonCall, XmlCall, json_rpc, xml

SCRIPTS = "ru.bitel.bgbilling.kernel.contract.script"
SCRIPT_TYPES = 15


@xml("contract", "ContractScriptTable", below="9.2")
def script_table(call: XmlCall) -> Element:
    """Scripts of a contract; rows tell the title of the type, not its id."""
    contract = contract_of(call, "cid")
    data = call.data()
    table(data, (_attributes(found) for found in _scripts(call, cid=contract["id"])))
    return data


@xml("contract", "GetContractScript", below="9.2")
def get_contract_script(call: XmlCall) -> Element:
    """One script; no ``contract_script`` element when there is none."""
    data = call.data()
    for found in _scripts(call, script=call.integer("id")):
        element(data, "contract_script", **_attributes(found))
    return data


@json_rpc(SCRIPTS, "ContractScriptService", "contractScriptList", since="9.2")
def contract_script_list(call: JsonCall) -> object:
    """Beans of the scripts of a contract."""
    contract = contract_of(call, "contractId")
    return [_bean(found) for found in _scripts(call, cid=contract["id"])]


@json_rpc(SCRIPTS, "ContractScriptService", "contractScriptGet", since="9.2")
def contract_script_get(call: JsonCall) -> object:
    """One script, null when there is none."""
    return next((_bean(found) for found in _scripts(call, script=call.integer("id"))), None)


@xml("contract", "ContractScriptLog", below="9.2")
def script_log_xml(call: XmlCall) -> Element:
    """What scripts did with a contract, newest first."""
    contract = contract_of(call, "cid")
    page = call.page()
    where = _log_conditions(contract["id"], call.date("start"), call.date("end"))
    data = call.data()
    rows = (
        {
            "cid": entry.cid,
            "time": entry.dt,
            "title": entry.title,
            "data": entry.data or "",
        }
        for entry in call.db.execute(page.limit(_log_query(where)))
    )
    table(data, rows, page=page, records=_log_records(call, where))
    return data


@json_rpc(SCRIPTS, "ContractScriptService", "getScriptLogList", since="7.1")
def script_log(call: JsonCall) -> object:
    """What scripts did with a contract, newest first; the page comes back under ``pageHolder``."""
    contract = contract_of(call, "contractId")
    page = call.page("pageHolder")
    where = _log_conditions(contract["id"], call.date("period.dateFrom"), call.date("period.dateTo"))
    if call.text("title"):
        where.append(schema.contract_script_log.c.title == call.text("title"))
    rows = [
        {"cid": entry.cid, "date": entry.dt, "title": entry.title, "data": entry.data or ""}
        for entry in call.db.execute(page.limit(_log_query(where)))
    ]
    return Holders(rows, pageHolder=page_object(page, _log_records(call, where)))


@json_rpc(SCRIPTS, "ContractScriptService", "getScriptLogTitleList", since="7.1")
def script_log_titles(call: JsonCall) -> object:
    """The different titles of the log of a period."""
    contract = contract_of(call, "contractId")
    log = schema.contract_script_log.c
    where = _log_conditions(contract["id"], call.date("period.dateFrom"), call.date("period.dateTo"))
    return list(call.db.execute(select(log.title).where(*where).distinct().order_by(log.title)).scalars())


@xml("admin", "ListDirectory")
def list_directory(call: XmlCall) -> Element:
    """The directory of script types, which is mode 15; other modes are not known."""
    mode = call.integer("mode")
    if mode != SCRIPT_TYPES:
        raise BadParameter(f"Неизвестный справочник: {mode}")
    data = call.data()
    found = element(data, "list")
    for kind in call.db.execute(select(schema.script).order_by(schema.script.c.title, schema.script.c.id)):
        item(found, id=kind.id, title=kind.title)
    return data


@xml("contract", "AdditionalActionList")
def additional_action_list(call: XmlCall) -> Element:
    """Actions that an operator may run for a contract."""
    contract_of(call, "cid")
    data = call.data()
    found = element(data, "list")
    for action in _actions(call, customer=False):
        item(found, id=action["id"], title=action["title"])
    return data


@json_rpc(SCRIPTS, "ContractScriptService", "additionalContractActionList", since="7.1")
def additional_contract_action_list(call: JsonCall) -> object:
    """Actions for a contract, with ``customer`` only those of the cabinet."""
    contract_of(call, "contractId")
    return [
        {"id": action["id"], "title": action["title"], "description": action["description"]}
        for action in _actions(call, customer=call.flag("customer"))
    ]


def _actions(call: XmlCall | JsonCall, *, customer: bool) -> Sequence[RowMapping]:
    actions = schema.additional_action
    query = select(actions).order_by(actions.c.id)
    if customer:
        query = query.where(actions.c.customer == 1)
    return call.db.execute(query).mappings().all()


def _scripts(call: XmlCall | JsonCall, *, cid: int = 0, script: int = 0) -> Sequence[RowMapping]:
    links, kinds = schema.contract_script, schema.script
    joined = links.outerjoin(kinds, kinds.c.id == links.c.script_id)
    query = select(links, kinds.c.title.label("script_title")).select_from(joined)
    query = query.where(links.c.cid == cid) if cid else query.where(links.c.id == script)
    return call.db.execute(query.order_by(links.c.id)).mappings().all()


def _attributes(found: RowMapping) -> dict[str, object]:
    return {
        "id": found["id"],
        "script": found["script_title"],
        "comment": found["comment"],
        "period": period(found["date1"], found["date2"]),
    }


def _bean(found: RowMapping) -> dict[str, object]:
    return {
        "id": found["id"],
        "contractId": found["cid"],
        "scriptId": found["script_id"],
        "script": found["script_title"] or "",
        "period": period_object(found["date1"], found["date2"]),
        "comment": found["comment"],
    }


def _log_conditions(cid: int, start: date | None, end: date | None) -> list[ColumnElement[bool]]:
    log = schema.contract_script_log
    return [log.c.cid == cid, *within_days(log.c.dt, start, end)]


def _log_query(where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    log = schema.contract_script_log
    return select(log).where(*where).order_by(log.c.dt.desc(), log.c.id.desc())


def _log_records(call: XmlCall | JsonCall, where: Sequence[ColumnElement[bool]]) -> int:
    log = schema.contract_script_log
    return call.db.execute(select(func.count()).select_from(log).where(*where)).scalar_one()
