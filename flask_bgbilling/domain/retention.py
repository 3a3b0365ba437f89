"""The journal forgets: entries older than the configured days go, a few at a time, while people work."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from flask_bgbilling.ports import Clock
from flask_bgbilling.store.journal import Journal

logger = logging.getLogger(__name__)

MOST = 1000
"""How many entries one person's change may have to wait for; ``flask bgbilling database purge`` knows no such bound."""

PAUSE = timedelta(days=1)


class Retention:
    """Purges the journal at most once a day in each process; ``keep_days`` tells how long entries are kept.

    Hosts without a nightly job keep what the configuration promises as long as something is written.
    """

    def __init__(self, journal: Journal, keep_days: Callable[[], int], clock: Clock) -> None:
        self._journal = journal
        self._keep_days = keep_days
        self._clock = clock
        self._next: datetime | None = None

    def sweep(self) -> int:
        """Deletes old entries when it is time, and says how many; a change that was done never fails by it."""
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + PAUSE
        try:
            count = self._journal.purge(now - timedelta(days=self._keep_days()), most=MOST)
        except Exception:  # whatever a database raises: the change itself is done and told
            logger.exception("old entries of the journal could not be deleted")
            return 0
        if count >= MOST:  # there may be more of them
            self._next = now
        return count
