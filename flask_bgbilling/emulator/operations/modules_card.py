"""Prepaid cards of a contract (modules.md 6)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, moment, money, table
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import XmlCall, xml
from flask_bgbilling.emulator.schema.modules_cards import card_data, card_series

STATUSES = {0: "не активирована", 1: "активирована", 2: "заблокирована"}


@xml("card", "CardContractInfo")
def contract_cards(call: XmlCall) -> Element:
    """The types of cards, and the contract's cards of the type ``sid``; −1 asks for the types alone.

    Rows: ``f0`` status, ``f1`` moment of activation, ``f2`` sum, ``f3`` number of the card. The PIN is never sent.
    """
    instance = check_instance(call, "card")
    contract = contract_of(call, "cid")
    data = call.data()
    services = element(data, "services")
    types = schema.service
    query = select(types.c.id, types.c.title).where(types.c.mid == instance).order_by(types.c.title, types.c.id)
    for card_type in call.db.execute(query):
        item(services, id=card_type.id, title=card_type.title)
    cards = (
        select(card_data)
        .join(card_series, card_series.c.id == card_data.c.cs_id)
        .where(card_data.c.cid == contract["id"], card_series.c.sid == call.integer("sid", -1))
        .order_by(card_data.c.date.desc(), card_data.c.id.desc())
    )
    rows = (
        {
            "f0": STATUSES.get(card["status"], ""),
            "f1": moment(card["date"]),
            "f2": money(card["summa"]),
            "f3": card["card_code"],
        }
        for card in call.db.execute(cards).mappings()
    )
    table(data, rows)
    return data
