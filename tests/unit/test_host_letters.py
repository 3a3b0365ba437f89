"""Letters of strangers: what is read of them, and that none of them stops the others."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from time import process_time

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from example_host import create_app
from example_host.messages.commands import LettersThread
from example_host.messages.html_text import LONGEST, text_of
from example_host.messages.letters import LARGEST, BadLetter, Letter, read_letter
from example_host.messages.models import AttachmentRow, MessageRow
from example_host.messages.sources import fetch_letters, keep_letter
from example_host.models import database
from flask_bgbilling import SecretBox
from tests.support import wait_until

NOON = datetime(2026, 6, 5, 9, 0, tzinfo=UTC)
CONFIGURATION = (
    "messageType.1.title=Звонок\nmessageType.1.class=MessageTypeCall\n"
    "messageType.7.title=Почта\nmessageType.7.class=MessageTypeEmail\nletters.folder=letters\nletters.seconds=1\n"
)


def letter(text: str = "Нет связи.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {
        "From": "Анна <Anna@Example.RU>",
        "To": "help@example.ru",
        "Subject": "Связь",
        **headers,
    }.items():
        message[name] = value
    message.set_content(text)
    return message


def test_a_plain_letter() -> None:
    sent = "Thu, 04 Jun 2026 21:15:00 +0500"
    raw = letter(Date=sent, To="Помощь <help@example.ru>, sales@example.ru").as_bytes()
    found = read_letter(raw, NOON)
    assert (found.sender, found.sender_name) == ("anna@example.ru", "Анна")
    assert (found.recipient, found.subject, found.text) == ("help@example.ru, sales@example.ru", "Связь", "Нет связи.")
    assert found.sent_at == datetime(2026, 6, 4, 16, 15, tzinfo=UTC)
    assert found.digest == read_letter(raw, NOON + timedelta(days=1)).digest


def test_html_is_shown_as_text_and_files_are_listed() -> None:
    message = letter()
    message.set_content("<p>Добрый&nbsp;день!</p><script>steal()</script><ul><li>счёт<li>акт</ul>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../../счёт\u202efdp.exe")
    message.add_attachment(b"x", maintype="text", subtype="plain", filename="")
    found = read_letter(message.as_bytes(), NOON)
    assert found.text == "Добрый день!\n\n• счёт\n• акт"
    assert [(file.name, file.content_type, file.content) for file in found.attachments] == [
        ("счётfdp.exe", "application/pdf", b"%PDF"),
        ("2", "text/plain", b"x"),
    ]


def test_plain_text_counts_before_html_and_a_letter_in_a_letter_is_a_file() -> None:
    message = letter("Текстом")
    message.add_alternative("<b>Разметкой</b>", subtype="html")
    message.make_mixed()
    message.add_attachment(letter("Внутри"))
    found = read_letter(message.as_bytes(), NOON)
    assert found.text == "Текстом"
    assert [file.content_type for file in found.attachments] == ["message/rfc822"]
    assert "Связь" not in found.attachments[0].name


@pytest.mark.parametrize(
    ("written", "sender", "name"),
    [
        (b"=?windows-1251?B?wO3t4A==?= <a@b.ru>", "a@b.ru", "Анна"),
        ("Анна <a@b.ru>".encode("cp1251"), "a@b.ru", "Анна"),
        ("Анна <a@b.ru>".encode(), "a@b.ru", "Анна"),
        (b"first@b.ru, second@b.ru", "first@b.ru", ""),
        (b"undisclosed-recipients:;", "", "undisclosed-recipients:;"),
        (b"=?utf-8?B?%%%?= <a@b.ru>", "a@b.ru", None),
        (b"=?no-such-charset?Q?=C0?= <a@b.ru>", "a@b.ru", "А"),
        (b'"<x@y.ru>" <A@B.ru>', "a@b.ru", "<x@y.ru>"),
        (b"a" * 5000 + b"@b.ru", "a" * 120, ""),
        (b"", "", ""),
    ],
)
def test_senders_of_every_kind(written: bytes, sender: str, name: str | None) -> None:
    found = read_letter(b"From: " + written + b"\nSubject: x\n\ny", NOON)
    assert found.sender == sender
    assert name is None or found.sender_name == name


@pytest.mark.parametrize("day", ["", "yesterday", "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 05 Jun 2099 09:00:00 +0000"])
def test_a_day_that_cannot_be_is_the_moment_of_reading(day: str) -> None:
    assert read_letter(f"From: a@b.ru\nDate: {day}\n\nx".encode(), NOON).sent_at == NOON


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "no letter"),
        (b"x" * (LARGEST + 1), "larger than 15 MiB"),
        (
            b"From: a@b.ru\nContent-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\nContent-Type: text/plain\n\nx\n" * 600,
            "more than 500 parts",
        ),
        (
            b"From: a@b.ru\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1200)),
            "unreadable",
        ),
    ],
    ids=["empty", "blank", "picture", "large", "parts", "deep"],
)
def test_what_is_no_letter_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(BadLetter, match=reason):
        read_letter(raw, NOON)


@pytest.mark.parametrize("name", [b"Content-Type", b"Content-Disposition"])
def test_no_header_keeps_the_reader_busy(name: bytes) -> None:
    began = process_time()
    found = read_letter(b"From: a@b.ru\n" + name + b": text/plain" + b';"' * 200_000 + b"\n\nx", NOON)
    assert process_time() - began < 2, "the work must not grow with the square of a header"
    assert found.sender == "a@b.ru"


def test_many_parts_with_long_headers_are_read_soon() -> None:
    part = b"--b\nContent-Type: text/plain" + b';"' * 10_000 + b"\n\nx\n"
    began = process_time()
    read_letter(b"From: a@b.ru\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 40, NOON)
    assert process_time() - began < 4


def test_parts_are_counted_before_they_are_kept() -> None:
    began = process_time()
    raw = b"From: a@b.ru\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000
    with pytest.raises(BadLetter, match="more than 500 parts"):
        read_letter(raw, NOON)
    assert process_time() - began < 2


def test_letters_that_lie_about_themselves_are_read() -> None:
    base = b"From: a@b.ru\nContent-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: 8bit\n\n"
    assert read_letter(base + "Привет".encode("cp1251"), NOON).text == "Привет"
    broken = b"From: a@b.ru\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!not base64!!!"
    assert isinstance(read_letter(broken, NOON).text, str)
    unseen = (
        "From: a@b.ru\nSubject: a\u202eb\u0000c\nContent-Type: text/plain; charset=utf-8\n\nx\u200by\u0007z".encode()
    )
    found = read_letter(unseen, NOON)
    assert (found.subject, found.text) == ("abc", "xyz")


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<!--", "<![CDATA[", "</", '<a b="', "<a '\">", "<p>", "<script>", "&#", "<a href=x>"]
)
def test_no_html_keeps_the_reader_busy(piece: str) -> None:
    began = process_time()
    text_of(piece * (LONGEST // len(piece) + 1))
    assert process_time() - began < 10, "the work must grow with the text and not with its square"


def test_links_say_where_they_lead() -> None:
    page = '<a href="https://evil.example/?a=1&amp;b=2">bank.example</a> <a href="javascript:x()">y</a> <a href="http://z.ru">http://z.ru</a>'
    assert text_of(page) == "bank.example (https://evil.example/?a=1&b=2) y http://z.ru"
    assert text_of("2 < 3 & 4 > 1<br>a<b title='>'>b</b>c<!-- > -->d") == "2 < 3 & 4 > 1\nabcd"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A host that takes letters of a folder beside its configuration."""
    folder = tmp_path_factory.mktemp("letters")
    config = folder / "crm.conf"
    config.write_text(CONFIGURATION, "utf-8")
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            "BGBILLING_CONFIG": str(config),
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        }
    )


