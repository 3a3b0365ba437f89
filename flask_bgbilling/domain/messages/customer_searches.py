"""Searches that find the host's own customers for a message: neighbours of the searches of contracts (messages.md 7).

They ask the host's database and therefore run in the thread of the request.
"""

import re
from typing import Final

from flask_bgbilling.config.values import parse_integer, split_words
from flask_bgbilling.domain.messages.contract_searches import NOT_A_NUMBER, SHORTEST
from flask_bgbilling.domain.messages.senders import FEWEST_DIGITS, MOST_DIGITS, digits, number_forms
from flask_bgbilling.errors import N_, ConfigurationError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import FoundCustomer, Keys, MessageContext, MessageSearch, SearchAnswer, SectionView
from flask_bgbilling.ports import Customer

MOST: Final = 30

_COMMAND = re.compile(r"customerByPhoneParam:\s*([0-9]+)")


def call_search(keys: Keys) -> MessageSearch:
    """``MessageTypeSearchCall``: customers who have exactly the caller's number in phone parameters."""
    parameters = phone_parameters(keys.get("commands", ""))

    def run(context: MessageContext) -> SearchAnswer:
        sender = context.message.sender
        if context.customers is None:
            return SearchAnswer()
        if not FEWEST_DIGITS <= len(digits(sender)) <= MOST_DIGITS:
            return SearchAnswer(notes=(Fact(NOT_A_NUMBER, sender.strip()[:60]),))
        known = context.customers.parameters()
        found: dict[int, Customer] = {}
        for parameter_id in parameters:
            if parameter_id in known:
                some = context.customers.find_by_phones(parameter_id, number_forms(sender), MOST)
                found.update({one.id: one for one in some})
        return _answer(found)

    return MessageSearch(run)


def title_search(keys: Keys) -> MessageSearch:
    """``MessageTypeSearchCustomerByTitle``: a person types a part of the title."""

    def run(context: MessageContext) -> SearchAnswer:
        title = context.value("customerTitle")
        if len(title) < SHORTEST:
            refuse("customerTitle", N_("Enter at least %(least)s characters."), least=SHORTEST)
        if context.customers is None:
            return SearchAnswer()
        return _answer({one.id: one for one in context.customers.find_by_title(title[:200], MOST + 1)})

    return MessageSearch(run, lambda context: SectionView("bgbilling/messages/_by_customer.html"))


def phone_parameters(written: str) -> tuple[int, ...]:
    """The parameters of the commands; raises ``ConfigurationError`` when none is named."""
    found: dict[int, None] = {}
    known = False
    for word in split_words(written):
        command = _COMMAND.fullmatch(word)
        number = int(command[1]) if command else parse_integer(word) if known else None
        known = known or command is not None
        if number is not None:
            found[number] = None
    if not found:
        raise ConfigurationError(detail="commands: expected customerByPhoneParam:number")
    return tuple(found)


def _answer(found: dict[int, Customer]) -> SearchAnswer:
    shown = tuple(FoundCustomer(one.id, one.variants[0]) for one in list(found.values())[:MOST])
    return SearchAnswer(shown, more=len(found) > MOST)
