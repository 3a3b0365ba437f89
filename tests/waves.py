"""How many calls of a page wait for each other, told by their order and by no clock."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from flask_bgbilling.wire.lanes import Lane, Pending
from flask_bgbilling.wire.session import Billing


class Waves:
    """Counts calls and how deep they wait for each other: a call is one deeper than the deepest whose result was taken
    before it began, by whoever began it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.depth = 0
        self._here = threading.local()
        self._lock = threading.Lock()
        ask, submit, result = Billing._ask, Lane.submit, Pending.result

        def asked(billing: Billing, *arguments: Any) -> Any:
            depth = self._seen + 1
            with self._lock:
                self.calls += 1
                self.depth = max(self.depth, depth)
            try:
                return ask(billing, *arguments)
            finally:
                self._seen = depth

        def submitted(lane: Lane, work: Callable[[], Any], *arguments: Any) -> Any:
            begun_at, reached = self._seen, [0]

            def inside() -> Any:
                before, self._seen = self._seen, begun_at
                try:
                    return work()
                finally:
                    reached[0], self._seen = self._seen, before

            pending = submit(lane, inside, *arguments)
            pending.reached = reached  # type: ignore[attr-defined]
            return pending

        def taken(pending: Pending[Any], *arguments: Any) -> Any:
            try:
                return result(pending, *arguments)
            finally:
                self._seen = max(self._seen, *getattr(pending, "reached", [0]), 0)

        monkeypatch.setattr(Billing, "_ask", asked)
        monkeypatch.setattr(Lane, "submit", submitted)
        monkeypatch.setattr(Pending, "result", taken)

    @property
    def _seen(self) -> int:
        return getattr(self._here, "seen", 0)

    @_seen.setter
    def _seen(self, depth: int) -> None:
        self._here.seen = depth

    def begin(self) -> None:
        """A new page is asked for in this thread."""
        self.calls = self.depth = self._seen = 0
