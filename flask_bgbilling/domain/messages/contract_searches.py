"""Searches that find contracts of a billing for a message (messages.md 3).

Two run by themselves, by the caller's number and by the sender's address; two are started by a person, by number and
comment and by address. Closed contracts, hidden ones and sub-contracts are found only where the block says so.
"""

import logging
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from flask_bgbilling.config.values import commands as checked_commands
from flask_bgbilling.config.values import parse_integer, split_words
from flask_bgbilling.domain.messages.blocks import billing_of, numbers_of, required, search_options
from flask_bgbilling.domain.messages.senders import (
    FEWEST_DIGITS,
    MOST_DIGITS,
    digits,
    mail_addresses,
    without_country,
)
from flask_bgbilling.domain.search.addresses import AddressFinder, split_house
from flask_bgbilling.domain.search.criteria import ByAddress
from flask_bgbilling.errors import N_
from flask_bgbilling.expr import Expression, ExpressionError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import FoundContract, Keys, MessageContext, MessageSearch, SearchAnswer, SectionView
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.search import FoundContract as Row
from flask_bgbilling.wire.ops.search import (
    PAGE_SIZE,
    SEARCH_BY_ADDRESS,
    SEARCH_BY_MAIL,
    SEARCH_BY_NUMBER,
    SEARCH_BY_PHONE,
    literal_mail,
    literal_pattern,
)
from flask_bgbilling.wire.session import Billing

logger = logging.getLogger(__name__)

SHORTEST: Final = 3
"""Characters that a typed number or comment must have."""
LONGEST_TYPED: Final = 200

NOT_A_NUMBER: Final = N_("There is no number to search for")
EXPRESSION_FAILED: Final = N_("The number was taken as it is: its expression failed")
NOT_AN_ADDRESS: Final = N_("There is no e-mail address to search for")

_COMMAND = re.compile(r"contractByPhoneParam:\s*([0-9]+)")


def call_search(keys: Keys) -> MessageSearch:
    """``BGBillingMessageTypeSearchCall``: contracts with the caller's number in phone parameters."""
    billing_id, options = billing_of(keys), search_options(keys)
    commands = phone_commands(required(keys, "commands", checked_commands))
    written = keys.get("expressionNumberPreprocess", "").strip()
    written = written or keys.get("stringExpressionNumberPreprocess", "").strip()
    expression = Expression(written) if written else None

    def run(context: MessageContext) -> SearchAnswer:
        number, notes = dialled_number(context.message.sender, expression)
        if not FEWEST_DIGITS <= len(number) <= MOST_DIGITS:
            sender = context.message.sender.strip()[:60]
            return SearchAnswer(notes=(*notes, Fact(NOT_A_NUMBER, sender)))
        billing = context.billing(billing_id)
        asked = [
            billing.start(SEARCH_BY_PHONE, digits=number, parameters=ids, **_tail(billing, options)) for ids in commands
        ]
        return _answer(billing_id, [pending.result() for pending in asked], notes)

    return MessageSearch(run, billing_id=billing_id)


def phone_commands(written: str) -> tuple[tuple[int, ...], ...]:
    """The parameters of each command; a number alone is a further parameter of the command before it."""
    found: list[list[int]] = []
    for word in split_words(written):
        command = _COMMAND.fullmatch(word)
        if command is not None:
            found.append([int(command[1])])
        elif found and (number := parse_integer(word)) is not None:
            found[-1].append(number)
    return tuple(tuple(ids) for ids in found)


def dialled_number(sender: str, expression: Expression | None) -> tuple[str, tuple[Fact, ...]]:
    """The digits to search for, and what has to be told about them.

    The expression has the number as it came in ``numberFrom``; one that fails, or gives no text, leaves it as it is.
    Without an expression the 7 or 8 before ten digits is left out: contracts have numbers in either form.
    """
    if expression is None:
        return without_country(sender), ()
    try:
        return digits(expression.evaluate_text({"numberFrom": sender})), ()
    except ExpressionError as error:
        logger.warning("the number expression failed for a message: %s", error)
        return without_country(sender), (Fact(EXPRESSION_FAILED, error.text()[:200]),)


