"""Finding contracts: by id, number, comment, address and parameter (contract.md 2–5, contract-search.md 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select, true

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, page_object, pager, search_result
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model import addresses
from flask_bgbilling.emulator.model import attribute_search as by_attribute
from flask_bgbilling.emulator.model.attribute_filter import filter_conditions
from flask_bgbilling.emulator.model.attribute_search import Place
from flask_bgbilling.emulator.model.contracts import bean, titled
from flask_bgbilling.emulator.model.search import (
    Condition,
    Found,
    Options,
    find,
    of_face,
    of_groups,
    text_of_contract,
)
from flask_bgbilling.emulator.paging import Page
from flask_bgbilling.emulator.registry import Holders, JsonCall, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"

LABELS_SINCE = "9.2"
COMMENT_APART_SINCE = "9.2404"
SHORT_ROWS_SINCE = "9.2501"

ADDRESS = "address"
OBJECT_ADDRESS = "object address"
NUMERIC_CODES = {"1": "text", "2": ADDRESS, "3": "email", "6": "date", "9": "phone", "14": OBJECT_ADDRESS}
CODES_BELOW_LABELS = NUMERIC_CODES | {
    "c1": "text",
    "c2": ADDRESS,
    "c3": "email",
    "c6": "date",
    "c9": "phone",
    "o4": OBJECT_ADDRESS,
}
CODES_SINCE_LABELS = NUMERIC_CODES | {
    "c1": "text",
    "c3": "email",
    "c5": "date",
    "c6": "date",
    "c8": ADDRESS,
    "c9": "email",
    "o4": OBJECT_ADDRESS,
}
"""From 9.2 addresses go by their entity attribute code; the codes that clients still send for date and
e-mail are known beside the entity ones (contract-search.md 4.9)."""


@xml("contract", "FindContractByID", below="8.2")
def find_contract_by_id(call: XmlCall) -> Element:
    """One contract as ``TITLE [ COMMENT ]``, whatever its state; no item when it is missing."""
    found = find(call.db, [schema.contract.c.id == call.integer("id")], Page())
    return _contracts(call, found, _old_rows(found))


@xml("contract", "FilterContract", below="8.2")
def filter_contract(call: XmlCall) -> Element:
    """Contracts by expressions for number and comment."""
    conditions = [
        text_of_contract(call.db, "title", call.text("contractMask")),
        text_of_contract(call.db, "comment", call.text("contractComment")),
        *_xml_options(call).conditions(call.today),
    ]
    found = find(call.db, conditions, call.page())
    return _contracts(call, found, _old_rows(found))


@xml("contract", "FindContract")
def find_contract(call: XmlCall) -> Element:
    """Contracts by one parameter; ``type`` says of which kind, its codes depend on the version."""
    codes = CODES_BELOW_LABELS if call.version < LABELS_SINCE else CODES_SINCE_LABELS
    kind = codes.get(call.text("type"))
    if kind is None:
        raise BadParameter(f"Неизвестный тип поиска: {call.text('type')}")
    condition = SEARCHES[kind](call)
    found = find(call.db, [condition, *_xml_options(call).conditions(call.today)], call.page())
    return _contracts(call, found, _found_rows(call, kind, found))


@json_rpc(CONTRACT_API, "ContractService", "contractList0", since="8.2", below="9.2")
def contract_list_by_id(call: JsonCall) -> object:
    """The by-id search of 8.2: a list of one contract, empty when it is missing."""
    return _json_search(call, [schema.contract.c.id == call.integer("contractId")])


@json_rpc(CONTRACT_API, "ContractService", "contractList")
def contract_list(call: JsonCall) -> object:
    """Contracts by number, comment and attribute filters; from 9.2 also by ``contractId``."""
    conditions = [
        text_of_contract(call.db, "title", call.text("title")),
        text_of_contract(call.db, "comment", call.text("comment")),
        *filter_conditions(call.db, call.objects("entityFilter"), call.zone),
    ]
    if call.version >= LABELS_SINCE and call.has("contractId"):
        conditions.append(schema.contract.c.id == call.integer("contractId"))
    return _json_search(call, conditions)


@json_rpc(CONTRACT_API, "ContractService", "contractGet")
def contract_get(call: JsonCall) -> object:
    """One contract bean, null when it is missing."""
    found = find(call.db, [schema.contract.c.id == call.integer("contractId")], Page())
    return bean(found.rows[0]) if found.rows else None


@json_rpc(CONTRACT_API, "ContractService", "contractByTitle")
def contract_by_title(call: JsonCall) -> object:
    """The contract with exactly this number, null when it is missing; the oldest one of several."""
    query = select(schema.contract).where(schema.contract.c.title == call.text("contractTitle"))
    found = call.db.execute(query.order_by(schema.contract.c.id).limit(1)).mappings().first()
    return bean(found) if found is not None else None


@json_rpc(
    "ru.bitel.bgbilling.kernel.contract.status",
    "ContractStatusMonitorService",
    "contractSearch",
    since="7.1",
)
def monitor_search(call: JsonCall) -> object:
    """The search of the status monitor, whose seventeen criteria have no published names.

    Without criteria it lists all contracts; a criterion is refused rather than guessed. An object with
    ``pageIndex`` is taken as the page.
    """
    page = Page()
    for name, value in call.params.items():
        if isinstance(value, dict) and "pageIndex" in value:
            page = call.page(name)
        elif value not in (None, "", [], 0, -1, False):
            raise Refused(f"Параметр {name} не поддерживается")
    found = find(call.db, Options(True, True, True).conditions(call.today), page)
    return search_result([bean(contract) for contract in found.rows], page, found.records)


def _json_search(call: JsonCall, conditions: list[Condition]) -> object:
    closed = call.flag("closed")
    options = Options(
        hidden=call.flag("hidden"),
        closed=not closed if call.settings.invert_closed else closed,
        sub_contracts=call.flag("subContracts"),
    )
    conditions += [
        of_face(call.integer("fc", -1)),
        of_groups(call.integer("groupMask", 0)),
        *options.conditions(call.today),
    ]
    page = call.page()
    found = find(call.db, conditions, page)
    if call.version >= SHORT_ROWS_SINCE:
        return search_result([_short(contract) for contract in found.rows], page, found.records)
    return Holders([bean(contract) for contract in found.rows], page=page_object(page, found.records))


def _short(contract: RowMapping) -> dict[str, object]:
    return {
        "contractId": contract["id"],
        "contractTitle": contract["title"],
        "contractComment": contract["comment"],
    }


def _xml_options(call: XmlCall) -> Options:
    return Options(call.flag("del"), call.flag("show_closed"), call.flag("show_sub"))


def _by_text(call: XmlCall) -> Condition:
    return by_attribute.text_parameter(call.db, call.ids("parameters"), call.text("parameter"))


def _by_email(call: XmlCall) -> Condition:
    if call.has("phone") and not call.has("mail"):
        raise BadParameter("Не указан параметр mail")
    return by_attribute.email_parameter(call.db, call.ids("parameters"), call.text("mail"))


def _by_date(call: XmlCall) -> Condition:
    return by_attribute.date_parameter(call.ids("parameters"), call.date("date1"), call.date("date2"))


def _by_phone(call: XmlCall) -> Condition:
    return by_attribute.phone_parameter(call.db, call.ids("parameters"), call.text("phone"))


def _by_address(call: XmlCall) -> Condition:
    return by_attribute.contract_address(call.ids("parameters"), _place(call))


def _by_object_address(call: XmlCall) -> Condition:
    place, ids = _place(call), call.ids("parameters")
    if place.blank and not ids:
        return true()
    return schema.contract.c.id.in_(select(by_attribute.object_addresses_at(ids, place).c.cid))


SEARCHES: dict[str, Callable[[XmlCall], Condition]] = {
    "text": _by_text,
    "email": _by_email,
    "date": _by_date,
    "phone": _by_phone,
    ADDRESS: _by_address,
    OBJECT_ADDRESS: _by_object_address,
}


def _place(call: XmlCall) -> Place:
    return Place(
        street=call.integer("street", 0),
        house_id=call.integer("houseId", 0),
        house=call.integer("house", 0),
        frac=call.value("frac"),
        flat=call.text("flat").strip(),
        room=call.text("room").strip(),
    )


def _found_rows(call: XmlCall, kind: str, found: Found) -> Iterable[Mapping[str, object]]:
    if kind not in (ADDRESS, OBJECT_ADDRESS):
        return _old_rows(found)
    texts = _address_texts(call, kind, [contract["id"] for contract in found.rows])
    if kind == ADDRESS and call.version >= COMMENT_APART_SINCE:
        return [
            {
                "id": contract["id"],
                "title": contract["title"],
                "comment": f"{contract['comment']} [{texts.get(contract['id'], '')}]",
            }
            for contract in found.rows
        ]
    return [
        {
            "id": contract["id"],
            "title": f"{titled(contract['title'], contract['comment'])} {texts.get(contract['id'], '')}",
        }
        for contract in found.rows
    ]


def _address_texts(call: XmlCall, kind: str, contract_ids: list[int]) -> dict[int, str]:
    """The ready text of the address that was found, by contract."""
    ids, place = call.ids("parameters"), _place(call)
    if kind == ADDRESS:
        values = schema.contract_parameter_type_2
        chosen = by_attribute.addresses_at(ids, place)
        joined = chosen.join(values, (values.c.cid == chosen.c.cid) & (values.c.pid == chosen.c.pid))
    else:
        values = schema.object_param_value_address
        chosen = by_attribute.object_addresses_at(ids, place)
        joined = chosen.join(
            values,
            (values.c.object_id == chosen.c.object_id) & (values.c.param_id == chosen.c.param_id),
        )
    query = select(chosen.c.cid.label("found_cid"), values).select_from(joined)
    rows = list(call.db.execute(query.where(chosen.c.cid.in_(contract_ids))).mappings())
    texts = {found["found_cid"]: found["address"] for found in rows}
    bare = [found for found in rows if not found["address"]]
    if bare:
        houses, forms = addresses.houses(call.db, (found["hid"] for found in bare)), addresses.formats(call.db)
        for found in bare:
            form = forms.get(found["format_key"], forms[addresses.DEFAULT_VARIANT])
            texts[found["found_cid"]] = addresses.address_text(form, houses.get(found["hid"]), dict(found))
    return texts


def _old_rows(found: Found) -> Iterable[Mapping[str, object]]:
    for contract in found.rows:
        yield {"id": contract["id"], "title": titled(contract["title"], contract["comment"])}


def _contracts(call: XmlCall, found: Found, rows: Iterable[Mapping[str, object]]) -> Element:
    data = call.data()
    attributes = pager(call.page(), found.records)
    contracts = element(data, "contracts", allRecord=found.records, **attributes)
    for values in rows:
        item(contracts, **values)
    return data
