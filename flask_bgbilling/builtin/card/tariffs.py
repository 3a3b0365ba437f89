"""Tariff plans, personal tariffs, tariff groups and options (card-screens.md 6.9)."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.tariffs import read_options, read_tariffs
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The line and, below it, every open plan."""
    line = TreeItem(N_("Tariffs"), len(card.tariffs), kind="count", section="tariffs")
    return (line, *(TreeItem(tariff.title, kind="verbatim", level=2) for tariff in card.tariffs))


def render(context: SectionContext) -> SectionView:
    """Tariffs; ``view=options`` shows the options, with the activation modes of the one that ``option`` names."""
    if context.value("view") == "options":
        typed = context.value("option")
        option_id = int(typed[:18]) if typed.isascii() and typed.isdigit() else None
        return SectionView("bgbilling/card/tariff_options.html", {"options": read_options(context.contract, option_id)})
    return SectionView("bgbilling/card/tariffs.html", {"tariffs": read_tariffs(context.contract, context.today)})


SECTIONS = (CardSection("tariffs", N_("Tariffs and options"), 140, "contract.tariffs.read", render, tree),)
