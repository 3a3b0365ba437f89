"""Contract 101: a person of whom every table of the billing knows something."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo import parameters as pref
from flask_bgbilling.emulator.demo.calendar import month_start
from flask_bgbilling.emulator.demo.contracts import (
    World,
    add_address,
    add_contract,
    add_emails,
    add_note,
    add_phones,
    add_status,
    add_tariff,
    add_text,
)
from flask_bgbilling.emulator.demo.people import mail_address, mobile, person
from flask_bgbilling.emulator.demo.rich_money import add_rich_money
from flask_bgbilling.emulator.demo.showcase import FIRM, RICH, at, day_before

HOUSE = 12


def add_rich(world: World) -> None:
    """Writes contract 101."""
    start = date(world.today.year - 2, 1, 15)
    who = person(world.random)
    add_contract(
        world,
        RICH,
        start,
        gr=1 << catalogue.INTERNAL_GROUP | 1 << catalogue.VIP_GROUP | 1 << 62,
        title_pattern_id=1,
        closesumma=Decimal(-100),
        comment=who.full_name,
        last_tariff_change=at(month_start(world.today, 4), 0),
        crm_customer_id=0,
    )
    for label in (201, 202):
        world.rows.add(schema.contract_label_link, contract_id=RICH, label_id=label)
    _add_parameters(world, who.full_name, mail_address(who, world.random), start)
    _add_objects(world, start)
    charge = add_rich_money(world, start)
    _add_tariffs(world, start, charge)
    _add_statuses(world, start)
    _add_limits(world)
    _add_notes_and_scripts(world)
    _add_journals(world, start)
    _add_cabinet(world)


def _add_parameters(world: World, name: str, mail: str, start: date) -> None:
    rows, random = world.rows, world.random
    house = world.live_houses[HOUSE]
    add_text(world, RICH, pref.FULL_NAME, name)
    add_text(world, RICH, pref.PASSPORT, "8004 101101, выдан 12.03.2004 Кировским РУВД г. Уфы")
    add_text(world, RICH, pref.TAX_NUMBER, "027412345678")
    add_text(world, RICH, pref.TAX_REASON_CODE, "")
    add_text(world, RICH, pref.CONTACT_PERSON, "Соседка, тётя Зоя")
    add_text(world, RICH, pref.FITTING_NOTE, "Звонить за час.\nСобака во дворе, не кусает.")
    add_text(world, RICH, pref.CUSTOMER_ID, "")
    address = add_address(world, RICH, pref.SERVICE_ADDRESS, house, flat="5", entrance=2, floor=3, comment="домофон 5")
    add_address(world, RICH, pref.REGISTRATION_ADDRESS, world.live_houses[HOUSE + 90], flat="71", room="2")
    add_address(world, RICH, pref.LEGAL_ADDRESS, world.live_houses[HOUSE + 200])
    phones = [("79161234567", "основной"), (mobile(random), "жена [только вечером]"), ("73472501101", "")]
    add_phones(world, RICH, pref.CONTACT_PHONE, phones)
    add_phones(world, RICH, pref.ACCOUNTING_PHONE, [("73472501100", "доб. 101")])
    add_emails(world, RICH, pref.CONTACT_EMAIL, [f"{name} <{mail}>", "family101@example.ru"])
    add_emails(world, RICH, pref.ACCOUNTING_EMAIL, ["buh101@example.ru"])
    rows.add(schema.contract_parameter_type_3_mail, mailid=1, eid=1)
    for pid, flag in ((pref.NEWSLETTER, 1), (pref.PAPER_BILLS, 0)):
        rows.add(schema.contract_parameter_type_5, cid=RICH, pid=pid, val=flag)
    for pid, day in ((pref.BIRTH_DATE, date(1981, 2, 28)), (pref.CONNECTION_DATE, start)):
        rows.add(schema.contract_parameter_type_6, cid=RICH, pid=pid, val=day)
    for pid, value in ((pref.SOURCE, pref.FIRST_SOURCE + 2), (pref.CATEGORY, pref.FIRST_CATEGORY + 2)):
        rows.add(schema.contract_parameter_type_7, cid=RICH, pid=pid, val=value, custom_value=None)
    rows.add(schema.contract_parameter_type_8, cid=RICH, pid=pref.GUARANTOR, val=FIRM)
    rows.add(schema.contract_parameter_type_4, cid=RICH, pid=pref.FITTER, val1=pref.SERVICE_ADDRESS, val2=2)
    chosen = (0, 1)
    rows.add(
        schema.contract_parameter_type_multilist,
        cid=RICH,
        pid=pref.EQUIPMENT,
        val=", ".join(pref.EQUIPMENT_ITEMS[item] for item in chosen),
    )
    for item in chosen:
        rows.add(
            schema.contract_parameter_type_multilist_item,
            cid=RICH,
            pid=pref.EQUIPMENT,
            val=pref.FIRST_EQUIPMENT + item,
            custom_value="",
        )
    _add_parameter_history(world, name, address, mail, start)


def _add_parameter_history(world: World, name: str, address: str, mail: str, start: date) -> None:
    def logged(table: str, pid: int, days: int, user: int, **values: object) -> None:
        world.rows.add(
            schema.METADATA.tables[f"contract_parameter_type_{table}_log"],
            cid=RICH,
            pid=pid,
            **values,
            dt_change=at(start + timedelta(days=days), 11, pid),
            user_id=user,
        )

    logged("1", pref.FULL_NAME, 0, 2, val=name.rsplit(" ", 1)[0])
    logged("1", pref.FULL_NAME, 30, 3, val=name)
    logged("2", pref.SERVICE_ADDRESS, 0, 2, val=address)
    logged("3", pref.CONTACT_EMAIL, 5, 2, val=f"{name} <{mail}>")
    logged("3", pref.CONTACT_EMAIL, 90, 2, val=f"{name} <{mail}>\nfamily101@example.ru")
    logged("5", pref.NEWSLETTER, 1, 0, val=1)
    logged("6", pref.BIRTH_DATE, 0, 2, val=date(1981, 2, 27))
    logged("6", pref.BIRTH_DATE, 1, 2, val=date(1981, 2, 28))
    logged("7", pref.SOURCE, 0, 2, val=pref.FIRST_SOURCE + 2, title=pref.SOURCES[2])
    logged("8", pref.GUARANTOR, 60, 3, val=FIRM)
    logged("phone", pref.CONTACT_PHONE, 0, 2, val="79161234567[основной]", data="79161234567")
    logged("multilist", pref.EQUIPMENT, 3, 2, val=pref.EQUIPMENT_ITEMS[0])


def _add_objects(world: World, start: date) -> None:
    rows = world.rows
    house = world.live_houses[HOUSE]
    for number, kind, title, end in (
        (1, pref.OBJECT_HOME, "Квартира 5", None),
        (2, pref.OBJECT_OFFICE, "Гараж-мастерская", day_before(world, 100)),
    ):
        rows.add(
            schema.contract_object,
            id=number,
            cid=RICH,
            title=title,
            type_id=kind,
            date1=start,
            date2=end,
            pos=number,
        )
    key = {"object_id": 1}
    rows.add(schema.object_param_value_text, **key, param_id=pref.OBJECT_NOTE, value="Кабель в нише слева")
    rows.add(schema.object_param_value_list, **key, param_id=pref.OBJECT_LINE, value=1)
    rows.add(schema.object_param_value_date, **key, param_id=pref.OBJECT_CHECKED, value=day_before(world, 33))
    rows.add(schema.object_param_value_flag, **key, param_id=pref.OBJECT_GUARDED, value=1)
    rows.add(
        schema.object_param_value_address,
        **key,
        param_id=pref.OBJECT_ADDRESS,
        hid=house.id,
        flat="5",
        room="",
        pod=2,
        floor=3,
        address=house.text("5", "", 2, 3),
        comment="",
        format_key="",
    )
    rows.add(schema.object_param_value_text, object_id=2, param_id=pref.OBJECT_NOTE, value="Вход с торца")
    rows.new(
        schema.object_param_value_text_log,
        **key,
        param_id=pref.OBJECT_NOTE,
        value="Кабель в нише слева",
        dt_change=at(start, 12),
        user_id=2,
    )
    rows.new(
        schema.object_module_usage,
        object_id=1,
        mid=catalogue.INET,
        data="u101@home, порт 12",
        date1=start,
        date2=None,
        comment="",
    )


def _add_tariffs(world: World, start: date, option_charge: int) -> None:
    rows = world.rows
    changed = month_start(world.today, 14)
    current = month_start(world.today, 4)
    first = add_tariff(world, RICH, 1, start, changed - timedelta(days=1))
    second = add_tariff(world, RICH, 2, changed, current - timedelta(days=1), replaced_from=first)
    add_tariff(world, RICH, 3, current, comment="по акции", replaced_from=second)
    add_tariff(world, RICH, 10, changed, pos=1)
    add_tariff(world, RICH, 14, start, day_before(world, 50), pos=2, comment="роутер вернули")
    rows.new(
        schema.contract_tree_link,
        cid=RICH,
        tree_id=5001,
        title="Личная скидка (−50 р.)",
        title_web="Личная скидка",
        use_title_in_web=1,
        date1=current,
        date2=None,
        pos=0,
        config="",
    )
    rows.new(
        schema.contract_tree_link,
        cid=RICH,
        tree_id=5002,
        title="Бесплатный месяц",
        title_web="",
        use_title_in_web=0,
        date1=start,
        date2=start + timedelta(days=30),
        pos=1,
        config="",
    )
    rows.new(schema.contract_tariff_group, cid=RICH, gid=1, date1=start, date2=None, comment="")
    rows.new(
        schema.contract_tariff_group,
        cid=RICH,
        gid=2,
        date1=start,
        date2=day_before(world, 200),
        comment="по ошибке",
    )
    activated = at(day_before(world, 45), 19, 30)
    for option, mode, begins, ends, charge, cost, user in (
        (1, 1, activated, activated + timedelta(days=1), option_charge, Decimal(50), 0),
        (2, 3, at(changed, 9), None, 0, Decimal(100), catalogue.OPERATOR),
        (3, 4, at(current, 9), at(world.today + timedelta(days=25), 9), 0, Decimal(79), -1),
    ):
        rows.new(
            schema.contract_tariff_option,
            uid=user,
            cid=RICH,
            option_id=option,
            time_from=begins,
            time_to=ends,
            charge_id=charge,
            summa=cost,
            activated_mode=mode,
            activated_time=begins,
            deactivated_time=ends if ends and ends <= world.now else None,
        )
    for module in (catalogue.INET, catalogue.NPAY, catalogue.RSCM, catalogue.TV, catalogue.CARD):
        rows.add(schema.contract_module, cid=RICH, mid=module)
    for service in (catalogue.SERVICE_INET, catalogue.SERVICE_TV):
        rows.new(schema.contract_service, cid=RICH, sid=service, date1=start, date2=None, comment="", lm=world.now)
    rows.new(schema.contract_module_config, cid=RICH, mid=catalogue.INET, key="session.limit", value="3")


def _add_statuses(world: World, start: date) -> None:
    pause, back = day_before(world, 250), day_before(world, 236)
    vacation = world.today + timedelta(days=30)
    add_status(world, RICH, catalogue.CONNECTING, start, start + timedelta(days=1), user=catalogue.OPERATOR)
    add_status(world, RICH, catalogue.ACTIVE, start + timedelta(days=2), pause - timedelta(days=1), "подключён")
    add_status(
        world,
        RICH,
        catalogue.SUSPENDED,
        pause,
        back - timedelta(days=1),
        "отпуск",
        user=catalogue.OPERATOR,
        logged=at(day_before(world, 255), 17, 45),
    )
    add_status(world, RICH, catalogue.ACTIVE, back, vacation - timedelta(days=1))
    planned = at(day_before(world, 2), 14, 20)
    add_status(
        world,
        RICH,
        catalogue.SUSPENDED,
        vacation,
        vacation + timedelta(days=13),
        "по заявлению",
        user=catalogue.OPERATOR,
        logged=planned,
    )
    for state, days in ((1, 0), (3, 60), (2, 280)):
        world.rows.new(
            schema.contract_status_task,
            cid=RICH,
            state=state,
            create_time=planned - timedelta(days=days),
            create_uid=catalogue.OPERATOR,
            status=catalogue.SUSPENDED,
            date1=vacation - timedelta(days=days),
            date2=vacation + timedelta(days=13 - days),
            comment="по заявлению",
        )


def _add_limits(world: World) -> None:
    rows = world.rows
    for days_ago, user, value, comment, days in (
        (600, catalogue.OPERATOR, Decimal(0), "при подключении", 0),
        (200, catalogue.OPERATOR, Decimal(-300), "обещанный платёж", 3),
        (197, 0, Decimal(0), "возврат лимита", 0),
        (60, catalogue.ACCOUNTANT, Decimal(-100), "постоянный клиент", 0),
        (1, catalogue.OPERATOR, Decimal("-100.00"), "обещанный платёж", 5),
    ):
        rows.new(
            schema.log_contract_limit,
            cid=RICH,
            dt=at(day_before(world, days_ago), 12, 7),
            uid=user,
            nvalue=value,
            comment=comment,
            days=days,
        )
    for day, value, status in (
        (day_before(world, 197), Decimal(0), "off"),
        (day_before(world, 100), Decimal(-50), "cancel"),
        (world.today + timedelta(days=4), Decimal(0), "on"),
    ):
        rows.new(
            schema.contract_limit_period,
            cid=RICH,
            uid=catalogue.OPERATOR,
            dt=day,
            value=value,
            status=status,
        )
    rows.new(
        schema.contract_limit_manage,
        cid=RICH,
        date1=day_before(world, 200),
        date2=day_before(world, 197),
        summ=Decimal(300),
        rest=Decimal(0),
        status=2,
        pids="",
        clp_id=1,
    )


def _add_notes_and_scripts(world: World) -> None:
    notes = (
        ("Подключение", "Кабель заведён через чердак.\nКлюч у консьержа.", 640, 2, False),
        ("Звонок", "Спрашивал про гигабит, перезвонить весной", 210, 3, False),
        ("Памятка абоненту", "Пароль от Wi-Fi на наклейке роутера", 90, 2, True),
    )
    for subject, text, days, user, visible in notes:
        add_note(world, RICH, subject, text, at(day_before(world, days), 15, 30), user=user, visible=visible)
    rows = world.rows
    for kind, comment, begins, ends in (
        (1, "с третьего года", day_before(world, 300), None),
        (3, "", day_before(world, 100), world.today + timedelta(days=100)),
        (2, "старый", day_before(world, 600), day_before(world, 301)),
    ):
        rows.new(schema.contract_script, cid=RICH, script_id=kind, comment=comment, date1=begins, date2=ends)
    for days in range(0, 60, 2):
        rows.new(
            schema.contract_script_log,
            cid=RICH,
            dt=at(day_before(world, days), 0, 10) if days else world.now,
            title="Скидка постоянного клиента" if days % 4 else "Проверка задолженности",
            data=f"Начало расчёта\\u000AСкидка {days % 7} р.\\u000AГотово",
        )


def _add_journals(world: World, start: date) -> None:
    for table, values in ((schema.log_contract_fc, (1, 0)), (schema.log_contract_mode, (0, 1))):
        for number, value in enumerate(values):
            world.rows.new(table, cid=RICH, dt=at(start + timedelta(days=number), 10, 1), uid=2, value=value)
    for user, cid, minutes in ((1, RICH, 5), (1, FIRM, 65), (2, RICH, 300)):
        world.rows.add(
            schema.contract_open_history, uid=user, cid=cid, last_open=world.now - timedelta(minutes=minutes)
        )


def _add_cabinet(world: World) -> None:
    rows = world.rows
    moments: list[datetime] = [at(day_before(world, days), 20, 15) for days in range(1, 30, 3)]
    for number, moment in enumerate(moments):
        rows.new(
            schema.contract_logon_ok,
            cid=RICH,
            dt=moment,
            ip="192.0.2.101",
            password_type="contract",  # noqa: S106  how the customer signed in, no password
            session_id=f"{number:08X}",
        )
    rows.new(
        schema.contract_logon_error,
        cid=RICH,
        dt=at(day_before(world, 4), 20, 14),
        ip="192.0.2.101",
        login=world.provider.number(RICH, date(world.today.year - 2, 1, 15)),
        error_code=2,
    )
    rows.add(schema.contract_logon_last, cid=RICH, dt=moments[0], ip="192.0.2.101", counter=len(moments))
    rows.add(schema.web_request_limit, cid=RICH, mode=3, limit=500, count=17)
    rows.new(
        schema.contract_notification,
        contract_id=RICH,
        title="Плановые работы",
        message="Ночью возможны перерывы связи",
        dt=at(day_before(world, 9), 10),
        read=1,
    )
