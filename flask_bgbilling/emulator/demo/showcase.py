"""The contracts with fixed ids that show everything: 101 to 112 (their list stands in ``add_showcase``)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo import parameters as pref
from flask_bgbilling.emulator.demo.calendar import month_end, month_start
from flask_bgbilling.emulator.demo.contracts import (
    World,
    add_address,
    add_contract,
    add_emails,
    add_phones,
    add_status,
    add_tariff,
    add_text,
)
from flask_bgbilling.emulator.demo.money import Money, Subscription, usual_payments
from flask_bgbilling.emulator.demo.people import firm, latin, mail_address, mobile, person

RICH, FIRM, SUPER, DEPENDENT, INDEPENDENT, SECOND_DEPENDENT = range(101, 107)
CLOSED, HIDDEN, SUSPENDED, EMPTY, DEBTOR, FUTURE = range(107, 113)
FIRST_ORDINARY = 113


def add_showcase(world: World) -> None:
    """Writes the fixed contracts.

    101 a person with everything filled; 102 a firm; 103 a super-contract with the dependent sub-contracts
    104 and 106 and the independent 105; 107 closed; 108 hidden; 109 suspended; 110 empty, without any
    parameter or money; 111 a debtor with a lowered limit; 112 begins in the future.
    """
    _add_firm(world)
    _add_family(world)
    _add_fates(world)


def day_before(world: World, days: int) -> date:
    """The day that many days ago."""
    return world.today - timedelta(days=days)


def _add_firm(world: World) -> None:
    random = world.random
    start = world.today.replace(day=1) - timedelta(days=900)
    name = firm(random)
    contact = person(random)
    add_contract(
        world,
        FIRM,
        start,
        gr=1 << catalogue.FIRM_GROUP | 1 << catalogue.VIP_GROUP,
        mode=0,
        closesumma=Decimal(-6000),
        pgid=pref.FIRM_GROUP,
        fc=1,
        comment=name,
        sub_mode=0,
    )
    add_text(world, FIRM, pref.FULL_NAME, name)
    add_text(world, FIRM, pref.TAX_NUMBER, "0274101202")
    add_text(world, FIRM, pref.TAX_REASON_CODE, "027401001")
    add_text(world, FIRM, pref.CONTACT_PERSON, contact.full_name)
    house = world.live_houses[40]
    add_address(world, FIRM, pref.SERVICE_ADDRESS, house, room="312", comment="вход со двора [домофон 312]")
    add_address(world, FIRM, pref.LEGAL_ADDRESS, world.live_houses[300], flat="1")
    add_phones(world, FIRM, pref.CONTACT_PHONE, [(mobile(random), contact.short_name), ("73472501202", "офис")])
    add_phones(world, FIRM, pref.ACCOUNTING_PHONE, [("73472501203", "доб. 12")])
    add_emails(
        world,
        FIRM,
        pref.ACCOUNTING_EMAIL,
        [f"Бухгалтерия <buh@{latin(name)[:12]}.example.ru>", mail_address(contact, random)],
    )
    world.rows.add(schema.contract_parameter_type_5, cid=FIRM, pid=pref.PAPER_BILLS, val=1)
    add_tariff(world, FIRM, 8, start, day_before(world, 181), comment="до расширения")
    add_tariff(world, FIRM, 9, day_before(world, 180))
    add_tariff(world, FIRM, 12, start, pos=1)
    add_status(world, FIRM, catalogue.ACTIVE, start, user=catalogue.OPERATOR)
    for module in (catalogue.INET, catalogue.NPAY, catalogue.VOICE, catalogue.BILL):
        world.rows.add(schema.contract_module, cid=FIRM, mid=module)
    money = Money(FIRM)
    subscriptions = [
        Subscription(catalogue.SERVICE_INET, Decimal(2500), start, day_before(world, 181)),
        Subscription(catalogue.SERVICE_INET, Decimal(6000), day_before(world, 180)),
        Subscription(catalogue.SERVICE_CALLS, Decimal(250), start),
    ]
    money.accrue(subscriptions, world.history_start, world.today)
    usual_payments(world.rows, money, Decimal(5000), world.history_start, world.today, random, firm=True)
    money.charge(world.rows, day_before(world, 95), catalogue.VISIT, Decimal(1500), comment="Прокладка кабеля", user=2)
    money.write_accounts(world.rows)
    money.write_balances(world.rows)


def _add_family(world: World) -> None:
    """A super-contract and its sub-contracts; what the dependent ones spend is in the parent's balance."""
    start = date(world.today.year - 2, 3, 1)
    add_contract(
        world,
        SUPER,
        start,
        gr=1 << catalogue.FIRM_GROUP,
        mode=0,
        closesumma=Decimal(-10000),
        pgid=pref.FIRM_GROUP,
        fc=1,
        comment="ООО «Сеть аптек Ёлочка»",
        scid=-1,
        sub_list=f"{DEPENDENT},{SECOND_DEPENDENT}",
    )
    add_text(world, SUPER, pref.FULL_NAME, "ООО «Сеть аптек Ёлочка»")
    add_text(world, SUPER, pref.TAX_NUMBER, "0275103103")
    add_address(world, SUPER, pref.SERVICE_ADDRESS, world.live_houses[55], room="1")
    add_phones(world, SUPER, pref.CONTACT_PHONE, [("73472103103", "главный офис")])
    parent = Money(SUPER)
    for cid, title, mode, fee, plan in (
        (DEPENDENT, "Аптека № 1", 0, Decimal(2500), 8),
        (INDEPENDENT, "Склад (платит сам)", 1, Decimal(2500), 8),
        (SECOND_DEPENDENT, "Аптека № 2", 0, Decimal(400), 2),
    ):
        opened = start + timedelta(days=cid)
        add_contract(
            world,
            cid,
            opened,
            gr=1 << catalogue.FIRM_GROUP,
            fc=1,
            mode=0,
            pgid=pref.FIRM_GROUP,
            comment=f"ООО «Сеть аптек Ёлочка», {title}",
            scid=SUPER,
            sub_mode=mode,
        )
        add_text(world, cid, pref.FULL_NAME, title)
        add_address(world, cid, pref.SERVICE_ADDRESS, world.live_houses[cid])
        add_tariff(world, cid, plan, opened)
        add_status(world, cid, catalogue.ACTIVE, opened)
        world.rows.add(schema.contract_module, cid=cid, mid=catalogue.INET)
        own = Money(cid)
        own.accrue([Subscription(catalogue.SERVICE_INET, fee, opened)], world.history_start, world.today)
        if mode == 1:
            usual_payments(world.rows, own, fee, world.history_start, world.today, world.random, firm=True)
        else:
            own.pay(
                world.rows,
                day_before(world, 20),
                catalogue.CASH,
                Decimal("120.50"),
                comment="наличными на месте",
                user=2,
            )
            own.charge(world.rows, day_before(world, 19), catalogue.VISIT, Decimal(80), comment="вызов", user=2)
        own.write_accounts(world.rows)
        if mode == 1:
            own.write_balances(world.rows)
        else:
            parent.absorb(own)
    add_status(world, SUPER, catalogue.ACTIVE, start)
    world.rows.add(schema.contract_module, cid=SUPER, mid=catalogue.BILL)
    usual_payments(world.rows, parent, Decimal(2900), world.history_start, world.today, world.random, firm=True)
    parent.write_balances(world.rows, Decimal(500))


