"""The sections of the contract card that come with the extension: a plugin like any other."""

from collections.abc import Sequence

from flask_bgbilling.builtin.card import (
    accounts,
    balance,
    charges,
    documents,
    face_and_mode,
    groups,
    hierarchy,
    limit,
    modules,
    notes,
    objects,
    parameters,
    payments,
    scripts,
    status,
    tariffs,
)
from flask_bgbilling.hookspecs import CardSection, hookimpl

PARTS = (
    parameters,
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
)


class CardPlugin:
    """All built-in sections. Orders follow the lines of card-screens.md 5: line 4 has order 40."""

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """Every section of every part."""
        return [section for part in PARTS for section in part.SECTIONS]
