"""Mailing contacts, fiscal registrators, and HelpDesk conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo import parameters as pref
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.showcase import DEBTOR, FIRM, RICH
from flask_bgbilling.emulator.model.helpdesk import CLIENT, UPLOAD_HANDLER
from flask_bgbilling.emulator.schema.modules_plugins import (
    cashcheck_registrator,
    cashcheck_user_registrator,
    dispatch_contact,
    dispatch_contact_type,
    helpdesk_message,
    helpdesk_status,
    helpdesk_topic,
)

STATUSES = ((1, "Новое"), (2, "В работе"), (3, "Ждём клиента"), (4, "Неисправность"))
FIRST_TOPIC, FIRST_MESSAGE, FIRST_FILE = 201, 301, 7


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: hours before now, author (0 the client), whether it was read, text, a file."""

    hours: int
    author: int
    read: bool
    text: str
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """One topic with its messages."""

    cid: int
    subject: str
    comm: str
    status: int
    curator: int
    letters: tuple[Letter, ...]
    cost: Decimal = Decimal(0)
    autoclose: bool = False
    closed: bool = False


LOG = b"1. port 12 down\n2. port 12 up\n"
CONVERSATIONS = (
    Conversation(
        RICH,
        "Нет связи по вечерам",
        "E-mail: family101@example.ru",
        4,
        catalogue.OPERATOR,
        (
            Letter(52, CLIENT, True, "Здравствуйте!\nПо вечерам пропадает связь.\n\nС уважением", ("журнал.txt", LOG)),
            Letter(50, catalogue.OPERATOR, True, "Проверяем порт, ответим сегодня."),
            Letter(27, catalogue.OPERATOR, False, "Заменили патч-корд. Понаблюдайте, пожалуйста."),
            Letter(3, CLIENT, False, "Стало лучше, но вчера в 21:30 снова <обрыв> & перезагрузка."),
        ),
        cost=Decimal("12.50"),
        autoclose=True,
    ),
    Conversation(
        FIRM,
        "Закрывающие документы за квартал",
        "Телефон: +7 (347) 250-12-02",
        1,
        0,
        (Letter(8, CLIENT, False, "Просим прислать акты за квартал."),),
    ),
    Conversation(
        RICH,
        "Смена тарифа",
        "E-mail: family101@example.ru",
        2,
        catalogue.ADMIN,
        (
            Letter(900, CLIENT, True, "Хочу тариф быстрее"),
            Letter(890, catalogue.ADMIN, True, "Тариф изменён со следующего месяца."),
        ),
        closed=True,
    ),
    Conversation(
        DEBTOR,
        "Обещанный платёж",
        "",
        3,
        catalogue.ACCOUNTANT,
        (
            Letter(31, CLIENT, True, "Можно подключить до пятницы?"),
            Letter(30, catalogue.ACCOUNTANT, True, "", ("условия.pdf", b"%PDF-1.4 demo")),
        ),
    ),
)


def add_plugins(world: World) -> None:
    """Writes the data of the plugins."""
    _add_dispatch(world)
    rows = world.rows
    for number, title in ((1, "Касса на Ленина, 10"), (2, "Выездная касса")):
        rows.add(cashcheck_registrator, id=number, title=title, password="30")  # noqa: S106
    rows.add(cashcheck_user_registrator, uid=catalogue.ACCOUNTANT, registrator_id=1)
    for number, title in STATUSES:
        rows.add(helpdesk_status, id=number, title=title)
    message, file = FIRST_MESSAGE, FIRST_FILE
    for topic, conversation in enumerate(CONVERSATIONS, FIRST_TOPIC):
        _add_topic(world, topic, conversation)
        for letter in conversation.letters:
            _add_letter(world, topic, message, letter)
            if letter.file is not None:
                _add_file(world, file, message, letter)
                file += 1
            message += 1


def _add_dispatch(world: World) -> None:
    for number, title, pattern, parameter in (
        (1, "E-mail", r"\S+@\S+", pref.CONTACT_EMAIL),
        (2, "SMS", r"7\d{10}", pref.CONTACT_PHONE),
        (3, "Telegram", r"@\w+", 0),
    ):
        world.rows.add(dispatch_contact_type, id=number, title=title, pattern=pattern, description="", pid=parameter)
    for number, cid, kind, value in ((7, RICH, 1, "news101@example.ru"), (8, RICH, 3, "@rich101"), (9, FIRM, 2, "")):
        world.rows.add(dispatch_contact, id=number, contract_id=cid, type_id=kind, value=value)


def _sent(world: World, letter: Letter) -> datetime:
    return (world.now - timedelta(hours=letter.hours)).replace(second=5)


def _add_topic(world: World, number: int, conversation: Conversation) -> None:
    first, last = conversation.letters[0], conversation.letters[-1]
    world.rows.add(
        helpdesk_topic,
        id=number,
        cid=conversation.cid,
        subject=conversation.subject,
        comm=conversation.comm,
        date=_sent(world, first),
        status_id=conversation.status,
        user_id=conversation.curator,
        cost=conversation.cost,
        autoclose=int(conversation.autoclose),
        closed=int(conversation.closed),
        date_close=_sent(world, last) + timedelta(hours=1) if conversation.closed else None,
    )


def _add_letter(world: World, topic: int, number: int, letter: Letter) -> None:
    reader = catalogue.OPERATOR if letter.author == CLIENT else CLIENT
    world.rows.add(
        helpdesk_message,
        id=number,
        topic_id=topic,
        user_id_from=letter.author,
        date_from=_sent(world, letter),
        user_id_to=reader if letter.read else 0,
        date_to=_sent(world, letter) + timedelta(minutes=20) if letter.read else None,
        text=letter.text,
    )


def _add_file(world: World, number: int, message: int, letter: Letter) -> None:
    title, content = letter.file or ("", b"")
    world.rows.add(
        schema.uploaded_file,
        id=number,
        handler=UPLOAD_HANDLER,
        title=title,
        comment="",
        owner_id=message,
        uid=letter.author,
        size=len(content),
        dt=_sent(world, letter),
        uuid="",
        data=content,
    )
