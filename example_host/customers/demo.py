"""The customers of the demo: the parameters of the usual configuration, people whose contracts the billings have."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from example_host.customers.models import (
    CustomerRow,
    GroupParameterRow,
    GroupRow,
    ItemRow,
    ParameterRow,
    TitlePatternRow,
)
from example_host.customers.port import HostCustomers
from example_host.models import database
from flask_bgbilling.ports import CustomerAddress, CustomerEmail, CustomerPhone, CustomerValue

FIRM, PERSON = 1, 3
FIRM_TITLE = 1

SERVICE_ADDRESS, CELL_PHONE, EMAIL, NOTE = 12, 14, 15, 46
CODE_WORD, BIRTH_DATE, PASSPORT, PASSPORT_DATE, PASSPORT_ISSUER, REGISTRATION, CITY_PHONE = range(72, 79)
TAX_NUMBER, TAX_REASON_CODE, CONTACT_PERSON, BILL_DELIVERY, FIRM_NAME = 109, 110, 114, 115, 116

PARAMETERS = (
    (FIRM_NAME, "text", "Наименование организации", (FIRM,)),
    (TAX_NUMBER, "text", "ИНН", (FIRM, PERSON)),
    (TAX_REASON_CODE, "text", "КПП", (FIRM,)),
    (CONTACT_PERSON, "text", "Контактное лицо", (FIRM,)),
    (BIRTH_DATE, "date", "Дата рождения", (PERSON,)),
    (PASSPORT, "text", "Паспорт: серия и номер", (PERSON,)),
    (PASSPORT_DATE, "date", "Паспорт: дата выдачи", (PERSON,)),
    (PASSPORT_ISSUER, "text", "Паспорт: кем выдан", (PERSON,)),
    (CODE_WORD, "text", "Кодовая фраза", (FIRM, PERSON)),
    (CELL_PHONE, "phone", "Телефон сотовый", (FIRM, PERSON)),
    (CITY_PHONE, "phone", "Телефон городской", (FIRM, PERSON)),
    (EMAIL, "email", "E-mail", (FIRM, PERSON)),
    (SERVICE_ADDRESS, "address", "Адреса услуг", (FIRM, PERSON)),
    (REGISTRATION, "address", "Адрес прописки", (PERSON,)),
    (BILL_DELIVERY, "list", "Доставка счёта", (FIRM, PERSON)),
    (NOTE, "text", "Примечание", (FIRM, PERSON)),
)
BILL_DELIVERIES = {1: "Электронная почта", 2: "Почта России"}


@dataclass(frozen=True)
class DemoCustomer:
    """A customer and what is known of it."""

    title: str
    values: dict[int, CustomerValue] = field(default_factory=dict)
    group_id: int = PERSON
    title_pattern_id: int = -1


def person(title: str, phone: str, house: int, flat: str, **more: CustomerValue) -> DemoCustomer:
    """Somebody with a cell phone and a flat; further values by ``p<parameter id>``."""
    values: dict[int, CustomerValue] = {
        CELL_PHONE: (CustomerPhone(phone),),
        SERVICE_ADDRESS: (CustomerAddress(house, flat),),
        **{int(name[1:]): value for name, value in more.items()},
    }
    return DemoCustomer(title, values)


CUSTOMERS = (
    person(
        "Колесникова Ирина Дмитриевна | Колесникова И. Д.",
        "+7 916 123-45-67",
        13,
        "5",
        p73=date(1981, 2, 28),
        p74="8004 101101",
        p75=date(2004, 3, 12),
        p76="Кировским РУВД г. Уфы",
        p72="Ромашка",
        p15=(CustomerEmail("family101@example.ru", "Семья"),),
        p77=(CustomerAddress(103, "71", "2"),),
        p115=frozenset({1}),
    ),
    DemoCustomer(
        "ООО «Сеть аптек Ёлочка»",
        {
            FIRM_NAME: "ООО «Сеть аптек Ёлочка»",
            TAX_NUMBER: "0275103103",
            CITY_PHONE: (CustomerPhone("7 (347) 210-31-03", "главный офис"),),
            SERVICE_ADDRESS: (CustomerAddress(56, room="1"), CustomerAddress(105)),
            BILL_DELIVERY: frozenset({1, 2}),
        },
        FIRM,
        FIRM_TITLE,
    ),
    DemoCustomer(
        "АО «Терминал-М»",
        {
            FIRM_NAME: "АО «Терминал-М»",
            TAX_NUMBER: "0274101202",
            TAX_REASON_CODE: "027401001",
            CONTACT_PERSON: "Голубева Алина Александровна",
            CITY_PHONE: (CustomerPhone("73472501202", "офис"),),
            SERVICE_ADDRESS: (CustomerAddress(41, room="312"),),
        },
        FIRM,
        FIRM_TITLE,
    ),
    person("Прошлогодний Борис Борисович", "79170000107", 323, "28"),
    person("Отпускная Алёна Игоревна | Отпускная Алена", "79170000109", 329, "30", p73=date(1990, 5, 17)),
    person("Должников Пётр Кузьмич", "79170000111", 335, "32", p46="Просит звонить после шести вечера"),
    person("Будущая Вера Надеждовна", "79170000112", 338, "33"),
    person("Беляев Евгений Геннадьевич", "79160288571", 1016, "2"),
    person("Колесников Дмитрий Сергеевич", "79161234567", 13, "5"),
    person("Захарова Зинаида Артёмовна", "79370089393", 33, "29"),
    person("Денисова Людмила Алексеевна", "79370220922", 13, "5"),
    person("Абрамов Олег Анатольевич", "79039124474", 1153, "29"),
)


def fill_customers() -> None:
    """Adds parameters, groups, patterns and customers to an empty table; the caller commits."""
    if database.session.scalar(select(ParameterRow.id).limit(1)) is not None:
        return
    for number, title in ((PERSON, "Физическое лицо"), (FIRM, "Организация")):
        database.session.add(GroupRow(id=number, title=title))
    pattern = f"${{param_{FIRM_NAME}}}(, ИНН ${{param_{TAX_NUMBER}}})"
    database.session.add(TitlePatternRow(id=FIRM_TITLE, title="Организация с ИНН", pattern=pattern))
    for position, (number, kind, title, _) in enumerate(PARAMETERS):
        database.session.add(ParameterRow(id=number, type=kind, title=title, position=position))
    database.session.flush()
    for number, _, _, groups in PARAMETERS:
        database.session.add_all(GroupParameterRow(group_id=group, parameter_id=number) for group in groups)
    database.session.add_all(
        ItemRow(parameter_id=BILL_DELIVERY, id=number, title=title) for number, title in BILL_DELIVERIES.items()
    )
    database.session.flush()
    customers = HostCustomers()
    if database.session.scalar(select(CustomerRow.id).limit(1)) is None:
        for one in CUSTOMERS:
            made = customers.create(one.title, group_id=one.group_id, title_pattern_id=one.title_pattern_id)
            for number, value in one.values.items():
                customers.set_value(made.id, number, value)
