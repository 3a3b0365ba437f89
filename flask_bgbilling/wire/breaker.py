"""The breaker: a billing that failed several times in a row is left alone for a while.

One per billing and process. Only faults of transport count — no connection, no answer in time, a torn connection; a
billing that refuses or talks nonsense is alive.
"""

import threading
import time
from collections.abc import Callable

FAULTS = 5
REST = 15.0


class Breaker:
    """Closed while all is well; open after ``faults`` faults in a row, for ``rest`` seconds.

    Then one single call is let through to try. Its answer closes the breaker, its fault opens it again. ``clock``
    counts seconds. Safe to use from many threads.
    """

    def __init__(self, faults: int = FAULTS, rest: float = REST, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = faults
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._faults = 0
        self._open_until: float | None = None
        self._probing = False

    def enter(self) -> float:
        """Asks to make a call. 0.0: go ahead, and report :meth:`answered`, :meth:`failed` or :meth:`abandoned`.

        Otherwise the seconds left to wait, at least one hundredth: the call must not be made.
        """
        with self._lock:
            if self._open_until is None:
                return 0.0
            left = self._open_until - self._clock()
            if left > 0 or self._probing:
                return max(left, 0.01)
            self._probing = True
            return 0.0

    def answered(self) -> None:
        """The billing answered, whatever it said."""
        if self._faults or self._open_until is not None:
            with self._lock:
                self._faults = 0
                self._open_until = None
                self._probing = False

    def failed(self) -> None:
        """The call ended in a fault of transport."""
        with self._lock:
            self._faults += 1
            if self._probing or self._faults >= self._limit:
                self._open_until = self._clock() + self._rest
                self._probing = False

    def abandoned(self) -> None:
        """The call says nothing about the billing: it was never made, or failed on our side."""
        with self._lock:
            self._probing = False

    @property
    def open(self) -> bool:
        """Whether calls are turned away now."""
        with self._lock:
            return self._open_until is not None and (self._probing or self._open_until > self._clock())
