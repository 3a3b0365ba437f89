"""Goods and one-off services of a contract (modules.md 4)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, RowMapping, Select, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import period_object, search_result
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.instances import check_instance, object_titles, service_titles
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, json_rpc
from flask_bgbilling.emulator.schema.modules_fees import rscm_service, rscm_service_account

PACKAGE = "ru.bitel.bgbilling.modules.rscm"


@json_rpc(PACKAGE, "RSCMService", "searchRSCMContractService")
def search(call: JsonCall) -> object:
    """What a contract got in a period, the latest first."""
    instance = check_instance(call, "rscm")
    contract = contract_of(call, "contractId")
    accounts = rscm_service_account
    start, end = call.date("period.dateFrom"), call.date("period.dateTo")
    conditions: list[ColumnElement[bool]] = [accounts.c.cid == contract["id"]]
    if start is not None:
        conditions.append(accounts.c.date >= start)
    if end is not None:
        conditions.append(accounts.c.date <= end)
    page = call.page()
    records = call.db.execute(select(func.count()).select_from(accounts).where(*conditions)).scalar_one()
    query = _query().where(*conditions).order_by(accounts.c.date.desc(), accounts.c.id.desc())
    services, objects = service_titles(call.db, instance), object_titles(call.db, contract["id"])
    rows = [_bean(row, services, objects) for row in call.db.execute(page.limit(query)).mappings()]
    return {
        **search_result(rows, page, records),
        "period": period_object(start, end),
        "sort": None,
        "sum": None,
        "attributes": {},
    }


@json_rpc(PACKAGE, "RSCMService", "getRSCMContractService")
def get(call: JsonCall) -> object:
    """One record of a contract."""
    instance = check_instance(call, "rscm")
    contract = contract_of(call, "contractId")
    accounts = rscm_service_account
    wanted = accounts.c.id == call.integer("rscmContractServiceId")
    row = call.db.execute(_query().where(wanted, accounts.c.cid == contract["id"])).mappings().first()
    if row is None:
        raise Refused("Запись не найдена")
    return _bean(row, service_titles(call.db, instance), object_titles(call.db, contract["id"]))


@json_rpc(PACKAGE, "RSCMService", "getRSCMContractServiceList", since="7.1")
def services(call: JsonCall) -> object:
    """Services that can be sold, with ``isUsing`` only those still in use."""
    instance = check_instance(call, "rscm")
    known = schema.service
    query = select(known.c.id, known.c.title).where(known.c.mid == instance).order_by(known.c.title, known.c.id)
    if call.flag("isUsing"):
        query = query.where(known.c.isusing == 1)
    return [dict(row) for row in call.db.execute(query).mappings()]


@json_rpc(PACKAGE, "RSCMService", "getRSCMServiceList", since="7.1")
def service_settings(call: JsonCall) -> object:
    """The measures of the services."""
    instance = check_instance(call, "rscm")
    titles = service_titles(call.db, instance)
    return [
        {"id": row.id, "serviceId": row.sid, "serviceTitle": titles.get(row.sid, ""), "unit": row.unit}
        for row in call.db.execute(select(rscm_service).order_by(rscm_service.c.id))
    ]


def _query() -> Select[tuple[object, ...]]:
    accounts = rscm_service_account
    return select(accounts, rscm_service.c.unit).outerjoin(rscm_service, rscm_service.c.sid == accounts.c.sid)


def _bean(row: RowMapping, services: dict[int, str], objects: dict[int, str]) -> dict[str, object]:
    return {
        "id": row["id"],
        "contractId": row["cid"],
        "serviceId": row["sid"],
        "serviceTitle": services.get(row["sid"], ""),
        "date": row["date"],
        "amount": row["amount"] or 0,
        "amountUp": row["amount"] or 0,
        "amountDown": 0,
        "unit": row["unit"] or "",
        "objectId": row["oid"],
        "objectTitle": objects.get(row["oid"]),
        "comment": row["comment"],
    }
