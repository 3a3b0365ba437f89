"""One call from its declaration to its struct: the only place where anything is sent to a billing.

Version choice, account, limits, retries, breaker, the log and the meaning of every fault are applied here, the same
for all operations.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from flask_bgbilling.errors import (
    BGBillingError,
    BillingError,
    Garbled,
    Suspended,
    TimedOut,
    Unavailable,
    Uncertain,
    Unreachable,
)
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire import json_rpc, xml_action
from flask_bgbilling.wire import upload as uploads
from flask_bgbilling.wire.answers import JsonAnswer, RawAnswer, Unreadable, XmlAnswer
from flask_bgbilling.wire.calls import CallRecord, RequestCounter
from flask_bgbilling.wire.operation import Form, JsonRpc, Operation, RawAction, XmlAction
from flask_bgbilling.wire.refusals import refusal
from flask_bgbilling.wire.retries import pause_before_retry
from flask_bgbilling.wire.shared import ServerState, now
from flask_bgbilling.wire.transport import MEBIBYTE, Fault, FaultKind, Limits, Outgoing, Reply
from flask_bgbilling.wire.upload import Upload
from flask_bgbilling.wire.version import Version
from flask_bgbilling.wire.xml_action import Denied, XmlStream

T = TypeVar("T")

_logger = logging.getLogger(__name__)

_SILENT: frozenset[FaultKind] = frozenset({"unreachable", "no route", "timeout", "torn"})
"""Faults that say the billing itself cannot be had: they count for the breaker."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call ready to be sent: what stands in the log about it and how its answer becomes a value."""

    name: str
    form: str
    safe: bool
    outgoing: Outgoing
    limits: Limits
    read: Callable[[Reply, XmlStream | None], object]
    streamed: bool = False


class Conversation:
    """The calls of one account with one billing. Safe to use from many threads."""

    def __init__(self, state: ServerState, credentials: Credentials, counter: RequestCounter) -> None:
        self._state = state
        self._credentials = credentials
        self._counter = counter

    def ask(
        self,
        operation: Operation[T],
        form: Form[T],
        arguments: Mapping[str, object],
        version: Version,
    ) -> T:
        """Makes the call in the given form and reads its answer. Raises :class:`BillingError`."""
        state = self._state
        limits = state.large_limits if operation.large else state.limits
        safe = operation.safe
        zone = state.server.timezone
        read: Callable[[Reply, XmlStream | None], object]
        if isinstance(form, JsonRpc):
            outgoing = json_rpc.outgoing(form, arguments, state.server, self._credentials)

            def read(reply: Reply, _: XmlStream | None) -> object:
                data = json_rpc.accepted(json_rpc.parse(reply.body))
                return form.read(JsonAnswer(data, zone, version))

        elif isinstance(form, RawAction):
            outgoing = xml_action.outgoing(form, arguments, state.server, self._credentials)

            def read(reply: Reply, _: XmlStream | None) -> object:
                xml_action.denied_in_bytes(reply.body)
                return form.read(RawAnswer(reply.body, reply.header("content-type"), version))

        else:
            outgoing = xml_action.outgoing(form, arguments, state.server, self._credentials)

            def read(reply: Reply, stream: XmlStream | None) -> object:
                root = xml_action.parse(reply.body) if stream is None else stream.close()
                accepted = xml_action.accepted(root, message_is_success=not safe)
                return form.read(XmlAnswer(accepted, zone, version))

        streamed = operation.large and isinstance(form, XmlAction)
        exchange = Exchange(operation.name, str(form), safe, outgoing, limits, read, streamed)
        return cast(T, self._record(exchange))

    def upload(self, upload: Upload) -> int:
        """Stores a file and gives its id. Raises :class:`BillingError`."""
        state = self._state
        exchange = Exchange(
            "file upload",
            upload.handler,
            False,
            uploads.outgoing(upload, state.server, self._credentials),
            state.large_limits,
            lambda reply, _: uploads.file_id(reply),
        )
        return cast(int, self._record(exchange))

    def _record(self, exchange: Exchange) -> object:
        """Sends an exchange and gives its value, recording the call however it ends."""
        state = self._state
        started = now()
        call = _Call(exchange, state.server.title, secrets.token_hex(5))
        outcome = "error"
        try:
            wait = state.breaker.enter()
            if wait:
                raise call.error(Suspended, seconds=f"{max(wait, 1):.0f}")
            value = self._hold(call, started + exchange.limits.total)
            outcome = "ok"
            return value
        except BGBillingError as error:
            outcome = error.code
            raise
        finally:
            if call.attempts:
                record = CallRecord(
                    call.request_id,
                    state.server.id,
                    exchange.name,
                    exchange.form,
                    started,
                    now(),
                    call.received,
                    outcome,
                    call.attempts,
                )
                state.log.add(record)
                self._counter.add(record)

    def _hold(self, call: "_Call", deadline: float) -> object:
        breaker = self._state.breaker
        started = now()
        try:
            reply, stream = self._send(call, deadline)
        except Fault as fault:
            call.received = fault.received
            if fault.kind in _SILENT:
                breaker.failed()
            elif fault.kind == "busy":
                breaker.abandoned()
            else:
                breaker.answered()
            raise call.fault(fault, now() - started) from fault
        except Unreadable as unreadable:
            breaker.answered()
            raise call.unusable(str(unreadable)) from unreadable
        except BaseException:
            breaker.abandoned()
            raise
        breaker.answered()
        call.received = reply.received
        return call.read(reply, stream)

    def _send(self, call: "_Call", deadline: float) -> tuple[Reply, XmlStream | None]:
        exchange = call.exchange
        while True:
            call.attempts += 1
            stream = XmlStream() if exchange.streamed else None
            try:
                return self._state.transport.send(exchange.outgoing, exchange.limits, deadline, stream), stream
            except Fault as fault:
                pause = pause_before_retry(fault, safe=exchange.safe, attempt=call.attempts, deadline=deadline)
                if pause is None:
                    raise
                time.sleep(pause)


