"""The money of contract 101: fifteen months of movements, reserves, autopayment."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo.calendar import month_start
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.money import Money, Subscription
from flask_bgbilling.emulator.demo.showcase import RICH, at, day_before


def add_rich_money(world: World, start: date) -> int:
    """Movements of the last 15 months; returns the id of the charge for an option."""
    changed, current = month_start(world.today, 14), month_start(world.today, 4)
    money = Money(RICH)
    money.accrue(
        [
            Subscription(catalogue.SERVICE_INET, Decimal(400), changed, current - timedelta(days=1)),
            Subscription(catalogue.SERVICE_INET, Decimal(550), current),
            Subscription(catalogue.SERVICE_TV, Decimal(180), changed),
            Subscription(catalogue.SERVICE_RENT, Decimal(99), start, day_before(world, 50)),
        ],
        changed,
        world.today,
    )
    for back in range(14, -1, -1):
        day = month_start(world.today, back) + timedelta(days=2 + back % 9)
        if day > world.today:
            continue
        kind = (catalogue.CASH, catalogue.FAST, catalogue.ONLINE, catalogue.ACQUIRING)[back % 4]
        user = catalogue.OPERATOR if kind == catalogue.CASH else 0
        comment = "касса" if kind == catalogue.CASH else ""
        money.pay(world.rows, day, kind, Decimal("680.00"), comment=comment, user=user)
    money.pay(
        world.rows,
        day_before(world, 120),
        catalogue.RECALCULATION,
        Decimal("33.33"),
        comment="перерасчёт за простой, заявка «12/4» & согласие",
        user=catalogue.ACCOUNTANT,
    )
    money.charge(
        world.rows, changed, catalogue.CONNECTION, Decimal(500), comment="подключение ТВ", user=catalogue.OPERATOR
    )
    money.charge(world.rows, day_before(world, 70), catalogue.VISIT, Decimal("350.50"), user=catalogue.OPERATOR)
    money.charge(
        world.rows,
        day_before(world, 69),
        catalogue.REFUND,
        Decimal("100.50"),
        comment="возврат части за выезд",
        user=catalogue.ACCOUNTANT,
        payback=True,
    )
    option = money.charge(
        world.rows, day_before(world, 45), catalogue.OPTION_ACTIVATION, Decimal(50), comment="Турбо на сутки"
    )
    money.write_accounts(world.rows)
    money.write_balances(world.rows, Decimal("70.10"))
    world.rows.add(
        schema.contract_payment_deleted,
        id=900001,
        dt=day_before(world, 150),
        cid=RICH,
        pt=catalogue.CASH,
        uid=catalogue.OPERATOR,
        summa=Decimal(6800),
        comment="ошибка в сумме",
        lm=at(day_before(world, 150), 16, 5),
    )
    _add_reserves(world, start)
    return option


def _add_reserves(world: World, start: date) -> None:
    returned = at(day_before(world, 300), 12)
    for total, closed, comment in ((Decimal(200), None, "ТВ-приставка"), (Decimal(1000), returned, "роутер")):
        world.rows.new(
            schema.contract_reserve,
            cid=RICH,
            typeId=1,
            sum=total,
            dateCreate=at(start, 10),
            dateTo=None,
            dateClose=closed,
            comment=comment,
        )
    world.rows.add(schema.contract_reserve_total, cid=RICH, sum=Decimal(200))
    world.rows.new(
        schema.contract_autopayment,
        contract_id=RICH,
        module_id=0,
        date_from=at(day_before(world, 60), 12),
        date_to=None,
        user_from=0,
        user_to=0,
    )
    world.rows.new(
        schema.contract_autopayment_mode,
        contract_id=RICH,
        mode="MONTH",
        mode_data="5",
        date_from=day_before(world, 60),
        date_to=None,
        sum=Decimal(700),
    )
