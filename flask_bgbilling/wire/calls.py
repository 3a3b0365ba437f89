"""What was asked of the billings: one log line and one record per request, without secrets and values."""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from flask_bgbilling.errors import Absent, NoRights, Refused, WrongPassword

_logger = logging.getLogger("flask_bgbilling.wire.calls")

REMEMBERED = 500
_ANSWERED = frozenset({"ok", *(kind.code for kind in (Refused, NoRights, WrongPassword, Absent))})


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One request and its end.

    ``started`` and ``ended`` are seconds of the monotonic clock; ``form`` is the call on the wire, such as
    ``contract/ContractInfo``; ``received`` counts bytes of the answer; ``outcome`` is ``ok`` or an error code;
    ``attempts`` counts how often it was tried.
    """

    request_id: str
    billing_id: str
    operation: str
    form: str
    started: float
    ended: float
    received: int
    outcome: str
    attempts: int = 1

    @property
    def milliseconds(self) -> int:
        """How long it took."""
        return round((self.ended - self.started) * 1000)


class CallLog:
    """The last calls of a process, newest last, and the log lines of all of them."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._lock = threading.Lock()
        self._ring: deque[CallRecord] = deque(maxlen=remembered)

    def add(self, record: CallRecord) -> None:
        """Remembers and logs one call; a warning unless the billing answered it, be it with a refusal."""
        with self._lock:
            self._ring.append(record)
        level = logging.INFO if record.outcome in _ANSWERED else logging.WARNING
        if _logger.isEnabledFor(level):
            _logger.log(
                level,
                "%s %s %s (%s) %d ms %d bytes, attempts %d: %s",
                record.request_id,
                record.billing_id,
                record.operation,
                record.form,
                record.milliseconds,
                record.received,
                record.attempts,
                record.outcome,
            )

    def recent(self) -> tuple[CallRecord, ...]:
        """The remembered calls, oldest first."""
        with self._lock:
            return tuple(self._ring)


class RequestCounter:
    """The requests of one session, for pages that promise a bound on them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[CallRecord] = []

    def add(self, record: CallRecord) -> None:
        """Counts one request."""
        with self._lock:
            self._records.append(record)

    @property
    def records(self) -> tuple[CallRecord, ...]:
        """All requests so far, in the order of their ends."""
        with self._lock:
            return tuple(self._records)

    def __len__(self) -> int:
        return len(self._records)

    @property
    def depth(self) -> int:
        """How many requests had to wait for each other: the longest chain of one after the other."""
        return sequential_depth(self.records)


def sequential_depth(records: Iterable[CallRecord]) -> int:
    """The length of the longest chain of calls each of which began after the one before it had ended."""
    depth, end = 0, float("-inf")
    for record in sorted(records, key=lambda record: record.ended):
        if record.started >= end:
            depth, end = depth + 1, record.ended
    return depth