@pytest.fixture
def crm(application: Flask) -> Flask:
    """The same without messages."""
    with application.app_context():
        database.session.query(AttachmentRow).delete()
        database.session.query(MessageRow).delete()
        database.session.commit()
    return application


@pytest.fixture
def folder(crm: Flask) -> Iterator[Path]:
    """The folder of letters, empty."""
    place = Path(crm.config["BGBILLING_CONFIG"]).parent / "letters"
    place.mkdir()
    yield place
    shutil.rmtree(place)


def test_a_bad_letter_is_moved_aside_and_the_others_are_read(crm: Flask, folder: Path) -> None:
    good = letter()
    good.add_attachment(b"\x00\x01", maintype="image", subtype="png", filename="a.png")
    (folder / "1.eml").write_bytes(b"\x00" * 100)
    (folder / "2.eml").write_bytes(good.as_bytes())
    (folder / "3.eml").write_bytes(good.as_bytes())
    (folder / "4.eml.part").write_bytes(letter("ещё пишется").as_bytes())
    (folder / "5.eml").symlink_to("/etc/hostname")
    (folder / "6.eml").mkdir()
    done = crm.test_cli_runner().invoke(args=["letters", "fetch"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("1 new, 1 known, 3 unreadable, 0 sources failed")
    assert sorted(path.name for path in folder.iterdir()) == ["4.eml.part", "aside", "read"]
    assert sorted(path.name for path in (folder / "read").iterdir()) == ["2.eml", "3.eml"]
    assert (folder / "aside" / "1.reason.txt").read_text("utf-8").startswith("no letter")
    with crm.app_context():
        row = database.session.query(MessageRow).one()
        assert (row.type_id, row.sender, row.subject, row.processed_at) == (7, "anna@example.ru", "Связь", None)
        file = database.session.query(AttachmentRow).one()
        assert (file.name, file.size, file.content) == ("a.png", 2, b"\x00\x01")


def test_a_letter_that_the_database_refuses_is_moved_aside(
    crm: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(found: Letter, type_id: int) -> bool:
        if "велик" in found.text:
            raise OperationalError("INSERT", {}, Exception("packet too large"))
        return keep_letter(found, type_id)

    monkeypatch.setattr("example_host.messages.sources.keep_letter", keep)
    (folder / "1.eml").write_bytes(letter("велик").as_bytes())
    (folder / "2.eml").write_bytes(letter("мал").as_bytes())
    with crm.app_context():
        done = fetch_letters()
    assert (done.new, len(done.bad), done.failed) == (1, 1, [])
    assert "packet too large" in (folder / "aside" / "1.reason.txt").read_text("utf-8")
    assert (folder / "read" / "2.eml").exists()


def test_a_letter_stays_while_the_database_is_gone(crm: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*arguments: object) -> bool:
        raise OperationalError("SELECT", {}, Exception("server has gone away"))

    (folder / "1.eml").write_bytes(letter().as_bytes())
    monkeypatch.setattr("example_host.messages.sources.keep_letter", gone)
    with crm.app_context():
        monkeypatch.setattr(database.session, "execute", gone)
        with pytest.raises(OperationalError):
            fetch_letters()
    assert (folder / "1.eml").exists()


def test_a_name_that_is_there_is_not_written_over(crm: Flask, folder: Path) -> None:
    for text in ("раз", "два", "три"):
        (folder / "new.eml").write_bytes(letter(text).as_bytes())
        with crm.app_context():
            assert fetch_letters().new == 1
    assert sorted(path.name for path in (folder / "read").iterdir()) == ["new-1.eml", "new-2.eml", "new.eml"]


def test_letters_without_a_type_stay_where_they_are(crm: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("example_host.messages.sources.first_of", lambda kind: None)
    (folder / "1.eml").write_bytes(letter().as_bytes())
    done = crm.test_cli_runner().invoke(args=["letters", "fetch"])
    assert done.exit_code == 1
    assert "no type of messages for letters" in done.output
    assert (folder / "1.eml").exists()


def test_the_thread_fetches_and_stops(crm: Flask, folder: Path) -> None:
    thread = LettersThread(crm)
    thread.start()
    try:
        (folder / "1.eml.part").write_bytes(letter().as_bytes())
        (folder / "1.eml.part").rename(folder / "1.eml")
        wait_until((folder / "read" / "1.eml").exists, what="the letter")
    finally:
        assert thread.stop(30)
