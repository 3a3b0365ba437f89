"""Making, changing and deleting contracts (contract.md 7, 14)."""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import Element

from sqlalchemy import insert, select, update

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element
from flask_bgbilling.emulator.calls import Call
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.changes import (
    change_row,
    checked_period,
    locked_contract,
    record_id,
    remove_rows,
)
from flask_bgbilling.emulator.model.contracts import count
from flask_bgbilling.emulator.model.creation import NewContract, create_contract, remove_contract
from flask_bgbilling.emulator.model.family import attach
from flask_bgbilling.emulator.model.parameter_changes import pattern_comment
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
SERVICE = "ContractService"
PATTERNS = "ContractPatternService"


@xml("contract", "NewContract", below="9.2", right="write")
def new_contract(call: XmlCall) -> Element:
    """Makes a contract; the answer tells its id and number. The date may be a Java text."""
    contract = create_contract(
        call,
        NewContract(
            pattern=call.integer("pattern_id"),
            start=call.date("date") or call.today,
            title=call.text("title"),
            custom_title=call.text("custom_title"),
            super_id=call.integer("super_id", 0),
            sub_mode=call.integer("sub_mode", 0),
        ),
    )
    data = call.data()
    element(data, "contract", id=contract["id"], title=contract["title"])
    return data


@json_rpc(CONTRACT_API, SERVICE, "contractCreate", since="9.2", right="write")
def contract_create(call: JsonCall) -> object:
    """Makes a contract; its id."""
    name = "contractCreateData"
    wanted = NewContract(
        pattern=call.integer(f"{name}.patternId"),
        start=call.date(f"{name}.dateFrom") or call.today,
        title=call.text(f"{name}.title"),
        custom_title=call.text(f"{name}.customTitle"),
        password=call.text(f"{name}.password"),
        super_id=call.integer(f"{name}.contractSuperId", 0),
        sub_mode=call.integer(f"{name}.contractSubMode", 0),
    )
    return create_contract(call, wanted)["id"]


@xml("contract", "UpdateContractTitleAndComment", right="write")
def title_and_comment_xml(call: XmlCall) -> Element:
    """Changes number and comment; an absent one stays. ``patid`` above 0 composes the comment."""
    _title_and_comment(call, "cid", "patid")
    return call.data()


@json_rpc(CONTRACT_API, SERVICE, "contractTitleAndCommentUpdate", since="8.2", right="write")
def title_and_comment(call: JsonCall) -> object:
    """Changes number and comment; a null one stays. ``patternId`` above 0 composes the comment."""
    _title_and_comment(call, "contractId", "patternId")
    return None


@xml("contract", "UpdateContractDate1", right="write")
def start_date(call: XmlCall) -> Element:
    """Changes the day a contract begins; it cannot be empty."""
    contract = locked_contract(call, "id")
    _set_dates(call, contract["id"], call.required_date("value"), contract["date2"])
    return call.data()


@xml("contract", "UpdateContractDate2", right="write")
def end_date_xml(call: XmlCall) -> Element:
    """Changes the day a contract ends; empty leaves it open."""
    contract = locked_contract(call, "id")
    _set_dates(call, contract["id"], contract["date1"], call.date("value"))
    return call.data()


@json_rpc(CONTRACT_API, SERVICE, "contractDateToUpdate", right="write")
def end_date(call: JsonCall) -> object:
    """Changes the day a contract ends; null leaves it open."""
    contract = locked_contract(call, "contractId")
    _set_dates(call, contract["id"], contract["date1"], call.date("dateTo"))
    return None


@xml("contract", "SetDelContract", right="write")
def set_hidden(call: XmlCall) -> Element:
    """Hides a contract (``del`` 1) or shows it again (0)."""
    contract = locked_contract(call, "cid")
    if not call.has("del"):
        raise BadParameter("Не указан параметр del")
    change_row(call.db, schema.contract, contract["id"], **{"del": int(call.flag("del"))})
    return call.data()


@xml("contract", "DeleteContract", right="write")
def delete_contract(call: XmlCall) -> Element:
    """Deletes a contract with everything in it; ``save`` keeps a line of it in the archive."""
    contract = locked_contract(call, "cid")
    remove_contract(call, contract, keep=call.flag("save"), folder=call.text("folder"))
    return call.data()


@json_rpc(CONTRACT_API, SERVICE, "contractDomainUpdate", since="7.1", right="write")
def domain_update(call: JsonCall) -> object:
    """Moves a contract into a domain, 0 is none."""
    contract, domain = locked_contract(call, "contractId"), call.integer("domainId")
    if domain and not count(call.db, schema.domain, schema.domain.c.id == domain):
        raise Refused("Домен не найден")
    change_row(call.db, schema.contract, contract["id"], domainId=domain)
    return None


@json_rpc(CONTRACT_API, SERVICE, "updateContractHistoryRecord", since="7.1", right="write")
def opened(call: JsonCall) -> object:
    """Notes that the calling account opened a contract just now."""
    contract, history = contract_of(call, "contractId"), schema.contract_open_history
    remove_rows(call.db, history, history.c.uid == call.user.id, history.c.cid == contract["id"])
    call.db.execute(insert(history).values(uid=call.user.id, cid=contract["id"], last_open=call.now))
    return None


