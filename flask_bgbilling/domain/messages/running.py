"""Running the searches of a message: the automatic ones beside each other, each in its own billing's time.

Every search has a row of its own: what it found, or why it failed. What was found is remembered for a short time per
message and person, so that a page that is drawn again, or a search by hand, does not ask the billings once more.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from flask_bgbilling.config.message_types import MessageType, SearchEntry
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.search.fan_out import Late, Steps, Task, fan_out
from flask_bgbilling.errors import N_, BGBillingError, Forbidden, InputError, TimedOut, UnknownBilling
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import Found, FoundContract, MessageContext, MessageSearch, SearchAnswer
from flask_bgbilling.ports import Customers, Message, Processes
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.session import Billing

KEEP_SECONDS: Final = 60.0
MOST_KEPT: Final = 500


class SearchFailed(BGBillingError):
    """A search's own code failed; the log has the reason."""

    code = "search failed"
    message = N_("The search “%(search)s” could not be done.")
    remedy = N_("The other searches work. The administrator finds the reason in the log.")
    retryable = True


@dataclass(frozen=True)
class SearchOutcome:
    """What one search of a message gave.

    ``number`` is the search's place in its type, ``title`` its title, ``billing_title`` where it looked (empty for the
    host's customers). ``rows`` are those that no earlier outcome had, ``again`` how many it had in common with them.
    With ``problem`` nothing could be found out. ``milliseconds`` is the time that it took, 0 when it was remembered.
    """

    number: int
    title: str
    billing_id: str = ""
    billing_title: str = ""
    rows: tuple[Found, ...] = ()
    again: int = 0
    more: bool = False
    notes: tuple[Fact, ...] = ()
    problem: BGBillingError | None = None
    milliseconds: int = 0
    automatic: bool = True


@dataclass(frozen=True)
class _Kept:
    until: float
    answer: SearchAnswer


