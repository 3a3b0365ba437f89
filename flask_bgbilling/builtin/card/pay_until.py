"""The menu's line "Pay until": for how long the balance lasts at the prices in the tariffs' titles (money.md 13)."""

from flask_bgbilling.domain.contracts.info import ContractCard, read_card
from flask_bgbilling.domain.contracts.pay_until import reckon
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardMenuItem, SectionContext, SectionView, TreeItem


def entry(card: ContractCard) -> TreeItem | None:
    """The day, where tariffs have prices and there is money left."""
    until = reckon(card, card.read_at.date()).until
    return None if until is None else TreeItem(N_("Pay until"), until, kind="day")


def render(context: SectionContext) -> SectionView:
    """How the day was reckoned: one request."""
    reckoned = reckon(read_card(context.contract), context.today)
    return SectionView("bgbilling/card/pay_until.html", {"reckoned": reckoned})


MENU = (CardMenuItem("pay-until", N_("Pay until"), 10, "contract.pay_until.read", entry, render),)