@json_rpc(CONTRACT_API, SERVICE, "contractModuleConfigSet", since="7.1", right="write")
def module_config_set(call: JsonCall) -> object:
    """Writes one setting of a module inside a contract."""
    contract, settings = locked_contract(call, "contractId"), schema.contract_module_config
    module, key = call.integer("moduleId"), call.text("key")
    if not key:
        raise BadParameter("Не указан параметр key")
    mine = (settings.c.cid == contract["id"], settings.c.mid == module, settings.c.key == key)
    remove_rows(call.db, settings, *mine)
    call.db.execute(insert(settings).values(cid=contract["id"], mid=module, key=key, value=call.text("value")))
    return None


@json_rpc(CONTRACT_API, PATTERNS, "updateNamedNumber", since="7.1", right="admin")
def named_number_update(call: JsonCall) -> object:
    """Writes a counter of named numbers, id 0 adds one."""
    numbers, name = schema.named_number, "namedNumber"
    if not call.text(f"{name}.title").strip():
        raise Refused("Не указано название нумерации")
    values = {
        "title": call.text(f"{name}.title").strip(),
        "comment": call.text(f"{name}.comment"),
        "count_number": call.integer(f"{name}.countNumber", 4),
        "last_index": call.integer(f"{name}.index", 0),
    }
    number = record_id(call, f"{name}.id")
    if not number:
        call.db.execute(insert(numbers).values(**values))
    elif not call.db.execute(update(numbers).where(numbers.c.id == number).values(**values)).rowcount:
        raise Refused("Именованный номер не найден")
    return None


@json_rpc(CONTRACT_API, PATTERNS, "deleteNamedNumber", since="7.1", right="admin")
def named_number_delete(call: JsonCall) -> object:
    """Deletes a counter of named numbers."""
    numbers = schema.named_number
    if not remove_rows(call.db, numbers, numbers.c.id == call.integer("id")):
        raise Refused("Именованный номер не найден")
    return None


@xml("contract.hierarchy", "AddSub", right="write")
def add_sub(call: XmlCall) -> Element:
    """Makes one contract the sub-contract of another: ``sub_mode`` 0 with a common balance, 1 with its own."""
    owner = locked_contract(call, "super")
    attach(call.db, owner, locked_contract(call, "sub"), call.integer("sub_mode"))
    return call.data()


@xml("contract", "ContractModuleAdd", below="9.2410", right="write")
def module_add_xml(call: XmlCall) -> Element:
    """Attaches an instance of a module, or several under ``module_ids``."""
    _attach_modules(call, "cid", _module_ids(call))
    return call.data()


@xml("contract", "ContractModuleDelete", below="9.2410", right="write")
def module_delete_xml(call: XmlCall) -> Element:
    """Detaches an instance of a module."""
    _detach_modules(call, "cid", _module_ids(call))
    return call.data()


@json_rpc(CONTRACT_API, SERVICE, "contractModuleAdd", since="9.2410", right="write")
def module_add(call: JsonCall) -> object:
    """Attaches instances of modules."""
    _attach_modules(call, "contractId", call.ids("moduleIds"))
    return None


@json_rpc(CONTRACT_API, SERVICE, "contractModuleDelete", since="9.2410", right="write")
def module_delete(call: JsonCall) -> object:
    """Detaches instances of modules."""
    _detach_modules(call, "contractId", call.ids("moduleIds"))
    return None


def _title_and_comment(call: Call, contract_field: str, pattern_field: str) -> None:
    contract, pattern = locked_contract(call, contract_field), call.integer(pattern_field, 0)
    values: dict[str, object] = {}
    if call.has("title"):
        if not call.text("title").strip():
            raise Refused("Номер договора не может быть пустым")
        values["title"] = call.text("title").strip()
    if pattern > 0:
        values |= {"title_pattern_id": pattern, "comment": pattern_comment(call, contract, pattern)}
    elif call.has("comment"):
        values |= {"title_pattern_id": 0, "comment": call.text("comment")}
    if values:
        change_row(call.db, schema.contract, contract["id"], **values)


def _set_dates(call: Call, cid: int, start: date | None, end: date | None) -> None:
    checked_period(start, end)
    change_row(call.db, schema.contract, cid, date1=start, date2=end)


def _module_ids(call: XmlCall) -> list[int]:
    return call.ids("module_ids") if call.has("module_ids") else [call.integer("module_id")]


def _attach_modules(call: Call, contract_field: str, modules: list[int]) -> None:
    """Attaches what is not attached yet; refused when an instance does not exist."""
    contract, links = locked_contract(call, contract_field), schema.contract_module
    known = set(call.db.execute(select(schema.module.c.id).where(schema.module.c.id.in_(modules))).scalars())
    if missing := sorted(set(modules) - known):
        raise Refused(f"Модуль не найден: {missing[0]}")
    present = set(call.db.execute(select(links.c.mid).where(links.c.cid == contract["id"])).scalars())
    for module in sorted(known - present):
        call.db.execute(insert(links).values(cid=contract["id"], mid=module))


def _detach_modules(call: Call, contract_field: str, modules: list[int]) -> None:
    """Detaches instances; refused when one is not attached."""
    contract, links = locked_contract(call, contract_field), schema.contract_module
    mine = (links.c.cid == contract["id"], links.c.mid.in_(modules))
    if not modules or remove_rows(call.db, links, *mine) < len(set(modules)):
        raise Refused("Модуль не подключен к договору")
