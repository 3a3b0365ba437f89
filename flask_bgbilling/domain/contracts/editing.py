"""What plans of changes share: noticing that somebody else was quicker.

A form carries the mark of what it was drawn from. Before anything is written the billing is read again; when the mark
no longer fits, the person sees both values and decides.
"""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext

SEEN = "seen"
"""The form's field with the mark of what it was drawn from."""


class Stale(InputError):
    """What is to be changed was changed in the billing meanwhile; ``now`` is what stands there."""

    code = "stale"
    message = N_("Somebody has changed this meanwhile.")
    remedy = N_("Compare both values. Save once more to put yours in its place.")

    def __init__(self, now: Sequence[Fact]) -> None:
        self.now = tuple(now)
        super().__init__()


def mark(value: object) -> str:
    """A short mark of a value that was read: equal values have equal marks, in every process."""
    return sha256(msgspec.json.encode(value, enc_hook=str, order="deterministic")).hexdigest()[:24]


def check_seen(context: ActionContext, value: object, now: Sequence[Fact]) -> None:
    """Raises :class:`Stale` when ``value``, just read, is not what the form was drawn from.

    ``now`` tells the value to people. A change that is gone on with is not checked: it has changed the value itself.
    """
    if not context.resumed and context.fields.raw(SEEN) != mark(value):
        raise Stale(now)


def differing(before: Sequence[Fact], after: Sequence[Fact]) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """Only those facts of two equally long lists that differ, for the journal."""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    return tuple(old for old, _ in pairs), tuple(new for _, new in pairs)
