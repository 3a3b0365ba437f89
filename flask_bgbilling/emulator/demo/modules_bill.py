"""Bills, invoices, types of documents and requisites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo import parameters as pref
from flask_bgbilling.emulator.demo.calendar import month_end, month_start
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.modules_subscribers import Subscriber
from flask_bgbilling.emulator.demo.showcase import FIRM, RICH, SUPER
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

INTERNET_BILL, SUPPORT_BILL, YEAR_BILL, INVOICE, ACT = range(1, 6)
TYPES = (
    (INTERNET_BILL, "Счёт за интернет", BILL_KIND),
    (SUPPORT_BILL, "Техподдержка", BILL_KIND),
    (YEAR_BILL, "Счёт за год", BILL_KIND),
    (INVOICE, "Счёт-фактура", INVOICE_KIND),
    (ACT, "Акт выполненных работ", INVOICE_KIND),
)
ATTACHED = {
    RICH: (INTERNET_BILL, ACT),
    FIRM: (INTERNET_BILL, SUPPORT_BILL, INVOICE, ACT),
    SUPER: (INTERNET_BILL, INVOICE),
}
ATTRIBUTE_TYPES = (
    (1, "customer.title", "Плательщик", ""),
    (2, "customer.inn", "ИНН", r"\d{10}|\d{12}"),
    (3, "contract.basis", "Основание", ""),
)
FIRST_BILL, FIRST_INVOICE = 3403, 5001
MONTHS = {RICH: 3, FIRM: 30, SUPER: 12}
FEES = {RICH: Decimal(550), FIRM: Decimal(6250), SUPER: Decimal(2900)}


def add_bills(world: World, subscribers: Mapping[int, Subscriber]) -> None:
    """Writes the documents of contracts 101, 102 and 103, a month's bill and invoice each."""
    rows = world.rows
    for number, title, kind in TYPES:
        rows.add(bill_doc_type, id=number, title=title, kind=kind, pos=number)
    for number, name, title, check in ATTRIBUTE_TYPES:
        rows.add(bill_attribute_type, id=number, name=name, title=title, check=check)
    for cid, types in ATTACHED.items():
        for kind in types:
            rows.new(bill_contract_doc_type, cid=cid, doc_type=kind)
    bill, invoice = FIRST_BILL, FIRST_INVOICE
    for cid, months in MONTHS.items():
        for back in range(months, 0, -1):
            _add_bill(world, bill, cid, back)
            _add_invoice(world, invoice, cid, back)
            bill, invoice = bill + 1, invoice + 1
    rich, firm = subscribers[RICH], subscribers[FIRM]
    changed = rich.start + timedelta(days=100)
    for cid, name, value, start, end, parameter in (
        (RICH, "contract.basis", f"Договор {rich.number}", rich.start, changed, 0),
        (RICH, "contract.basis", f"Договор {rich.number} и соглашение № 1", changed + timedelta(days=1), None, 0),
        (RICH, "note.free", "без печати", None, None, 0),
        (FIRM, "customer.inn", "0274101202", firm.start, None, pref.TAX_NUMBER),
        (FIRM, "contract.basis", f"Договор {firm.number}", firm.start, None, 0),
    ):
        rows.new(
            bill_attribute,
            cid=cid,
            name=name,
            value=value,
            date1=start,
            date2=end,
            contract_param_pref_id=parameter,
            use_super_contract=0,
        )


def _add_bill(world: World, number: int, cid: int, back: int) -> None:
    month = month_start(world.today, back)
    paid = back > 1
    support = cid == FIRM and back % 6 == 0
    cost = Decimal(4500) if support else FEES[cid]
    world.rows.add(
        bill_data,
        id=number,
        cid=cid,
        type=SUPPORT_BILL if support else INTERNET_BILL,
        account_id=1,
        number=f"В-{number:05}",
        yy=month.year,
        mm=month.month,
        create_dt=month.replace(day=5),
        pay_dt=month.replace(day=17) if paid else None,
        status=int(paid),
        summ=cost,
        payment_id=0,
        uid_created=catalogue.ACCOUNTANT,
        uid_payed=catalogue.ACCOUNTANT if paid else 0,
        unload_status=int(back > 3),
    )
    title = "Техническая поддержка" if support else "Услуги доступа в интернет"
    _add_position(world, BILL_KIND, number, title, cost)


def _add_invoice(world: World, number: int, cid: int, back: int) -> None:
    month = month_start(world.today, back)
    world.rows.add(
        bill_invoice_data,
        id=number,
        cid=cid,
        type=ACT if cid == RICH else INVOICE,
        number=f"Ф-{number:05}",
        yy=month.year,
        mm=month.month,
        create_dt=month_end(month),
        summ=FEES[cid],
        uid_created=catalogue.ACCOUNTANT,
        unload_status=0,
        show_ready=int(back > 1),
    )
    _add_position(world, INVOICE_KIND, number, "Услуги связи", FEES[cid])


def _add_position(world: World, kind: int, number: int, title: str, cost: Decimal) -> None:
    world.rows.add(bill_document_position, kind=kind, document_id=number, pos=1, title=title, summ=cost)
