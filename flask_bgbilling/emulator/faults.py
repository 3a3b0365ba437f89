"""Ways to misbehave on purpose, switched at start or while the emulator runs.

- ``latency``: waits ``delay_ms`` (plus up to ``jitter_ms`` at random) before the call is executed; it is executed and
  answered even when the client has given up meanwhile
- ``hang``: takes the request and never answers, nothing is executed
- ``reset``: resets the connection, nothing is executed
- ``http-500``: answers an HTTP error page (``status`` chooses another code), nothing is executed
- ``execute-but-do-not-answer``: executes the call, then resets the connection
- ``execute-then-hang``: executes the call, then never answers
- ``execute-late``: breaks the connection at once and executes the call ``delay_ms`` later, or as soon as the fault is
  cleared: the client has no answer, and what it finds when it looks soon after is not yet the truth
- ``truncated``: breaks the connection in the middle of the answer
- ``cut-body``: a complete HTTP answer that holds the first half of the document
- ``garbled``: ``size`` bytes of noise instead of the answer, 10 MB by default
- ``wrong-content-type``: the right body under the content type of a picture
- ``endless``: an answer that never ends
- ``entity-bomb``: an XML document whose entities explode
- ``invalid-utf-8``: the answer with bytes that are no UTF-8
- ``illegal-references``: ``&#0;`` in the texts of XML answers

A fault may be restricted to operations whose name contains a text, and to a number of calls after some were
let through.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

NAMES = (
    "latency",
    "hang",
    "reset",
    "http-500",
    "execute-but-do-not-answer",
    "execute-then-hang",
    "execute-late",
    "truncated",
    "cut-body",
    "garbled",
    "wrong-content-type",
    "endless",
    "entity-bomb",
    "invalid-utf-8",
    "illegal-references",
)
DEFAULT_GARBAGE = 10 * 1024 * 1024


@dataclass(slots=True)
class Fault:
    """One active fault. ``count`` ``None`` lasts until cleared; ``skip`` calls are answered properly
    first."""

    name: str
    operation: str = ""
    count: int | None = None
    skip: int = 0
    delay_ms: int = 0
    jitter_ms: int = 0
    status: int = 500
    size: int = DEFAULT_GARBAGE

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise ValueError(f"unknown fault {self.name!r}, known are {', '.join(NAMES)}")
        for name in ("skip", "delay_ms", "jitter_ms", "status", "size"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} must be a whole number, not {value!r}")
        if self.count is not None and (not isinstance(self.count, int) or self.count < 1):
            raise ValueError(f"count must be at least 1, not {self.count!r}")
        if not isinstance(self.operation, str):
            raise ValueError(f"operation must be a text, not {self.operation!r}")


class Faults:
    """The active faults of one emulator. Safe to use from many threads."""

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._lock = threading.Lock()
        self._release = threading.Event()

    def set(self, name: str, **options: Any) -> Fault:
        """Switches a fault on; the same name with the same operations is replaced.

        Options are the fields of ``Fault``; ``ValueError`` on an unknown name, option or value.
        """
        unknown = set(options) - {field.name for field in fields(Fault)}
        if unknown:
            raise ValueError(f"unknown option {', '.join(sorted(unknown))} of a fault")
        fault = Fault(name, **options)
        with self._lock:
            self._active = [known for known in self._active if (known.name, known.operation) != (name, fault.operation)]
            self._active.append(fault)
        return fault

    @property
    def release(self) -> threading.Event:
        """Set when what is to be executed late is to be executed now; take it before the client is left."""
        with self._lock:
            return self._release

    def clear(self, name: str | None = None) -> None:
        """Switches one fault off wherever it applies, or all; calls that wait to be executed late are executed."""
        with self._lock:
            if name in (None, "execute-late"):
                self._release.set()
                self._release = threading.Event()
            self._active = [fault for fault in self._active if name is not None and fault.name != name]

    def take(self, operation: str) -> dict[str, Fault]:
        """The faults that hit this call, by name; counts down those that last for some calls only."""
        hit: dict[str, Fault] = {}
        with self._lock:
            for fault in list(self._active):
                if fault.operation not in operation:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                hit[fault.name] = fault
                if fault.count is not None:
                    fault.count -= 1
                    if not fault.count:
                        self._active.remove(fault)
        return hit

    def listed(self) -> list[dict[str, Any]]:
        """The active faults with their options."""
        with self._lock:
            return [asdict(fault) for fault in self._active]

    def command(self, order: Mapping[str, Any]) -> None:
        """Applies an order received over HTTP: ``{"clear": true}``, ``{"clear": NAME}`` or a fault's
        fields."""
        if "clear" in order:
            self.clear(order["clear"] if isinstance(order["clear"], str) else None)
            return
        options = dict(order)
        name = options.pop("name", None)
        if not isinstance(name, str):
            raise ValueError("an order needs a name of a fault or clear")
        self.set(name, **options)
