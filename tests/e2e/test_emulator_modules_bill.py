"""The emulator reads bills, invoices, their types and requisites as the reference says (money.md 11)."""

from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from flask_bgbilling.emulator import Emulator
from tests.module_calls import (
    EMPTY,
    FIRM,
    NO_CONTRACT,
    NO_INSTANCE,
    RICH,
    UNKNOWN,
    attributes,
    below,
    provider,
    since,
)
from tests.raw_calls import json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

BILL = "ru.bitel.bgbilling.modules.bill/5/BillService"
PDF = "application/pdf"
TYPES = {
    "bill": (["1 Счёт за интернет"], ["2 Техподдержка", "3 Счёт за год"]),
    "invoice": (["5 Акт выполненных работ"], ["4 Счёт-фактура"]),
}


def document(billing: Emulator, **fields: object) -> tuple[str, bytes]:
    """Content type and body of a printed document."""
    body = {"module": "bill", "action": "ViewDocs", "mid": 5, "user": "admin", "pswd": "admin", **fields}
    with urlopen(Request(billing.url, urlencode(body).encode())) as answer:
        return answer.headers["Content-Type"], answer.read()


@pytest.mark.parametrize("band", below("9.2"))
@pytest.mark.parametrize("kind", TYPES)
def test_types_as_xml(emulated: Emulated, band: str, kind: str) -> None:
    billing = provider(emulated, band)
    root = xml_ok(billing, "bill", "DocTypeList", mid=5, cid=RICH, type=kind)
    assert [child.tag for child in root] == ["list_select", "list_avaliable"]
    found = tuple(
        [f"{row['id']} {row['title']}" for row in attributes(root, f"./{name}/item")]
        for name in ("list_select", "list_avaliable")
    )
    assert found == TYPES[kind]
    nothing = xml_ok(billing, "bill", "DocTypeList", mid=5, cid=EMPTY, type=kind)
    assert attributes(nothing, "./list_select/item") == []
    assert len(attributes(nothing, "./list_avaliable/item")) == sum(map(len, TYPES[kind]))
    refusal = xml_refusal(billing, "bill", "DocTypeList", mid=5, cid=RICH, type="card")
    assert refusal == "Неверное значение параметра type: card"
    assert json_refusal(billing, BILL, "documentTypes", contractId=RICH).startswith("not implemented: ")


