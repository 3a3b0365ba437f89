"""When a call that failed in transport may be tried again, and after how long."""

import random
import time

from flask_bgbilling.wire.transport import Fault

ATTEMPTS = 3
_FIRST_PAUSE = 0.05


def pause_before_retry(fault: Fault, *, safe: bool, attempt: int, deadline: float) -> float | None:
    """Seconds to wait before the next attempt; ``None`` when there must be none.

    Whatever it is, a call of which not one byte was sent may be repeated when its connection was turned down. One
    that was sent may be repeated only if it is safe and the connection broke before an answer began; typically that
    was an idle connection which the server had just closed. Time lost waiting is never spent twice: what timed out
    is not repeated. ``attempt`` counts from 1.
    """
    if attempt >= ATTEMPTS:
        return None
    if fault.kind == "torn":
        allowed = safe
    else:
        allowed = fault.kind == "unreachable" and not fault.sent
    if not allowed:
        return None
    pause = 0.0 if fault.kind == "torn" and attempt == 1 else _FIRST_PAUSE * attempt * (1 + random.random())  # noqa: S311
    return pause if time.monotonic() + pause < deadline else None
