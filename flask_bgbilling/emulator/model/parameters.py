"""Contract parameters: codes of types, display strings, phones and e-mails (parameters.md 1, 2, 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    FromClause,
    Integer,
    RowMapping,
    Select,
    String,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    union,
    union_all,
)

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model import addresses

HISTORY, CUSTOMER_WRITES, CUSTOMER_READS, ALWAYS_VISIBLE = 1, 2, 4, 8


class Kind(IntEnum):
    """Type codes of contract parameters, on the wire of every version (parameters.md 1.1)."""

    UNKNOWN = 0
    TEXT = 1
    ADDRESS = 2
    EMAIL = 3
    SERVICING_PERSON = 4
    FLAG = 5
    DATE = 6
    LIST = 7
    CONTRACT_REF = 8
    PHONE = 9
    SEPARATOR = 10
    MULTILIST = 11

    @property
    def type_name(self) -> str:
        """The name of the code in the billing's own beans."""
        return f"TYPE_{self.name}"


QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')

ENTITY_CODES = {
    Kind.UNKNOWN: 0,
    Kind.TEXT: 1,
    Kind.ADDRESS: 8,
    Kind.EMAIL: 9,
    Kind.SERVICING_PERSON: 32,
    Kind.FLAG: 3,
    Kind.DATE: 5,
    Kind.LIST: 4,
    Kind.CONTRACT_REF: 31,
    Kind.PHONE: 10,
    Kind.SEPARATOR: -1,
    Kind.MULTILIST: 11,
}
"""Codes of the entity model by the old ones (parameters.md 1.2)."""

LOGS: dict[Kind, Table] = {
    Kind.TEXT: schema.contract_parameter_type_1_log,
    Kind.ADDRESS: schema.contract_parameter_type_2_log,
    Kind.EMAIL: schema.contract_parameter_type_3_log,
    Kind.SERVICING_PERSON: schema.contract_parameter_type_4_log,
    Kind.FLAG: schema.contract_parameter_type_5_log,
    Kind.DATE: schema.contract_parameter_type_6_log,
    Kind.LIST: schema.contract_parameter_type_7_log,
    Kind.CONTRACT_REF: schema.contract_parameter_type_8_log,
    Kind.PHONE: schema.contract_parameter_type_phone_log,
    Kind.MULTILIST: schema.contract_parameter_type_multilist_log,
}
"""The history table of each type that has values."""


CID: BindParameter[int] = bindparam("cid")
"""The contract of the statements below, which are made once: every card and every import asks for them."""

