"""How customers are imported from contracts: the keys ``bgbilling:creator.*`` (``configuration.md`` 2.4).

A block that cannot be used is left out and reported; the others stay. What names parameters of customers is checked
where the host's customers are at hand: ``config/customers.py``.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from flask_bgbilling.config.loading import noted
from flask_bgbilling.config.mapping import ParameterPair, pairs, readable_pairs
from flask_bgbilling.config.messages import Problem, shown
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.config.values import Mistake, parse_integer
from flask_bgbilling.expr import ExpressionLimitError, JavaPattern, PatternError
from flask_bgbilling.ports import CustomerParameterType

logger: Final = logging.getLogger(__name__)

PREFIX: Final = "bgbilling:creator."
SERVER_PREFIX: Final = f"{PREFIX}server."
RULE_PREFIX: Final = f"{PREFIX}parameterGroupRule."

DEFAULT_TITLE_DISTANCE: Final = 2
DEFAULT_PAGE_SIZE: Final = 50
DEFAULT_SHORTEST_TITLE: Final = 10
BY_HAND: Final = -1
"""The title pattern of a customer whose title is typed by hand."""

CONFIRMING: Final = frozenset(
    {
        CustomerParameterType.ADDRESS,
        CustomerParameterType.TEXT,
        CustomerParameterType.PHONE,
        CustomerParameterType.DATE,
    }
)
SEARCHABLE: Final = CONFIRMING - {CustomerParameterType.DATE}
IMPORTABLE: Final = frozenset(CustomerParameterType)

LISTS: Final = (
    ("confirmParameters", CONFIRMING),
    ("searchParameters", SEARCHABLE),
    ("importParameters", IMPORTABLE),
)
"""The keys that list parameters of customers, with the types that those may have."""


@dataclass(frozen=True, slots=True)
class CreatorServer:
    """A billing that customers are imported from, with the account that does it.

    ``sources`` gives the parameters of the contract for each of the customer's, in the order in which they are asked;
    ``items`` the ids of the customer's list items by those of the contract, for lists that pair them.
    """

    number: int
    billing_id: str
    user: str
    password: str = field(repr=False)
    sources: Mapping[int, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    items: Mapping[int, Mapping[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    page_size: int = DEFAULT_PAGE_SIZE
    shortest_title: int = DEFAULT_SHORTEST_TITLE

    @property
    def contract_parameters(self) -> frozenset[int]:
        """Every parameter of a contract that is named."""
        return frozenset(number for numbers in self.sources.values() for number in numbers)


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Which group of parameters and title pattern a new customer gets; without ``pattern`` every one does."""

    number: int
    pattern: JavaPattern | None
    group_id: int
    title_pattern_id: int = BY_HAND

    def fits(self, contract_number: str) -> bool:
        """Whether the rule is for contracts of such a number: the pattern is found anywhere in it."""
        try:
            return self.pattern is None or self.pattern.found_in(contract_number)
        except ExpressionLimitError:  # a pattern that takes for ever on this number is for another one
            logger.warning(
                "the pattern “%s” takes too long on “%s”", self.pattern and self.pattern.pattern, contract_number
            )
            return False


@dataclass(frozen=True, slots=True)
class CreatorSettings:
    """The rules of the import.

    ``confirm``, ``search`` and ``imported`` are parameters of customers in their order. ``title_distances`` are limits
    of single search parameters, below 0: any title will do. ``billing_ids`` are those of the scheduled import, empty:
    all. With ``review_several`` a contract that several customers answer to waits for a person.
    """

    confirm: tuple[int, ...] = ()
    search: tuple[int, ...] = ()
    imported: tuple[int, ...] = ()
    title_distance: int = DEFAULT_TITLE_DISTANCE
    title_distances: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    billing_ids: tuple[str, ...] = ()
    rules: tuple[GroupRule, ...] = ()
    servers: tuple[CreatorServer, ...] = ()
    review_several: bool = False

    def distance(self, parameter_id: int) -> int:
        """How far titles may be from each other where this parameter has found the customer."""
        return self.title_distances.get(parameter_id, self.title_distance)

    def server(self, billing_id: str) -> CreatorServer | None:
        """The import's server of this billing."""
        return next((server for server in self.servers if server.billing_id == billing_id), None)

    def rule(self, contract_number: str) -> GroupRule | None:
        """The first rule, by its number, that is for this contract."""
        return next((rule for rule in self.rules if rule.fits(contract_number)), None)

    @property
    def scheduled(self) -> tuple[CreatorServer, ...]:
        """The servers that the scheduled import goes through."""
        return tuple(one for one in self.servers if not self.billing_ids or one.billing_id in self.billing_ids)