def email_search(keys: Keys) -> MessageSearch:
    """``BGBillingMessageTypeSearchEmail``: contracts with the sender's address in e-mail parameters."""
    billing_id, options = billing_of(keys), search_options(keys)
    parameters = numbers_of(keys, "paramIds")

    def run(context: MessageContext) -> SearchAnswer:
        addresses = mail_addresses(context.message.sender)
        if not addresses:
            return SearchAnswer(notes=(Fact(NOT_AN_ADDRESS, context.message.sender.strip()[:60]),))
        billing = context.billing(billing_id)
        asked = [
            billing.start(
                SEARCH_BY_MAIL, pattern=literal_mail(address), parameters=parameters, **_tail(billing, options)
            )
            for address in addresses
        ]
        return _answer(billing_id, [pending.result() for pending in asked])

    return MessageSearch(run, billing_id=billing_id)


def title_search(keys: Keys) -> MessageSearch:
    """``BGBillingMessageTypeSearchContractByTitleAndComment``: a person types number, comment or both."""
    billing_id, options = billing_of(keys), search_options(keys)

    def run(context: MessageContext) -> SearchAnswer:
        number, comment = context.value("bgbillingTitle"), context.value("bgbillingComment")
        for name, typed in (("bgbillingTitle", number), ("bgbillingComment", comment)):
            if typed and len(typed) < SHORTEST:
                refuse(name, N_("Enter at least %(least)s characters."), least=SHORTEST)
            if len(typed) > LONGEST_TYPED:
                refuse(name, N_("Enter at most %(most)s characters."), most=LONGEST_TYPED)
        if not number and not comment:
            refuse("bgbillingTitle", N_("Enter a number, a comment or both."))
        billing = context.billing(billing_id)
        page = billing.call(
            SEARCH_BY_NUMBER,
            number=literal_pattern(number),
            comment=literal_pattern(comment),
            **_tail(billing, options),
        )
        return _answer(billing_id, [page])

    return MessageSearch(run, lambda context: SectionView("bgbilling/messages/_by_title.html"), billing_id)


def address_search(finder: AddressFinder, parameters: Callable[[], Sequence[int]]) -> Callable[[Keys], MessageSearch]:
    """``BGBillingMessageTypeSearchContractByAddress``: a person types street, house and flat."""

    def load(keys: Keys) -> MessageSearch:
        billing_id, options = billing_of(keys), search_options(keys)

        def run(context: MessageContext) -> SearchAnswer:
            place = _place(finder, context)
            number, fraction = split_house(place.house)
            billing = context.billing(billing_id)
            page = billing.call(
                SEARCH_BY_ADDRESS,
                street_id=place.street_id,
                house_id=place.house_id,
                house=number,
                fraction=fraction,
                flat=place.flat,
                room=place.room,
                parameters=tuple(parameters()),
                **_tail(billing, options),
            )
            return _answer(billing_id, [page])

        return MessageSearch(run, lambda context: SectionView("bgbilling/messages/_by_address.html"), billing_id)

    return load


def _place(finder: AddressFinder, context: MessageContext) -> ByAddress:
    """What was typed, with the street and, where it is known, the house of the address book."""
    typed = {name: context.value(name)[:LONGEST_TYPED] for name in ("street", "house", "flat", "room")}
    if not typed["street"]:
        refuse("street", N_("Enter a street."))
    chosen = parse_integer(context.value("street_id")) or 0
    street = finder.street(chosen) if chosen > 0 else None
    if street is None:
        found = finder.find(typed["street"]).candidates
        if not found:
            refuse("street", N_("The address book has no such street."))
        if len(found) > 1:
            shown = "; ".join(one.label for one in found[:5])
            refuse("street", N_("There are several such streets, choose one: %(streets)s"), streets=shown)
        street = found[0]
    house_id = parse_integer(context.value("house_id")) or 0
    place = ByAddress(
        typed["street"], house=typed["house"], house_id=max(house_id, 0), flat=typed["flat"], room=typed["room"]
    )
    return finder.complete(place, street)


def _tail(billing: Billing, options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "closed_inverted": bool(billing.server.closed_inverted)}


def _answer(billing_id: str, pages: Sequence[Page[Row]], notes: Sequence[Fact] = ()) -> SearchAnswer:
    """The rows of all pages, each contract once."""
    found: dict[int, FoundContract] = {}
    for page in pages:
        for row in page.items:
            if row.cid > 0:
                comment = f"{row.comment} [{row.address}]" if row.address else row.comment
                found.setdefault(row.cid, FoundContract(billing_id, row.cid, row.number, comment))
    more = any(page.found > len(page.items) for page in pages) or len(found) > PAGE_SIZE
    return SearchAnswer(tuple(found.values()), more, tuple(notes))
