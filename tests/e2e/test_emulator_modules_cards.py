"""The emulator reads prepaid and conditional access cards as the reference says (modules.md 6, 7)."""

from typing import Any

import pytest

from tests.module_calls import (
    EMPTY,
    NO_CONTRACT,
    NO_INSTANCE,
    RICH,
    UNKNOWN,
    attributes,
    provider,
)
from tests.raw_calls import json_ok, json_refusal, xml_ok, xml_refusal
from tests.support import ALL_BANDS, Emulated

CERBERCRYPT = "ru.bitel.bgbilling.modules.cerbercrypt/7/"
USER_CARDS, PACKETS = f"{CERBERCRYPT}UserCardService", f"{CERBERCRYPT}CardPacketService"
CARD_TYPES = [{"id": "17", "title": "Карта «Интернет»"}, {"id": "18", "title": "Карта «Телефония»"}]
BASE = {
    "id": 1, "number": 100200300, "contractId": RICH, "baseCardId": -1, "baseCardTitle": None,
    "dateFrom": "2026-01-27", "dateTo": None, "subscrDate": "2026-01-27", "needSync": False, "comment": "в гостиной",
}  # fmt: skip
SLAVE = {
    "id": 2, "number": 100200301, "contractId": RICH, "baseCardId": 1, "baseCardTitle": "100200300",
    "dateFrom": "2026-08-15", "dateTo": None, "subscrDate": None, "needSync": True, "comment": "на кухне",
}  # fmt: skip
BASIC = {
    "id": 7, "card": 100200300, "packet": "Базовый", "packetId": 1, "status": "активен", "dateFrom": "2026-01-27",
    "dateTo": None, "period": "27.01.2026-…", "changeDate": "27.01.2026 10:07:00", "comment": "",
}  # fmt: skip


@pytest.mark.parametrize("band", ALL_BANDS)
def test_prepaid_cards(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    root = xml_ok(billing, "card", "CardContractInfo", mid=8, cid=RICH, list=1, sid=17)
    assert attributes(root, "./services/item") == CARD_TYPES
    assert attributes(root) == [
        {"f0": "заблокирована", "f1": "18.11.2026 12:30:00", "f2": "50.00", "f3": "8000104"},
        {"f0": "активирована", "f1": "11.11.2026 12:30:00", "f2": "300.00", "f3": "8000102"},
        {"f0": "активирована", "f1": "14.10.2026 12:30:00", "f2": "100.00", "f3": "8000101"},
    ]
    phone = xml_ok(billing, "card", "CardContractInfo", mid=8, cid=RICH, list=1, sid=18)
    assert [row["f3"] for row in attributes(phone)] == ["8000103"]
    types = xml_ok(billing, "card", "CardContractInfo", mid=8, cid=RICH, list=1, sid=-1)
    assert (attributes(types, "./services/item"), attributes(types)) == (CARD_TYPES, [])
    assert attributes(xml_ok(billing, "card", "CardContractInfo", mid=8, cid=EMPTY, list=1, sid=17)) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_pins_are_never_sent(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    pins = {row["card_pin_code"] for row in billing.rows("card_data_8", cid=RICH)}
    root = xml_ok(billing, "card", "CardContractInfo", mid=8, cid=RICH, list=1, sid=17)
    sent = {value for element in root.iter() for value in element.attrib.values()}
    assert len(pins) == 4
    assert not pins & sent


@pytest.mark.parametrize("band", ALL_BANDS)
def test_access_cards(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    everything = json_ok(billing, USER_CARDS, "getUserCardList", cid=RICH, slavecardsIncluding=True)
    assert everything[:2] == [BASE, SLAVE]
    assert (everything[2]["dateTo"], everything[2]["comment"]) == ("2026-07-26", "утеряна")
    without = json_ok(billing, USER_CARDS, "getUserCardList", cid=RICH, slavecardsIncluding=False)
    assert [card["id"] for card in without] == [1, 3]
    assert json_ok(billing, USER_CARDS, "getUserCardList", cid=EMPTY, slavecardsIncluding=True) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_packets_on_cards(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)

    def packets(card: int = 0, **changed: object) -> Any:
        common = {"cid": RICH, "usercardId": card, "objectId": 0, "cinema": False}
        return json_ok(
            billing, PACKETS, "cardPacketTable", **{**common, "date": "2026-11-23T12:00:00+03:00", **changed}
        )

    found = packets()
    assert found[0] == BASIC
    assert [(row["id"], row["status"]) for row in found] == [(7, "активен"), (8, "ожидает отправки"), (9, "активен")]
    assert [row["id"] for row in packets(card=2)] == [9]
    assert [row["id"] for row in packets(cinema=True)] == [10]
    assert packets(objectId=5) == []
    ended = packets(date="2026-03-01T00:00:00+03:00")
    assert [(row["id"], row["dateTo"], row["period"]) for row in ended] == [
        (7, None, "27.01.2026-…"),
        (11, "2026-07-26", "27.01.2026-26.07.2026"),
    ]
    assert [row["id"] for row in packets(date=None)] == [7, 8, 9]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_directories_of_packets_and_dealers(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    usual = xml_ok(billing, "cerbercrypt", "PacketList", mid=7, virtual_cinema=0)
    assert attributes(usual, "./list/item") == [{"id": "1", "title": "Базовый"}, {"id": "2", "title": "Спорт"}]
    cinema = xml_ok(billing, "cerbercrypt", "PacketList", mid=7, virtual_cinema=1)
    assert attributes(cinema, "./list/item") == [{"id": "3", "title": "Виртуальный кинозал"}]
    dates = {"date1": "Thu Jan 01 00:00:00 UTC 2026", "date2": "не дата"}
    dealers = xml_ok(billing, "cerbercrypt", "DealerTable", mid=7, title="", **dates)
    assert attributes(dealers) == [{"id": "1", "title": "ИП Телемастеров"}, {"id": "2", "title": "Салон «Антенна»"}]
    found = xml_ok(billing, "cerbercrypt", "DealerTable", mid=7, title="антенн", **dates)
    assert [row["id"] for row in attributes(found)] == ["2"]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_refusals(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    assert xml_refusal(billing, "card", "CardContractInfo", mid=8, cid=UNKNOWN) == NO_CONTRACT
    assert xml_refusal(billing, "card", "CardContractInfo", mid=1, cid=RICH) == NO_INSTANCE
    assert xml_refusal(billing, "cerbercrypt", "PacketList", mid=1) == NO_INSTANCE
    assert xml_refusal(billing, "cerbercrypt", "DealerTable", mid=8) == NO_INSTANCE
    assert json_refusal(billing, USER_CARDS, "getUserCardList", cid=UNKNOWN) == NO_CONTRACT
    assert json_refusal(billing, PACKETS, "cardPacketTable", contractId=RICH) == "Не указан параметр cid"
    assert json_refusal(billing, PACKETS.replace("/7/", "/1/"), "cardPacketTable", cid=RICH) == NO_INSTANCE
    for action in ("UserCardTable", "CardPacketTable"):
        refusal = xml_refusal(billing, "cerbercrypt", action, mid=7, cid=RICH)
        assert refusal == f"not implemented: cerbercrypt/{action}"
