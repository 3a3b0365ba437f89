"""Tables of services, tariffs and tariff options (database.md 1, money.md 7 to 10)."""

from __future__ import annotations

from sqlalchemy import Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask,
    moment,
    money,
    number,
    small,
    text,
    title,
)

service = Table(
    "service",
    METADATA,
    key(),
    title("title", 250),
    number("mid", index=True),
    number("parentId"),
    day("dateFrom"),
    day("dateTo"),
    title("comment", 255),
    small("isusing", 1),
    number("unit"),
    moment("lm"),
)
contract_service = Table(
    "contract_service",
    METADATA,
    key(),
    number("cid", index=True),
    number("sid"),
    day("date1"),
    day("date2"),
    title("comment", 255),
    moment("lm"),
)

tariff_plan = Table(
    "tariff_plan",
    METADATA,
    key(),
    title("title", 200),
    title("title_web", 200),
    small("use_title_in_web"),
    small("actual", 1),
    mask("gr"),
    title("pattern", 150),
    small("face"),
    number("tree_id"),
    text("config"),
    moment("lm"),
    title("comment", 255),
)
"""``actual`` 1 in use; ``gr`` mask of contract groups it is offered to, 0 all; ``pattern`` number mask,
empty all; ``face`` 0 any, 1 person, 2 legal entity."""
module_tariff_tree = Table("module_tariff_tree", METADATA, key(), number("mid", index=True), number("tree_id"))
"""Which tariff trees hold a part for a module instance."""
contract_tariff = Table(
    "contract_tariff",
    METADATA,
    key(),
    number("cid", index=True),
    number("tpid", index=True),
    day("date1"),
    day("date2"),
    title("comment", 255),
    moment("lm"),
    number("pos"),
    number("emid"),
    number("eid"),
    number("replaced_from"),
)
contract_tree_link = Table(
    "contract_tree_link",
    METADATA,
    key(),
    number("cid", index=True),
    number("tree_id"),
    title("title", 200),
    title("title_web", 200),
    small("use_title_in_web"),
    day("date1"),
    day("date2"),
    number("pos"),
    number("emid"),
    number("eid"),
    text("config"),
)
"""Personal tariffs."""
tariff_group = Table("tariff_group", METADATA, key(), title(), number("tm"), number("df"), number("pos"))
"""``tm`` the transfer mode, ``df`` how many days ahead a change is planned."""
tariff_group_tariff = Table(
    "tariff_group_tariff",
    METADATA,
    key(),
    number("tgid", index=True),
    number("tpid"),
    day("date1"),
    day("date2"),
)
contract_tariff_group = Table(
    "contract_tariff_group",
    METADATA,
    key(),
    number("cid", index=True),
    number("gid"),
    day("date1"),
    day("date2"),
    title("comment", 255),
)
tariff_option = Table(
    "tariff_option",
    METADATA,
    key(),
    title(),
    title("comment", 255),
    text("description"),
    day("date_from"),
    day("date_to"),
    small("enable", 1),
    small("hide_for_web"),
    mask("hide_for_contract_groups"),
    small("hide_for_contract_groups_mode"),
    mask("contract_groups"),
    title("depends", 255),
    title("incompatible", 255),
    title("tariffs", 255),
)
"""``depends`` and ``incompatible`` are comma lists of options, ``tariffs`` of plans that offer it, empty
all."""
tariff_option_activate_mode = Table(
    "tariff_option_activate_mode",
    METADATA,
    key(),
    number("option_id", index=True),
    title(),
    number("charge_type_id"),
    money("charge_summa"),
    small("charge_proportional"),
    small("period_mode"),
    number("period_col"),
    day("date_from"),
    day("date_to"),
    small("deactivation_mode"),
    small("reactivation_mode"),
    small("delete_mode"),
    small("delete_charge_mode"),
)
"""``period_mode`` 0 unlimited, 1 days, 2 months; ``period_col`` how many."""
contract_tariff_option = Table(
    "contract_tariff_option",
    METADATA,
    key(),
    number("uid"),
    number("cid", index=True),
    number("option_id"),
    moment("time_from"),
    moment("time_to"),
    number("charge_id"),
    money("summa"),
    number("activated_mode"),
    moment("activated_time"),
    moment("deactivated_time"),
)
"""``uid`` 0 the customer, -1 the server."""
