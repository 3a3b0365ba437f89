"""Tables of money: payments, charges, accounts, balances, limits, reserves (database.md 1, money.md 0.6)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    moment,
    money,
    number,
    part_of_key,
    small,
    title,
    words,
)

contract_payment = Table(
    "contract_payment",
    METADATA,
    key(),
    day("dt"),
    number("cid"),
    number("pt"),
    number("uid"),
    money("summa"),
    title("comment", 200),
    moment("lm"),
    Index("ix_contract_payment_cid_dt", "cid", "dt"),
    Index("ix_contract_payment_pt_dt", "pt", "dt"),
)
contract_payment_deleted = Table(
    "contract_payment_deleted",
    METADATA,
    number("id", index=True),
    day("dt"),
    number("cid", index=True),
    number("pt"),
    number("uid"),
    money("summa"),
    title("comment", 200),
    moment("lm"),
)
contract_payment_types = Table(
    "contract_payment_types",
    METADATA,
    key(),
    title("title", 50),
    number("up"),
    small("type"),
    small("flag"),
)
"""``up`` the parent folder, 0 at the top; ``type`` 0 leaf, 1 folder; ``flag`` 0 editable, 1 not."""
contract_charge = Table(
    "contract_charge",
    METADATA,
    key(),
    day("dt"),
    number("cid"),
    number("pt"),
    number("uid"),
    money("summa"),
    title("comment", 200),
    moment("lm"),
    small("payback"),
    Index("ix_contract_charge_cid_dt", "cid", "dt"),
    Index("ix_contract_charge_pt_dt", "pt", "dt"),
)
"""``payback`` 1 is a return. ``contract_balance.summa4`` is the sum of charges less the returns."""
contract_charge_types = Table(
    "contract_charge_types",
    METADATA,
    key(),
    title("title", 50),
    small("flag"),
    small("type"),
    number("up"),
    small("payback"),
)
contract_balance = Table(
    "contract_balance",
    METADATA,
    part_of_key("cid"),
    part_of_key("yy"),
    part_of_key("mm"),
    money("summa1"),
    money("summa2"),
    money("summa3"),
    money("summa4"),
)
"""``summa1`` opening, ``summa2`` payments, ``summa3`` accounts, ``summa4`` charges; only months with
movement exist."""
contract_account = Table(
    "contract_account",
    METADATA,
    part_of_key("cid"),
    part_of_key("yy"),
    part_of_key("mm"),
    part_of_key("sid"),
    money("summa", 15, 5),
)
contract_account_detail = Table(
    "contract_account_detail",
    METADATA,
    key(),
    number("contract_id", index=True),
    number("service_id"),
    number("entity_id"),
    day("date_from"),
    day("date_to"),
    title("title", 255),
    money("cost", 15, 5),
    money("amount", 15, 5),
    money("sum", 15, 5),
)
contract_reserve = Table(
    "contract_reserve",
    METADATA,
    key(),
    number("cid", index=True),
    number("typeId"),
    money("sum"),
    moment("dateCreate"),
    moment("dateTo"),
    moment("dateClose"),
    title("comment", 255),
)
"""A reserve is active while ``dateClose`` is null and ``dateTo`` is null or not reached."""
contract_reserve_types = Table("contract_reserve_types", METADATA, key(), title(), small("used", 1))
contract_reserve_total = Table("contract_reserve_total", METADATA, part_of_key("cid"), money("sum"))

log_contract_limit = Table(
    "log_contract_limit",
    METADATA,
    key(),
    number("cid", index=True),
    moment("dt"),
    number("uid"),
    money("nvalue"),
    title("comment", 255),
    number("days"),
)
contract_limit_period = Table(
    "contract_limit_period",
    METADATA,
    key(),
    number("cid", index=True),
    number("uid"),
    day("dt"),
    money("value"),
    title("status", 10),
)
"""Planned changes of the limit; ``value`` is the new limit set on ``dt``; ``status`` ``on`` ``off``
``cancel``."""
contract_limit_manage = Table(
    "contract_limit_manage",
    METADATA,
    key(),
    number("cid", index=True),
    day("date1"),
    day("date2"),
    money("summ"),
    money("rest"),
    small("status"),
    title("pids", 255),
    number("clp_id"),
)
"""``status`` 0 open, 1 partly repaid, 2 repaid, 3 overdue."""
contract_limit_manage_mode = Table("contract_limit_manage_mode", METADATA, part_of_key("cid"), small("mode"))
"""Own layout: whether the customer may lower the limit, 0 unlocked, 1 locked; no row means unlocked."""
contract_autopayment = Table(
    "contract_autopayment",
    METADATA,
    key(),
    number("contract_id", index=True),
    number("module_id"),
    moment("date_from"),
    moment("date_to"),
    number("user_from"),
    number("user_to"),
)
"""One row is an interval while autopayment was switched on."""
contract_autopayment_mode = Table(
    "contract_autopayment_mode",
    METADATA,
    key(),
    number("contract_id", index=True),
    title("mode", 10),
    title("mode_data", 255),
    day("date_from"),
    day("date_to"),
    money("sum"),
)
"""Own layout: ``mode`` ``OFF`` ``WEEK`` ``MONTH`` ``AUTO``."""

setup = Table(
    "setup",
    METADATA,
    Column("id", words(100), primary_key=True),
    title("value", 255),
)
"""Keys and values; ``closed_date_1`` is the end of the closed period, ``dd.MM.yyyy`` or ``00.00.0000``."""
closed_date_type = Table("closed_date_type", METADATA, key(), title())
"""Own layout: kinds of closed periods; kind N is kept under ``closed_date_N`` of ``setup``."""
