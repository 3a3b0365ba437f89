"""Super contract and sub-contracts (card-screens.md 6.3)."""

from flask_bgbilling.domain.contracts.basics_changes import OPENING, plan_opening
from flask_bgbilling.domain.contracts.hierarchy import READING, read_relatives
from flask_bgbilling.domain.contracts.hierarchy_changes import ATTACHING, KINDS, plan_attaching
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem

_KINDS = {"depend_sub": N_("dependent sub-contract"), "independ_sub": N_("independent sub-contract")}


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """Dependent and independent sub-contracts of a super contract; the kind of a sub-contract; else nothing."""
    if card.hierarchy == "super":
        value = f"{card.dependent_count}/{card.independent_count}"
    else:
        value = _KINDS.get(card.hierarchy, "")
    return (TreeItem(N_("Hierarchy"), value, section="hierarchy"),)


def render(context: SectionContext) -> SectionView:
    """Neighbours with links to their cards."""
    return SectionView("bgbilling/card/hierarchy.html", {"relatives": read_relatives(context.contract)})


def form(context: ActionContext) -> SectionView:
    """Which contract becomes a sub-contract, and of which kind."""
    values = {"kinds": tuple(KINDS.items()), "submit": N_("Attach the sub-contract")}
    return SectionView("bgbilling/card/sub_contract_form.html", values)


def opening(context: ActionContext) -> SectionView:
    """Nothing to fill in: the button says what it does."""
    return SectionView("bgbilling/card/bare_form.html", {"submit": N_("Open in billing")})


ACTIONS = (
    CardAction(
        "attach",
        N_("Attach a sub-contract"),
        "contract.hierarchy.add",
        plan_attaching,
        form,
        operations=ATTACHING,
    ),
    # Where a sub-contract is detached: the same as the button of the card, beside the words that say so.
    CardAction("open", N_("Open in billing"), "contract.basics.open", plan_opening, opening, operations=OPENING),
)

SECTIONS = (
    CardSection(
        "hierarchy",
        N_("Contract hierarchy"),
        30,
        "contract.hierarchy.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
