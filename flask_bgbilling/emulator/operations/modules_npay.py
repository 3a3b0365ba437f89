"""Periodic fees of a contract (modules.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from sqlalchemy import ColumnElement, RowMapping, select

from flask_bgbilling.emulator.answers import day, element, row, table
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.contracts import covers
from flask_bgbilling.emulator.model.instances import check_instance, object_titles, service_titles
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml
from flask_bgbilling.emulator.schema.modules_fees import npay_service_object

PACKAGE = "ru.bitel.bgbilling.modules.npay"
LIST_SINCE, GET_SINCE = "9.2", "8.2"
ANY = -1


@xml("npay", "ServiceObjectTable", below=LIST_SINCE)
def fee_table(call: XmlCall) -> Element:
    """The fees of a contract; ``object_id`` 0 takes those of all objects, ``actualItemsOnly`` those of one day."""
    instance = check_instance(call, "npay")
    contract = contract_of(call, "cid")
    services, objects = service_titles(call.db, instance), object_titles(call.db, contract["id"])
    data = call.data()
    fees = _fees(call, contract["id"], call.integer("object_id", 0))
    rows = (
        {
            "id": fee["id"],
            "sid": fee["sid"],
            "service": services.get(fee["sid"], ""),
            "objectId": fee["oid"],
            "object": objects.get(fee["oid"], ""),
            "date1": day(fee["date1"]),
            "date2": day(fee["date2"]),
            "col": fee["col"],
            "comment": fee["comment"],
        }
        for fee in fees
    )
    table(data, rows)
    return data


@json_rpc(PACKAGE, "NPayService", "serviceObjectList", since=LIST_SINCE)
def fee_list(call: JsonCall) -> object:
    """The fees of a contract; ``objectId`` 0 takes those of all objects, −1 as an entity any."""
    instance = check_instance(call, "npay")
    contract = contract_of(call, "contractId")
    conditions: list[ColumnElement[bool]] = []
    for name, column in (("entityModuleId", npay_service_object.c.emid), ("entityId", npay_service_object.c.eid)):
        wanted = call.integer(name, ANY)
        if wanted != ANY:
            conditions.append(column == wanted)
    services, objects = service_titles(call.db, instance), object_titles(call.db, contract["id"])
    fees = _fees(call, contract["id"], call.integer("objectId", 0), *conditions)
    return [_bean(fee, services, objects) for fee in fees]


@xml("npay", "ServiceObjectGet", below=GET_SINCE)
def fee_get_xml(call: XmlCall) -> Element:
    """One fee, without its contract and without titles; the comment line by line."""
    check_instance(call, "npay")
    fee = _fee(call)
    data = call.data()
    element(
        data,
        "object",
        sid=fee["sid"],
        oid=fee["oid"],
        col=fee["col"],
        date1=day(fee["date1"]),
        date2=day(fee["date2"]),
        entityMid=fee["emid"],
        entityId=fee["eid"],
    )
    comment = SubElement(data, "comment")
    for line in fee["comment"].splitlines():
        row(comment, text=line)
    return data


@json_rpc(PACKAGE, "NPayService", "serviceObjectGet", since=GET_SINCE)
def fee_get(call: JsonCall) -> object:
    """One fee."""
    instance = check_instance(call, "npay")
    fee = _fee(call)
    return _bean(fee, service_titles(call.db, instance), object_titles(call.db, fee["cid"]))


def _fees(call: XmlCall | JsonCall, cid: int, object_id: int, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
    fees = npay_service_object
    query = select(fees).where(fees.c.cid == cid, *conditions)
    if object_id > 0:
        query = query.where(fees.c.oid == object_id)
    if call.flag("actualItemsOnly"):
        query = query.where(covers(fees, call.date("actualItemsDate") or call.today))
    return call.db.execute(query.order_by(fees.c.date1, fees.c.id)).mappings().all()


def _fee(call: XmlCall | JsonCall) -> RowMapping:
    fees = npay_service_object
    found = call.db.execute(select(fees).where(fees.c.id == call.integer("id"))).mappings().first()
    if found is None:
        raise Refused("Абонплата не найдена")
    return found


def _bean(fee: RowMapping, services: dict[int, str], objects: dict[int, str]) -> dict[str, object]:
    return {
        "id": fee["id"],
        "contractId": fee["cid"],
        "serviceId": fee["sid"],
        "serviceTitle": services.get(fee["sid"], ""),
        "objectId": fee["oid"],
        "objectTitle": objects.get(fee["oid"]),
        "date1": fee["date1"],
        "date2": fee["date2"],
        "col": fee["col"],
        "comment": fee["comment"],
        "entityMid": fee["emid"],
        "entityId": fee["eid"],
    }
