"""Patterns of new contracts, history of opening, settings of modules in a contract (contract.md 7)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import func, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, search_result
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"


@xml("contract", "GetPatternList")
def pattern_list(call: XmlCall) -> Element:
    """Patterns of contracts; id 0 is the default one."""
    data = call.data()
    patterns = element(data, "patterns")
    columns = schema.contract_pattern.c
    query = select(columns.id, columns.title).order_by(columns.id != 0, columns.title, columns.id)
    for pattern in call.db.execute(query):
        item(patterns, id=pattern.id, title=pattern.title)
    return data


@json_rpc(CONTRACT_API, "ContractPatternService", "numedNumberPatternList", since="7.1")
def named_number_list(call: JsonCall) -> object:
    """Counters of named numbers; the misspelling is the server's."""
    numbers = schema.named_number
    return [
        {
            "id": number.id,
            "title": number.title,
            "comment": number.comment,
            "countNumber": number.count_number,
            "index": number.last_index,
        }
        for number in call.db.execute(select(numbers).order_by(numbers.c.title, numbers.c.id))
    ]


@json_rpc(CONTRACT_API, "ContractPatternService", "getNextNamedNumberIndex", since="7.1")
def next_named_number(call: JsonCall) -> object:
    """The index that the next contract of a counter will get; asking does not use it up."""
    numbers = schema.named_number.c
    last = call.db.execute(select(numbers.last_index).where(numbers.title == call.text("title"))).scalar()
    if last is None:
        raise Refused(f"Именованный номер не найден: {call.text('title')}")
    return last + 1


@json_rpc(CONTRACT_API, "ContractService", "searchContractHistoryRecord", since="7.1")
def open_history(call: JsonCall) -> object:
    """Contracts that the account opened, the last one first."""
    history, contract = schema.contract_open_history, schema.contract
    page = call.page()
    mine = history.c.uid == call.user.id
    joined = history.join(contract, contract.c.id == history.c.cid)
    records = call.db.execute(select(func.count()).select_from(joined).where(mine)).scalar_one()
    query = (
        select(history, contract.c.title, contract.c.comment)
        .select_from(joined)
        .where(mine)
        .order_by(history.c.last_open.desc(), history.c.cid)
    )
    rows = [
        {
            "contractId": found.cid,
            "contractTitle": found.title,
            "contractComment": found.comment,
            "lastOpen": found.last_open,
            "userId": found.uid,
        }
        for found in call.db.execute(page.limit(query))
    ]
    return search_result(rows, page, records)


@json_rpc(CONTRACT_API, "ContractService", "contractModuleConfigGet", since="7.1")
def module_config_get(call: JsonCall) -> object:
    """One setting of a module inside a contract, an empty text when it is not set."""
    contract = contract_of(call, "contractId")
    settings = schema.contract_module_config.c
    query = select(settings.value).where(
        settings.cid == contract["id"],
        settings.mid == call.integer("moduleId"),
        settings.key == call.text("key"),
    )
    return call.db.execute(query.order_by(settings.id.desc()).limit(1)).scalar() or ""
