"""Bytes to a billing and back: the only module that knows the HTTP library.

An httpx client over connections that are watched: the deadline of a call also holds while header bytes trickle in, and
after a fault it is known whether one byte of the request had left. Both need what lies below httpx, so its transport is
ours, over a pool of httpcore. The client's cookie jar takes nothing: no cookie of one account ever goes out with the
call of another.

No proxies, no redirects, no environment variables; certificates are verified against the system's and certifi's
authorities. Nothing here logs, and no error holds a header or a body.
"""

import os
import re
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlsplit

import certifi
import httpcore
import httpx

MEBIBYTE = 1024 * 1024
CONNECTIONS = 32
IDLE_CONNECTIONS = 12
IDLE_SECONDS = 10.0
"""Shorter than servlet containers keep an idle connection (20 s and more), so that a call rarely meets a dead one."""
SLICE = 64 * 1024

FaultKind = Literal["unreachable", "no route", "busy", "timeout", "torn", "truncated", "too large", "nonsense"]


class Fault(Exception):
    """The exchange gave no whole answer.

    ``kind``: ``unreachable`` no connection · ``no route`` no connection in time · ``busy`` no free connection of ours
    in time · ``timeout`` no answer in time · ``torn`` the connection broke before the answer began · ``truncated`` it
    broke inside the answer · ``too large`` · ``nonsense`` not HTTP. ``sent``: at least one byte of the request may
    have left. ``received`` counts the bytes of the answer that came all the same. ``reason`` is the system's own
    word for it, such as a refused connection or a certificate that nobody vouches for.
    """

    def __init__(self, kind: FaultKind, sent: bool, received: int = 0, reason: str = "") -> None:
        super().__init__(kind)
        self.kind = kind
        self.sent = sent
        self.received = received
        self.reason = reason


class Sink(Protocol):
    """Takes the decoded bytes of an answer while they arrive, instead of a body."""

    def feed(self, chunk: bytes) -> None:
        """The next bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one exchange: seconds to connect, to wait for the next bytes, and altogether; bytes of the answer."""

    connect: float
    read: float
    total: float
    size: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One POST. ``body`` is bytes, or chunks of exactly ``length`` bytes together.

    Headers and body hold the account and therefore do not stand in the ``repr``.
    """

    url: str
    headers: tuple[tuple[bytes, bytes], ...] = field(repr=False)
    body: bytes | Iterable[bytes] = field(repr=False)
    length: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; ``body`` is empty when a sink took it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    received: int

    def header(self, name: str) -> str:
        """The header of this name, in lower case letters, or empty text."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), "")


class _Watch(threading.local):
    """What the thread's current exchange is allowed and has done."""

    deadline: float = float("inf")
    sent: bool = False
    answered: bool = False

    def left(self, timeout: float | None) -> float:
        left = self.deadline - time.monotonic()
        return left if timeout is None or timeout > left else timeout