@pytest.mark.parametrize("band", since("9.2"))
@pytest.mark.parametrize("kind", TYPES)
def test_types_as_json(emulated: Emulated, band: str, kind: str) -> None:
    billing = provider(emulated, band)
    found = json_ok(billing, BILL, "documentTypes", contractId=RICH, documentType=kind.upper())
    assert list(found) == ["selectList", "avaliableList"]
    assert tuple([f"{row['id']} {row['title']}" for row in rows] for rows in found.values()) == TYPES[kind]
    assert json_ok(billing, BILL, "documentTypes", contractId=EMPTY, documentType=kind.upper())["selectList"] == []
    for wrong in ("CARD", kind):
        refusal = json_refusal(billing, BILL, "documentTypes", contractId=RICH, documentType=wrong)
        assert refusal == f"Неверное значение параметра documentType: {wrong}"
    refusal = xml_refusal(billing, "bill", "DocTypeList", mid=5, cid=RICH, type=kind)
    assert refusal == "not implemented: bill/DocTypeList"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_bills(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    root = xml_ok(billing, "bill", "ContractBill", mid=5, cid=RICH, pageIndex=1, pageSize=25)
    assert attributes(root, "./table") == [{"pageIndex": "1", "pageSize": "25", "pageCount": "1", "recordCount": "3"}]
    unpaid, paid, _ = attributes(root)
    assert unpaid == {
        "id": "3405", "type": "1", "type_title": "Счёт за интернет", "number": "В-03405", "month": "2026.10",
        "create_dt": "05.10.2026", "summ": "550.00", "unload_status": "не выгружен", "status": "не оплачен",
        "pay_dt": "", "who_created": "Бухгалтерова Н. С.", "who_payed": "",
    }  # fmt: skip
    assert paid == {
        **unpaid, "id": "3404", "number": "В-03404", "month": "2026.09", "create_dt": "05.09.2026",
        "status": "оплачен", "pay_dt": "17.09.2026", "who_payed": "Бухгалтерова Н. С.",
    }  # fmt: skip


@pytest.mark.parametrize("band", ALL_BANDS)
@pytest.mark.parametrize("action", ["ContractBill", "ContractInvoice"])
def test_pages_of_documents(emulated: Emulated, band: str, action: str) -> None:
    billing = provider(emulated, band)

    def listed(index: int, cid: int = FIRM) -> Any:
        return xml_ok(billing, "bill", action, mid=5, cid=cid, pageIndex=index, pageSize=25)

    first, second = listed(1), listed(2)
    assert [len(attributes(root)) for root in (first, second)] == [25, 5]
    assert attributes(second, "./table")[0] == {
        "pageIndex": "2", "pageSize": "25", "pageCount": "2", "recordCount": "30",
    }  # fmt: skip
    months = [row["month"] for root in (first, second) for row in attributes(root)]
    assert months == sorted(months, reverse=True)
    empty = listed(1, EMPTY)
    assert attributes(empty, "./table") == [{"pageIndex": "1", "pageSize": "25", "pageCount": "0", "recordCount": "0"}]
    assert [child.tag for child in empty[0]] == ["data"]
    assert attributes(empty) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_invoices(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    rows = attributes(xml_ok(billing, "bill", "ContractInvoice", mid=5, cid=RICH, pageIndex=1, pageSize=25))
    assert rows[0] == {
        "id": "5003", "type": "5", "type_title": "Акт выполненных работ", "number": "Ф-05003", "month": "2026.10",
        "create_dt": "31.10.2026", "summ": "550.00", "unload_status": "не выгружен",
        "who_created": "Бухгалтерова Н. С.", "show_ready": "false",
    }  # fmt: skip
    assert [row["show_ready"] for row in rows] == ["false", "true", "true"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_printed_documents(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    kind, body = document(billing, type="bill", codes="3404", contentType=PDF)
    assert (kind, body[:5]) == (PDF, b"%PDF-")
    assert b"Uslugi dostupa v internet: 550.00" in body
    assert b"sentyabr 2026" in body
    _, several = document(billing, type="bill", codes="3404,3405", contentType=PDF)
    assert several.count(b"Itogo: 550.00") == 2
    assert document(billing, type="bill", codes="3404:;", contentType=PDF)[1] == body
    _, invoice = document(billing, type="invoice", codes="5001", contentType=PDF)
    assert b"Akt vypolnennykh rabot" in invoice


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_document_that_cannot_be_printed_is_an_error_text(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    common = {"mid": 5, "contentType": PDF}
    refusals = {
        "Документ не найден: 99999": {"type": "bill", "codes": "3404,99999"},
        "Неверное значение параметра codes: x": {"type": "bill", "codes": "x"},
        "Неверное значение параметра codes: ": {"type": "invoice", "codes": ""},
        "Неверное значение параметра type: card": {"type": "card", "codes": "3404"},
    }
    for text, fields in refusals.items():
        assert xml_refusal(billing, "bill", "ViewDocs", **common, **fields) == text
    html = {"mid": 5, "type": "bill", "codes": "3404", "contentType": "text/html"}
    assert xml_refusal(billing, "bill", "ViewDocs", **html) == "Неверное значение параметра contentType: text/html"
    assert xml_refusal(billing, "bill", "ViewDocs", mid=1, type="bill", codes="3404") == NO_INSTANCE


@pytest.mark.parametrize("band", below("9.2"))
def test_requisites_as_xml(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    number = billing.rows("contract", id=RICH)[0]["title"]
    assert attributes(xml_ok(billing, "bill", "Attribute", mid=5, cid=RICH)) == [
        {"id": "1", "title": "Основание", "value": f"Договор {number}", "period": "15.01.2024-24.04.2024"},
        {
            "id": "2",
            "title": "Основание",
            "value": f"Договор {number} и соглашение № 1",
            "period": "25.04.2024-…",
        },
        {"id": "3", "title": "note.free", "value": "без печати", "period": "-…"},
    ]
    assert attributes(xml_ok(billing, "bill", "Attribute", mid=5, cid=EMPTY)) == []


@pytest.mark.parametrize("band", since("9.2"))
def test_requisites_as_json(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    number = billing.rows("contract", id=RICH)[0]["title"]
    first, second, third = json_ok(billing, BILL, "attributeList", contractId=RICH)
    assert first == {
        "id": 1, "name": "contract.basis", "value": f"Договор {number}",
        "period": {"dateFrom": "2024-01-15", "dateTo": "2024-04-24"}, "contractId": RICH, "contractParamPrefId": 0,
        "useSuperContract": False,
    }  # fmt: skip
    assert second["period"] == {"dateFrom": "2024-04-25", "dateTo": None}
    assert (third["name"], third["period"]) == ("note.free", {"dateFrom": None, "dateTo": None})
    assert json_ok(billing, BILL, "attributeList", contractId=EMPTY) == []
    types = json_ok(billing, BILL, "attributeTypeList")
    assert types[1] == {"id": 2, "name": "customer.inn", "title": "ИНН", "check": r"\d{10}|\d{12}"}
    assert [row["name"] for row in types] == ["customer.title", "customer.inn", "contract.basis"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_refusals(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    for action in ("ContractBill", "ContractInvoice"):
        assert xml_refusal(billing, "bill", action, mid=5, cid=UNKNOWN) == NO_CONTRACT
        assert xml_refusal(billing, "bill", action, mid=2, cid=RICH) == NO_INSTANCE
    if band in since("9.2"):
        other = BILL.replace("/5/", "/1/")
        for method in ("attributeList", "attributeTypeList", "documentTypes"):
            params = {"contractId": RICH, "documentType": "BILL"}
            assert json_refusal(billing, other, method, **params) == NO_INSTANCE
