"""The HTTP side of the emulator: sockets, keep-alive, access log, faults, and the control of faults.

Built on the standard library because faults need the socket itself. One thread serves one connection.
"""

from __future__ import annotations

import json
import random
import select
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import TCPServer
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from flask_bgbilling.emulator.dispatch import Answer, Dispatcher, log
from flask_bgbilling.emulator.faults import Fault, Faults
from flask_bgbilling.emulator.recording import SECRET_FIELDS, CallRecord, Recorder
from flask_bgbilling.emulator.requests import NoSuchPath, Received, WrongMethod, decode, form_fields

MOST_HEADERS = 100
LONGEST_LINE = 64 * 1024
MAX_BODY = 64 * 1024 * 1024
CHUNK = 64 * 1024
LOG_LINES_KEPT = 2000
FAULTS_PATH = "/emulator/faults"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
IDLE_SECONDS = 300

BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE data [<!ENTITY a0 "boom">'
    + b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10))
    + b']>\n<data status="ok">&a9;</data>'
)


class Closed(Exception):
    """The connection is to be closed without a further byte."""


class BadBody(Exception):
    """The body of a request could not be read: too long, or cut."""


class EmulatorServer(ThreadingHTTPServer):
    """Listens for one emulator; ``stop`` ends running answers too."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024
    allow_reuse_address = True

    def __init__(
        self,
        address: tuple[str, int],
        dispatcher: Dispatcher,
        faults: Faults,
        recorder: Recorder,
        access_log: str = "",
    ) -> None:
        self.dispatcher = dispatcher
        self.faults = faults
        self.recorder = recorder
        self.stopping = threading.Event()
        self.log_lines: deque[str] = deque(maxlen=LOG_LINES_KEPT)
        self._log_file = Path(access_log) if access_log else None
        self._log_lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._sockets_lock = threading.Lock()
        self.on_log: Callable[[str], None] | None = None
        super().__init__(address, EmulatorHandler)

    def server_bind(self) -> None:
        """Binds without asking a name server for the own name, as the standard library would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remembers the connection, to be able to end it."""
        with self._sockets_lock:
            self._sockets.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forgets the connection."""
        with self._sockets_lock:
            self._sockets.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no event; a defect of the server is logged."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError | Closed):
            log.error("a connection ended in a defect", exc_info=error)

    def stop(self) -> None:
        """Stops listening and ends every connection."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._sockets_lock:
            open_sockets = list(self._sockets)
        for connection in open_sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def log_access(self, line: str) -> None:
        """Writes one line of the access log."""
        self.log_lines.append(line)
        if self._log_file is not None:
            with self._log_lock, self._log_file.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        if self.on_log is not None:
            self.on_log(line)


class EmulatorHandler(BaseHTTPRequestHandler):
    """One connection."""

    server: EmulatorServer
    protocol_version = "HTTP/1.1"
    server_version = "BGBilling"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    wbufsize = -1
    raw_requestline: bytes
    extensions: ClassVar[frozenset[str]] = frozenset(("GET", "POST"))

    def do_GET(self) -> None:
        """An XML action with its fields in the query string, or the list of faults."""
        self._serve()

    def do_POST(self) -> None:
        """Any of the three transports, or an order to the faults."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """The access log has its own form."""

    def parse_request(self) -> bool:
        """The request line and the headers of an ordinary request.

        The standard library reads headers as those of an e-mail, which takes as long as many a call; it still has the
        requests that are not ordinary.
        """
        words = str(self.raw_requestline, "iso-8859-1").split()
        if len(words) != 3 or words[2] != self.protocol_version or words[1].startswith("//"):
            return super().parse_request()
        self.command, self.path, self.request_version = words
        self.requestline = " ".join(words)
        self.headers = self.MessageClass()
        for _ in range(MOST_HEADERS):
            line = self.rfile.readline(LONGEST_LINE + 1)
            if line in (b"\r\n", b"\n", b""):
                break
            name, colon, value = str(line, "iso-8859-1").partition(":")
            if len(line) > LONGEST_LINE or not colon or not name.strip() or name[0].isspace():
                self.send_error(HTTPStatus.BAD_REQUEST)
                return False
            self.headers.set_raw(name, value.strip())
        else:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            return False
        self.close_connection = self.headers.get("Connection", "").lower() == "close"
        expected = self.headers.get("Expect", "").lower() == "100-continue"
        return self.handle_expect_100() if expected else True

    def _serve(self) -> None:
        started = time.monotonic()
        try:
            body = self._body()
        except BadBody:
            self.close_connection = True
            self._send(Answer(413, b"", "text/plain"))
            return
        try:
            if urlsplit(self.path).path == FAULTS_PATH:
                self._control(body)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = decode(self.command, self.path, headers, body)
        except NoSuchPath:
            self._send(Answer(404, b"Not Found", "text/plain"))
            self._log(404, 9, started, "")
            return
        except WrongMethod:
            self._send(Answer(405, b"", "text/plain", {"Allow": "POST"}))
            self._log(405, 0, started, "")
            return
        self._answer(received, started)

    def _answer(self, received: Received, started: float) -> None:
        server = self.server
        server.recorder.received(received.kind, received.path, received.recorded, received.headers or None)
        faults = server.faults.take(received.name)
        try:
            try:
                self._before(faults)
                answer = server.dispatcher.execute(received, illegal_references="illegal-references" in faults)
            except Closed:
                self._note(received, started, 0, 0)
                raise
            # Noted before the first byte leaves: who has the answer finds the call counted.
            self._note(received, started, answer.status, len(answer.body))
            self._after(faults, answer)
        except Closed:
            self.close_connection = True

    def _note(self, received: Received, started: float, status: int, length: int) -> None:
        login = received.credentials[0] if received.credentials else ""
        self.server.recorder.answered(CallRecord(received.name, started, time.monotonic() - started, login))
        self._log(status, length, started, received.name)

    def _before(self, faults: dict[str, Fault]) -> None:
        """Faults that act before the call is executed."""
        if wait := faults.get("latency"):
            self._sleep((wait.delay_ms + random.uniform(0, wait.jitter_ms)) / 1000)
        if "hang" in faults:
            self._hang()
        if "reset" in faults:
            self._reset()
        if late := faults.get("execute-late"):
            release = self.server.faults.release
            self._leave_client()
            self._sleep(late.delay_ms / 1000, release)
        if failing := faults.get("http-500"):
            self._send(Answer(failing.status, b"<h1>Internal Server Error</h1>", "text/html"))
            raise Closed

    def _after(self, faults: dict[str, Fault], answer: Answer) -> None:
        """Sends the answer, spoiled as the faults say."""
        if "execute-but-do-not-answer" in faults:
            self._reset()
        if "execute-late" in faults:
            raise Closed
        if "execute-then-hang" in faults:
            self._hang()
        if noise := faults.get("garbled"):
            answer.body = random.Random(noise.size).randbytes(noise.size)
        if "entity-bomb" in faults:
            answer.body = BOMB
        if "invalid-utf-8" in faults:
            middle = answer.body.find(b">", len(answer.body) // 2) + 1 or len(answer.body) // 2
            answer.body = answer.body[:middle] + b"\xff\xfe\xc3" + answer.body[middle:]
        if "wrong-content-type" in faults:
            answer.content_type = "image/png"
        if "cut-body" in faults:
            answer.body = answer.body[: len(answer.body) // 2]
        if "endless" in faults:
            self._endless(answer)
        if "truncated" in faults:
            self._head(answer)
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            raise Closed
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        try:
            self._head(answer)
            self.wfile.write(answer.body)
            self.wfile.flush()
        except OSError:
            raise Closed from None

    def _head(self, answer: Answer, *, length: bool = True) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if length:
            self.send_header("Content-Length", str(len(answer.body)))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _endless(self, answer: Answer) -> None:
        """Sends the answer's beginning and then blanks for as long as the client listens."""
        piece = answer.body[: len(answer.body) // 2].ljust(CHUNK)
        try:
            self._head(answer, length=False)
            while not self.server.stopping.is_set():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
                piece = b" " * CHUNK
        except OSError:
            pass
        raise Closed

    def _sleep(self, seconds: float, release: threading.Event | None = None) -> None:
        """Waits so long, or until the release; not beyond the life of the server."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not (release and release.is_set()):
            if self.server.stopping.wait(min(left, 0.05) if release else left):
                raise Closed

    def _hang(self) -> None:
        """Keeps silent until the client or the emulator goes."""
        while not self.server.stopping.is_set():
            readable, _, _ = select.select([self.connection], [], [], 0.1)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                break
        raise Closed

    def _leave_client(self) -> None:
        """Ends the connection while the call is still to be executed."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        raise Closed

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunked()
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            raise BadBody from None
        if not 0 <= length <= MAX_BODY:
            raise BadBody
        body = self.rfile.read(length)
        if len(body) < length:
            raise BadBody
        return body

    def _chunked(self) -> bytes:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(64).split(b";")[0], 16)
            except ValueError:
                raise BadBody from None
            if size < 0 or len(body) + size > MAX_BODY:
                raise BadBody
            body += self.rfile.read(size)
            self.rfile.readline(8)
            if size == 0:
                return bytes(body)

    def _control(self, body: bytes) -> None:
        """Lists the faults, or changes them by a JSON order; from this machine only."""
        if not ip_address(self.client_address[0]).is_loopback:
            self._send(Answer(403, b"", "text/plain"))
            return
        status = 200
        problem = ""
        if self.command == "POST":
            try:
                order = json.loads(body)
                if not isinstance(order, dict):
                    raise ValueError("an order is a JSON object")
                self.server.faults.command(order)
            except (ValueError, TypeError, RecursionError) as error:
                status, problem = 400, str(error)
        answer: dict[str, Any] = {"faults": self.server.faults.listed()}
        if problem:
            answer["error"] = problem
        self._send(Answer(status, json.dumps(answer).encode(), "application/json"))

    def _log(self, status: int, length: int, started: float, name: str) -> None:
        now = datetime.now().astimezone()
        spent = round((time.monotonic() - started) * 1000)
        request = f"{self.command} {_without_secrets(self.path)} {self.request_version}"
        self.server.log_access(
            f'{self.client_address[0]} - [{now:%d/%b/%Y:%H:%M:%S %z}] "{request}" {status} {length}'
            f" {name or '-'} {spent}ms"
        )


def _without_secrets(target: str) -> str:
    """The request target with the values of credentials replaced; line breaks cannot get into the log."""
    if "?" not in target:
        return target.encode("unicode_escape").decode("ascii")
    address = urlsplit(target)
    if any(name in address.query for name in SECRET_FIELDS):
        fields = {name: "***" if name in SECRET_FIELDS else value for name, value in form_fields(address.query).items()}
        target = address._replace(query=urlencode(fields)).geturl()
    return target.encode("unicode_escape").decode("ascii")
