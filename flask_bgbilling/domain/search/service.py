"""The search of contracts as pages use it: which billings, what was meant, and the answers as they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from flask_bgbilling.config.settings import DisabledServer, Server, Settings
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.search.addresses import AddressFinder
from flask_bgbilling.domain.search.calls import Found, Searcher
from flask_bgbilling.domain.search.criteria import Criterion, SearchQuery
from flask_bgbilling.domain.search.fan_out import Late, Steps, Task, fan_out
from flask_bgbilling.domain.search.forms import whole
from flask_bgbilling.domain.search.meaning import Interpreter, Meaning, Way
from flask_bgbilling.domain.search.results import Block, Merger
from flask_bgbilling.errors import N_, BGBillingError, Forbidden, InputError, TimedOut
from flask_bgbilling.ports import AddressBook, House, Street
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.parameter_directories import LIST_VALUES, PARAMETERS_OF_TYPE
from flask_bgbilling.wire.session import Billing

OPERATION: Final = "contract search"

# The types of parameters that a kind of search looks into, and how a list choice names them.
PARAMETER_TYPES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "text": (("text", ""),),
    "phone": (("phone", ""),),
    "email": (("email", ""),),
    "date": (("date", ""),),
    "list": (("list", "List"), ("multilist", "MultiList")),
}
LIST_TYPES: Final = frozenset(list_type for _, list_type in PARAMETER_TYPES["list"])


@dataclass(frozen=True)
class ParameterOption:
    """A parameter to choose; ``value`` is what the form sends for it."""

    value: str
    title: str
    parameter_id: int


@dataclass(frozen=True)
class ValueOption:
    """A value of a list parameter to choose; ``value`` is what the form sends for it."""

    value: str
    title: str


@dataclass(frozen=True)
class BillingParameters:
    """The parameters of one billing, or why they are not known."""

    billing_id: str
    title: str
    order: int
    options: tuple[ParameterOption, ...] = ()
    problem: BGBillingError | None = None


@dataclass(frozen=True)
class Search:
    """A search under way: a still empty block of each billing asked, in configured order, and the answers.

    ``blocks`` gives them in the order of arrival, each once; taking them waits.
    """

    asked: tuple[Block, ...]
    blocks: Iterator[Block]


@dataclass(frozen=True)
class ListParameters:
    """The list parameters of one billing with the values of the chosen one."""

    parameters: BillingParameters
    chosen: str = ""
    values: tuple[ValueOption, ...] = ()
    problem: BGBillingError | None = None


class ContractSearch:
    """Searches contracts in the billings that a person may use, under the person's own accounts."""

    def __init__(self, access: BillingAccess, settings: Callable[[], Settings], address_book: AddressBook) -> None:
        self._access = access
        self._settings = settings
        self._finder = AddressFinder(address_book)
        self._interpreter = Interpreter(self._finder)

    def servers(self, viewer: Viewer) -> tuple[Server, ...]:
        """The billings that the person may search, in configured order."""
        return self._access.servers(viewer)

    def switched_off(self, viewer: Viewer) -> tuple[DisabledServer, ...]:
        """Billings that the person cannot search because their configuration is wrong."""
        return self._access.switched_off(viewer)

    def chosen(self, viewer: Viewer, billing_ids: Sequence[str]) -> tuple[Server, ...]:
        """The billings of these ids, all when there are none; ids that are unknown or not allowed are left out."""
        servers = self.servers(viewer)
        return tuple(server for server in servers if server.id in billing_ids) if billing_ids else servers

    def server(self, viewer: Viewer, billing_id: str) -> Server:
        """One billing; raises ``UnknownBilling`` or ``Forbidden`` when the person cannot search it."""
        return self._access.server(viewer, billing_id)

    def unknown(self, viewer: Viewer, billing_ids: Sequence[str]) -> tuple[str, ...]:
        """Those of the ids that the person cannot search."""
        known = {server.id for server in self.servers(viewer)}
        return tuple(billing_id for billing_id in billing_ids if billing_id not in known)

    def meaning(self, criterion: Criterion) -> Meaning:
        """What a query means; asks the host's address book and nobody else."""
        return self._interpreter.meaning(criterion)

    def streets(self, typed: str, limit: int) -> tuple[Street, ...]:
        """Suggestions for a street."""
        return self._finder.streets(typed, limit)

    def houses(self, street_id: int, typed: str, limit: int) -> tuple[House, ...]:
        """Suggestions for a house of a street."""
        return self._finder.houses(street_id, typed, limit)

    def search(self, viewer: Viewer, query: SearchQuery, meaning: Meaning) -> Search:
        """Starts the search in the chosen billings."""
        servers = self.chosen(viewer, query.billing_ids)
        orders = self._orders(viewer)
        asked = tuple(Block(s.id, s.title, orders[s.id], page=query.page) for s in servers)
        return Search(asked, self._blocks(viewer, query, meaning, servers))

    def block(self, viewer: Viewer, billing_id: str, query: SearchQuery, meaning: Meaning) -> Block:
        """The answer of one billing; raises ``UnknownBilling`` or ``Forbidden`` for one that cannot be searched."""
        server = self._access.server(viewer, billing_id)
        return next(self._blocks(viewer, query, meaning, (server,)))

    def parameters(self, viewer: Viewer, kind: str, billing_ids: Sequence[str]) -> tuple[BillingParameters, ...]:
        """The parameters that a kind of search can look into, per billing in configured order."""
        servers = self.chosen(viewer, billing_ids)
        orders = self._orders(viewer)
        tasks: dict[str, Task[BillingParameters]] = {}
        found: dict[str, BillingParameters] = {}
        for server in servers:
            empty = BillingParameters(server.id, server.title, orders[server.id])
            try:
                billing = self._access.open(viewer, server.id)
            except BGBillingError as error:
                found[server.id] = _without(empty, error)
                continue
            tasks[server.id] = Task(_parameters(billing, viewer, kind, empty), _patience(server))
        titles = {server.id: server.title for server in servers}
        for billing_id, outcome in fan_out(tasks):
            if isinstance(outcome, Late):
                empty = BillingParameters(billing_id, titles[billing_id], orders[billing_id])
                outcome = _without(empty, _timed_out(titles[billing_id], outcome))
            found[billing_id] = outcome
        return tuple(found[server.id] for server in servers)

    def list_values(self, viewer: Viewer, chosen: str) -> tuple[ValueOption, ...]:
        """The values of a list parameter, which is named as the form names it: ``billing:type:id``.

        Raises ``InputError`` for a name that no form offers.
        """
        billing_id, list_type, number = [*chosen.split(":"), "", ""][:3]
        parameter_id = whole(number)
        if parameter_id is None or list_type not in LIST_TYPES:
            raise InputError(detail=N_("This is not one of the parameters offered."))
        billing = self._access.open(viewer, billing_id)
        if not viewer.grant.covers_parameter(parameter_id):
            raise Forbidden(permission="contract.search")
        values = billing.call(LIST_VALUES, parameter_id=parameter_id)
        return tuple(ValueOption(f"{chosen}:{value.id}", value.title) for value in values)

    def list_parameters(
        self, viewer: Viewer, billing_ids: Sequence[str], chosen: Sequence[str]
    ) -> tuple[ListParameters, ...]:
        """The list parameters per billing; for one of ``chosen`` also its values."""
        return tuple(
            self._with_values(viewer, parameters, chosen) for parameters in self.parameters(viewer, "list", billing_ids)
        )

    def _with_values(self, viewer: Viewer, parameters: BillingParameters, chosen: Sequence[str]) -> ListParameters:
        offered = {option.value for option in parameters.options}
        name = next((one for one in chosen if one in offered), "")
        if not name:
            return ListParameters(parameters)
        try:
            return ListParameters(parameters, name, self.list_values(viewer, name))
        except BGBillingError as error:
            return ListParameters(parameters, name, problem=error)

    def _orders(self, viewer: Viewer) -> dict[str, int]:
        return {server.id: place for place, server in enumerate(self.servers(viewer))}

    def _blocks(
        self, viewer: Viewer, query: SearchQuery, meaning: Meaning, servers: Sequence[Server]
    ) -> Iterator[Block]:
        search = self._settings().search
        orders = self._orders(viewer)
        empty = {s.id: Block(s.id, s.title, orders[s.id], page=query.page) for s in servers}
        failed: list[Block] = []
        tasks: dict[str, Task[Block]] = {}
        for server in servers:
            try:
                billing = self._access.open(viewer, server.id)
            except BGBillingError as error:
                failed.append(_failed(empty[server.id], error))
                continue
            searcher = Searcher(
                billing,
                viewer.grant,
                query.options,
                page=query.page,
                page_size=search.page_size,
                address_parameters=search.address_parameter_ids,
            )
            merger = Merger(meaning.exact_number, search.page_size)
            steps = _search(billing, searcher, meaning.ways, merger, empty[server.id])
            tasks[server.id] = Task(steps, _patience(server))
        outcomes: Iterator[tuple[str, Block | Late]] = fan_out(tasks)
        return _arriving(failed, outcomes, empty)


