"""Saving the sender of a message with a contract: a change like any other, in the journal and done once.

It is an action of the contract's card, so that one in doubt is looked after there. The section shows nothing of its
own; what was saved stands among the parameters.
"""

from typing import Final

from flask_bgbilling.config.message_types import MessageType
from flask_bgbilling.domain.messages.configured import MessageTypes
from flask_bgbilling.errors import N_, Forbidden, InputError
from flask_bgbilling.hookspecs import ActionContext, Change, ContactContext, ContactSaver
from flask_bgbilling.ports import Message, Messages, Users

SECTION, ACTION, ARGUMENT = "contacts", "save", "message"
"""The card's section, its action, and the argument that names the message."""

READ: Final = "message.read"
"""Seeing messages and what is found for them."""


class UnknownMessage(InputError):
    """The host has no message of this number."""

    code = "unknown message"
    message = N_("There is no message %(message)s.")
    remedy = N_("It may have been deleted meanwhile. Look into the inbox.")


class NothingSaves(InputError):
    """No saver is configured for messages of this type."""

    code = "nothing saves"
    message = N_("Contacts of such messages are not saved: nothing is configured for it.")
    remedy = N_("The administrator describes it in the configuration: messageType.<ID>.saver.")


class ContactSaving:
    """Plans the change for an action of the card."""

    def __init__(self, messages: Messages, types: MessageTypes, users: Users) -> None:
        self._messages = messages
        self._types = types
        self._users = users

    def saver(self, message: Message) -> ContactSaver | None:
        """What saves the sender of this message; ``None`` when nothing does, or there is nothing to save."""
        kind: MessageType | None = self._types.current().types.get(message.type_id)
        saver: ContactSaver | None = kind.saver if kind is not None else None
        return saver if saver is not None and saver.offers(message) else None

    def plan(self, context: ActionContext) -> Change:
        """What has to be written so that the contract has the contact. Raises ``UnknownMessage``, ``NothingSaves``."""
        number = context.number(ARGUMENT)
        message = self._messages.get(number)
        allowed = self._users.grant(context.viewer, READ)
        if message is None or allowed is None or not allowed.covers_message_type(message.type_id):
            raise UnknownMessage(message=number)
        kind = self._types.current().types.get(message.type_id)
        saver: ContactSaver | None = kind.saver if kind is not None else None
        if saver is None:
            raise NothingSaves
        billing = context.contract.billing
        grant = self._users.grant(context.viewer, saver.permission)
        if grant is None or not grant.covers_billing(billing.id):
            raise Forbidden(permission=saver.permission)
        return saver.plan(
            ContactContext(message, context.viewer, billing, context.contract.cid, grant, context.reading)
        )
