"""Contacts that came from messages: no lines in the card's tree, only the action that saves one."""

from flask_bgbilling.domain.messages.contacts import ACTION, SECTION, ContactSaving
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardAction, CardSection, SectionContext, SectionView


def contacts_section(saving: ContactSaving) -> CardSection:
    """The section of the action ``contacts.save``, whose argument ``message`` names the message."""
    action = CardAction(
        ACTION, N_("Save the sender of a message"), "contract.parameters.update", saving.plan, form=None
    )
    return CardSection(
        SECTION,
        N_("Contacts from messages"),
        990,
        "contract.parameters.read",
        _render,
        tree=lambda card: (),
        actions=[action],
        needs_journal=True,
    )


def _render(context: SectionContext) -> SectionView:
    return SectionView("bgbilling/card/contacts.html", {"cid": context.contract.cid})
