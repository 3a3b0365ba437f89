"""Tables of contracts and of what belongs to one contract directly (database.md 1, contract.md).

Names and columns are the billing's own. Where the reference names none, the table is marked "own layout".
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask,
    moment,
    money,
    number,
    optional_number,
    part_of_key,
    small,
    text,
    title,
    words,
)

contract = Table(
    "contract",
    METADATA,
    key(),
    mask("gr"),
    title("title", 150, index=True),
    number("title_pattern_id"),
    title("pswd", 32),
    day("date1"),
    day("date2"),
    small("mode"),
    money("closesumma"),
    number("pgid"),
    number("pfid"),
    small("fc"),
    title("comment", 200),
    small("del"),
    number("scid", index=True),
    text("sub_list"),
    small("sub_mode"),
    small("status"),
    day("status_date"),
    moment("last_tariff_change"),
    number("crm_customer_id"),
    number("domainId"),
    Index("ix_contract_date1", "date1"),
    Index("ix_contract_del", "del"),
)
"""``mode`` 0 credit, 1 debit; ``fc`` 0 person, 1 legal entity; ``scid`` 0 independent, -1 super-contract,
above 0 the id of its super-contract; ``sub_mode`` 0 dependent, 1 independent; ``gr`` bit mask of groups;
``closesumma`` limit."""

contract_group = Table(
    "contract_group",
    METADATA,
    part_of_key("id"),
    title("title", 100),
    small("enable", 1),
    small("editable", 1),
    title("comment", 255),
)
contract_label = Table(
    "contract_label",
    METADATA,
    key(),
    number("parent_id"),
    title("title", 150),
    small("type"),
    number("sort_position"),
    title("comment", 255),
    small("forbidden"),
)
"""``type`` 0 label, 1 folder of labels; ``forbidden`` 1 cannot be changed by hand. Label ids are not group
ids."""
contract_label_link = Table("contract_label_link", METADATA, part_of_key("contract_id"), part_of_key("label_id"))

domain = Table("domain", METADATA, key(), number("parentId"), title(), text("comment"))
firm = Table("firm", METADATA, key(), title())

contract_module = Table("contract_module", METADATA, part_of_key("cid"), part_of_key("mid"))
contract_module_config = Table(
    "contract_module_config",
    METADATA,
    key(),
    number("cid", index=True),
    number("mid"),
    title("key", 100),
    text("value"),
)
"""Own layout: settings of a module inside one contract."""

contract_pattern = Table(
    "contract_pattern",
    METADATA,
    part_of_key("id"),
    title(),
    title("name_pattern", 100),
    money("closesumma"),
    title("tpid", 255),
    title("tgid", 255),
    mask("gr"),
    small("mode"),
    small("fc"),
    number("pgid"),
    number("pfid"),
    number("patid"),
    number("dtl"),
    title("scrid", 255),
    small("status"),
    number("domainId"),
    text("data"),
)
"""``name_pattern`` numbers new contracts (``${Y2}``, ``${N4}``), ``tpid`` ``tgid`` ``scrid`` are comma
lists, ``patid`` is the comment pattern, ``dtl`` the lifetime in days. The line ``modules=1,2`` of ``data`` names the
module instances that a new contract gets. Id 0 is the default pattern."""
contract_comment_patterns = Table("contract_comment_patterns", METADATA, key(), title(), text("pat"))
named_number = Table(
    "contract_named_number",
    METADATA,
    key(),
    title(),
    title("comment", 255),
    small("count_number", 4),
    number("last_index"),
)
"""Own layout: counters of named number patterns."""

contract_open_history = Table(
    "contract_open_history", METADATA, part_of_key("uid"), part_of_key("cid"), moment("last_open")
)
"""Own layout: which contracts a user opened last."""

contract_status_list = Table(
    "contract_status_list", METADATA, part_of_key("id"), title("title", 100), small("manual", 1)
)
"""Own layout: directory of statuses; ``manual`` 1 may be set by hand."""
contract_status = Table(
    "contract_status",
    METADATA,
    key(),
    number("cid", index=True),
    small("status"),
    day("date1"),
    day("date2"),
    title("comment", 255),
    number("uid"),
)
"""Periods, planned ones too. From 9.2 a planned period has a row in ``contract_status_task`` as well."""
contract_status_log = Table(
    "contract_status_log",
    METADATA,
    key(),
    small("status"),
    number("uid"),
    moment("date"),
    title("comment", 255),
    number("cid", index=True),
    day("date1"),
    day("date2"),
)
contract_status_task = Table(
    "contract_status_task",
    METADATA,
    key(),
    number("cid", index=True),
    small("state", 1),
    moment("create_time"),
    number("create_uid"),
    small("status"),
    day("date1"),
    day("date2"),
    title("comment", 255),
)
"""Own layout: future changes of status; ``state`` 1 active, 2 executed, 3 cancelled."""
status_log = Table(
    "status_log",
    METADATA,
    key(),
    day("from_date"),
    day("to_date"),
    number("cid", index=True),
    number("mid"),
    small("status"),
    number("uid"),
    title("comment", 255),
)

log_contract_mode = Table(
    "log_contract_mode",
    METADATA,
    key(),
    number("cid", index=True),
    moment("dt"),
    number("uid"),
    small("value"),
)
"""Own layout: changes of the mode, value 0 credit, 1 debit."""
log_contract_fc = Table(
    "log_contract_fc",
    METADATA,
    key(),
    number("cid", index=True),
    moment("dt"),
    number("uid"),
    small("value"),
)
"""Own layout: changes of the face, value 0 person, 1 legal entity."""

contract_comment = Table(
    "contract_comment",
    METADATA,
    key(),
    number("cid", index=True),
    number("uid"),
    title("subject", 255),
    text("comment"),
    moment("dt"),
    small("visibled"),
)

script = Table("script", METADATA, key(), title(), text("script"))
"""Own layout: directory of script types."""
contract_script = Table(
    "contract_script",
    METADATA,
    key(),
    number("cid", index=True),
    number("script_id"),
    title("comment", 255),
    day("date1"),
    day("date2"),
)
contract_script_log = Table(
    "contract_script_log",
    METADATA,
    key(),
    number("cid"),
    moment("dt"),
    title("title", 255),
    text("data"),
    Index("ix_contract_script_log_cid_dt", "cid", "dt"),
)
additional_action = Table(
    "contract_additional_action",
    METADATA,
    key(),
    title(),
    title("description", 255),
    small("customer"),
    text("report"),
)
"""Own layout: ``customer`` 1 is offered in the cabinet; ``report`` is what a run answers, a line each, with
``${title}`` ``${comment}`` ``${balance}`` of the contract filled in."""

contract_card = Table("contract_card", METADATA, optional_number("position"), title("id", 100), title())
"""Own layout: printable cards; ``id`` is the file name of the template."""

contract_notification = Table(
    "contract_notification",
    METADATA,
    key(),
    number("contract_id", index=True),
    title("title", 255),
    text("message"),
    moment("dt"),
    small("read"),
)
contract_logon_ok = Table(
    "contract_logon_ok",
    METADATA,
    key(),
    number("cid", index=True),
    moment("dt"),
    title("ip", 40),
    title("password_type", 30),
    title("session_id", 64),
)
contract_logon_error = Table(
    "contract_logon_error",
    METADATA,
    key(),
    number("cid", index=True),
    moment("dt"),
    title("ip", 40),
    title("login", 100),
    number("error_code"),
)
contract_logon_last = Table(
    "contract_logon_last", METADATA, part_of_key("cid"), moment("dt"), title("ip", 40), number("counter")
)
contract_password_once = Table(
    "contract_password_once",
    METADATA,
    Column("password", words(64), primary_key=True),
    number("cid", index=True),
    moment("valid_to"),
)
"""Own layout: one-time passwords of the cabinet."""
web_request_limit = Table(
    "web_request_limit", METADATA, part_of_key("cid"), small("mode", 1), number("limit"), number("count")
)
"""Own layout: ``mode`` 1 common, 2 off, 3 personal."""

contract_object = Table(
    "object",
    METADATA,
    key(),
    number("cid", index=True),
    title("title", 255),
    number("type_id"),
    day("date1"),
    day("date2"),
    number("pos"),
)
object_type = Table(
    "object_type",
    METADATA,
    key(),
    title(),
    title("name_macros", 255),
    title("comment", 255),
    small("is_hidden"),
)
object_type_param = Table("object_type_param", METADATA, part_of_key("type_id"), part_of_key("param_id"), number("pos"))
object_type_module = Table("object_type_module", METADATA, part_of_key("type_id"), part_of_key("mid"))
object_param = Table("object_param", METADATA, key(), title(), small("type"), title("comment", 255), number("flags"))
"""``type`` 1 text, 2 list, 3 date, 4 address, 5 flag."""
object_list_value = Table("object_list_value", METADATA, key(), number("param_id", index=True), title())
object_module_usage = Table(
    "object_module_usage",
    METADATA,
    key(),
    number("object_id", index=True),
    number("mid"),
    title("data", 255),
    day("date1"),
    day("date2"),
    title("comment", 255),
)
"""Own layout: what the modules keep for an object."""


def _object_value(kind: str, *columns: object) -> Table:
    return Table(
        f"object_param_value_{kind}",
        METADATA,
        part_of_key("object_id"),
        part_of_key("param_id"),
        *columns,  # type: ignore[arg-type]
    )


def _object_log(kind: str, value: object) -> Table:
    return Table(
        f"object_param_value_{kind}_log",
        METADATA,
        key(),
        number("object_id", index=True),
        number("param_id"),
        value,  # type: ignore[arg-type]
        moment("dt_change"),
        number("user_id"),
    )


object_param_value_text = _object_value("text", title("value", 255))
object_param_value_list = _object_value("list", number("value"))
object_param_value_date = _object_value("date", day("value"))
object_param_value_flag = _object_value("flag", small("value"))
object_param_value_address = _object_value(
    "address",
    number("hid", index=True),
    title("flat", 10),
    title("room", 5),
    optional_number("pod"),
    optional_number("floor"),
    title("address", 255),
    title("comment", 255),
    title("format_key", 50),
)
object_param_value_text_log = _object_log("text", title("value", 255))
object_param_value_list_log = _object_log("list", title("value", 255))
object_param_value_date_log = _object_log("date", day("value"))
object_param_value_flag_log = _object_log("flag", small("value"))
object_param_value_address_log = _object_log("address", title("value", 255))
