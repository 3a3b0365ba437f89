"""Contract parameters: codes of types, display strings, phones and e-mails (parameters.md 1, 2, 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import Connection, RowMapping, Table, select, union

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
    pref = schema.contract_parameters_pref
    found = db.execute(select(pref).where(pref.c.id == pid)).mappings().first()
    if found is None:
        raise Refused("Параметр договора не найден")
    return found


def parameters_of(db: Connection, pgid: int, *, everything: bool) -> list[RowMapping]:
    """Parameters in the server's order.

    Restricted to a group: those of the group and those marked as always visible. A contract of group 0 is
    in no group, and sees every parameter.
    """
    pref, member = schema.contract_parameters_pref, schema.contract_parameter_group
    query = select(pref).order_by(pref.c.sort, pref.c.id)
    if not everything and pgid:
        in_group = select(member.c.pid).where(member.c.gid == pgid)
        query = query.where(pref.c.id.in_(in_group) | (pref.c.flags.bitwise_and(ALWAYS_VISIBLE) != 0))
    return list(db.execute(query).mappings())


def with_history(db: Connection, cid: int) -> set[int]:
    """Parameters of the contract that have at least one record of history."""
    queries = (select(log.c.pid).where(log.c.cid == cid) for log in LOGS.values())
    return {row.pid for row in db.execute(union(*queries))}


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


def _texts(db: Connection, cid: int) -> dict[int, str]:
    return _plain(db, schema.contract_parameter_type_1, cid)


def _addresses(db: Connection, cid: int) -> dict[int, str]:
    value = schema.contract_parameter_type_2
    rows = list(db.execute(select(value).where(value.c.cid == cid)).mappings())
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
    value = schema.contract_parameter_type_3
    found = {}
    for row in db.execute(select(value.c.pid, value.c.email).where(value.c.cid == cid)):
        parts = (f"{mail.name} <{mail.address}>; ".lstrip() for mail in parse_emails(row.email))
        found[row.pid] = "".join(parts)
    return found


def _persons(db: Connection, cid: int) -> dict[int, str]:
    value, person = schema.contract_parameter_type_4, schema.contract_parameter_type_4_directory
    query = (
        select(value.c.pid, person.c.title)
        .join(person, person.c.id == value.c.val2)
        .where(value.c.cid == cid)
        .order_by(value.c.val1)
    )
    titles: dict[int, list[str]] = defaultdict(list)
    for row in db.execute(query):
        titles[row.pid].append(row.title)
    return {pid: ", ".join(names) for pid, names in titles.items()}


def _flags(db: Connection, cid: int) -> dict[int, str]:
    value = schema.contract_parameter_type_5
    query = select(value.c.pid, value.c.val).where(value.c.cid == cid)
    return {row.pid: str(row.val) for row in db.execute(query)}


def _dates(db: Connection, cid: int) -> dict[int, str]:
    value = schema.contract_parameter_type_6
    query = select(value.c.pid, value.c.val).where(value.c.cid == cid)
    return {row.pid: day(row.val) for row in db.execute(query)}


def _lists(db: Connection, cid: int) -> dict[int, str]:
    value, choice = schema.contract_parameter_type_7, schema.contract_parameter_type_7_values
    query = (
        select(value.c.pid, value.c.custom_value, choice.c.title)
        .outerjoin(choice, choice.c.id == value.c.val)
        .where(value.c.cid == cid)
    )
    return {row.pid: row.title or row.custom_value or "" for row in db.execute(query)}


def _contracts(db: Connection, cid: int) -> dict[int, str]:
    value, other = schema.contract_parameter_type_8, schema.contract
    query = select(value.c.pid, other.c.title).join(other, other.c.id == value.c.val).where(value.c.cid == cid)
    return {row.pid: row.title for row in db.execute(query)}


def _phones(db: Connection, cid: int) -> dict[int, str]:
    value = schema.contract_parameter_type_phone
    query = select(value.c.pid, value.c.value).where(value.c.cid == cid)
    return {row.pid: row.value for row in db.execute(query)}


def _multilists(db: Connection, cid: int) -> dict[int, str]:
    return _plain(db, schema.contract_parameter_type_multilist, cid)


def _plain(db: Connection, value: Table, cid: int) -> dict[int, str]:
    return {row.pid: row.val for row in db.execute(select(value.c.pid, value.c.val).where(value.c.cid == cid))}


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
