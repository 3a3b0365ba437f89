"""Contract parameters: codes of types, display strings, phones and e-mails (parameters.md 1, 2, 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, Select, Table, bindparam, select, union

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
    found: dict[int, str] = {}
    for kind in set(kinds) & _READERS.keys():
        found |= _READERS[kind](db, cid)
    return found


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
_listed, _choice = schema.contract_parameter_type_7, schema.contract_parameter_type_7_values
_reference = schema.contract_parameter_type_8


def _values(value: Table, column: str) -> Select[Any]:
    return select(value.c.pid, value.c[column]).where(value.c.cid == CID)


_TEXTS = _values(schema.contract_parameter_type_1, "val")
_ADDRESSES = select(schema.contract_parameter_type_2).where(schema.contract_parameter_type_2.c.cid == CID)
_EMAILS = _values(schema.contract_parameter_type_3, "email")
_PERSONS = (
    select(_person.c.pid, _directory.c.title)
    .join(_directory, _directory.c.id == _person.c.val2)
    .where(_person.c.cid == CID)
    .order_by(_person.c.val1)
)
_FLAGS = _values(schema.contract_parameter_type_5, "val")
_DATES = _values(schema.contract_parameter_type_6, "val")
_LISTS = (
    select(_listed.c.pid, _listed.c.custom_value, _choice.c.title)
    .outerjoin(_choice, _choice.c.id == _listed.c.val)
    .where(_listed.c.cid == CID)
)
_CONTRACTS = (
    select(_reference.c.pid, schema.contract.c.title)
    .join(schema.contract, schema.contract.c.id == _reference.c.val)
    .where(_reference.c.cid == CID)
)
_PHONES = _values(schema.contract_parameter_type_phone, "value")
_MULTILISTS = _values(schema.contract_parameter_type_multilist, "val")


def _texts(db: Connection, cid: int) -> dict[int, str]:
    return _read(db, _TEXTS, cid)


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


def _emails(db: Connection, cid: int) -> dict[int, str]:
    found = {}
    for pid, stored in db.execute(_EMAILS, {"cid": cid}):
        parts = (f"{mail.name} <{mail.address}>; ".lstrip() for mail in parse_emails(stored))
        found[pid] = "".join(parts)
    return found


def _persons(db: Connection, cid: int) -> dict[int, str]:
    titles: dict[int, list[str]] = defaultdict(list)
    for pid, title in db.execute(_PERSONS, {"cid": cid}):
        titles[pid].append(title)
    return {pid: ", ".join(names) for pid, names in titles.items()}


def _flags(db: Connection, cid: int) -> dict[int, str]:
    return {pid: str(flag) for pid, flag in db.execute(_FLAGS, {"cid": cid})}


def _dates(db: Connection, cid: int) -> dict[int, str]:
    return {pid: day(date) for pid, date in db.execute(_DATES, {"cid": cid})}


def _lists(db: Connection, cid: int) -> dict[int, str]:
    return {pid: title or custom or "" for pid, custom, title in db.execute(_LISTS, {"cid": cid})}


def _contracts(db: Connection, cid: int) -> dict[int, str]:
    return _read(db, _CONTRACTS, cid)


def _phones(db: Connection, cid: int) -> dict[int, str]:
    return _read(db, _PHONES, cid)


def _multilists(db: Connection, cid: int) -> dict[int, str]:
    return _read(db, _MULTILISTS, cid)


def _read(db: Connection, wanted: Select[Any], cid: int) -> dict[int, str]:
    return dict(db.execute(wanted, {"cid": cid}).tuples().all())


_READERS: dict[Kind, Callable[[Connection, int], dict[int, str]]] = {
    Kind.TEXT: _texts,
    Kind.ADDRESS: _addresses,
    Kind.EMAIL: _emails,
    Kind.SERVICING_PERSON: _persons,
    Kind.FLAG: _flags,
    Kind.DATE: _dates,
    Kind.LIST: _lists,
    Kind.CONTRACT_REF: _contracts,
    Kind.PHONE: _phones,
    Kind.MULTILIST: _multilists,
}
