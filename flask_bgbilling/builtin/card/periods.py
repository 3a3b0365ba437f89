"""The period bar that the sections about money share (card-screens.md 6.8)."""

from datetime import date
from typing import Any

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.periods import (
    Period,
    arguments_of,
    chosen_period,
    month_of,
    presets,
)
from flask_bgbilling.hookspecs import SectionContext


def typed_period(context: SectionContext) -> Period:
    """The period of the query, the current month of the billing's calendar without one; its ends may be open."""
    return chosen_period(context.arguments, month_of(context.today))


def bar(context: SectionContext, typed: Period) -> dict[str, Any]:
    """What the period bar needs: the period as it was chosen, the usual choices, the query that keeps it."""
    return {"typed": typed, "presets": presets(context.today), "period_query": arguments_of(typed)}


def month_arguments(card: ContractCard) -> dict[str, str]:
    """The query that opens the month of the card's balance; nothing when the card has none."""
    month: date | None = card.balance.month if card.balance is not None else None
    return arguments_of(month_of(month)) if month is not None else {}
