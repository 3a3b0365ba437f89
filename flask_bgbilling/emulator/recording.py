"""What was received: a file of JSON lines for conformance checks, and counters for tests.

A recorded request holds the decoded fields without credentials, in the form that ``--record`` promises:
``{"version", "kind", "path", "body"}``, and for an upload also the ``bgbilling-*`` headers.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CALLS_KEPT = 100_000
SECRET_FIELDS = frozenset(("user", "pswd", "BGBillingSecret"))


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One answered call: the operation, when it began on the monotonic clock, how long it took, who
    called."""

    name: str
    started: float
    seconds: float
    login: str


class Recorder:
    """Takes requests as they arrive. Safe to use from many threads."""

    def __init__(self, version: str, file: str = "", *, keep: bool = False) -> None:
        """Appends to ``file`` when it is not empty; keeps requests in ``records`` when ``keep`` is true."""
        self.version = version
        self.keep = keep
        self.records: list[dict[str, Any]] = []
        self.calls: deque[CallRecord] = deque(maxlen=CALLS_KEPT)
        self._file = Path(file) if file else None
        self._lock = threading.Lock()

    def received(self, kind: str, path: str, body: Any, headers: Mapping[str, str] | None = None) -> None:
        """Notes one request; ``body`` must already be decoded."""
        if self._file is None and not self.keep:
            return
        record: dict[str, Any] = {
            "version": self.version,
            "kind": kind,
            "path": path,
            "body": without_credentials(body),
        }
        if headers:
            record["headers"] = dict(headers)
        with self._lock:
            if self.keep:
                self.records.append(record)
            if self._file is not None:
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def answered(self, call: CallRecord) -> None:
        """Notes one answered call."""
        self.calls.append(call)

    def clear(self) -> None:
        """Forgets the requests and calls kept in memory."""
        with self._lock:
            self.records.clear()
            self.calls.clear()


def without_credentials(body: Any) -> Any:
    """The fields of a request without login, password and session secret."""
    if not isinstance(body, Mapping):
        return body
    return {name: value for name, value in body.items() if name not in SECRET_FIELDS}
