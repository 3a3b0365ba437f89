"""Bills and invoices of a contract, types of documents, requisites, printed documents (money.md 11)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, Table, func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, element, item, money, month_label, period, period_object, table
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.cards import pdf_card
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.presence import contract_of, user_names
from flask_bgbilling.emulator.registry import JsonCall, Raw, XmlCall, json_rpc, xml
from flask_bgbilling.emulator.schema.modules_bill import (
    BILL_KIND,
    INVOICE_KIND,
    bill_attribute,
    bill_attribute_type,
    bill_contract_doc_type,
    bill_data,
    bill_doc_type,
    bill_document_position,
    bill_invoice_data,
)

PACKAGE = "ru.bitel.bgbilling.modules.bill"
JSON_SINCE = "9.2"
KINDS = {"bill": BILL_KIND, "invoice": INVOICE_KIND}
STATUSES = {0: "не оплачен", 1: "оплачен"}
UNLOAD_STATUSES = {0: "не выгружен", 1: "выгружен"}
PDF = "application/pdf"


@xml("bill", "DocTypeList", below=JSON_SINCE)
def doc_types_xml(call: XmlCall) -> Element:
    """Types of documents that the contract has and, under a misspelled name, the others."""
    own, others = _doc_types(call, "cid", _kind(call, "type", call.text("type")))
    data = call.data()
    for name, types in (("list_select", own), ("list_avaliable", others)):
        found = element(data, name)
        for row in types:
            item(found, id=row["id"], title=row["title"])
    return data


@json_rpc(PACKAGE, "BillService", "documentTypes", since=JSON_SINCE)
def doc_types(call: JsonCall) -> object:
    """Types of documents that the contract has and, under a misspelled name, the others."""
    kind = call.text("documentType")
    own, others = _doc_types(call, "contractId", _kind(call, "documentType", kind.lower() if kind.isupper() else ""))
    return {"selectList": [dict(row) for row in own], "avaliableList": [dict(row) for row in others]}


@xml("bill", "ContractBill")
def bills(call: XmlCall) -> Element:
    """The bills of a contract, the newest first."""
    documents, records = _documents(call, bill_data)
    names, titles = user_names(call.db), _type_titles(call)
    data = call.data()
    rows = (
        {
            **_common(document, titles),
            "status": STATUSES.get(document["status"], ""),
            "pay_dt": day(document["pay_dt"]),
            "who_created": names.get(document["uid_created"], ""),
            "who_payed": names.get(document["uid_payed"], "") if document["status"] else "",
        }
        for document in documents
    )
    table(data, rows, page=call.page(), records=records)
    return data


@xml("bill", "ContractInvoice")
def invoices(call: XmlCall) -> Element:
    """The invoices and acts of a contract, the newest first."""
    documents, records = _documents(call, bill_invoice_data)
    names, titles = user_names(call.db), _type_titles(call)
    data = call.data()
    rows = (
        {
            **_common(document, titles),
            "who_created": names.get(document["uid_created"], ""),
            "show_ready": "true" if document["show_ready"] else "false",
        }
        for document in documents
    )
    table(data, rows, page=call.page(), records=records)
    return data


@xml("bill", "ViewDocs")
def view_documents(call: XmlCall) -> Raw:
    """Printed documents as one PDF.

    ``codes`` are ids joined by commas; the desktop client writes ``id:;`` for each, which is understood as well.
    """
    check_instance(call, "bill")
    kind = _kind(call, "type", call.text("type"))
    if call.text("contentType", PDF) != PDF:
        raise BadParameter(f"Неверное значение параметра contentType: {call.text('contentType')}")
    codes = _codes(call)
    documents = bill_invoice_data if kind == INVOICE_KIND else bill_data
    query = select(documents).where(documents.c.id.in_(codes))
    found = {row["id"]: row for row in call.db.execute(query).mappings()}
    titles = _type_titles(call)
    lines: list[str] = []
    for code in codes:
        if code not in found:
            raise Refused(f"Документ не найден: {code}")
        lines += _printed(call, found[code], titles, kind)
    return Raw(pdf_card(", ".join(found[code]["number"] for code in codes), lines), PDF)


@xml("bill", "Attribute", below=JSON_SINCE)
def attributes_xml(call: XmlCall) -> Element:
    """The requisites of a contract for its documents."""
    labels = {row["name"]: row["title"] for row in _attribute_types(call)}
    data = call.data()
    rows = (
        {
            "id": row["id"],
            "title": labels.get(row["name"], row["name"]),
            "value": row["value"],
            "period": period(row["date1"], row["date2"]),
        }
        for row in _attributes(call, "cid")
    )
    table(data, rows)
    return data


@json_rpc(PACKAGE, "BillService", "attributeList", since=JSON_SINCE)
def attributes(call: JsonCall) -> object:
    """The requisites of a contract for its documents; ``name`` is the key of the type."""
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "value": row["value"],
            "period": period_object(row["date1"], row["date2"]),
            "contractId": row["cid"],
            "contractParamPrefId": row["contract_param_pref_id"],
            "useSuperContract": bool(row["use_super_contract"]),
        }
        for row in _attributes(call, "contractId")
    ]


@json_rpc(PACKAGE, "BillService", "attributeTypeList", since=JSON_SINCE)
def attribute_types(call: JsonCall) -> object:
    """The types of requisites."""
    check_instance(call, "bill")
    return [dict(row) for row in _attribute_types(call)]


def _kind(call: XmlCall | JsonCall, field: str, word: str) -> int:
    if word not in KINDS:
        raise BadParameter(f"Неверное значение параметра {field}: {call.text(field)}")
    return KINDS[word]


def _doc_types(call: XmlCall | JsonCall, field: str, kind: int) -> tuple[list[RowMapping], list[RowMapping]]:
    check_instance(call, "bill")
    contract = contract_of(call, field)
    types, links = bill_doc_type, bill_contract_doc_type
    attached = set(call.db.scalars(select(links.c.doc_type).where(links.c.cid == contract["id"])))
    query = select(types.c.id, types.c.title).where(types.c.kind == kind).order_by(types.c.pos, types.c.id)
    rows = call.db.execute(query).mappings().all()
    return [row for row in rows if row["id"] in attached], [row for row in rows if row["id"] not in attached]


def _documents(call: XmlCall, documents: Table) -> tuple[Sequence[RowMapping], int]:
    check_instance(call, "bill")
    contract = contract_of(call, "cid")
    own = documents.c.cid == contract["id"]
    records = call.db.execute(select(func.count()).select_from(documents).where(own)).scalar_one()
    query = select(documents).where(own).order_by(documents.c.create_dt.desc(), documents.c.id.desc())
    return call.db.execute(call.page().limit(query)).mappings().all(), records


def _type_titles(call: XmlCall) -> dict[int, str]:
    return {row.id: row.title for row in call.db.execute(select(bill_doc_type.c.id, bill_doc_type.c.title))}


def _common(document: RowMapping, titles: dict[int, str]) -> dict[str, object]:
    return {
        "id": document["id"],
        "type": document["type"],
        "type_title": titles.get(document["type"], ""),
        "number": document["number"],
        "month": f"{document['yy']}.{document['mm']:02}",
        "create_dt": day(document["create_dt"]),
        "summ": money(document["summ"]),
        "unload_status": UNLOAD_STATUSES.get(document["unload_status"], ""),
    }


def _codes(call: XmlCall) -> list[int]:
    parts = call.text("codes").replace(";", ",").split(",")
    codes = [part.partition(":")[0].strip() for part in parts if part.strip()]
    if not codes or not all(code.isdigit() for code in codes):
        raise BadParameter(f"Неверное значение параметра codes: {call.text('codes')}")
    return [int(code) for code in codes]


def _printed(call: XmlCall, document: RowMapping, titles: dict[int, str], kind: int) -> list[str]:
    contracts, positions = schema.contract, bill_document_position
    customer = call.db.execute(select(contracts).where(contracts.c.id == document["cid"])).mappings().one()
    query = select(positions).where(positions.c.kind == kind, positions.c.document_id == document["id"])
    return [
        f"{titles.get(document['type'], '')} № {document['number']} от {day(document['create_dt'])}",
        f"Договор {customer['title']}, {customer['comment']}",
        f"За {month_label(document['yy'], document['mm'])}",
        *(f"  {row.title}: {money(row.summ)}" for row in call.db.execute(query.order_by(positions.c.pos))),
        f"Итого: {money(document['summ'])}",
        "",
    ]


def _attributes(call: XmlCall | JsonCall, field: str) -> Sequence[RowMapping]:
    check_instance(call, "bill")
    contract = contract_of(call, field)
    query = select(bill_attribute).where(bill_attribute.c.cid == contract["id"]).order_by(bill_attribute.c.id)
    return call.db.execute(query).mappings().all()


def _attribute_types(call: XmlCall | JsonCall) -> Sequence[RowMapping]:
    return call.db.execute(select(bill_attribute_type).order_by(bill_attribute_type.c.id)).mappings().all()