def creator_settings(settings: Settings) -> CreatorSettings:
    """The rules of a configuration: its usable blocks, those of working servers."""
    tree = settings.properties.sub(PREFIX)
    servers: dict[str, CreatorServer] = {}
    for number, block in sorted(settings.properties.indexed(SERVER_PREFIX).items()):
        server = _server(number, block)
        if server is not None and settings.server(server.billing_id) is not None:
            servers.setdefault(server.billing_id, server)
    rules = (_rule(number, block) for number, block in sorted(settings.properties.indexed(RULE_PREFIX).items()))
    distances = settings.properties.indexed(f"{PREFIX}titleDistance.")
    return CreatorSettings(
        confirm=_once(tree.integers("confirmParameters")),
        search=_once(tree.integers("searchParameters")),
        imported=_once(tree.integers("importParameters")),
        title_distance=tree.integer("titleDistance", DEFAULT_TITLE_DISTANCE),
        title_distances=MappingProxyType(
            {
                number: limit
                for number, block in distances.items()
                if (limit := parse_integer(block.text(""))) is not None
            }
        ),
        billing_ids=tree.words("importBillingIds"),
        rules=tuple(rule for rule in rules if rule is not None),
        servers=tuple(servers.values()),
        review_several=tree.boolean("reviewSeveral", False),
    )


def problems(properties: Properties) -> Iterator[Problem]:
    """What is wrong in the blocks beyond the form of their values."""
    taken: dict[str, int] = {}
    for number, block in properties.indexed(SERVER_PREFIX).items():
        prefix = f"{SERVER_PREFIX}{number}."
        for key in ("billingId", "user", "pswd"):
            if not block.text(key).strip():
                yield noted(block, key, "required", prefix)
        billing_id = block.text("billingId").strip()
        if billing_id and taken.setdefault(billing_id, number) != number:
            yield noted(block, "billingId", "creator-twice", prefix, first=taken[billing_id])
        if titles := [pair.text for pair in _mapping(block) if pair.customer_id is None]:
            yield noted(block, "paramMapping", "creator-title", prefix, value=_list(titles))
    for number, rule in properties.indexed(RULE_PREFIX).items():
        prefix = f"{RULE_PREFIX}{number}."
        if not rule.integer("paramGroupId"):
            yield noted(rule, "paramGroupId", "rule-ignored", prefix)
        try:
            JavaPattern.of(rule.text("contractTitlePattern").strip())
        except PatternError:
            shown_pattern = shown("contractTitlePattern", rule.text("contractTitlePattern"))
            yield noted(rule, "contractTitlePattern", "pattern", prefix, value=shown_pattern)
    creator = properties.sub(PREFIX)
    if creator and not creator.integers("confirmParameters"):
        yield noted(creator, "confirmParameters", "confirm-empty", PREFIX)
    yield from _unmapped(properties, creator)


def _unmapped(properties: Properties, creator: Properties) -> Iterator[Problem]:
    """Parameters that no server maps have no effect at all."""
    blocks = [pair for block in properties.indexed(SERVER_PREFIX).values() for pair in _mapping(block)]
    mapped = {pair.customer_id for pair in blocks}
    for key, _ in LISTS if blocks else ():
        if unused := [number for number in creator.integers(key) if number not in mapped]:
            yield noted(creator, key, "parameter-unmapped", PREFIX, value=_list(unused))


def _server(number: int, block: Properties) -> CreatorServer | None:
    billing_id, user, password = (block.text(key).strip() for key in ("billingId", "user", "pswd"))
    if not billing_id or not user or not password:
        return None
    try:
        mapping = pairs(block.text("paramMapping"))
    except Mistake:  # half a mapping would make customers that later imports do not recognise
        return None
    sources: dict[int, tuple[int, ...]] = {}
    items: dict[int, Mapping[int, int]] = {}
    for pair in mapping:
        if pair.customer_id is not None:
            sources[pair.customer_id] = _once((*sources.get(pair.customer_id, ()), *pair.contract_ids))
            if pair.values:
                items[pair.customer_id] = MappingProxyType({**pair.back, **items.get(pair.customer_id, {})})
    return CreatorServer(
        number=number,
        billing_id=billing_id,
        user=user,
        password=password,
        sources=MappingProxyType(sources),
        items=MappingProxyType(items),
        page_size=max(1, block.integer("pageSize", DEFAULT_PAGE_SIZE)),
        shortest_title=max(0, block.integer("minCustomerTitleLength", DEFAULT_SHORTEST_TITLE)),
    )


def _rule(number: int, block: Properties) -> GroupRule | None:
    group_id = block.integer("paramGroupId")
    written = block.text("contractTitlePattern").strip()
    try:
        pattern = JavaPattern.of(written) if written else None
    except PatternError:
        return None
    return GroupRule(number, pattern, group_id, block.integer("titlePatternId", BY_HAND)) if group_id > 0 else None


def _mapping(block: Properties) -> tuple[ParameterPair, ...]:
    """The pairs of a block that can be read; its kind reports the others."""
    return readable_pairs(block.text("paramMapping"))


def _once(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))


def _list(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)
