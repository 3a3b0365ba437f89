"""Groups of the contract, called labels from 9.2 on (card-screens.md 6.11)."""

from flask_bgbilling.domain.contracts.groups import READING, read_groups
from flask_bgbilling.domain.contracts.groups_changes import groups_form, plan_groups
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The line and, below it, the groups of the contract."""
    line = TreeItem(N_("Groups"), len(card.groups), kind="count", section="groups")
    if not card.groups:
        return (line,)
    return (line, TreeItem(", ".join(group.title for group in card.groups), kind="verbatim", level=2))


def render(context: SectionContext) -> SectionView:
    """The contract's groups; ``all=1`` shows the others too."""
    lines = read_groups(context.contract)
    show_all = context.value("all") == "1"
    return SectionView(
        "bgbilling/card/groups.html",
        {
            "lines": lines if show_all else tuple(line for line in lines if line.group.selected),
            "total": len(lines),
            "selected": sum(line.group.selected for line in lines),
            "show_all": show_all,
        },
    )


def form(context: ActionContext) -> SectionView:
    """Every group as a box."""
    return SectionView("bgbilling/card/groups_form.html", {"draft": groups_form(context)})


# What every version can do, by one call or by another, needs no operations.
ACTIONS = (CardAction("edit", N_("Change the groups"), "contract.groups.update", plan_groups, form),)

SECTIONS = (
    CardSection(
        "groups",
        N_("Groups"),
        170,
        "contract.groups.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
