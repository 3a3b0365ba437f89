"""Letters of a mailbox: a little IMAP server stands for the provider's."""

import re
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from example_host import create_app
from example_host.messages.models import AttachmentRow, MessageRow
from example_host.messages.sources import fetch_letters
from example_host.models import database
from flask_bgbilling import SecretBox

LETTER = b"From: anna@example.ru\r\nSubject: IMAP\r\n\r\n\xd0\xaf\r\n"
USER, PASSWORD = "crm", 'pa"ss'


class Mailboxes:
    """What the server keeps: letters of each folder, flags of those in the inbox, what was asked for."""

    def __init__(self) -> None:
        self.folders: dict[str, list[bytes]] = {"INBOX": []}
        self.deleted: set[int] = set()
        self.commands: list[str] = []
        self.refused = ""

    def answer(self, command: str, rest: str) -> tuple[list[bytes], str]:
        """Lines before the end of a command, and that end."""
        self.commands.append(f"{command} {rest}".strip())
        if self.refused and command.endswith(self.refused):
            return [], "NO not today"
        inbox = self.folders["INBOX"]
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1"], "OK"
        if command == "LOGIN":
            return [], "OK" if rest == f'{USER} "{PASSWORD.replace(chr(34), chr(92) + chr(34))}"' else "NO wrong"
        if command == "CREATE":
            name = rest.strip('"')
            known = name in self.folders
            self.folders.setdefault(name, [])
            return [], "NO exists" if known else "OK"
        if command == "SELECT":
            return [b"* %d EXISTS" % len(inbox)], "OK"
        if command == "UID SEARCH":
            numbers = " ".join(str(number) for number in range(1, len(inbox) + 1) if number not in self.deleted)
            return [f"* SEARCH {numbers}".rstrip().encode()], "OK"
        if command == "UID FETCH":
            return self._fetched(int(rest.split()[0]), rest)
        if command == "UID COPY":
            number, name = rest.split(" ", 1)
            self.folders[name.strip('"')].append(inbox[int(number) - 1])
            return [], "OK"
        if command == "UID STORE":
            self.deleted.add(int(rest.split()[0]))
            return [], "OK"
        if command == "EXPUNGE":
            self.folders["INBOX"] = [one for number, one in enumerate(inbox, 1) if number not in self.deleted]
            self.deleted = set()
            return [], "OK"
        return ([b"* BYE"], "OK") if command == "LOGOUT" else ([], "BAD")

    def _fetched(self, number: int, rest: str) -> tuple[list[bytes], str]:
        letter = self.folders["INBOX"][number - 1]
        if "RFC822.SIZE" in rest:
            size = 10**9 if letter == b"huge" else len(letter)
            return [b"* %d FETCH (UID %d RFC822.SIZE %d)" % (number, number, size)], "OK"
        head = b"* %d FETCH (UID %d BODY[] {%d}" % (number, number, len(letter))
        return [head + b"\r\n" + letter + b")"], "OK"


class Session(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        while line := self.rfile.readline().decode("utf-8").strip():
            tag, command, rest = (*line.split(" ", 2), "", "")[:3]
            if command == "UID":
                command, rest = f"UID {rest.split(' ', 1)[0]}", rest.partition(" ")[2]
            lines, end = self.server.boxes.answer(command, rest)  # type: ignore[attr-defined]
            for one in lines:
                self.wfile.write(one + b"\r\n")
            self.wfile.write(f"{tag} {end} said\r\n".encode())
            if command == "LOGOUT":
                return


@pytest.fixture
def boxes() -> Iterator[tuple[Mailboxes, int]]:
    """A running server and its port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        server.boxes = Mailboxes()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.boxes, server.server_address[1]  # type: ignore[attr-defined]
        server.shutdown()
        thread.join(10)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A host whose configuration each test writes."""
    folder = tmp_path_factory.mktemp("mailboxes")
    (folder / "crm.conf").write_text("", "utf-8")
    return create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "test",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            "BGBILLING_CONFIG": str(folder / "crm.conf"),
            "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        }
    )


@pytest.fixture
def crm(application: Flask, boxes: tuple[Mailboxes, int], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The host with the mailbox, without messages."""
    text = (
        "messageType.4.title=Почта\nmessageType.4.class=MessageTypeEmail\n"
        f"letters.imap.1.host=127.0.0.1\nletters.imap.1.port={boxes[1]}\nletters.imap.1.security=none\n"
        f"letters.imap.1.user={USER}\nletters.imap.1.password={PASSWORD}\nletters.imap.1.read=Done\n"
    )
    Path(application.config["BGBILLING_CONFIG"]).write_text(text, "utf-8")
    later = create_app(dict(application.config))
    with later.app_context():
        for table in (AttachmentRow, MessageRow):
            database.session.query(table).delete()
        database.session.commit()
    return later


def test_letters_are_read_and_moved(crm: Flask, boxes: tuple[Mailboxes, int]) -> None:
    box = boxes[0]
    box.folders["INBOX"] = [LETTER, b"\x00no letter", b"huge", LETTER]
    with crm.app_context():
        done = fetch_letters()
        assert (done.new, done.known, len(done.bad), done.failed) == (1, 1, 2, [])
        row = database.session.query(MessageRow).one()
        assert (row.type_id, row.sender, row.subject, row.text) == (4, "anna@example.ru", "IMAP", "Я")
    assert box.folders["INBOX"] == []
    assert box.folders["Done"] == [LETTER, LETTER]
    assert box.folders["Unreadable"] == [b"\x00no letter", b"huge"]
    assert not [one for one in box.commands if re.match("UID FETCH 3 .*BODY", one)], "a huge letter is not fetched"
    assert box.commands[-1] == "LOGOUT"


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "COPY"])
def test_a_mailbox_that_says_no_is_told_and_loses_nothing(
    crm: Flask, boxes: tuple[Mailboxes, int], command: str
) -> None:
    box = boxes[0]
    box.folders["INBOX"], box.refused = [LETTER], command
    result = crm.test_cli_runner().invoke(args=["letters", "fetch"])
    assert result.exit_code == 1
    assert "1 sources failed" in result.output
    assert PASSWORD not in result.output
    assert box.folders["INBOX"] == [LETTER]
    box.refused = ""
    with crm.app_context():
        done = fetch_letters()
        assert (done.new + done.known, done.failed) == (1, [])
        assert database.session.query(MessageRow).count() == 1


def test_a_mailbox_that_is_not_there_is_told(crm: Flask, boxes: tuple[Mailboxes, int]) -> None:
    path = Path(crm.config["BGBILLING_CONFIG"])
    path.write_text(path.read_text("utf-8").replace(f"port={boxes[1]}", "port=1"), "utf-8")
    with create_app(dict(crm.config)).app_context():
        done = fetch_letters()
    assert done.new == 0
    assert len(done.failed) == 1
    assert done.failed[0].startswith("127.0.0.1: ")
