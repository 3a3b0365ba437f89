"""A contract that is imported again: its case goes on, so that what undoing needs is not lost."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from flask_bgbilling.store.import_cases import ImportCase, NewCase


def continued(case: NewCase, before: ImportCase | None) -> NewCase:
    """The new word about a contract with what the case remembers.

    Customers that were made one for the contract can be parted as long as the case lives. Into the same customer
    again is one import: undoing it takes back what both have changed.
    """
    if before is None or before.details is None:
        return case
    old, new = before.details, replace(case.details, absorbed=before.details.absorbed)
    imported = case.state == "done" and case.customer_id is not None
    if imported and before.state in ("done", "merged") and before.customer_id == case.customer_id:
        new = replace(
            new,
            created=old.created,
            # Who has renamed the customer in between keeps that title.
            title_before=old.title_before if new.title_before == old.title_after else new.title_before,
            values=_joined(old.values, new.values),
            customer_before=old.customer_before,
        )
    return replace(case, state="merged" if imported and new.absorbed else case.state, details=new)


def _joined(old: Sequence[Any], new: Sequence[Any]) -> list[Any]:
    """What both have changed, from before the first to after the last; what was changed in between stays."""
    changes = {number: (before, after) for number, before, after in old}
    for number, before, after in new:
        first, last = changes.get(number, (before, before))
        changes[number] = (first if last == before else before, after)
    return [[number, before, after] for number, (before, after) in changes.items()]
