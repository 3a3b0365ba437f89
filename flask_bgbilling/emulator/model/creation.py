"""Making a contract by a pattern, and taking one away with everything that belongs to it (contract.md 7)."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, delete, insert, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import add_row, change_row, locked_row, remove_rows
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.family import DEPENDENT, attach
from flask_bgbilling.emulator.model.labels import change_groups
from flask_bgbilling.emulator.model.numbering import next_number
from flask_bgbilling.emulator.model.parameter_changes import pattern_comment
from flask_bgbilling.emulator.model.tariffs import number_list
from flask_bgbilling.emulator.schema.archive import contract_deleted

PASSWORD_LENGTH = 8
MODULES_KEY = "modules"
OWNER_COLUMNS = ("cid", "contract_id", "contractId")
KEPT_TABLES = frozenset(("contract_payment_deleted",))


@dataclass(frozen=True, slots=True)
class NewContract:
    """What a call says about a contract to make; empty texts leave it to the pattern."""

    pattern: int
    start: date
    title: str = ""
    custom_title: str = ""
    password: str = ""
    super_id: int = 0
    sub_mode: int = 0


def generated_password() -> str:
    """A fresh password of digits."""
    return "".join(secrets.choice(string.digits) for _ in range(PASSWORD_LENGTH))


def create_contract(call: Call, wanted: NewContract) -> RowMapping:
    """Makes a contract with everything its pattern says; its row.

    The number is the given one, else the next of the given pattern of numbers, else the next of the contract
    pattern's own. The pattern's plans, tariff groups and scripts begin with the contract, its status too.
    """
    pattern = _pattern(call.db, wanted.pattern)
    title = wanted.title.strip() or next_number(
        call.db, wanted.custom_title.strip() or pattern["name_pattern"], wanted.start
    )
    if not title.strip():
        raise Refused("Не указан номер договора")
    cid = add_row(
        call.db,
        schema.contract,
        gr=0,
        title=title,
        title_pattern_id=pattern["patid"],
        pswd=wanted.password or generated_password(),
        date1=wanted.start,
        date2=wanted.start + timedelta(days=pattern["dtl"]) if pattern["dtl"] > 0 else None,
        mode=pattern["mode"],
        closesumma=Decimal(pattern["closesumma"]),
        pgid=pattern["pgid"],
        pfid=pattern["pfid"],
        fc=pattern["fc"],
        comment="",
        scid=0,
        sub_list="",
        status=pattern["status"],
        status_date=wanted.start,
        domainId=pattern["domainId"],
        **{"del": 0},
    )
    _add_belongings(call, cid, pattern, wanted.start)
    contract = locked_row(call.db, cid)
    change_groups(call.db, contract, pattern["gr"], by_administrator=True)
    if wanted.super_id > 0:
        attach(call.db, locked_row(call.db, wanted.super_id), contract, wanted.sub_mode)
    if pattern["patid"] > 0:
        change_row(call.db, schema.contract, cid, comment=pattern_comment(call, contract, pattern["patid"]))
    return locked_row(call.db, cid)


def remove_contract(call: Call, contract: RowMapping, *, keep: bool, folder: str) -> None:
    """Removes a contract and every row that belongs to it; with ``keep`` a line remains in the archive.

    Refused while it has sub-contracts, and while its money stands in the balance of a super-contract.
    """
    contracts = schema.contract
    if count(call.db, contracts, contracts.c.scid == contract["id"]):
        raise Refused("У договора есть субдоговоры")
    if contract["scid"] > 0:
        _leave_family(call.db, contract)
    if keep:
        kept = {name: contract[name] for name in ("id", "title", "comment", "date1", "date2")}
        call.db.execute(insert(contract_deleted).values(**kept, folder=folder, uid=call.user.id, lm=call.now))
    _remove_object_values(call.db, contract["id"])
    for table in schema.METADATA.sorted_tables:
        owner = next((table.c[name] for name in OWNER_COLUMNS if name in table.c), None)
        if owner is not None and table.name not in KEPT_TABLES:
            remove_rows(call.db, table, owner == contract["id"])
    remove_rows(call.db, contracts, contracts.c.id == contract["id"])


def _leave_family(db: Connection, contract: RowMapping) -> None:
    """Takes a sub-contract out of its super-contract, which is an ordinary contract again when it was the last."""
    moved = (schema.contract_payment, schema.contract_charge, schema.contract_account)
    if contract["sub_mode"] == DEPENDENT and any(count(db, table, table.c.cid == contract["id"]) for table in moved):
        raise Refused("На субдоговоре есть движение средств")
    owner, contracts = locked_row(db, contract["scid"]), schema.contract
    subs = [sub for sub in number_list(owner["sub_list"]) if sub != contract["id"]]
    last = count(db, contracts, contracts.c.scid == owner["id"]) == 1
    change_row(db, contracts, owner["id"], sub_list=",".join(map(str, subs)), scid=0 if last else owner["scid"])


def _pattern(db: Connection, number: int) -> RowMapping:
    """A pattern, held until the end of the transaction: two contracts must not get one number."""
    patterns = schema.contract_pattern
    query = select(patterns).where(patterns.c.id == number).with_for_update()
    found = db.execute(query).mappings().first()
    if found is None:
        raise Refused(f"Шаблон договора не найден: {number}")
    return found


def _add_belongings(call: Call, cid: int, pattern: RowMapping, start: date) -> None:
    for position, plan in enumerate(number_list(pattern["tpid"])):
        common = {"comment": "", "emid": 0, "eid": 0, "replaced_from": 0, "lm": call.now}
        add_row(call.db, schema.contract_tariff, cid=cid, tpid=plan, date1=start, pos=position, **common)
    for group in number_list(pattern["tgid"]):
        add_row(call.db, schema.contract_tariff_group, cid=cid, gid=group, date1=start, comment="")
    for script in number_list(pattern["scrid"]):
        add_row(call.db, schema.contract_script, cid=cid, script_id=script, date1=start, comment="")
    period = {"cid": cid, "status": pattern["status"], "date1": start, "uid": call.user.id, "comment": ""}
    add_row(call.db, schema.contract_status, **period)
    add_row(call.db, schema.contract_status_log, date=call.now, **period)
    for module in _modules(pattern):
        call.db.execute(insert(schema.contract_module).values(cid=cid, mid=module))


def _modules(pattern: RowMapping) -> list[int]:
    """The module instances of a pattern: the line ``modules=1,2`` of its settings."""
    for line in (pattern["data"] or "").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == MODULES_KEY:
            return sorted(set(number_list(value)))
    return []


def _remove_object_values(db: Connection, cid: int) -> None:
    objects = schema.contract_object
    mine = select(objects.c.id).where(objects.c.cid == cid).scalar_subquery()
    for table in schema.METADATA.sorted_tables:
        if "object_id" in table.c and not any(name in table.c for name in OWNER_COLUMNS):
            db.execute(delete(table).where(table.c.object_id.in_(mine)))
