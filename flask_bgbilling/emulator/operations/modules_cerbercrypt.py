"""Conditional access cards, their packets, and directories for them (modules.md 7)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element, item, moment, period, table
from flask_bgbilling.emulator.model.contracts import covers
from flask_bgbilling.emulator.model.instances import check_instance
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml
from flask_bgbilling.emulator.schema.modules_cards import (
    cerbercrypt_card_packet,
    cerbercrypt_dealer,
    cerbercrypt_packet,
    cerbercrypt_user_card,
)

PACKAGE = "ru.bitel.bgbilling.modules.cerbercrypt"
NO_BASE_CARD = -1
STATUSES = {0: "отключен", 1: "активен", 2: "ожидает отправки"}


@json_rpc(PACKAGE, "UserCardService", "getUserCardList")
def card_list(call: JsonCall) -> object:
    """The cards of a contract, slave cards only when they are asked for."""
    check_instance(call, "cerbercrypt")
    contract = contract_of(call, "cid")
    cards, base = cerbercrypt_user_card, cerbercrypt_user_card.alias("base")
    query = (
        select(cards, base.c.number.label("baseNumber"))
        .outerjoin(base, base.c.id == cards.c.baseCardId)
        .where(cards.c.contractId == contract["id"])
        .order_by(cards.c.id)
    )
    if not call.flag("slavecardsIncluding"):
        query = query.where(cards.c.baseCardId == NO_BASE_CARD)
    return [
        {
            "id": card["id"],
            "number": card["number"],
            "contractId": card["contractId"],
            "baseCardId": card["baseCardId"],
            "baseCardTitle": None if card["baseNumber"] is None else str(card["baseNumber"]),
            "dateFrom": card["dateFrom"],
            "dateTo": card["dateTo"],
            "subscrDate": card["subscrDate"],
            "needSync": bool(card["needSync"]),
            "comment": card["comment"],
        }
        for card in call.db.execute(query).mappings()
    ]


@json_rpc(PACKAGE, "CardPacketService", "cardPacketTable")
def packet_table(call: JsonCall) -> object:
    """Packets on the cards of a contract on a day: ``usercardId`` 0 takes all cards, ``objectId`` 0 all objects."""
    check_instance(call, "cerbercrypt")
    contract = contract_of(call, "cid")
    links, cards, packets = cerbercrypt_card_packet, cerbercrypt_user_card, cerbercrypt_packet
    query = (
        select(links, cards.c.number, packets.c.title)
        .join_from(links, cards, cards.c.id == links.c.usercard_id)
        .join(packets, packets.c.id == links.c.packet_id)
        .where(
            cards.c.contractId == contract["id"],
            packets.c.virtual_cinema == int(call.flag("cinema")),
            covers(links, call.date("date") or call.today),
        )
        .order_by(cards.c.number, links.c.date1, links.c.id)
    )
    if card := call.integer("usercardId", 0):
        query = query.where(cards.c.id == card)
    if owner := call.integer("objectId", 0):
        query = query.where(links.c.object_id == owner)
    return [
        {
            "id": link["id"],
            "card": link["number"],
            "packet": link["title"],
            "packetId": link["packet_id"],
            "status": STATUSES.get(link["status"], ""),
            "dateFrom": link["date1"],
            "dateTo": link["date2"],
            "period": period(link["date1"], link["date2"]),
            "changeDate": moment(link["change_date"]),
            "comment": link["comment"],
        }
        for link in call.db.execute(query).mappings()
    ]


@xml("cerbercrypt", "PacketList")
def packet_list(call: XmlCall) -> Element:
    """The kinds of packets: those of the virtual cinema, or the others."""
    check_instance(call, "cerbercrypt")
    packets = cerbercrypt_packet
    query = select(packets).where(packets.c.virtual_cinema == int(call.flag("virtual_cinema")))
    data = call.data()
    found = element(data, "list")
    for packet in call.db.execute(query.order_by(packets.c.pos, packets.c.id)):
        item(found, id=packet.id, title=packet.title)
    return data


@xml("cerbercrypt", "DealerTable")
def dealer_table(call: XmlCall) -> Element:
    """Dealers whose title has the text ``title``; what the dates restrict is not known, so they restrict nothing."""
    check_instance(call, "cerbercrypt")
    dealers = cerbercrypt_dealer
    query = select(dealers.c.id, dealers.c.title).order_by(dealers.c.title, dealers.c.id)
    part = schema.fold(call.text("title").strip())
    data = call.data()
    table(data, ({**row} for row in call.db.execute(query).mappings() if part in schema.fold(row["title"])))
    return data
