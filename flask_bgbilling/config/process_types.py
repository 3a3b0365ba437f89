"""What a type of processes says about contracts: its own text of keys (configuration.md 2.6).

A rule that cannot be used is left out and reported; the others stay. Which groups and billings there are is known only
where the host and the servers are at hand: :func:`problems` is given them.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from flask_bgbilling.config.loading import noted
from flask_bgbilling.config.messages import Problem, shown
from flask_bgbilling.config.properties import Properties, parse
from flask_bgbilling.config.values import parse_integer, split_words
from flask_bgbilling.expr import Expression, ExpressionError, ExpressionLimitError, JavaPattern, PatternError
from flask_bgbilling.ports import ProcessEventKind

logger = logging.getLogger(__name__)

LINKED_PREFIX: Final = "bgbilling:processLinkedContract."
LINK_CUSTOMER_KEY: Final = "bgbilling:linkCustomerOnContractLink"
SHOW_PROCESSES_KEY: Final = "bgbilling:processShowLinkContractProcess"
EVENT_PREFIX: Final = "onProcessEvent."
SHOW_TEMPLATE_KEY: Final = "bgbilling:linkedContractShowJsp"

KNOWN_EVENTS: Final = frozenset({"*", *(kind.value for kind in ProcessEventKind)})


@dataclass(frozen=True, slots=True)
class LinkedContractRule:
    """Which groups a process gets for a contract: by the contract's whole number or by its billing.

    One of both conditions is enough; without ``title`` only the billing counts. ``group_ids`` are never empty.
    """

    number: int
    group_ids: tuple[int, ...]
    title: JavaPattern | None = None
    billing_ids: frozenset[str] = frozenset()

    def fits(self, billing_id: str, title: str) -> bool:
        """Whether the rule is for this contract."""
        if billing_id in self.billing_ids:
            return True
        try:
            return self.title is not None and self.title.matches(title)
        except ExpressionLimitError:  # a pattern that takes for ever on this number is for another one
            logger.warning("the pattern “%s” takes too long on “%s”", self.title and self.title.pattern, title)
            return False


@dataclass(frozen=True, slots=True)
class EventMask:
    """Events by name, ``*`` for all, and by numbers where some are given: ``statusChanged:3,4``."""

    name: str
    numbers: frozenset[int] = frozenset()

    def fits(self, kind: ProcessEventKind, number: int) -> bool:
        """Whether an event is meant."""
        return self.name in ("*", kind.value) and (not self.numbers or number in self.numbers)


@dataclass(frozen=True, slots=True)
class EventRule:
    """What follows from events of a process (customers-and-links.md 6); texts of expressions, empty for none.

    ``check`` is asked before a change and refuses it with ``message`` where it does not hold.
    """

    number: int
    events: tuple[EventMask, ...]
    but: tuple[EventMask, ...] = ()
    condition: str = ""
    check: str = ""
    message: str = ""
    script: str = ""

    def fits(self, kind: ProcessEventKind, number: int) -> bool:
        """Whether the rule is for an event."""
        return any(mask.fits(kind, number) for mask in self.events) and not any(
            mask.fits(kind, number) for mask in self.but
        )


@dataclass(frozen=True, slots=True)
class ProcessTypeSettings:
    """What a type says.

    ``rules`` stand in the order of their numbers. ``link_customer``: the customer of a contract is linked with it.
    ``show_processes``: the card of a process lists the processes of its contracts. ``template`` is drawn under each
    linked contract, empty for none. ``event_rules`` stand in the order of their numbers.
    """

    rules: tuple[LinkedContractRule, ...] = ()
    link_customer: bool = True
    show_processes: bool = False
    template: str = ""
    event_rules: tuple[EventRule, ...] = ()

    def rule(self, billing_id: str, title: str) -> LinkedContractRule | None:
        """The first rule that is for a contract."""
        return next((rule for rule in self.rules if rule.fits(billing_id, title)), None)


def process_type_settings(properties: Properties) -> ProcessTypeSettings:
    """The settings of a type's keys; never raises."""
    rules = (_rule(number, block) for number, block in sorted(properties.indexed(LINKED_PREFIX).items()))
    events = (_event_rule(number, block) for number, block in sorted(properties.indexed(EVENT_PREFIX).items()))
    return ProcessTypeSettings(
        rules=tuple(rule for rule in rules if rule is not None),
        link_customer=properties.boolean(LINK_CUSTOMER_KEY, True),
        show_processes=properties.boolean(SHOW_PROCESSES_KEY, False),
        template=properties.text(SHOW_TEMPLATE_KEY).strip(),
        event_rules=tuple(events),
    )


