"""Contract parameters: the list, and one parameter with its parts and history (card-screens.md 6.1)."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.parameters import UnknownParameter, read_parameter, read_parameters
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line; how many parameters there are is not in the card."""
    return (TreeItem(N_("Parameters"), section="parameters"),)


def render(context: SectionContext) -> SectionView:
    """The list with its two switches (``filled``: ``all`` or only filled; ``group``: 1 = only the contract's group).

    ``parameter`` opens one parameter instead.
    """
    chosen = context.value("parameter")
    if chosen:
        if not (chosen.isascii() and chosen.isdigit()):
            raise UnknownParameter(parameter=chosen[:20])
        detail = read_parameter(context.contract, context.grant, int(chosen[:18]))
        return SectionView("bgbilling/card/parameter.html", {"detail": detail})
    screen = read_parameters(
        context.contract,
        context.grant,
        filled_only=context.value("filled") != "all",
        group_only=context.value("group") == "1",
    )
    return SectionView("bgbilling/card/parameters.html", {"screen": screen})


SECTIONS = (CardSection("parameters", N_("Contract parameters"), 10, "contract.parameters.read", render, tree),)
