"""Reading the parameters of a contract: the whole list and the history (parameters.md 2, 6)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, element, item, moment, table
from flask_bgbilling.emulator.model.parameters import (
    ALWAYS_VISIBLE,
    HISTORY,
    LOGS,
    Kind,
    display_values,
    kind_of,
    parameter_row,
    parameters_of,
    with_history,
)
from flask_bgbilling.emulator.model.presence import contract_of, user_logins
from flask_bgbilling.emulator.registry import XmlCall, xml

HAS_HISTORY, NO_HISTORY = "loopa", "loopa_fade"


@xml("contract", "ContractParameters")
def contract_parameters(call: XmlCall) -> Element:
    """Every parameter with its display string, empty ones included; on every version.

    ``all=1`` lists the whole directory instead of the contract's group, ``list=1`` adds the groups.
    """
    contract = contract_of(call, "cid")
    rows = parameters_of(call.db, contract["pgid"], everything=call.flag("all"))
    values = display_values(call.db, contract["id"], (kind_of(row["pt"]) for row in rows))
    changed = with_history(call.db, contract["id"])
    data = call.data()
    parameters = element(data, "parameters")
    for row in rows:
        keeps_history = row["flags"] & HISTORY and row["id"] in changed
        element(
            parameters,
            "parameter",
            pid=row["id"],
            pt=row["pt"],
            title=row["title"],
            value=values.get(row["id"], ""),
            alwaysVisible="true" if row["flags"] & ALWAYS_VISIBLE else "false",
            history=HAS_HISTORY if keeps_history else NO_HISTORY,
        )
    element(data, "condel", pgid=contract["pgid"])
    if call.flag("list"):
        groups = element(data, "groups")
        name = schema.contract_parameter_group_name
        for group in call.db.execute(select(name).order_by(name.c.title)):
            item(groups, id=group.id, title=group.title)
    return data


@xml("contract", "GetParameterHistory")
def parameter_history(call: XmlCall) -> Element:
    """Former and present values of one parameter of any type, the oldest first."""
    contract = contract_of(call, "cid")
    parameter = parameter_row(call.db, call.integer("pid"))
    kind = kind_of(parameter["pt"])
    rows = []
    log = LOGS.get(kind)
    if log is not None:
        logins = user_logins(call.db)
        query = select(log).where(log.c.cid == contract["id"], log.c.pid == parameter["id"])
        for record in call.db.execute(query.order_by(log.c.dt_change)).mappings():
            value = record["title"] if kind is Kind.LIST else record["val"]
            if kind is Kind.DATE:
                value = day(value)
            elif kind is Kind.CONTRACT_REF:
                value = _contract_title(call, value)
            rows.append(
                {
                    "value": value,
                    "when": moment(record["dt_change"]),
                    "who": logins.get(record["user_id"], ""),
                }
            )
    data = call.data()
    table(data, rows)
    return data


def _contract_title(call: XmlCall, cid: int) -> str:
    other = schema.contract
    return call.db.execute(select(other.c.title).where(other.c.id == cid)).scalar() or ""
