"""Tables of contract parameters, one value table per type and one log beside it (parameters.md 1.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, Table, UniqueConstraint

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    moment,
    number,
    optional_number,
    optional_title,
    part_of_key,
    small,
    text,
    title,
)

contract_parameters_pref = Table(
    "contract_parameters_pref",
    METADATA,
    key(),
    small("pt"),
    title("title", 100),
    number("sort"),
    text("script"),
    small("flags"),
    moment("lm"),
)
"""``pt`` as in parameters.md 1.1; bits of ``flags``: 1 history is kept, 2 the customer writes, 4 the
customer reads, 8 always visible (the last one is ours)."""
contract_parameter_group_name = Table("contract_parameter_group_name", METADATA, key(), title())
contract_parameter_group = Table("contract_parameter_group", METADATA, part_of_key("gid"), part_of_key("pid"))


def _values(kind: str, *columns: Any) -> Table:
    return Table(f"contract_parameter_type_{kind}", METADATA, part_of_key("cid"), part_of_key("pid"), *columns)


def _log(kind: str, *columns: Column[Any]) -> Table:
    name = f"contract_parameter_type_{kind}_log"
    return Table(
        name,
        METADATA,
        number("cid"),
        number("pid"),
        *columns,
        moment("dt_change"),
        number("user_id"),
        Index(f"ix_{name}_cid_pid", "cid", "pid"),
    )


contract_parameter_type_1 = _values("1", title("val", 255, index=True))
contract_parameter_type_2 = _values(
    "2",
    number("hid", index=True),
    title("flat", 10),
    title("room", 5),
    optional_number("pod"),
    optional_number("floor"),
    title("address", 255),
    title("comment", 255),
    title("format_key", 50),
)
"""``address`` is the ready text; ``pod`` and ``floor`` null mean none."""
contract_parameter_type_3 = Table(
    "contract_parameter_type_3",
    METADATA,
    key(),
    number("cid"),
    number("pid"),
    title("email", 400),
    optional_title("name"),
    optional_title("comment"),
    UniqueConstraint("cid", "pid"),
    Index("ix_contract_parameter_type_3_email", "email", mysql_length={"email": 100}),
)
"""``email`` holds a line per address: ``name <address>`` or the bare address, lines joined by a line feed."""
contract_parameter_type_3_mail = Table(
    "contract_parameter_type_3_mail", METADATA, part_of_key("mailid"), part_of_key("eid")
)
contract_parameter_type_4 = Table(
    "contract_parameter_type_4",
    METADATA,
    part_of_key("cid"),
    part_of_key("pid"),
    part_of_key("val1"),
    number("val2"),
)
"""``val1`` is an address parameter, ``val2`` a row of the directory of persons."""
contract_parameter_type_4_directory = Table("contract_parameter_type_4_directory", METADATA, key(), title())
contract_parameter_type_5 = _values("5", small("val"))
contract_parameter_type_6 = _values("6", day("val"), Index("ix_contract_parameter_type_6_val", "val"))
contract_parameter_type_7 = _values("7", number("val", index=True), optional_title("custom_value", 100))
contract_parameter_type_7_values = Table(
    "contract_parameter_type_7_values", METADATA, key(), number("pid", index=True), title()
)
contract_parameter_type_8 = _values("8", number("val", index=True))
contract_parameter_type_phone = Table(
    "contract_parameter_type_phone",
    METADATA,
    part_of_key("pid"),
    part_of_key("cid"),
    title("value", 255),
    Index("ix_contract_parameter_type_phone_cid", "cid"),
)
"""``value`` is the ready text: ``number[comment]`` joined by ``;``, unformatted numbers."""
contract_parameter_type_phone_item = Table(
    "contract_parameter_type_phone_item",
    METADATA,
    part_of_key("pid"),
    part_of_key("cid"),
    part_of_key("n"),
    title("phone", 14, index=True),
    title("format", 2),
    title("comment", 255),
    Index("ix_contract_parameter_type_phone_item_cid", "cid"),
)
"""``n`` counts from 1, ``phone`` holds digits only, ``format`` ``14`` is 1 digit of country and 4 of city."""
contract_parameter_type_multilist = _values("multilist", title("val", 255))
contract_parameter_type_multilist_item = Table(
    "contract_parameter_type_multilist_item",
    METADATA,
    part_of_key("cid"),
    part_of_key("pid"),
    part_of_key("val"),
    title("custom_value", 100),
    Index("ix_contract_parameter_type_multilist_item_val", "val"),
)
contract_parameter_type_multilist_values = Table(
    "contract_parameter_type_multilist_values", METADATA, key(), number("pid", index=True), title()
)

contract_parameter_type_1_log = _log("1", title("val", 255))
contract_parameter_type_2_log = _log("2", title("val", 255))
contract_parameter_type_3_log = _log("3", title("val", 400))
contract_parameter_type_4_log = _log("4", title("val", 255))
contract_parameter_type_5_log = _log("5", small("val"))
contract_parameter_type_6_log = _log("6", day("val"))
contract_parameter_type_7_log = _log("7", number("val"), title())
contract_parameter_type_8_log = _log("8", number("val"))
contract_parameter_type_phone_log = _log("phone", title("val", 255), text("data"))
contract_parameter_type_multilist_log = _log("multilist", title("val", 255))