@lru_cache(maxsize=256)
def read_process_type(text: str) -> tuple[Properties, ProcessTypeSettings]:
    """The keys of a type's text and what they mean; a text is read once."""
    properties = parse(text)
    return properties, process_type_settings(properties)


def problems(
    properties: Properties,
    billing_ids: Collection[str] | None = None,
    group_ids: Collection[int] | None = None,
) -> Iterator[Problem]:
    """What is wrong in a type's text beyond the form of its values.

    ``billing_ids`` and ``group_ids`` are those that there are; ``None`` when nobody knows.
    """
    for number, rule in properties.indexed(LINKED_PREFIX).items():
        prefix = f"{LINKED_PREFIX}{number}."
        if not rule.integers("groupIds"):
            yield noted(rule, "groupIds", "rule-ignored", prefix)
        written = rule.text("titleRegexp").strip()
        if not written and not rule.words("billingIds"):
            yield noted(rule, "titleRegexp", "rule-condition", prefix)
        if written and _pattern(written) is None:
            yield noted(rule, "titleRegexp", "pattern", prefix, value=shown("titleRegexp", written))
        if group_ids is not None:
            for group_id in rule.integers("groupIds"):
                if group_id not in group_ids:
                    yield noted(rule, "groupIds", "group-unknown", prefix, value=group_id)
        if billing_ids is not None:
            for billing_id in dict.fromkeys(split_words(rule.text("billingIds"))):
                if billing_id not in billing_ids:
                    yield noted(rule, "billingIds", "billing-unknown", prefix, value=shown("billingIds", billing_id))
    yield from _event_problems(properties)


def _event_problems(properties: Properties) -> Iterator[Problem]:
    for number, rule in properties.indexed(EVENT_PREFIX).items():
        prefix = f"{EVENT_PREFIX}{number}."
        for key in ("events", "eventsExclude"):
            for mask in _masks(rule.text(key)):
                if mask.name not in KNOWN_EVENTS:
                    yield noted(rule, key, "process-event", prefix, value=shown(key, mask.name))
        for key in ("ifExpression", "checkExpression", "doExpression"):
            if rule.text(key).strip():
                try:
                    Expression(rule.text(key))
                except ExpressionError as error:
                    yield noted(rule, key, "process-expression", prefix, reason=error.text())
        if not rule.text("doExpression").strip() and not rule.text("checkExpression").strip():
            yield noted(rule, "doExpression", "process-rule-empty", prefix)


def _event_rule(number: int, block: Properties) -> EventRule:
    return EventRule(
        number,
        _masks(block.text("events")) or (EventMask("*"),),
        _masks(block.text("eventsExclude")),
        block.text("ifExpression").strip(),
        block.text("checkExpression").strip(),
        block.text("checkErrorMessage").strip(),
        block.text("doExpression").strip(),
    )


def _masks(text: str) -> tuple[EventMask, ...]:
    """Events between semicolons; the numbers of one stand after a colon, between commas."""
    masks = []
    for written in filter(None, map(str.strip, text.split(";"))):
        name, _, numbers = written.partition(":")
        known = (parse_integer(token) for token in split_words(numbers))
        masks.append(EventMask(name.strip(), frozenset(one for one in known if one is not None)))
    return tuple(masks)


def _rule(number: int, block: Properties) -> LinkedContractRule | None:
    group_ids = tuple(dict.fromkeys(block.integers("groupIds")))
    written = block.text("titleRegexp").strip()
    title = _pattern(written) if written else None
    billing_ids = frozenset(split_words(block.text("billingIds")))
    if not group_ids or (title is None and not billing_ids):
        return None
    return LinkedContractRule(number, group_ids, title, billing_ids)


def _pattern(written: str) -> JavaPattern | None:
    try:
        return JavaPattern.of(written)
    except PatternError:
        return None
