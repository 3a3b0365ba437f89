"""Printable cards of a contract (contract.md 17)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import day, element, item, money, period
from flask_bgbilling.emulator.errors import BadParameter, Refused
from flask_bgbilling.emulator.model.cards import Section, html_card, pdf_card
from flask_bgbilling.emulator.model.contract_info import balance_part, info_part
from flask_bgbilling.emulator.model.contracts import status_title, status_titles, status_today, titled
from flask_bgbilling.emulator.model.parameters import Kind, display_values, kind_of, parameters_of
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import Holders, JsonCall, Raw, XmlCall, json_rpc, xml

CONTRACT_API = "ru.bitel.bgbilling.kernel.contract.api"
LABELS_SINCE = "9.2"
FACES = {0: "Физическое лицо", 1: "Юридическое лицо"}


@xml("contract", "ContractCardXml")
def full_card(call: XmlCall) -> Element | Raw:
    """The full card: raw HTML for ``contentType`` ``html`` or ``text/html``, otherwise a document."""
    contract = contract_of(call, "cid")
    content_type = call.text("contentType", "xml")
    if content_type in ("html", "text/html"):
        title = titled(contract["title"], contract["comment"])
        return Raw(html_card(f"Договор {title}", _sections(call, contract)), "text/html; charset=UTF-8")
    if content_type in ("xml", "text/xml"):
        return _document(call, contract)
    raise BadParameter(f"Неверное значение параметра contentType: {content_type}")


@xml("contract", "ContractCard2ListTypes", below="8.2")
def card_types_xml(call: XmlCall) -> Element:
    """Kinds of cards; ``title_enc`` is the title in base64, for names of files."""
    contract_of(call, "cid")
    data = call.data()
    combo = element(data, "combo")
    for card in _cards(call):
        element(combo, "el", id=card["id"], title=card["title"], title_enc=_encoded(card["title"]))
    return data


@json_rpc(CONTRACT_API, "ContractService", "contractCardList", since="8.2")
def card_types(call: JsonCall) -> object:
    """Kinds of cards."""
    contract_of(call, "contractId")
    return [{"id": card["id"], "title": card["title"]} for card in _cards(call)]


@json_rpc(CONTRACT_API, "ContractCardService", "contractCardList", since="7.1")
def card_types_with_names(call: JsonCall) -> object:
    """Kinds of cards with their titles in base64."""
    contract_of(call, "contractId")
    return [{"id": card["id"], "title": card["title"], "titleEncode": _encoded(card["title"])} for card in _cards(call)]


@xml("contract", "ContractCard2")
def card_pdf(call: XmlCall) -> Raw:
    """A card of one kind as PDF."""
    contract = contract_of(call, "cid")
    content_type = call.text("contentType", "application/pdf")
    if content_type != "application/pdf":
        raise BadParameter(f"Неверное значение параметра contentType: {content_type}")
    return Raw(_pdf(call, contract, call.text("type")), "application/pdf")


@json_rpc(CONTRACT_API, "ContractCardService", "contractCardExport", since="7.1")
def card_export(call: JsonCall) -> object:
    """The same PDF in base64 under ``data``, beside an empty ``return``."""
    contract = contract_of(call, "contractId")
    body = _pdf(call, contract, call.text("contractCardId"))
    return Holders(None, data=base64.b64encode(body).decode("ascii"))


def _cards(call: XmlCall | JsonCall) -> Sequence[RowMapping]:
    cards = schema.contract_card
    return call.db.execute(select(cards).order_by(cards.c.position, cards.c.id)).mappings().all()


def _encoded(title: str) -> str:
    return base64.b64encode(title.encode()).decode("ascii")


def _pdf(call: XmlCall | JsonCall, contract: RowMapping, kind: str) -> bytes:
    cards = {card["id"]: card["title"] for card in _cards(call)}
    if kind not in cards:
        raise Refused(f"Карточка договора не найдена: {kind}")
    lines = [cards[kind], f"Договор {contract['title']}", contract["comment"], ""]
    for heading, values in _sections(call, contract):
        lines.append(heading)
        lines.extend(f"  {name}: {value}" for name, value in values)
    return pdf_card(f"{cards[kind]} {contract['title']}", lines)


def _sections(call: XmlCall | JsonCall, contract: RowMapping) -> list[Section]:
    info = info_part(call.db, contract, call.now, with_labels=call.version >= LABELS_SINCE)
    balance = balance_part(call.db, contract, call.now)
    status = status_today(call.db, contract, call.today)
    parameters = [(parameter["title"], value) for parameter, value in _parameters(call, contract) if value.strip()]
    return [
        (
            "Договор",
            [
                ("Номер", contract["title"]),
                ("Комментарий", contract["comment"]),
                ("Период", period(contract["date1"], contract["date2"])),
                ("Статус", status_title(status_titles(call.db), status)),
                ("Лицо", FACES.get(contract["fc"], "")),
                ("Лимит", money(contract["closesumma"])),
                ("Баланс", str(balance["summa5"])),
            ],
        ),
        ("Параметры", parameters),
        ("Тарифы", [("", str(tariff["title"])) for tariff in info["tariff"]]),
        ("Группы", [("", str(group["title"])) for group in info["groups"]]),
    ]


def _parameters(call: XmlCall | JsonCall, contract: RowMapping) -> list[tuple[RowMapping, str]]:
    rows = parameters_of(call.db, contract["pgid"], everything=True)
    values = display_values(call.db, contract["id"], {kind_of(row["pt"]) for row in rows})
    return [(row, values.get(row["id"], "")) for row in rows if kind_of(row["pt"]) != Kind.SEPARATOR]


def _document(call: XmlCall, contract: RowMapping) -> Element:
    data = call.data()
    info = info_part(call.db, contract, call.now, with_labels=call.version >= LABELS_SINCE)
    card = element(
        data,
        "contract",
        title=contract["title"],
        comment=contract["comment"],
        status=status_today(call.db, contract, call.today),
        date1=day(contract["date1"]),
        date2=day(contract["date2"]),
        pswd=contract["pswd"],
        balance_rest=balance_part(call.db, contract, call.now)["summa5"],
        **{"del": contract["del"]},
    )
    for tariff in info["tariff"]:
        element(card, "tariff", tariff_plan=tariff["title"])
    parameters = element(data, "parameters")
    for parameter, value in _parameters(call, contract):
        element(parameters, "parameter", pid=parameter["id"], title=parameter["title"], value=value)
    groups = element(element(data, "info"), "groups")
    for group in info["groups"]:
        item(groups, **group)
    return data
