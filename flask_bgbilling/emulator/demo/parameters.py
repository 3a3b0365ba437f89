"""Directories of contract parameters and objects: the ids that the rest of the demo data uses."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo.rows import Rows

TEXT, ADDRESS, EMAIL, PERSON, FLAG, DATE, LIST, REFERENCE, PHONE, SEPARATOR, MULTILIST = range(1, 12)
HISTORY, CUSTOMER_WRITES, CUSTOMER_READS, ALWAYS_VISIBLE = 1, 2, 4, 8

CONTACTS_HEADING: Final = 1
FULL_NAME: Final = 2
SERVICE_ADDRESS: Final = 3
CONTACT_PHONE: Final = 4
CONTACT_EMAIL: Final = 6
REGISTRATION_ADDRESS: Final = 7
PASSPORT: Final = 9
BIRTH_DATE: Final = 10
SOURCE: Final = 11
NEWSLETTER: Final = 12
CONNECTION_DATE: Final = 13
TAX_NUMBER: Final = 14
TAX_REASON_CODE: Final = 15
CONTACT_PERSON: Final = 16
CUSTOMER_ID: Final = 17
CATEGORY: Final = 18
EQUIPMENT: Final = 19
GUARANTOR: Final = 20
FITTER: Final = 21
FITTING_NOTE: Final = 22
ACCOUNTING_PHONE: Final = 23
ACCOUNTING_EMAIL: Final = 24
LEGAL_ADDRESS: Final = 25
PAPER_BILLS: Final = 26

PERSON_GROUP: Final = 1
FIRM_GROUP: Final = 2

PREFERENCES = (
    (CONTACTS_HEADING, SEPARATOR, "Контакты", 0),
    (FULL_NAME, TEXT, "Наименование / ФИО", HISTORY | ALWAYS_VISIBLE),
    (SERVICE_ADDRESS, ADDRESS, "Адрес подключения", HISTORY | ALWAYS_VISIBLE),
    (CONTACT_PHONE, PHONE, "Телефон", HISTORY | CUSTOMER_WRITES | CUSTOMER_READS),
    (CONTACT_EMAIL, EMAIL, "E-mail", HISTORY | CUSTOMER_WRITES | CUSTOMER_READS),
    (CONTACT_PERSON, TEXT, "Контактное лицо", HISTORY),
    (ACCOUNTING_PHONE, PHONE, "Телефон бухгалтерии", HISTORY),
    (ACCOUNTING_EMAIL, EMAIL, "E-mail бухгалтерии", HISTORY),
    (8, SEPARATOR, "Документы", 0),
    (PASSPORT, TEXT, "Паспорт", HISTORY),
    (BIRTH_DATE, DATE, "Дата рождения", HISTORY),
    (REGISTRATION_ADDRESS, ADDRESS, "Адрес регистрации", HISTORY),
    (TAX_NUMBER, TEXT, "ИНН", HISTORY),
    (TAX_REASON_CODE, TEXT, "КПП", HISTORY),
    (LEGAL_ADDRESS, ADDRESS, "Юридический адрес", HISTORY),
    (5, SEPARATOR, "Прочее", 0),
    (CONNECTION_DATE, DATE, "Дата подключения", HISTORY),
    (SOURCE, LIST, "Откуда узнали", HISTORY),
    (CATEGORY, LIST, "Категория абонента", HISTORY),
    (EQUIPMENT, MULTILIST, "Оборудование", HISTORY),
    (NEWSLETTER, FLAG, "Согласие на рассылку", HISTORY | CUSTOMER_WRITES),
    (PAPER_BILLS, FLAG, "Бумажные счета", 0),
    (GUARANTOR, REFERENCE, "Договор поручителя", HISTORY),
    (FITTER, PERSON, "Монтажник", 0),
    (FITTING_NOTE, TEXT, "Примечание для монтажника", 0),
    (CUSTOMER_ID, TEXT, "Код клиента в CRM", HISTORY),
)
"""Id, type, title and flags, in the order of the sort column."""

NOT_OF_PERSONS = frozenset((ACCOUNTING_PHONE, ACCOUNTING_EMAIL, TAX_NUMBER, TAX_REASON_CODE, LEGAL_ADDRESS))
NOT_OF_FIRMS = frozenset((PASSPORT, BIRTH_DATE, REGISTRATION_ADDRESS))

SOURCES = ("Реклама в подъезде", "Сайт", "Знакомые", "Обзвон", "Другой провайдер")
FIRST_SOURCE: Final = 101
CATEGORIES = ("Обычный", "Серебряный", "Золотой", "Сотрудник", "Должник")
FIRST_CATEGORY: Final = 111
EQUIPMENT_ITEMS = ("Роутер", "ТВ-приставка", "Медиаконвертер", "IP-телефон", "Камера")
FIRST_EQUIPMENT: Final = 121
FITTERS = ("Хасанов Р. Ф.", "Ёлкин П. С.", "Бригада № 3")

OBJECT_HOME, OBJECT_OFFICE, OBJECT_HIDDEN = 1, 2, 3
OBJECT_NOTE, OBJECT_ADDRESS, OBJECT_LINE, OBJECT_CHECKED, OBJECT_GUARDED = 1, 2, 3, 4, 5
OBJECT_LINES = ("Оптика", "Медь", "Радио")


def add_parameter_directories(rows: Rows, now: datetime) -> None:
    """Writes parameters, their groups, list values, and the directories of objects."""
    for sort, (number, kind, title, flags) in enumerate(PREFERENCES, start=1):
        rows.add(
            schema.contract_parameters_pref,
            id=number,
            pt=kind,
            title=title,
            sort=sort,
            script="",
            flags=flags,
            lm=now,
        )
    rows.add(schema.contract_parameter_group_name, id=PERSON_GROUP, title="Физическое лицо")
    rows.add(schema.contract_parameter_group_name, id=FIRM_GROUP, title="Юридическое лицо")
    for number, *_ in PREFERENCES:
        for group, excluded in ((PERSON_GROUP, NOT_OF_PERSONS), (FIRM_GROUP, NOT_OF_FIRMS)):
            if number not in excluded:
                rows.add(schema.contract_parameter_group, gid=group, pid=number)
    for table, pid, first, titles in (
        (schema.contract_parameter_type_7_values, SOURCE, FIRST_SOURCE, SOURCES),
        (schema.contract_parameter_type_7_values, CATEGORY, FIRST_CATEGORY, CATEGORIES),
        (schema.contract_parameter_type_multilist_values, EQUIPMENT, FIRST_EQUIPMENT, EQUIPMENT_ITEMS),
    ):
        for offset, title in enumerate(titles):
            rows.add(table, id=first + offset, pid=pid, title=title)
    for title in FITTERS:
        rows.new(schema.contract_parameter_type_4_directory, title=title)
    _add_object_directories(rows)


def _add_object_directories(rows: Rows) -> None:
    for number, title, macros, hidden in (
        (OBJECT_HOME, "Квартира", "Квартира ${number}", 0),
        (OBJECT_OFFICE, "Офис", "Офис ${number}", 0),
        (OBJECT_HIDDEN, "Точка (старый тип)", "", 1),
    ):
        rows.add(schema.object_type, id=number, title=title, name_macros=macros, comment="", is_hidden=hidden)
    for number, title, kind in (
        (OBJECT_NOTE, "Описание", 1),
        (OBJECT_LINE, "Тип линии", 2),
        (OBJECT_CHECKED, "Дата проверки", 3),
        (OBJECT_ADDRESS, "Адрес объекта", 4),
        (OBJECT_GUARDED, "Под охраной", 5),
    ):
        rows.add(schema.object_param, id=number, title=title, type=kind, comment="", flags=1)
        for object_type in (OBJECT_HOME, OBJECT_OFFICE):
            rows.add(schema.object_type_param, type_id=object_type, param_id=number, pos=number)
    for title in OBJECT_LINES:
        rows.new(schema.object_list_value, param_id=OBJECT_LINE, title=title)
    for object_type in (OBJECT_HOME, OBJECT_OFFICE):
        rows.add(schema.object_type_module, type_id=object_type, mid=1)
