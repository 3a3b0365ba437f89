"""Ordinary demo contracts: people and firms with parameters, tariffs, a year of money, notes, statuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo import parameters as pref
from flask_bgbilling.emulator.demo.addresses import House
from flask_bgbilling.emulator.demo.calendar import month_start, working_time
from flask_bgbilling.emulator.demo.money import Money, Subscription, usual_payments
from flask_bgbilling.emulator.demo.people import firm, mail_address, mobile, person
from flask_bgbilling.emulator.demo.providers import Provider
from flask_bgbilling.emulator.demo.rows import Rows

HISTORY_MONTHS = 13
BRIEF_MONTHS = 3
NOTES = (
    ("Звонок", "Просил перезвонить после 18:00"),
    ("Жалоба", "Низкая скорость по вечерам, порт проверен"),
    ("Выезд", "Мастер заменил коннектор"),
    ("Оплата", "Обещал оплатить до конца недели"),
    ("Оборудование", "Роутер выдан во временное пользование"),
)


@dataclass(slots=True)
class World:
    """What all demo contracts of one billing share."""

    rows: Rows
    provider: Provider
    houses: list[House]
    random: Random
    now: datetime
    live_houses: list[House] = field(init=False)

    def __post_init__(self) -> None:
        self.live_houses = [house for house in self.houses if house.number]

    @property
    def today(self) -> date:
        """The day the data is made for."""
        return self.now.date()

    @property
    def history_start(self) -> date:
        """The first day whose money is written."""
        return month_start(self.today, HISTORY_MONTHS - 1)


def add_contract(world: World, cid: int, start: date, **values: Any) -> str:
    """Writes the row of a contract; returns its number. ``values`` replace the columns' usual values."""
    title = str(values.pop("title", "") or world.provider.number(cid, start))
    columns: dict[str, Any] = {
        "id": cid,
        "gr": 0,
        "title": title,
        "title_pattern_id": 0,
        "pswd": f"pw{cid * 7919 % 1000000:06}",
        "date1": start,
        "date2": None,
        "mode": 1,
        "closesumma": Decimal(0),
        "pgid": pref.PERSON_GROUP,
        "pfid": 1,
        "fc": 0,
        "comment": "",
        "del": 0,
        "scid": 0,
        "sub_list": "",
        "sub_mode": 0,
        "status": catalogue.ACTIVE,
        "status_date": start,
        "last_tariff_change": None,
        "crm_customer_id": 0,
        "domainId": 1,
    }
    columns.update(values)
    world.rows.add(schema.contract, **columns)
    for group, *_ in catalogue.GROUPS:
        if columns["gr"] >> group & 1:
            world.rows.add(schema.contract_label_link, contract_id=cid, label_id=catalogue.LABEL_OF_GROUP + group)
    return title


def add_text(world: World, cid: int, pid: int, value: str) -> None:
    """A text parameter."""
    world.rows.add(schema.contract_parameter_type_1, cid=cid, pid=pid, val=value)


def add_address(
    world: World,
    cid: int,
    pid: int,
    house: House,
    *,
    flat: str = "",
    room: str = "",
    entrance: int | None = None,
    floor: int | None = None,
    comment: str = "",
) -> str:
    """An address parameter; returns its ready text."""
    text = house.text(flat, room, entrance, floor)
    world.rows.add(
        schema.contract_parameter_type_2,
        cid=cid,
        pid=pid,
        hid=house.id,
        flat=flat,
        room=room,
        pod=entrance,
        floor=floor,
        address=text,
        comment=comment,
        format_key="",
    )
    return text


def add_emails(world: World, cid: int, pid: int, lines: list[str]) -> None:
    """An e-mail parameter, one line per address."""
    world.rows.new(schema.contract_parameter_type_3, cid=cid, pid=pid, email="\n".join(lines))


def add_phones(world: World, cid: int, pid: int, phones: list[tuple[str, str]]) -> None:
    """A phone parameter: numbers of digits with comments."""
    ready = ";".join(f"{number}[{comment}]" for number, comment in phones)
    world.rows.add(schema.contract_parameter_type_phone, pid=pid, cid=cid, value=ready[:255])
    for n, (number, comment) in enumerate(phones, start=1):
        world.rows.add(
            schema.contract_parameter_type_phone_item,
            pid=pid,
            cid=cid,
            n=n,
            phone=number,
            format="13",
            comment=comment,
        )


