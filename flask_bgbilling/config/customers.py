"""What a configuration says of the host's customers: their parameters, groups and title patterns.

It can be checked only where the host's customers are at hand, so whoever checks hands them in.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask_bgbilling.config import creator
from flask_bgbilling.config.loading import SERVER_PREFIX, noted, server_sections
from flask_bgbilling.config.mapping import readable_pairs
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.ports import CustomerParameter, CustomerParameterType

COPYING_KEY: Final = "copyParamMapping"
OWN_PATTERN: Final = 0
"""The title pattern of a customer that has one of its own."""


@dataclass(frozen=True)
class KnownCustomers:
    """What can be named of the host's customers, by ids; with ``failure``, a short word why, nothing could be read."""

    parameters: Mapping[int, CustomerParameter] = field(default_factory=dict)
    group_ids: Collection[int] = ()
    title_pattern_ids: Collection[int] = ()
    failure: str = ""


def problems(properties: Properties, ask: Callable[[], KnownCustomers]) -> Iterator[Problem]:
    """What is named that the host does not have; it is asked, once, when something is named at all."""
    servers = server_sections(properties)[0]
    copying = {number: block for number, block in servers.items() if readable_pairs(block.text(COPYING_KEY))}
    if not copying and not properties.sub(creator.PREFIX):
        return
    known = ask()
    if known.failure:
        yield Problem("customers-unread", params={"reason": known.failure})
        return
    for number, block in copying.items():
        yield from _mapping(block, COPYING_KEY, f"{SERVER_PREFIX}{number}.", known.parameters)
    for number, block in properties.indexed(creator.SERVER_PREFIX).items():
        yield from _mapping(block, "paramMapping", f"{creator.SERVER_PREFIX}{number}.", known.parameters)
    yield from _lists(properties.sub(creator.PREFIX), known.parameters)
    yield from _rules(properties, known)


def _lists(block: Properties, parameters: Mapping[int, CustomerParameter]) -> Iterator[Problem]:
    for key, types in creator.LISTS:
        numbers = block.integers(key)
        if unknown := [number for number in numbers if number not in parameters]:
            yield noted(block, key, "parameter-unknown", creator.PREFIX, value=_list(unknown))
        known = [parameters[number] for number in numbers if number in parameters]
        if unfit := [f"{one.id} ({one.type.value})" for one in known if one.type not in types]:
            yield noted(block, key, "parameter-type", creator.PREFIX, value=_list(unfit), types=_list(sorted(types)))


def _mapping(
    block: Properties, key: str, prefix: str, parameters: Mapping[int, CustomerParameter]
) -> Iterator[Problem]:
    pairs = readable_pairs(block.text(key))
    if unknown := [pair.customer_id for pair in pairs if pair.customer_id not in {None, *parameters}]:
        yield noted(block, key, "parameter-unknown", prefix, value=_list(unknown))
    for pair in pairs:
        parameter = None if pair.customer_id is None else parameters.get(pair.customer_id)
        if parameter is None or not pair.values:
            continue
        if parameter.type is not CustomerParameterType.LIST:
            yield noted(block, key, "mapping-no-list", prefix, value=pair.text)
        elif missing := [item for item in pair.values if item not in parameter.items]:
            yield noted(block, key, "mapping-item", prefix, value=pair.text, items=_list(missing))


def _rules(properties: Properties, known: KnownCustomers) -> Iterator[Problem]:
    for number, rule in properties.indexed(creator.RULE_PREFIX).items():
        prefix = f"{creator.RULE_PREFIX}{number}."
        group_id = rule.integer("paramGroupId")
        if group_id > 0 and group_id not in known.group_ids:
            yield noted(rule, "paramGroupId", "customer-group", prefix, value=group_id)
        pattern_id = rule.integer("titlePatternId", creator.BY_HAND)
        if pattern_id not in {creator.BY_HAND, OWN_PATTERN, *known.title_pattern_ids}:
            yield noted(rule, "titlePatternId", "customer-title-pattern", prefix, value=pattern_id)


def _list(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))