_pref, _member = schema.contract_parameters_pref, schema.contract_parameter_group
_PARAMETER = select(_pref).where(_pref.c.id == bindparam("pid"))
_PARAMETERS = select(_pref).order_by(_pref.c.sort, _pref.c.id)
_OF_GROUP = _PARAMETERS.where(
    _pref.c.id.in_(select(_member.c.pid).where(_member.c.gid == bindparam("gid")))
    | (_pref.c.flags.bitwise_and(ALWAYS_VISIBLE) != 0)
)
_HISTORY = union(*(select(log.c.pid).where(log.c.cid == CID) for log in LOGS.values()))


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail of a value; ``name`` may be empty."""

    name: str
    address: str


def kind_of(code: int) -> Kind:
    """The type of a code; an unknown code is ``UNKNOWN``."""
    return Kind(code) if code in Kind._value2member_map_ else Kind.UNKNOWN


def parameter_row(db: Connection, pid: int) -> RowMapping:
    """The row of a parameter in the directory; refused when there is none."""
    found = db.execute(_PARAMETER, {"pid": pid}).mappings().first()
    if found is None:
        raise Refused("Параметр договора не найден")
    return found


@cache
def value_of(table: Table) -> Select[Any]:
    """The value of a parameter of a contract, ``cid`` and ``pid``; made once for each table."""
    return select(table).where(table.c.cid == bindparam("cid"), table.c.pid == bindparam("pid"))


def parameters_of(db: Connection, pgid: int, *, everything: bool) -> list[RowMapping]:
    """Parameters in the server's order.

    Restricted to a group: those of the group and those marked as always visible. A contract of group 0 is
    in no group, and sees every parameter.
    """
    query, values = (_PARAMETERS, {}) if everything or not pgid else (_OF_GROUP, {"gid": pgid})
    return list(db.execute(query, values).mappings())


def with_history(db: Connection, cid: int) -> set[int]:
    """Parameters of the contract that have at least one record of history."""
    return set(db.execute(_HISTORY, {"cid": cid}).scalars())


def display_values(db: Connection, cid: int, kinds: Iterable[Kind]) -> dict[int, str]:
    """Display strings of all set parameters of these types by parameter id (parameters.md 2)."""
    wanted = frozenset(kinds)
    found = _addresses(db, cid) if Kind.ADDRESS in wanted else {}
    plain = wanted.intersection(_SHOWN)
    return found | _values(db, cid, plain) if plain else found


def parse_emails(stored: str) -> list[Email]:
    """The lines of a stored e-mail value; quotes around a name are dropped."""
    found = []
    for line in stored.splitlines():
        name, bracket, rest = line.strip().rpartition("<")
        address = rest.rstrip("> ") if bracket else line.strip()
        if address:
            found.append(Email(unquoted(name), address))
    return found


def unquoted(name: str) -> str:
    """A name without the quotes around the whole of it; quotes inside a name belong to it."""
    found = QUOTED.fullmatch(name.strip())
    return re.sub(r"\\(.)", r"\1", found[1]) if found else name.strip()


def phone_items(db: Connection, cid: int, pid: int) -> list[RowMapping]:
    """Numbers of one phone parameter in their order: ``phone``, ``format``, ``comment``."""
    phone = schema.contract_parameter_type_phone_item
    query = select(phone).where(phone.c.cid == cid, phone.c.pid == pid).order_by(phone.c.n)
    return list(db.execute(query).mappings())


def formatted_phone(digits: str, form: str) -> str:
    """A number with the country and the city set off: ``+7 (999) 000-00-01``.

    ``form`` holds two digits, the lengths of the country and city codes; when blank, 11 digits beginning
    with 7 or 8 are taken as 1 and 3. Any other number is left as it is.
    """
    if not form and re.fullmatch(r"[78]\d{10}", digits):
        form = "13"
    if not re.fullmatch(r"\d\d", form) or not digits.isdigit():
        return digits
    country, city = int(form[0]), int(form[1])
    rest = digits[country + city :]
    if len(rest) < 4:
        return digits
    groups = "-".join(part for part in (rest[:-4], rest[-4:-2], rest[-2:]) if part)
    return f"+{digits[:country]} ({digits[country : country + city]}) {groups}"


def list_items(db: Connection, kind: Kind, pid: int) -> list[RowMapping]:
    """Allowed values of a list parameter, ``id`` and ``title``; none for other types."""
    values = {
        Kind.LIST: schema.contract_parameter_type_7_values,
        Kind.MULTILIST: schema.contract_parameter_type_multilist_values,
    }.get(kind)
    if values is None:
        return []
    query = select(values.c.id, values.c.title).where(values.c.pid == pid).order_by(values.c.id)
    return list(db.execute(query).mappings())


_person, _directory = schema.contract_parameter_type_4, schema.contract_parameter_type_4_directory
_flag, _date = schema.contract_parameter_type_5, schema.contract_parameter_type_6
_listed, _choice = schema.contract_parameter_type_7, schema.contract_parameter_type_7_values
_reference = schema.contract_parameter_type_8

_ONLY = literal_column("0", Integer)
_ABSENT: dict[str, ColumnElement[Any]] = {
    "text": literal_column("''", String),
    "flag": literal_column("NULL", Integer),
    "date": literal_column("NULL", Date),
}
"""What stands in a column that a type of values has not."""


def _shown(
    kind: Kind,
    pid: Column[int],
    among: FromClause | None = None,
    place: ColumnElement[int] = _ONLY,
    **shown: ColumnElement[Any],
) -> Select[Any]:
    """Values of one type, in columns that are the same for all types; ``place`` is that among several of them."""
    value = pid.table
    columns = [column.label(name) for name, column in (_ABSENT | shown).items()]
    wanted = select(place.label("place"), literal_column(str(int(kind)), Integer).label("kind"), pid, *columns)
    return wanted.select_from(value if among is None else among).where(value.c.cid == CID)


_SHOWN: dict[Kind, Select[Any]] = {
    Kind.TEXT: _shown(Kind.TEXT, schema.contract_parameter_type_1.c.pid, text=schema.contract_parameter_type_1.c.val),
    Kind.EMAIL: _shown(
        Kind.EMAIL, schema.contract_parameter_type_3.c.pid, text=schema.contract_parameter_type_3.c.email
    ),
    Kind.SERVICING_PERSON: _shown(
        Kind.SERVICING_PERSON,
        _person.c.pid,
        _person.join(_directory, _directory.c.id == _person.c.val2),
        text=_directory.c.title,
        place=_person.c.val1,
    ),
    Kind.FLAG: _shown(Kind.FLAG, _flag.c.pid, flag=_flag.c.val),
    Kind.DATE: _shown(Kind.DATE, _date.c.pid, date=_date.c.val),
    Kind.LIST: _shown(
        Kind.LIST,
        _listed.c.pid,
        _listed.outerjoin(_choice, _choice.c.id == _listed.c.val),
        text=func.coalesce(func.nullif(_choice.c.title, ""), _listed.c.custom_value, ""),
    ),
    Kind.CONTRACT_REF: _shown(
        Kind.CONTRACT_REF,
        _reference.c.pid,
        _reference.join(schema.contract, schema.contract.c.id == _reference.c.val),
        text=schema.contract.c.title,
    ),
    Kind.PHONE: _shown(
        Kind.PHONE, schema.contract_parameter_type_phone.c.pid, text=schema.contract_parameter_type_phone.c.value
    ),
    Kind.MULTILIST: _shown(
        Kind.MULTILIST,
        schema.contract_parameter_type_multilist.c.pid,
        text=schema.contract_parameter_type_multilist.c.val,
    ),
}
_ADDRESSES = select(schema.contract_parameter_type_2).where(schema.contract_parameter_type_2.c.cid == CID)


@cache
def _values_of(kinds: frozenset[Kind]) -> CompoundSelect[Any]:
    return union_all(*(_SHOWN[kind] for kind in sorted(kinds)))


def _values(db: Connection, cid: int, kinds: frozenset[Kind]) -> dict[int, str]:
    """Values of all types but addresses, by one statement: every one more would cost as much as all of them."""
    texts: dict[int, list[str]] = defaultdict(list)
    rows = db.execute(_values_of(kinds), {"cid": cid}).all()
    for _place, kind, pid, *value in sorted(rows, key=itemgetter(0)):
        texts[pid].append(_text(kind, *value))
    return {pid: ", ".join(found) for pid, found in texts.items()}


def _text(kind: int, text: str, flag: int | None, date: date | None) -> str:
    if kind == Kind.EMAIL:
        return "".join(f"{mail.name} <{mail.address}>; ".lstrip() for mail in parse_emails(text))
    if kind == Kind.FLAG:
        return str(flag)
    return day(date) if kind == Kind.DATE else text


def _addresses(db: Connection, cid: int) -> dict[int, str]:
    rows = list(db.execute(_ADDRESSES, {"cid": cid}).mappings())
    bare = [row for row in rows if not row["address"]]
    found = {row["pid"]: row["address"] for row in rows}
    if bare:
        houses = addresses.houses(db, (row["hid"] for row in bare))
        forms = addresses.formats(db)
        for row in bare:
            form = forms.get(row["format_key"], forms[addresses.DEFAULT_VARIANT])
            found[row["pid"]] = addresses.address_text(form, houses.get(row["hid"]), dict(row))
    return found
