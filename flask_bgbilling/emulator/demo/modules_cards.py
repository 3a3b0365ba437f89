"""Prepaid cards, and conditional access cards with their packets."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.showcase import RICH, at, day_before
from flask_bgbilling.emulator.schema.modules_cards import (
    card_data,
    card_series,
    cerbercrypt_card_packet,
    cerbercrypt_dealer,
    cerbercrypt_packet,
    cerbercrypt_user_card,
)

INTERNET_CARD, PHONE_CARD = 17, 18
FREE, ACTIVATED, LOCKED = 0, 1, 2
FIRST_CODE = 8_000_101
FREE_CARDS = 20
BASE_CARD, SLAVE_CARD, OLD_CARD = 1, 2, 3
CARD_NUMBER = 100_200_300
BASIC, SPORT, CINEMA = 1, 2, 3


def add_cards(world: World) -> None:
    """Writes cards of contract 101 and cards that nobody has activated."""
    _add_prepaid(world)
    _add_access(world)


def _add_prepaid(world: World) -> None:
    rows = world.rows
    for number, title in ((INTERNET_CARD, "Карта «Интернет»"), (PHONE_CARD, "Карта «Телефония»")):
        rows.add(
            schema.service,
            id=number,
            title=title,
            mid=catalogue.CARD,
            parentId=0,
            dateFrom=None,
            dateTo=None,
            comment="",
            isusing=1,
            unit=0,
            lm=world.now,
        )
        rows.add(card_series, id=number - INTERNET_CARD + 1, sid=number, title=f"Серия {title}")
    activated = ((1, 100, 40, ACTIVATED), (1, 300, 12, ACTIVATED), (2, 150, 75, ACTIVATED), (1, 50, 5, LOCKED))
    for place, (series, cost, days, status) in enumerate(activated):
        _add_card(world, place, series, Decimal(cost), status, cid=RICH, date=at(day_before(world, days), 12, 30))
    for place in range(len(activated), len(activated) + FREE_CARDS):
        _add_card(world, place, 1 + place % 2, Decimal(100), FREE, cid=0, date=None)


def _add_card(world: World, place: int, series: int, cost: Decimal, status: int, **activation: object) -> None:
    world.rows.add(
        card_data,
        id=place + 1,
        card_code=FIRST_CODE + place,
        cs_id=series,
        card_pin_code=f"{(place + 1) * 7919 % 10_000:04}",
        summa=cost,
        date1=day_before(world, 400),
        date2=world.today + timedelta(days=400),
        status=status,
        **activation,
    )


def _add_access(world: World) -> None:
    rows = world.rows
    start, ended = day_before(world, 300), day_before(world, 120)
    for number, base, place, begins, ends, subscribed, comment in (
        (BASE_CARD, -1, 0, start, None, start, "в гостиной"),
        (SLAVE_CARD, BASE_CARD, 1, day_before(world, 100), None, None, "на кухне"),
        (OLD_CARD, -1, 2, start, ended, None, "утеряна"),
    ):
        rows.add(
            cerbercrypt_user_card,
            id=number,
            baseCardId=base,
            contractId=RICH,
            number=CARD_NUMBER + place,
            dateFrom=begins,
            dateTo=ends,
            subscrDate=subscribed,
            needSync=int(number == SLAVE_CARD),
            comment=comment,
        )
    for number, title, cinema in (
        (BASIC, "Базовый", 0),
        (SPORT, "Спорт", 0),
        (CINEMA, "Виртуальный кинозал", 1),
    ):
        rows.add(cerbercrypt_packet, id=number, title=title, virtual_cinema=cinema, pos=number)
    for number, card, packet, begins, ends, status in (
        (7, BASE_CARD, BASIC, start, None, 1),
        (8, BASE_CARD, SPORT, day_before(world, 60), None, 2),
        (9, SLAVE_CARD, BASIC, day_before(world, 100), None, 1),
        (10, BASE_CARD, CINEMA, day_before(world, 20), None, 1),
        (11, OLD_CARD, BASIC, start, ended, 0),
    ):
        rows.add(
            cerbercrypt_card_packet,
            id=number,
            usercard_id=card,
            packet_id=packet,
            object_id=0,
            status=status,
            date1=begins,
            date2=ends,
            change_date=at(begins, 10, number),
            comment="",
        )
    for number, title in ((1, "ИП Телемастеров"), (2, "Салон «Антенна»")):
        rows.add(cerbercrypt_dealer, id=number, title=title)
