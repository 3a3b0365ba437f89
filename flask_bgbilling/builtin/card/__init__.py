"""The sections and the menu of the contract card that come with the extension: a plugin like any other."""

from collections.abc import Sequence

from flask_bgbilling.builtin.card import (
    accounts,
    balance,
    basics,
    charges,
    documents,
    face_and_mode,
    groups,
    hierarchy,
    journal,
    limit,
    modules,
    notes,
    objects,
    parameters,
    pay_until,
    payments,
    scripts,
    status,
    tariffs,
)
from flask_bgbilling.hookspecs import CardMenuItem, CardSection, hookimpl

PARTS = (
    parameters,
    basics,
    objects,
    hierarchy,
    status,
    limit,
    face_and_mode,
    balance,
    payments,
    accounts,
    charges,
    tariffs,
    modules,
    groups,
    scripts,
    notes,
    documents,
    journal,
)


class CardPlugin:
    """All built-in sections and entries of the menu. Orders of sections follow card-screens.md 5: line 4 has 40."""

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """Every section of every part."""
        return [section for part in PARTS for section in part.SECTIONS]

    @hookimpl
    def bgbilling_card_menu(self) -> Sequence[CardMenuItem]:
        """Entries of the card's head."""
        return pay_until.MENU