def _add_fates(world: World) -> None:
    """Contracts that are closed, hidden, suspended, empty, in debt, and not begun."""
    start = day_before(world, 700)
    closed_on = day_before(world, 40)
    _plain(world, CLOSED, start, "Прошлогодний Борис Борисович", date2=closed_on, status=catalogue.CLOSED)
    add_status(world, CLOSED, catalogue.ACTIVE, start, closed_on - timedelta(days=1))
    add_status(world, CLOSED, catalogue.CLOSED, closed_on, comment="переезд", user=catalogue.OPERATOR)
    _plain(world, HIDDEN, start, "Скрытый Семён Семёнович", **{"del": 1})
    add_status(world, HIDDEN, catalogue.ACTIVE, start)
    since = day_before(world, 12)
    _plain(world, SUSPENDED, start, "Отпускная Алёна Игоревна", status=catalogue.SUSPENDED, status_date=since)
    add_status(world, SUSPENDED, catalogue.ACTIVE, start, since - timedelta(days=1))
    add_status(world, SUSPENDED, catalogue.SUSPENDED, since, world.today + timedelta(days=18), "отпуск", user=2)
    add_contract(world, EMPTY, day_before(world, 3), comment="")
    _plain(
        world,
        DEBTOR,
        start,
        "Должников Пётр Кузьмич",
        gr=1 << catalogue.DEBTOR_GROUP,
        closesumma=Decimal(-500),
        status=catalogue.DISCONNECTED,
        status_date=day_before(world, 6),
    )
    add_status(world, DEBTOR, catalogue.ACTIVE, start, day_before(world, 7))
    add_status(world, DEBTOR, catalogue.DISCONNECTED, day_before(world, 6), comment="автоматически")
    money = Money(DEBTOR)
    money.accrue([Subscription(catalogue.SERVICE_INET, Decimal(550), start)], world.history_start, world.today)
    money.write_accounts(world.rows)
    money.write_balances(world.rows, Decimal(1200))
    world.rows.new(
        schema.contract_limit_manage,
        cid=DEBTOR,
        date1=day_before(world, 30),
        date2=day_before(world, 23),
        summ=Decimal(500),
        rest=Decimal(500),
        status=3,
        pids="",
        clp_id=0,
    )
    begins = month_end(world.today) + timedelta(days=1)
    _plain(world, FUTURE, begins, "Будущая Вера Надеждовна", status=catalogue.CONNECTING)
    add_status(world, FUTURE, catalogue.CONNECTING, begins)


def _plain(world: World, cid: int, start: date, name: str, **values: object) -> None:
    add_contract(world, cid, start, comment=name, **values)
    add_text(world, cid, pref.FULL_NAME, name)
    add_address(world, cid, pref.SERVICE_ADDRESS, world.live_houses[cid * 3], flat=str(cid % 40 + 1))
    add_phones(world, cid, pref.CONTACT_PHONE, [(f"7917{cid:07}", "")])
    add_tariff(world, cid, 3, start)
    world.rows.add(schema.contract_module, cid=cid, mid=catalogue.INET)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of a day."""
    return datetime.combine(day, time(hour, minute))


__all__ = [
    "CLOSED",
    "DEBTOR",
    "DEPENDENT",
    "EMPTY",
    "FIRM",
    "FIRST_ORDINARY",
    "FUTURE",
    "HIDDEN",
    "INDEPENDENT",
    "RICH",
    "SECOND_DEPENDENT",
    "SUPER",
    "SUSPENDED",
    "add_showcase",
    "at",
    "day_before",
    "month_start",
]
