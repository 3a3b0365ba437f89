"""Tables of the document module: types, bills, invoices, requisites (database.md 1, money.md 11)."""

from __future__ import annotations

from sqlalchemy import Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    money,
    number,
    part_of_key,
    small,
    title,
)
from flask_bgbilling.emulator.schema.modules_instances import BILL

BILL_KIND, INVOICE_KIND = 0, 1

bill_doc_type = Table(f"bill_doc_type_{BILL}", METADATA, key(), title(), small("kind"), number("pos"))
"""``kind`` 0 bills, 1 invoices."""
bill_contract_doc_type = Table(
    f"bill_contract_doc_type_{BILL}", METADATA, key(), number("cid", index=True), number("doc_type")
)
bill_data = Table(
    f"bill_data_{BILL}",
    METADATA,
    key(),
    number("cid", index=True),
    number("type"),
    number("account_id"),
    title("number", 50),
    number("yy"),
    number("mm"),
    day("create_dt"),
    day("pay_dt"),
    small("status"),
    money("summ"),
    number("payment_id"),
    number("uid_created"),
    number("uid_payed"),
    small("unload_status"),
)
"""``status`` 0 unpaid, 1 paid; ``payment_id`` is the payment that marking as paid made."""
bill_invoice_data = Table(
    f"bill_invoice_data_{BILL}",
    METADATA,
    key(),
    number("cid", index=True),
    number("type"),
    title("number", 50),
    number("yy"),
    number("mm"),
    day("create_dt"),
    money("summ"),
    number("uid_created"),
    small("unload_status"),
    small("show_ready"),
)
"""``show_ready`` 1: the customer sees the document."""
bill_attribute_type = Table(
    f"bill_attribute_type_{BILL}", METADATA, key(), title("name", 50), title(), title("check", 255)
)
bill_attribute = Table(
    f"bill_attribute_{BILL}",
    METADATA,
    key(),
    number("cid", index=True),
    title("name", 50),
    title("value", 255),
    day("date1"),
    day("date2"),
    number("contract_param_pref_id"),
    small("use_super_contract"),
)
bill_document_position = Table(
    f"bill_document_position_{BILL}",
    METADATA,
    part_of_key("kind"),
    part_of_key("document_id"),
    part_of_key("pos"),
    title("title", 255),
    money("summ"),
)
"""Own layout: the lines of a document; ``kind`` as in the types."""
