"""Reading one contract: the info card and the bean (contract.md 1, 6)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast
from xml.etree.ElementTree import Element

from flask_bgbilling.wire.answers import JsonAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.codec import amount, flag, integer, json_day, money, text
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.contracts import CardBalance, CardModule, ContractBean, ContractInfo, Hierarchy
from flask_bgbilling.wire.json_rpc import parse_text
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2

CONTRACT_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.api", "ContractService")

_HIERARCHIES = ("independent", "super", "depend_sub", "independ_sub")


def by_cid(*, cid: int) -> Mapping[str, object]:
    """The field of nearly every XML action about a contract."""
    return {"cid": cid}


def by_contract_id(*, cid: int) -> Mapping[str, object]:
    """The parameter of nearly every JSON method about a contract."""
    return {"contractId": cid}


def read_info_xml(answer: XmlAnswer) -> ContractInfo | None:
    """The card below 8.2: attributes of ``contract`` and the parts of ``info``."""
    contract = answer.first("contract")
    if contract is None:
        return None
    parts: dict[str, Iterable[Mapping[str, Any]]] = {
        name: [item.attrib for item in answer.rows(f"info/{path}/item")]
        for name, path in (
            ("groups", "groups"),
            ("tariff", "tariff"),
            ("script", "script"),
            ("modules", "modules"),
        )
    }
    balance = answer.first("info/balance")
    return _info(contract.attrib, parts, balance.attrib if balance is not None else None)


def read_info_json(answer: JsonAnswer) -> ContractInfo | None:
    """The card from 8.2: ``return.json`` is a text that holds a JSON document; an object is taken as it is."""
    document = _document(answer.returned)
    contract = document.get("contract")
    if not isinstance(contract, Mapping):
        return None
    info = document.get("info")
    parts = info if isinstance(info, Mapping) else {}
    balance = parts.get("balance")
    lists = {name: _objects(parts.get(name)) for name in ("groups", "tariff", "script", "modules")}
    return _info(contract, lists, balance if isinstance(balance, Mapping) else None)


def _document(returned: object) -> Mapping[str, Any]:
    if isinstance(returned, Mapping) and "json" in returned:
        returned = returned["json"]
    if isinstance(returned, str):
        try:
            returned = parse_text(returned or "{}")
        except Unreadable as error:
            raise Unreadable("the contract info is not JSON") from error
    return returned if isinstance(returned, Mapping) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _info(
    contract: Mapping[str, Any],
    parts: Mapping[str, Iterable[Mapping[str, Any]]],
    balance: Mapping[str, Any] | None,
) -> ContractInfo:
    active, _, total = text(contract.get("objects")).partition("/")
    hierarchy = text(contract.get("hierarchy"))
    return ContractInfo(
        title=text(contract.get("title")).strip(),
        comment=text(contract.get("comment")).strip(),
        period=Period(json_day(contract.get("date1")), json_day(contract.get("date2"))),
        status=text(contract.get("status")).strip(),
        face=integer(contract.get("fc")),
        mode=integer(contract.get("mode")),
        limit=money(contract.get("limit")),
        hidden=flag(contract.get("del")),
        group_mask=integer(contract.get("gr")),
        objects_active=integer(active),
        objects_total=integer(total),
        hierarchy=cast(Hierarchy, hierarchy) if hierarchy in _HIERARCHIES else "independent",
        dependent_count=integer(contract.get("hierarchyDep")),
        independent_count=integer(contract.get("hierarchyIndep")),
        note_count=integer(contract.get("comments")),
        groups=_id_titles(parts["groups"]),
        tariffs=_id_titles(parts["tariff"]),
        scripts=_id_titles(parts["script"]),
        modules=tuple(
            CardModule(
                id=integer(item.get("id")),
                title=text(item.get("title")),
                package=text(item.get("package")),
                status=text(item.get("status")),
            )
            for item in parts["modules"]
        ),
        balance=_balance(balance),
    )


def _balance(balance: Mapping[str, Any] | None) -> CardBalance | None:
    if balance is None:
        return None
    year, month = integer(balance.get("yy")), integer(balance.get("mm"))
    if not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    return CardBalance(
        month=date(year, month, 1),
        incoming=amount(balance.get("summa1")),
        payments=amount(balance.get("summa2")),
        accrued=amount(balance.get("summa3")),
        charges=amount(balance.get("summa4")),
        outgoing=amount(balance.get("summa5")),
        available=money(balance.get("summa6")),
        reserve=money(balance.get("summa7")),
    )


def _id_titles(items: Iterable[Mapping[str, Any]]) -> tuple[IdTitle, ...]:
    return tuple(IdTitle(integer(item.get("id")), text(item.get("title")).strip()) for item in items)


def id_title_elements(elements: Iterable[Element]) -> tuple[IdTitle, ...]:
    """``item`` elements with ``id`` and ``title``."""
    return _id_titles(element.attrib for element in elements)


def id_title_objects(answer: JsonAnswer) -> tuple[IdTitle, ...]:
    """A returned list of objects with ``id`` and ``title``."""
    return _id_titles(answer.items())


def contract_bean(bean: Mapping[str, Any]) -> ContractBean:
    """A contract bean of contract.md 1, from any list of them."""
    return ContractBean(
        id=integer(bean.get("id")),
        title=text(bean.get("title")),
        comment=text(bean.get("comment")),
        period=Period(json_day(bean.get("dateFrom")), json_day(bean.get("dateTo"))),
        face=integer(bean.get("personType")),
        mode=integer(bean.get("balanceMode")),
        hidden=flag(bean.get("hidden")),
        super_contract_id=integer(bean.get("superCid")),
        balance_sub_mode=integer(bean.get("balanceSubMode")),
    )


def read_web_password(answer: JsonAnswer) -> str:
    """The subscriber's password of a bean; empty when there is no contract or no password."""
    bean = answer.returned
    return text(bean.get("password")) if isinstance(bean, Mapping) else ""


CONTRACT_INFO: Operation[ContractInfo | None] = Operation(
    "contract info",
    forms=(
        XmlAction("contract", "ContractInfo", fields=by_cid, read=read_info_xml, bands=BELOW_8_2),
        JsonRpc(CONTRACT_SERVICE, "contractInfoGet", params=by_contract_id, read=read_info_json, bands=FROM_8_2),
    ),
)

WEB_PASSWORD_READING = Operation(
    "reading of the web password",
    forms=(JsonRpc(CONTRACT_SERVICE, "contractGet", params=by_contract_id, read=read_web_password),),
)
"""The subscriber's password for self-care, to be told right after the billing has made one (contract.md 18)."""
