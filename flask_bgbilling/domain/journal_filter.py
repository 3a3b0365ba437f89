"""What a person looks for in the journal, as it was typed and as a query."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from flask_bgbilling.domain.changes import STATE_WORDS
from flask_bgbilling.domain.contracts.periods import chosen_period
from flask_bgbilling.domain.journal import PAGE
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.store.changes import JournalQuery, whole
from flask_bgbilling.wire.dto.common import Period

FIELDS = ("person", "billing", "contract", "action", "state", "since", "until", "text")
LONGEST = 200
GREATEST_ID = 2**31 - 1
EARLIEST, LATEST = date(1970, 1, 2), date(9000, 1, 1)
"""Days that have moments in every time zone and database; nothing is older or newer."""


class NoContractId(InputError):
    """What was typed for a contract is no id."""

    code = "no contract id"
    message = N_("“%(typed)s” is not the id of a contract.")
    remedy = N_("The id is a number; it stands in the head of the card.")


class JournalFilter(Struct, frozen=True):
    """The form of the journal.

    ``values`` are what was typed, by field. ``problem`` says what cannot be used; ``query`` is ``None`` then.
    """

    values: Mapping[str, str]
    query: JournalQuery | None
    problem: InputError | None = None

    @property
    def fields(self) -> dict[str, str]:
        """What narrows the list, for links that keep it."""
        return {name: value for name, value in self.values.items() if value}

    def value(self, name: str) -> str:
        """What was typed into a field."""
        return self.values.get(name, "")


def parse_filter(arguments: Mapping[str, str], zone: ZoneInfo) -> JournalFilter:
    """Reads the form's fields; days begin and end on the clock of ``zone``, the last one is included."""
    values = {name: whole(arguments.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    try:
        period = chosen_period(values, Period())
        query = JournalQuery(
            billing_id=values["billing"] or None,
            contract_id=_contract(values["contract"]),
            person=values["person"],
            actions=frozenset({values["action"]} - {""}),
            state=next((state for state in STATE_WORDS if state == values["state"]), None),
            since=_start(period.since, zone) if period.since else None,
            until=_start(period.until, zone, 1) if period.until else None,
            text=values["text"],
            before_id=before_of(arguments.get("before", "")),
            limit=PAGE,
        )
    except InputError as problem:
        return JournalFilter(values, None, problem)
    return JournalFilter(values, query)


def before_of(typed: str) -> int | None:
    """The number from which a page goes on; ``None`` for anything else: the first page."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None


def _contract(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10 and int(typed) <= GREATEST_ID):
        raise NoContractId(typed=typed[:20])
    return int(typed)


def _start(day: date, zone: ZoneInfo, later: int = 0) -> datetime:
    bounded = min(max(day, EARLIEST), LATEST)
    return datetime.combine(bounded + timedelta(days=later), time(), zone)