def add_tariff(world: World, cid: int, plan: int, start: date, end: date | None = None, **values: Any) -> int:
    """A tariff plan of a contract; returns the id of the record."""
    columns = {"comment": "", "pos": 0, "emid": 0, "eid": 0, "replaced_from": 0, **values}
    return world.rows.new(schema.contract_tariff, cid=cid, tpid=plan, date1=start, date2=end, lm=world.now, **columns)


def add_status(
    world: World,
    cid: int,
    status: int,
    start: date,
    end: date | None = None,
    comment: str = "",
    *,
    user: int = 0,
    logged: datetime | None = None,
) -> None:
    """A period of a status with its line in the log."""
    common = {"cid": cid, "status": status, "date1": start, "date2": end, "comment": comment, "uid": user}
    world.rows.new(schema.contract_status, **common)
    moment = logged or datetime(start.year, start.month, start.day, 10, 15)
    world.rows.new(schema.contract_status_log, date=moment, **common)


def add_note(
    world: World, cid: int, subject: str, text: str, moment: datetime, *, user: int, visible: bool = False
) -> None:
    """A note."""
    world.rows.new(
        schema.contract_comment,
        cid=cid,
        uid=user,
        subject=subject,
        comment=text,
        dt=moment,
        visibled=int(visible),
    )


def add_ordinary(world: World, cid: int, *, brief: bool) -> None:
    """One ordinary contract; a ``brief`` one has only the recent months and no notes."""
    random = world.random
    is_firm = random.random() < 0.12
    start = world.today - timedelta(days=random.randint(20, 2200))
    fate = random.random()
    closed_on = world.today - timedelta(days=random.randint(5, 300)) if fate < 0.08 else None
    if closed_on is not None and closed_on <= start:
        closed_on = start + timedelta(days=5)
    suspended = 0.08 <= fate < 0.13
    groups = 1 << catalogue.FIRM_GROUP if is_firm else 0
    if random.random() < 0.1:
        groups |= 1 << random.choice((catalogue.VIP_GROUP, catalogue.PRIVATE_GROUP, 62))
    if random.random() < 0.02:
        groups |= 1 << catalogue.STAFF_GROUP
    comment = _add_firm(world, cid, start) if is_firm else _add_person(world, cid, start)
    plan = catalogue.PLAN[random.choice(catalogue.FIRM_PLANS if is_firm else catalogue.PERSON_PLANS)]
    subscriptions = [Subscription(plan.service, plan.fee, start, closed_on)]
    add_tariff(world, cid, plan.id, start, closed_on)
    modules = [catalogue.INET, catalogue.NPAY]
    if random.random() < 0.35:
        extra = catalogue.PLAN[10]
        subscriptions.append(Subscription(extra.service, extra.fee, start, closed_on))
        add_tariff(world, cid, extra.id, start, closed_on, pos=1)
        modules.append(catalogue.TV)
    for module in modules:
        world.rows.add(schema.contract_module, cid=cid, mid=module)
    status, since = catalogue.ACTIVE, start
    if closed_on is not None:
        status, since = catalogue.CLOSED, closed_on
    elif suspended:
        status, since = catalogue.SUSPENDED, max(start, world.today - timedelta(days=random.randint(1, 60)))
    _add_usual_statuses(world, cid, start, status, since)
    add_contract(
        world,
        cid,
        start,
        gr=groups,
        mode=0 if is_firm else 1,
        closesumma=Decimal(-plan.fee if is_firm else 0),
        pgid=pref.FIRM_GROUP if is_firm else pref.PERSON_GROUP,
        fc=int(is_firm),
        comment=comment,
        date2=closed_on,
        status=status,
        status_date=since,
        domainId=2 if random.random() < 0.15 else 1,
        **{"del": int(random.random() < 0.02)},
    )
    first = max(start, month_start(world.today, BRIEF_MONTHS - 1) if brief else world.history_start)
    _add_usual_money(world, cid, subscriptions, first, closed_on, is_firm=is_firm)
    if not brief:
        for _ in range(random.choice((0, 0, 1, 2))):
            subject, text = random.choice(NOTES)
            moment = working_time(world.today - timedelta(days=random.randint(1, 300)), random)
            add_note(world, cid, subject, text, moment, user=random.choice((2, 2, 3)))