class Remembered:
    """Answers of this process, for a short time. Safe to use from many threads."""

    def __init__(self, seconds: float = KEEP_SECONDS, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> SearchAnswer | None:
        """An answer that is not too old."""
        with self._lock:
            kept = self._kept.get(key)
            return kept.answer if kept is not None and kept.until > self._clock() else None

    def put(self, key: tuple[object, ...], answer: SearchAnswer) -> None:
        """Keeps an answer; the oldest goes when there are too many."""
        with self._lock:
            self._kept[key] = _Kept(self._clock() + self._seconds, answer)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


class SearchRuns:
    """Runs searches for people, under their own accounts."""

    def __init__(
        self,
        access: BillingAccess,
        customers: Customers | None,
        processes: Processes | None,
        failed: Callable[[str, Exception], None],
        remembered: Remembered | None = None,
    ) -> None:
        self._access = access
        self._failed = failed
        self._customers = customers
        self._processes = processes
        self._remembered = remembered or Remembered()

    def outcomes(
        self,
        viewer: Viewer,
        message: Message,
        kind: MessageType,
        version: str,
        *,
        by_hand: SearchEntry | None = None,
        fields: Mapping[str, str] | None = None,
        only: Sequence[int] | None = None,
        fresh: bool = False,
        shown: Iterable[tuple[object, ...]] = (),
    ) -> Iterator[SearchOutcome]:
        """Starts the automatic searches now and gives every outcome as it comes, each found thing once.

        ``by_hand`` is a search that a person has started with ``fields``: it comes first. ``only`` leaves the automatic
        searches of these numbers. ``fresh`` asks again what is remembered. ``shown`` are the places (:func:`place_of`)
        of what stands on the page already.
        """
        automatic = [entry for entry in kind.searches if _made(entry).form is None]
        if only is not None:
            automatic = [entry for entry in automatic if entry.number in only]
        run = _Run(self, viewer, message, version, fresh)
        arriving = run.begin(automatic)

        def outcomes() -> Iterator[SearchOutcome]:
            seen = set(shown)
            if by_hand is not None:
                yield _unique(run.by_hand(by_hand, fields or {}), seen)
            for outcome in arriving:
                yield _unique(outcome, seen)

        return outcomes()

    def form_context(self, viewer: Viewer, message: Message, fields: Mapping[str, str]) -> MessageContext:
        """What the form of a search by hand is drawn with."""

        def billing(billing_id: str) -> Billing:
            return self._access.open(viewer, billing_id)

        return MessageContext(message, viewer.person, billing, fields, self._customers, self._processes)


class _Run:
    """The searches of one page."""

    def __init__(self, runs: SearchRuns, viewer: Viewer, message: Message, version: str, fresh: bool) -> None:
        self._runs = runs
        self._viewer = viewer
        self._message = message
        self._version = version
        self._fresh = fresh
        self._begun = monotonic()

    def begin(self, entries: Sequence[SearchEntry]) -> Iterator[SearchOutcome]:
        """Starts those that ask billings in their lanes, then those of the host's own on this thread."""
        known: list[SearchOutcome] = []
        own: list[SearchEntry] = []
        tasks: dict[int, Task[SearchOutcome]] = {}
        for entry in entries:
            search = _made(entry)
            if not search.billing_id:
                own.append(entry)
                continue
            try:
                billing = self._runs._access.open(self._viewer, search.billing_id)
            except BGBillingError as error:
                known.append(replace(self._empty(entry), problem=error))
                continue
            kept = None if self._fresh else self._runs._remembered.get(self._key(entry))
            if kept is not None:
                known.append(self._told(entry, kept, billing.title))
                continue
            tasks[entry.number] = Task(self._steps(entry, billing), 2 * billing.server.request_timeout)
        by_number = {entry.number: entry for entry in entries}
        arriving = fan_out(tasks)

        def outcomes() -> Iterator[SearchOutcome]:
            yield from known
            for entry in own:
                yield self._on_this_thread(entry, {})
            for number, outcome in arriving:
                if isinstance(outcome, Late):
                    yield self._late(by_number[number], outcome)
                else:
                    yield outcome

        return outcomes()

    def by_hand(self, entry: SearchEntry, fields: Mapping[str, str]) -> SearchOutcome:
        """A search that a person has started: in the thread of the request, every time anew."""
        return self._on_this_thread(entry, fields)

    def _steps(self, entry: SearchEntry, billing: Billing) -> Steps[SearchOutcome]:
        search, message, person = _made(entry), self._message, self._viewer.person

        def work(inside: Billing) -> SearchAnswer:
            def only(billing_id: str) -> Billing:
                if billing_id != inside.id:  # this thread has neither the host's session nor its accounts
                    raise UnknownBilling(billing=billing_id[:60])
                return inside

            return search.run(MessageContext(message, person, only))

        pending: Pending[SearchAnswer] = billing.begin(entry.title or entry.class_name, work)
        yield (pending,)
        return self._outcome(entry, lambda: pending.result(0), billing.title, keep=True)

    def _on_this_thread(self, entry: SearchEntry, fields: Mapping[str, str]) -> SearchOutcome:
        search = _made(entry)
        context = self._runs.form_context(self._viewer, self._message, fields)
        title = ""
        if search.billing_id:
            try:
                title = self._runs._access.server(self._viewer, search.billing_id).title
            except BGBillingError as error:
                return replace(self._empty(entry), problem=error)
        return self._outcome(entry, lambda: search.run(context), title, keep=False)

    def _outcome(
        self, entry: SearchEntry, answer: Callable[[], SearchAnswer], billing_title: str, *, keep: bool
    ) -> SearchOutcome:
        try:
            found = answer()
            outcome = self._told(entry, found, billing_title)
        except BGBillingError as error:
            return replace(self._timed(entry, billing_title), problem=error)
        except Exception as error:  # a stranger's search: the others stay whatever it raises
            self._runs._failed(entry.class_name, error)
            problem = SearchFailed(search=entry.title or entry.class_name)
            return replace(self._timed(entry, billing_title), problem=problem)
        if keep:
            self._runs._remembered.put(self._key(entry), found)
        return replace(outcome, milliseconds=int((monotonic() - self._begun) * 1000))

    def _late(self, entry: SearchEntry, late: Late) -> SearchOutcome:
        server = self._runs._access.server(self._viewer, _made(entry).billing_id)
        problem = TimedOut(billing=server.title, operation=entry.title, seconds=f"{late.seconds:g}")
        return replace(self._timed(entry, server.title), problem=problem)

    def _told(self, entry: SearchEntry, answer: SearchAnswer, billing_title: str) -> SearchOutcome:
        empty = replace(self._empty(entry), billing_title=billing_title)
        return replace(empty, rows=tuple(answer.found), more=answer.more, notes=tuple(answer.notes))

    def _timed(self, entry: SearchEntry, billing_title: str) -> SearchOutcome:
        milliseconds = int((monotonic() - self._begun) * 1000)
        return replace(self._empty(entry), billing_title=billing_title, milliseconds=milliseconds)

    def _empty(self, entry: SearchEntry) -> SearchOutcome:
        search = _made(entry)
        return SearchOutcome(entry.number, entry.title, search.billing_id, automatic=search.form is None)

    def _key(self, entry: SearchEntry) -> tuple[object, ...]:
        message = self._message
        return self._version, self._viewer.person.id, message.type_id, message.id, message.sender, entry.number


def _made(entry: SearchEntry) -> MessageSearch:
    made: MessageSearch = entry.made
    return made


def place_of(found: Found) -> tuple[object, ...]:
    """What makes two found things the same one."""
    return ("contract", found.billing_id, found.cid) if isinstance(found, FoundContract) else ("customer", found.id)


def _unique(outcome: SearchOutcome, seen: set[tuple[object, ...]]) -> SearchOutcome:
    """The outcome without what earlier ones had."""
    rows = []
    for one in outcome.rows:
        place = place_of(one)
        if place not in seen:
            seen.add(place)
            rows.append(one)
    return replace(outcome, rows=tuple(rows), again=len(outcome.rows) - len(rows))


def is_input_problem(outcome: SearchOutcome) -> bool:
    """Whether it is what was typed that could not be used."""
    return isinstance(outcome.problem, InputError) and not isinstance(outcome.problem, Forbidden | UnknownBilling)
