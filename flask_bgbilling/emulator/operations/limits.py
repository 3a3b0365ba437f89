"""The limit of a contract: value, log, planned changes, lowering by the customer (contract.md 12, money.md 5)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import search_result, table
from flask_bgbilling.emulator.errors import BadParameter
from flask_bgbilling.emulator.model.contracts import within_days
from flask_bgbilling.emulator.model.limits import limit_rules, manage_mode
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

LIMITS = "ru.bitel.bgbilling.kernel.contract.limit"
TASK_STATUSES = ("", "on", "off", "cancel")


@json_rpc(LIMITS, "ContractLimitService", "contractLimitGet")
def contract_limit_get(call: JsonCall) -> object:
    """The limit as a number."""
    return contract_of(call, "contractId")["closesumma"]


@json_rpc(LIMITS, "ContractLimitService", "searchContractLimitLogList")
def limit_log(call: JsonCall) -> object:
    """Changes of the limit, newest first; ``days`` above 0 marks a temporary one."""
    contract = contract_of(call, "contractId")
    page, names = call.page(), user_names(call.db)
    log = schema.log_contract_limit
    asked = within_days(log.c.dt, call.date("period.dateFrom"), call.date("period.dateTo"))
    where = [log.c.cid == contract["id"], *asked]
    records = call.db.execute(select(func.count()).select_from(log).where(*where)).scalar_one()
    query = select(log).where(*where).order_by(log.c.dt.desc(), log.c.id.desc())
    rows = [
        {
            "id": entry.id,
            "contractId": entry.cid,
            "date": entry.dt,
            "userId": entry.uid,
            "userName": names.get(entry.uid, ""),
            "limitValue": entry.nvalue,
            "days": entry.days,
            "comment": entry.comment,
        }
        for entry in call.db.execute(page.limit(query))
    ]
    return search_result(rows, page, records)


@json_rpc(LIMITS, "ContractLimitService", "searchContractLimitAvtoList")
def limit_tasks(call: JsonCall) -> object:
    """Planned changes of the limit; ``status`` keeps those in one state, blank keeps all."""
    contract = contract_of(call, "contractId")
    status = call.text("status")
    if status not in TASK_STATUSES:
        raise BadParameter(f"Неверное значение параметра status: {status}")
    page, names = call.page(), user_names(call.db)
    tasks = schema.contract_limit_period
    where = [tasks.c.cid == contract["id"]]
    if status:
        where.append(tasks.c.status == status)
    records = call.db.execute(select(func.count()).select_from(tasks).where(*where)).scalar_one()
    query = select(tasks).where(*where).order_by(tasks.c.dt.desc(), tasks.c.id.desc())
    rows = [
        {
            "id": task.id,
            "date": task.dt,
            "status": task.status,
            "userId": task.uid,
            "userName": names.get(task.uid, ""),
            "value": task.value,
        }
        for task in call.db.execute(page.limit(query))
    ]
    return search_result(rows, page, records)


@json_rpc(LIMITS, "ContractLimitService", "contractLimitMovementList", since="7.1")
def limit_movements(call: JsonCall) -> object:
    """Lowerings of the limit by the customer that began in a period."""
    contract = contract_of(call, "contractId")
    movements = schema.contract_limit_manage
    query = select(movements).where(movements.c.cid == contract["id"])
    if (start := call.date("dateFrom")) is not None:
        query = query.where(movements.c.date1 >= start)
    if (end := call.date("dateTo")) is not None:
        query = query.where(movements.c.date1 <= end)
    return [
        {
            "id": movement.id,
            "amount": movement.summ,
            "dateFrom": movement.date1,
            "dateTo": movement.date2,
            "status": movement.status,
        }
        for movement in call.db.execute(query.order_by(movements.c.date1, movements.c.id))
    ]


@json_rpc(LIMITS, "ContractLimitService", "contractLimitParametersGet", since="7.1")
def limit_parameters(call: JsonCall) -> object:
    """The rules for lowering the limit; keys ``contract.limit.manage.<name>`` of ``setup`` change them."""
    contract_of(call, "contractId")
    return limit_rules(call.db)


@xml("contract", "ContractLimitManage", below="8.2")
def limit_manage(call: XmlCall) -> Element:
    """Whether the customer may lower the limit: ``mode`` 0 unlocked, 1 locked."""
    contract = contract_of(call, "cid")
    data = call.data()
    table(data, [], mode=manage_mode(call.db, contract["id"]))
    return data