def _add_usual_money(
    world: World,
    cid: int,
    subscriptions: list[Subscription],
    first: date,
    closed_on: date | None,
    *,
    is_firm: bool,
) -> None:
    random = world.random
    last = min(world.today, closed_on or world.today)
    money = Money(cid)
    money.accrue(subscriptions, first, last)
    fee = sum((subscription.fee for subscription in subscriptions), Decimal(0))
    usual_payments(world.rows, money, fee, first, last, random, firm=is_firm)
    if random.random() < 0.15 and first <= last:
        day = first + timedelta(days=random.randint(0, (last - first).days))
        money.charge(world.rows, day, random.choice((21, 22, 23)), Decimal(random.choice((300, 500, 1200))))
    money.write_accounts(world.rows)
    money.write_balances(world.rows, Decimal(random.choice((0, 0, 50, -150, 320))))


def _add_usual_statuses(world: World, cid: int, start: date, status: int, since: date) -> None:
    if status == catalogue.ACTIVE:
        add_status(world, cid, catalogue.ACTIVE, start)
        return
    if since > start:
        add_status(world, cid, catalogue.ACTIVE, start, since - timedelta(days=1))
    add_status(world, cid, status, since, user=catalogue.OPERATOR)


def _add_person(world: World, cid: int, start: date) -> str:
    """Parameters of a person; returns the comment of the contract."""
    random = world.random
    who = person(random)
    add_text(world, cid, pref.FULL_NAME, who.full_name)
    house = random.choice(world.live_houses)
    flat = str(random.randint(1, house.flats)) if house.flats else ""
    entrance = random.randint(1, 6) if house.flats and random.random() < 0.6 else None
    floor = random.randint(1, 9) if house.flats and random.random() < 0.6 else None
    add_address(world, cid, pref.SERVICE_ADDRESS, house, flat=flat, entrance=entrance, floor=floor)
    phones = [(mobile(random), "")]
    if random.random() < 0.25:
        phones.append((mobile(random), random.choice(("жена", "муж", "рабочий", "дочь"))))
    add_phones(world, cid, pref.CONTACT_PHONE, phones)
    if random.random() < 0.5:
        add_emails(world, cid, pref.CONTACT_EMAIL, [mail_address(who, random)])
    if random.random() < 0.6:
        born = date(random.randint(1945, 2004), random.randint(1, 12), random.randint(1, 28))
        world.rows.add(schema.contract_parameter_type_6, cid=cid, pid=pref.BIRTH_DATE, val=born)
    source = pref.FIRST_SOURCE + random.randrange(len(pref.SOURCES))
    world.rows.add(schema.contract_parameter_type_7, cid=cid, pid=pref.SOURCE, val=source, custom_value=None)
    world.rows.add(schema.contract_parameter_type_6, cid=cid, pid=pref.CONNECTION_DATE, val=start)
    return who.full_name


def _add_firm(world: World, cid: int, start: date) -> str:
    """Parameters of a firm; returns the comment of the contract."""
    random = world.random
    name = firm(random)
    add_text(world, cid, pref.FULL_NAME, name)
    add_text(world, cid, pref.TAX_NUMBER, f"02{random.randint(10_000_000, 99_999_999)}")
    contact = person(random)
    add_text(world, cid, pref.CONTACT_PERSON, contact.full_name)
    house = random.choice(world.live_houses)
    room = str(random.randint(101, 520)) if random.random() < 0.5 else ""
    add_address(world, cid, pref.SERVICE_ADDRESS, house, room=room)
    add_phones(world, cid, pref.CONTACT_PHONE, [(mobile(random), contact.short_name)])
    add_emails(world, cid, pref.ACCOUNTING_EMAIL, [f"Бухгалтерия <{mail_address(contact, random)}>"])
    world.rows.add(schema.contract_parameter_type_5, cid=cid, pid=pref.PAPER_BILLS, val=1)
    world.rows.add(schema.contract_parameter_type_6, cid=cid, pid=pref.CONNECTION_DATE, val=start)
    return name