def _arriving(
    failed: Sequence[Block], outcomes: Iterator[tuple[str, Block | Late]], empty: Mapping[str, Block]
) -> Iterator[Block]:
    yield from failed
    for billing_id, outcome in outcomes:
        if isinstance(outcome, Late):
            block = empty[billing_id]
            yield _failed(block, _timed_out(block.title, outcome), int(outcome.seconds * 1000))
        else:
            yield outcome


def _search(billing: Billing, searcher: Searcher, ways: Sequence[Way], merger: Merger, empty: Block) -> Steps[Block]:
    """All ways of searching in one billing at once: first the directories they need, then the searches."""
    begun = monotonic()
    started: list[tuple[Way, Pending[Found]]] = []
    preparing = [(way, searcher.begin(way.criterion)) for way in ways]
    while preparing:
        waiting: list[Pending[Any]] = []
        going_on = []
        for way, steps in preparing:
            try:
                waiting.extend(next(steps))
                going_on.append((way, steps))
            except StopIteration as end:
                started.append((way, end.value))
            except BGBillingError as error:
                merger.fail(way.key, error)
        preparing = going_on
        yield waiting
    yield tuple(pending for _, pending in started)
    for way, pending in started:
        try:
            merger.add(way.key, searcher.outcome(way.criterion, pending))
        except BGBillingError as error:
            merger.fail(way.key, error)
    return Block(
        billing_id=empty.billing_id,
        title=empty.title,
        order=empty.order,
        page=empty.page,
        pages=merger.pages,
        version=str(billing.version) if merger.answered else "",
        rows=merger.rows,
        ways=merger.ways,
        milliseconds=_since(begun),
        problem=merger.problem,
    )