class _WatchedStream(httpcore.NetworkStream):
    """A connection whose every wait is bounded by the deadline of the exchange that uses it."""

    def __init__(self, stream: httpcore.NetworkStream, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._watch.left(timeout)
        if left <= 0:
            raise httpcore.ReadTimeout()
        read = self._stream.read(max_bytes, left)
        if read:
            self._watch.answered = True
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), SLICE):
            left = self._watch.left(timeout)
            if left <= 0:
                raise httpcore.WriteTimeout()
            self._watch.sent = True
            self._stream.write(buffer[start : start + SLICE], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._watch.left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout()
        return _WatchedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._watch)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _WatchedBackend(httpcore.NetworkBackend):
    def __init__(self, watch: _Watch) -> None:
        self._backend = httpcore.SyncBackend()
        self._watch = watch

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._watch.left(timeout)
        if left <= 0:
            raise httpcore.ConnectTimeout()
        return _WatchedStream(self._backend.connect_tcp(host, port, left, local_address, socket_options), self._watch)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _Body(httpx.SyncByteStream):
    """The bytes of an answer as they come from the pool."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _Connections(httpx.BaseTransport):
    """What httpx sends through: a pool over watched streams. Faults come out as the pool names them."""

    def __init__(self, watch: _Watch, context: ssl.SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=CONNECTIONS,
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_WatchedBackend(watch),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                str(request.url),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        self._pool.close()


class Transport:
    """The pooled connections to one billing. Safe to use from many threads; made anew in a forked process."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self.host = _ascii_host(parts.netloc.rpartition("@")[2])
        self._watch = _Watch()
        self._pid = os.getpid()
        self._client = self._new_client()

    def _new_client(self) -> httpx.Client:
        return httpx.Client(
            transport=_Connections(self._watch, _verifying_context() if self._secure else None),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            trust_env=False,
        )

    def send(self, outgoing: Outgoing, limits: Limits, deadline: float, sink: Sink | None = None) -> Reply:
        """Posts and reads the whole answer, before ``deadline`` of the monotonic clock.

        An answer of HTTP status 200 goes to ``sink`` if there is one. Raises :class:`Fault`.
        """
        if os.getpid() != self._pid:
            # Sockets shared with the parent would mix both processes' answers.
            self._pid, self._client = os.getpid(), self._new_client()
        watch = self._watch
        watch.deadline = min(deadline, time.monotonic() + limits.total)
        watch.sent = watch.answered = False
        waiting = {"connect": limits.connect, "read": limits.read, "write": limits.read}
        waiting["pool"] = max(watch.left(None), 0.001)
        request = httpx.Request(
            "POST",
            outgoing.url if outgoing.url.isascii() else self._ascii_url(outgoing.url),
            headers=[
                (b"Host", self.host),
                (b"User-Agent", b"flask-bgbilling"),
                (b"Content-Length", b"%d" % outgoing.length),
                *outgoing.headers,
            ],
            content=outgoing.body,
            extensions={"timeout": waiting},
        )
        received = 0
        fault: Fault | None = None
        try:
            response = self._client.send(request, stream=True)
            try:
                chunks = []
                headers = tuple(response.headers.raw)
                into = sink if response.status_code == 200 else None
                for chunk in _decoded(response.iter_raw(), headers):
                    received += len(chunk)
                    if received > limits.size:
                        raise Fault("too large", True, received)
                    if into is None:
                        chunks.append(chunk)
                    else:
                        into.feed(chunk)
                    if time.monotonic() > watch.deadline:
                        raise Fault("timeout", True, received)
            finally:
                response.close()
        except _EXPECTED as error:
            fault = Fault(_kind_of(error, watch), watch.sent, received, str(error)[:200])
        if fault is not None:
            # Not chained: the frames of the library hold headers and body, and error reporters show frames.
            raise fault
        return Reply(response.status_code, headers, b"".join(chunks), received)

    def _ascii_url(self, url: str) -> str:
        parts = urlsplit(url)
        return parts._replace(netloc=self.host.decode(), path=quote(parts.path, safe=_PATH)).geturl()

    def close(self) -> None:
        """Gives up the connections; exchanges under way fail."""
        if os.getpid() == self._pid:
            self._client.close()


_PATH = "/%:@!$&'()*+,;=~"

_EXPECTED = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
    zlib.error,
)


def _kind_of(error: BaseException, watch: _Watch) -> FaultKind:
    if isinstance(error, httpcore.PoolTimeout):
        return "busy"
    if isinstance(error, httpcore.ConnectTimeout):
        return "no route"
    if isinstance(error, httpcore.TimeoutException):
        return "timeout"
    if isinstance(error, httpcore.ConnectError | httpcore.UnsupportedProtocol) or not watch.sent:
        return "unreachable"
    if isinstance(error, zlib.error):
        return "nonsense"
    if not watch.answered:
        return "torn"
    # The library names a torn body a protocol error as well; what was no HTTP from its first byte is nonsense.
    broken_inside = "incomplete" in str(error) or not isinstance(error, httpcore.ProtocolError)
    return "truncated" if broken_inside or "without sending" in str(error) else "nonsense"


def _decoded(chunks: Iterable[bytes], headers: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """The chunks without their content encoding, in pieces that a decompression bomb cannot inflate.

    Compression is never asked for; a proxy in between may send it all the same.
    """
    encoding = next((value for key, value in headers if key.lower() == b"content-encoding"), b"").lower().strip()
    if encoding in {b"", b"identity"}:
        yield from chunks
        return
    if encoding not in {b"gzip", b"x-gzip", b"deflate"}:
        raise zlib.error("unknown content encoding")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    for chunk in chunks:
        yield inflater.decompress(chunk, MEBIBYTE)
        while inflater.unconsumed_tail:
            yield inflater.decompress(inflater.unconsumed_tail, MEBIBYTE)


def _ascii_host(netloc: str) -> bytes:
    host, colon, port = netloc.rpartition(":") if re.search(r":\d*\Z", netloc) else (netloc, "", "")
    try:
        return (host if host.isascii() else host.encode("idna").decode()).encode() + f"{colon}{port}".encode()
    except UnicodeError:
        # A name that cannot exist is reported like one that does not: by the call, as unreachable.
        return b"name.invalid"


def _verifying_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
