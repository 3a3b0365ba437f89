"""Phones and e-mails of contract parameters as forms change them (parameters.md 3.2, 3.3, 4.5, 4.6).

A value has several, each with a comment or a name. Formatting of numbers is for people only: what is stored are
digits. What stood there and was left alone is kept as it is, also when nobody could type it today.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.parameter_values import VALUE, ParameterValue
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import FormFields, refuse
from flask_bgbilling.hookspecs import ActionContext
from flask_bgbilling.wire.dto.parameters import Email, Parameter, Phone
from flask_bgbilling.wire.ops.attributes import dialled, email_lines
from flask_bgbilling.wire.ops.parameters import PARAMETER_EMAILS, PARAMETER_PHONES
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_EMAILS_SAVE, PARAMETER_PHONES_SAVE

MOST_DIGITS = 14
"""Digits of a number that the billing's column holds (database.md, contract parameters)."""
LONGEST_COMMENT = 255
LONGEST_EMAILS = 400
"""The column with all addresses and names of a value; the billing cuts longer ones without a word."""
MOST_CONTACTS = 50

_NUMBER = re.compile(r"\+?[\d\s().\-\u2010-\u2015]+")


class PhonesValue(ParameterValue[tuple[Phone, ...]]):
    """Numbers with comments."""

    key = "phones"
    saving = PARAMETER_PHONES_SAVE

    def start(self, contract: Contract, parameter_id: int) -> Callable[[Parameter], tuple[Phone, ...]]:
        """The numbers as the billing spells them."""
        read = contract.billing.start(PARAMETER_PHONES, cid=contract.cid, parameter_id=parameter_id)
        return lambda parameter: read.result()

    def typed(self, context: ActionContext, now: tuple[Phone, ...]) -> tuple[Phone, ...]:
        """Digits in any formatting; a number may not come twice, a comment not without one."""
        stored = {" ".join(phone.number.split()): phone.number for phone in now}
        phones: list[Phone] = []
        for number, comment in _pairs(context.fields, "phone", "phone_comment", LONGEST_COMMENT):
            if not number:
                refuse("phone", N_("The comment “%(comment)s” has no number."), comment=comment[:60])
            phone = Phone(stored[number] if number in stored else _digits(number), comment)
            if any(dialled(known.number) == dialled(phone.number) for known in phones):
                refuse("phone", N_("The number %(value)s is there twice."), value=number[:60])
            phones.append(phone)
        return tuple(phones)

    def arguments(self, value: tuple[Phone, ...]) -> Mapping[str, object]:
        """All numbers in their order."""
        return {"phones": value}

    def facts(self, value: tuple[Phone, ...]) -> tuple[Fact, ...]:
        """The numbers with their comments."""
        return (Fact(VALUE, _joined([(phone.number, phone.comment) for phone in value])),)

    def seen(self, value: tuple[Phone, ...]) -> object:
        """Digits and comments: how a number is written changes nothing."""
        return [(_bare(phone.number), phone.comment) for phone in value]


class EmailsValue(ParameterValue[tuple[Email, ...]]):
    """Addresses with names."""

    key = "emails"
    saving = PARAMETER_EMAILS_SAVE

    def start(self, contract: Contract, parameter_id: int) -> Callable[[Parameter], tuple[Email, ...]]:
        """The addresses with their names, in every version."""
        read = contract.billing.start(PARAMETER_EMAILS, cid=contract.cid, parameter_id=parameter_id)
        return lambda parameter: read.result()

    def typed(self, context: ActionContext, now: tuple[Email, ...]) -> tuple[Email, ...]:
        """Addresses that can be written to: the billing drops others without a word."""
        stored = {email.address for email in now}
        emails: list[Email] = []
        for address, name in _pairs(context.fields, "email", "email_name", LONGEST_EMAILS):
            email = Email(address, name)
            if not address:
                refuse("email", N_("The name “%(name)s” has no address."), name=name[:60])
            if address not in stored and not email.mailable:
                refuse("email", N_("“%(value)s” is not an e-mail address."), value=address[:60])
            if any(known.address.casefold() == address.casefold() for known in emails):
                refuse("email", N_("The address %(value)s is there twice."), value=address[:60])
            emails.append(email)
        longest = max(LONGEST_EMAILS, len(email_lines(now)))
        if len(email_lines(emails)) > longest:
            refuse("email", N_("These are more addresses than the billing can store."))
        return tuple(emails)

    def arguments(self, value: tuple[Email, ...]) -> Mapping[str, object]:
        """All addresses in their order."""
        return {"emails": value}

    def facts(self, value: tuple[Email, ...]) -> tuple[Fact, ...]:
        """The addresses with their names."""
        return (Fact(VALUE, _joined([(email.address, email.name) for email in value])),)


def _pairs(fields: FormFields, first: str, second: str, longest: int) -> list[tuple[str, str]]:
    """The rows of two repeated fields that are not blank altogether, each text on one line."""
    columns = (
        [" ".join(text.split()) for text in fields.texts(first, longest)],
        [" ".join(text.split()) for text in fields.texts(second, longest)],
    )
    pairs = [(one, other) for one, other in zip_longest(*columns, fillvalue="") if one or other]
    if len(pairs) > MOST_CONTACTS:
        refuse(first, N_("These are more than %(most)s."), most=MOST_CONTACTS)
    return pairs


def _digits(typed: str) -> str:
    digits = _bare(typed)
    if not (_NUMBER.fullmatch(typed) and digits):
        refuse("phone", N_("“%(value)s” is not a phone number: it has digits only."), value=typed[:60])
    if len(digits) > MOST_DIGITS:
        refuse("phone", N_("“%(value)s” is too long: a number has at most %(most)s digits."), value=typed[:60], most=14)
    return digits


def _bare(number: str) -> str:
    """The digits of a number; what is no number stays as it is, so that it equals itself alone."""
    return re.sub(r"[^0-9]", "", number) if _NUMBER.fullmatch(number) else number


def _joined(contacts: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{contact} ({words})" if words else contact for contact, words in contacts)