def _parameters(billing: Billing, viewer: Viewer, kind: str, empty: BillingParameters) -> Steps[BillingParameters]:
    asked = [
        (list_type, billing.start_directory(PARAMETERS_OF_TYPE[name])) for name, list_type in PARAMETER_TYPES[kind]
    ]
    yield [pending for _, pending in asked]
    options: list[ParameterOption] = []
    for list_type, pending in asked:
        prefix = f"{billing.id}:{list_type}:" if list_type else f"{billing.id}:"
        try:
            entries = pending.result(0)
        except BGBillingError as error:
            return _without(empty, error)
        options.extend(
            ParameterOption(f"{prefix}{entry.id}", entry.title, entry.id)
            for entry in entries
            if viewer.grant.covers_parameter(entry.id)
        )
    return BillingParameters(empty.billing_id, empty.title, empty.order, tuple(options))


def _without(parameters: BillingParameters, error: BGBillingError) -> BillingParameters:
    return BillingParameters(parameters.billing_id, parameters.title, parameters.order, problem=error)


def _failed(block: Block, error: BGBillingError, milliseconds: int = 0) -> Block:
    return Block(block.billing_id, block.title, block.order, page=block.page, milliseconds=milliseconds, problem=error)


def _timed_out(title: str, late: Late) -> TimedOut:
    return TimedOut(billing=title, operation=OPERATION, seconds=f"{late.seconds:g}")


def _patience(server: Server) -> float:
    """How long a page waits for a billing: a cold one needs a request or two before the search itself."""
    return 2 * server.request_timeout


def _since(begun: float) -> int:
    return int((monotonic() - begun) * 1000)
