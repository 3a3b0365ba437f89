"""The messages of the demo: callers and writers whose contracts the emulated billings have."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from example_host.messages.models import AttachmentRow, MessageRow, now
from example_host.models import User, database
from example_host.processes.models import ProcessRow

CALL, LETTER, NOTE = 1, 2, 3
MAIL = "support@provider.example"

# Type, minutes ago, sender, name, recipient, subject, text.
MESSAGES = (
    (CALL, 4, "79161234567", "", "101", "", ""),
    (CALL, 9, "79196788576", "", "101", "", ""),
    (CALL, 17, "anonymous", "", "101", "", ""),
    (
        LETTER,
        35,
        "family101@example.ru",
        "Ирина Колесникова",
        MAIL,
        "Интернет пропадает по вечерам",
        "Здравствуйте!\n\nТретий вечер подряд с девяти до одиннадцати нет интернета, роутер перезагружали.\n"
        "Фото индикаторов во вложении.\n\nС уважением, Колесникова И. Д.",
    ),
    (CALL, 52, "+7 (347) 210-31-03", "", "102", "", ""),
    (
        NOTE,
        80,
        "79170000112",
        "Анна Орлова",
        "",
        "Заходила Будущая В. Н.",
        "Хочет подключиться со следующего месяца, просила перезвонить после 18 часов.",
    ),
    (
        LETTER,
        140,
        "buh101@example.ru",
        "Бухгалтерия",
        MAIL,
        "Акт сверки за квартал",
        "Добрый день.\nПросим выслать акт сверки за прошлый квартал.",
    ),
    (CALL, 26 * 60, "79039124474", "", "101", "", ""),
)
ANSWERED = (CALL, 30 * 60, "79161234567", "101")
"""A call that is in a process already."""
FILE = ("индикаторы.txt", "text/plain", "Горят: питание, Wi-Fi. Мигает красным: интернет.\n".encode())


def fill_messages() -> None:
    """Adds the demo's messages to an empty table; the caller commits."""
    if database.session.scalar(select(MessageRow.id).limit(1)) is not None:
        return
    for type_id, ago, sender, name, recipient, subject, text in reversed(MESSAGES):
        row = MessageRow(
            type_id=type_id,
            sender=sender,
            sender_name=name,
            recipient=recipient,
            subject=subject,
            text=text,
            received_at=_ago(ago),
        )
        database.session.add(row)
        database.session.flush()
        if "вложени" in text:
            title, kind, content = FILE
            file = AttachmentRow(message_id=row.id, position=0, name=title, content_type=kind, size=len(content))
            file.content = content
            database.session.add(file)
    _add_answered()
    database.session.flush()


def _add_answered() -> None:
    type_id, ago, sender, recipient = ANSWERED
    process = database.session.scalar(select(ProcessRow.id).order_by(ProcessRow.id).offset(1).limit(1))
    person = database.session.scalar(select(User.id).where(User.login == "operator"))
    row = MessageRow(type_id=type_id, sender=sender, recipient=recipient, received_at=_ago(ago))
    row.process_id, row.person_id, row.processed_at = process, person, _ago(ago - 2)
    database.session.add(row)


def _ago(minutes: int) -> datetime:
    return now() - timedelta(minutes=minutes)


def drop_a_letter(folder: Path) -> None:
    """Puts a letter into a new folder, as a mail server would: written under another name, then renamed."""
    if folder.exists():
        return
    folder.mkdir(mode=0o700)
    letter = EmailMessage()
    letter["From"] = "Олег Абрамов <family101@example.ru>"
    letter["To"] = MAIL
    letter["Subject"] = "Справка для налоговой"
    letter.set_content(
        "<p>Здравствуйте!</p><p>Пришлите, пожалуйста, <b>справку об оплате</b> за прошлый год.</p>", subtype="html"
    )
    whole = folder / "spravka.eml.part"
    whole.write_bytes(letter.as_bytes())
    whole.rename(folder / "spravka.eml")