class _Call:
    """An exchange under way: what its errors and its record say."""

    def __init__(self, exchange: Exchange, billing: str, request_id: str) -> None:
        self.exchange = exchange
        self.billing = billing
        self.request_id = request_id
        self.attempts = 0
        self.received = 0

    def error(self, kind: type[BillingError], http_status: int | None = None, **params: object) -> BillingError:
        return kind(
            billing=self.billing,
            operation=self.exchange.form,
            request_id=self.request_id,
            http_status=http_status,
            **params,
        )

    def fault(self, fault: Fault, elapsed: float) -> BillingError:
        """What a fault of transport means for the caller."""
        seconds = f"{max(elapsed, 0.1):.1f}".removesuffix(".0")
        if not self.exchange.safe and fault.sent and fault.kind != "busy":
            return self.error(Uncertain, why=fault.kind, seconds=seconds)
        if fault.kind in {"unreachable", "no route"}:
            return self.error(Unreachable, why=fault.reason)
        if fault.kind in {"timeout", "busy"}:
            return self.error(TimedOut, seconds=seconds)
        if fault.kind == "torn":
            return self.error(Unavailable, why=fault.reason)
        why = {
            "truncated": "the answer breaks off",
            "too large": f"the answer is larger than {self.exchange.limits.size // MEBIBYTE} MiB",
        }.get(fault.kind, "not HTTP")
        return self.error(Garbled, why=why)

    def unusable(self, why: str, http_status: int | None = None) -> BillingError:
        """The error for an answer that says neither yes nor no.

        A call that changes data may have done so all the same: after it the billing has to be looked at.
        """
        rejected = http_status is not None and 400 <= http_status < 500
        kind = Garbled if self.exchange.safe or rejected else Uncertain
        return self.error(kind, http_status, why=why)

    def denied(self, denied: Denied, http_status: int | None = None) -> BillingError:
        return refusal(
            denied.words,
            billing=self.billing,
            operation=self.exchange.form,
            request_id=self.request_id,
            exception=denied.exception,
            errcode=denied.errcode,
            http_status=http_status,
        )

    def read(self, reply: Reply, stream: XmlStream | None) -> object:
        """The value of an answer; every way in which a hostile or broken one can fail ends in our own errors."""
        if reply.status in {401, 403}:
            raise self.denied(xml_action.denial_of_page(reply.body), reply.status)
        if reply.status != 200:
            raise self.unusable(f"HTTP {reply.status}", reply.status)
        try:
            return self.exchange.read(reply, stream)
        except Denied as denied:
            raise self.denied(denied, reply.status) from None
        except Unreadable as unreadable:
            raise self.unusable(str(unreadable), reply.status) from unreadable
        except BGBillingError:
            raise
        except Exception as error:
            _logger.exception("%s: the reader of %s failed", self.request_id, self.exchange.name)
            raise self.unusable(f"unexpected content ({type(error).__name__})", reply.status) from error
