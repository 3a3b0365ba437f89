"""The installation forgets: what is older than the configured days goes, a few at a time, while people work."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from flask_bgbilling.ports import Clock

logger = logging.getLogger(__name__)

MOST = 1000
"""How many entries of a kind a person's change may have to wait for; ``database purge`` has no bound."""

PAUSE = timedelta(days=1)


class Purged(Protocol):
    """What forgets: the journal, cases of the import, creations of contracts."""

    def purge(self, before: datetime, *, most: int | None = None) -> int:
        """Forgets what was over before this moment, about ``most`` of it, and says how much."""
        ...


class Retention:
    """Purges ``kept`` at most once a day in each process; ``keep_days`` tells how long entries are kept.

    Hosts without a nightly job keep what the configuration promises as long as something is written.
    """

    def __init__(self, kept: Sequence[Purged], keep_days: Callable[[], int], clock: Clock) -> None:
        self._kept = kept
        self._keep_days = keep_days
        self._clock = clock
        self._next: datetime | None = None

    def sweep(self) -> int:
        """Forgets old entries when it is time, and says how many; a change that was done never fails by it."""
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + PAUSE
        total = 0
        for one in self._kept:
            try:
                count = one.purge(now - timedelta(days=self._keep_days()), most=MOST)
            except Exception:  # whatever a database raises: the change itself is done and told
                logger.exception("old entries could not be deleted")
                continue
            if count >= MOST:  # there may be more of them
                self._next = now
            total += count
        return total
