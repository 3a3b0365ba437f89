"""Periodic fees, and goods with one-off services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.modules_subscribers import Subscriber
from flask_bgbilling.emulator.demo.showcase import RICH, day_before
from flask_bgbilling.emulator.schema.modules_fees import npay_service_object, rscm_service, rscm_service_account

SERVICE_ROUTER_SETUP, SERVICE_CABLE, SERVICE_OLD_MODEM = 19, 20, 21
RSCM_SERVICES = (
    (SERVICE_ROUTER_SETUP, "Настройка роутера", 1),
    (SERVICE_CABLE, "Патч-корд", 1),
    (SERVICE_OLD_MODEM, "Модем ADSL (снят с продажи)", 0),
)
UNITS = (
    (catalogue.SERVICE_VISIT, "выезд"),
    (SERVICE_ROUTER_SETUP, "шт."),
    (SERVICE_CABLE, "м"),
    (SERVICE_OLD_MODEM, "шт."),
)
RICH_FEE, RICH_PURCHASE = 7, 12
FIRST_FEE = 1000
MONTHS_OF_PURCHASES = 30


def add_fees(world: World, subscribers: Iterable[Subscriber]) -> None:
    """Writes a fee for every contract with the module, and purchases of contract 101."""
    for number, title, used in RSCM_SERVICES:
        world.rows.add(
            schema.service,
            id=number,
            title=title,
            mid=catalogue.RSCM,
            parentId=0,
            dateFrom=None,
            dateTo=None,
            comment="",
            isusing=used,
            unit=10000,
            lm=world.now,
        )
    for number, (service, unit) in enumerate(UNITS, 1):
        world.rows.add(rscm_service, id=number, sid=service, unit=unit)
    for subscriber in subscribers:
        if subscriber.cid == RICH:
            _add_rich_fees(world, subscriber.start)
        elif catalogue.NPAY in subscriber.modules:
            number = FIRST_FEE + subscriber.cid
            _add_fee(world, number, subscriber.cid, catalogue.SERVICE_FEE, subscriber.start, subscriber.end)
    _add_purchases(world)


def _add_rich_fees(world: World, start: date) -> None:
    _add_fee(world, RICH_FEE, RICH, catalogue.SERVICE_FEE, start, None, comment="первая строка\nвторая строка")
    ended = day_before(world, 50)
    _add_fee(world, RICH_FEE + 1, RICH, catalogue.SERVICE_RENT, start + timedelta(days=3), ended, col=2)
    _add_fee(world, RICH_FEE + 2, RICH, catalogue.SERVICE_RENT, day_before(world, 49), None, oid=1, emid=1, eid=7)


def _add_fee(
    world: World, number: int, cid: int, service: int, start: date, end: date | None, **values: object
) -> None:
    columns: dict[str, object] = {"csid": 0, "oid": 0, "col": 1, "emid": 0, "eid": 0, "comment": "", **values}
    world.rows.add(npay_service_object, id=number, cid=cid, sid=service, date1=start, date2=end, **columns)


def _add_purchases(world: World) -> None:
    """One purchase today and one in each of the past months."""
    goods = (SERVICE_ROUTER_SETUP, catalogue.SERVICE_VISIT, SERVICE_CABLE)
    for back in range(MONTHS_OF_PURCHASES):
        service = goods[back % len(goods)]
        world.rows.add(
            rscm_service_account,
            id=RICH_PURCHASE + back,
            cid=RICH,
            sid=service,
            oid=1 if back == 1 else 0,
            date=day_before(world, back * 31),
            amount=15 if service == SERVICE_CABLE else 1,
            comment="по заявке 12/4" if back == 0 else "",
        )
