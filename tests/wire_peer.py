"""A billing server of the worst kind: each connection is answered by a function of the test, byte by byte."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.session import Billing, Billings

ACCOUNT = Credentials("operator", "s3cret-пароль")
ZONE = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


Answer = Callable[[Received, socket.socket], None]


def http(
    body: bytes | str, status: str = "200 OK", content_type: str = "text/xml", extra: tuple[str, ...] = ()
) -> Answer:
    """Answers every request of the connection with this body."""
    payload = body.encode() if isinstance(body, str) else body

    def answer(_: Received, connection: socket.socket) -> None:
        lines = (f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(payload)}", *extra)
        connection.sendall("\r\n".join((*lines, "", "")).encode() + payload)

    return answer


def raw(*pieces: bytes) -> Answer:
    """Sends these bytes and closes the connection."""

    def answer(_: Received, connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_RDWR)

    return answer


def hang_up(_: Received, connection: socket.socket) -> None:
    """Ends the connection instead of answering."""
    connection.shutdown(socket.SHUT_RDWR)


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for the loopback that it signed itself: ``certificate.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "billing")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


class Peer:
    """Listens on a free port of the loopback; ``answer`` may be changed at any time."""

    def __init__(self, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self._tls = tls
        self.received: list[Received] = []
        self.connections = 0
        self.released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: set[socket.socket] = set()
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/bgbilling/executer"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Closes the port and every connection."""
        self.released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in tuple(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def hang(self, _: Received, __: socket.socket) -> None:
        """An answer that never comes, until the test lets go."""
        self.released.wait(20)

    def drip(self, *pieces: bytes, every: float = 0.02) -> Answer:
        """Sends the pieces, the last one for ever, slowly."""

        def answer(_: Received, connection: socket.socket) -> None:
            with contextlib.suppress(OSError):
                for piece in pieces[:-1]:
                    connection.sendall(piece)
                while not self.released.wait(every):
                    connection.sendall(pieces[-1])

        return answer

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as closing:
            closing.enter_context(connection)
            if self._tls:
                connection = closing.enter_context(self._tls.wrap_socket(connection, server_side=True))
            stream = connection.makefile("rb")
            while line := stream.readline():
                headers: dict[str, str] = {}
                while (header := stream.readline()) not in (b"\r\n", b""):
                    name, _, value = header.decode("latin-1").partition(":")
                    headers[name.strip().lower()] = value.strip()
                body = stream.read(int(headers.get("content-length", 0)))
                request = Received(line.decode().strip(), headers, body)
                self.received.append(request)
                self.answer(request, connection)
        self._open.discard(connection)


class At:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 3, 31, 22, 30, tzinfo=UTC)


def server(url: str, **changes: object) -> Server:
    """A configured server; its version is known. Its patience says nothing of a busy machine."""
    plain = Server(1, "main", "Главный", url, ZONE, request_timeout=20.0, version="9.2")
    return replace(plain, **changes)  # type: ignore[arg-type]


def registry(url: str, **changes: object) -> Billings:
    """A registry of one server."""
    settings = Settings(servers=(server(url, **changes),))
    return Billings(lambda: settings, clock=At())


def billing(url: str, **changes: object) -> Billing:
    """A session with one server."""
    return registry(url, **changes).open("main", ACCOUNT, "7")
