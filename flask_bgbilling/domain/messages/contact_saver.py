"""``BGBillingMessageTypeContactSaverPhone``: the caller's number becomes a phone of the contract (messages.md 5).

The whole list is written anew, with the numbers and comments that stand there. A number that is there already, in
whatever form, is not written twice: then nothing is sent.
"""

from typing import Final

from flask_bgbilling.domain.contracts.editing import differing
from flask_bgbilling.domain.contracts.parameter_contacts import MOST_CONTACTS, PhonesValue
from flask_bgbilling.domain.contracts.parameters import UnknownParameter
from flask_bgbilling.domain.contracts.parameters_changes import UPDATE, NotChangeable
from flask_bgbilling.domain.messages.blocks import parameter_of
from flask_bgbilling.domain.messages.senders import digits, is_number, same_number
from flask_bgbilling.errors import N_, Forbidden, InputError
from flask_bgbilling.hookspecs import Change, ContactContext, ContactSaver, Keys, Step
from flask_bgbilling.ports import Message
from flask_bgbilling.wire.dto.parameters import ParameterType, Phone
from flask_bgbilling.wire.ops.parameters import PARAMETER_PHONES, PARAMETERS
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_PHONES_SAVE

SAVED: Final = N_("The phone is saved in the contract")


class NoNumber(InputError):
    """The message has no sender that is a phone number."""

    code = "no number"
    message = N_("“%(sender)s” is not a phone number, so nothing was saved.")
    remedy = N_("If it is known, enter the number in the parameters of the contract.")


class TooManyPhones(InputError):
    """The parameter is full."""

    code = "too many phones"
    message = N_("The parameter “%(parameter)s” has %(most)s numbers already, so nothing was saved.")
    remedy = N_("Delete numbers that are no longer needed, then save this one.")


def phone_saver(keys: Keys) -> ContactSaver:
    """Keeps the caller's number in the phone parameter ``paramId``."""
    parameter_id = parameter_of(keys, "paramId")

    def plan(context: ContactContext) -> Change:
        return plan_phone(context, parameter_id)

    return ContactSaver(plan, UPDATE, offers)


def offers(message: Message) -> bool:
    """Whether the sender is a number."""
    return is_number(message.sender)


def plan_phone(context: ContactContext, parameter_id: int) -> Change:
    """Adds the number, unless it is there: one round of requests, and one to write."""
    if not (context.grant.covers_parameter(parameter_id) and context.reading.covers_parameter(parameter_id)):
        raise Forbidden(permission=UPDATE)
    if not offers(context.message):
        raise NoNumber(sender=context.message.sender.strip()[:60])
    billing, cid = context.billing, context.cid
    reading = billing.start(PARAMETER_PHONES, cid=cid, parameter_id=parameter_id)
    listed = billing.call(PARAMETERS, cid=cid)
    parameter = next((one for one in listed.parameters if one.id == parameter_id), None)
    if parameter is None:
        raise UnknownParameter(parameter=parameter_id)
    if parameter.type is not ParameterType.PHONE:
        raise NotChangeable(parameter=parameter.title)
    phones: tuple[Phone, ...] = reading.result()
    number = context.message.sender
    if any(same_number(phone.number, number) for phone in phones):
        return Change(steps=(), said=SAVED)
    if len(phones) >= MOST_CONTACTS:
        raise TooManyPhones(parameter=parameter.title, most=MOST_CONTACTS)
    wanted = (*phones, Phone(digits(number), ""))

    def save() -> object:
        return billing.call(PARAMETER_PHONES_SAVE, cid=cid, parameter_id=parameter_id, phones=wanted)

    told = PhonesValue()
    before, after = differing(told.facts(phones), told.facts(wanted))
    return Change((Step(N_("Parameter"), save),), before, after, parameter.title, said=SAVED)
