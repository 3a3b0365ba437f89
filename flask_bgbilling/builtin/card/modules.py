"""Service modules of the contract (card-screens.md 6.10). Their own screens are sections of their own."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.modules import READING, read_modules
from flask_bgbilling.domain.contracts.modules_changes import (
    ATTACHING,
    DETACHING,
    attaching_form,
    detaching_form,
    plan_attaching,
    plan_detaching,
)
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The line and, below it, every attached module with its state."""
    line = TreeItem(N_("Modules"), len(card.modules), kind="count", section="modules")
    return (line, *(TreeItem(module.title, module.status, kind="verbatim", level=2) for module in card.modules))


def render(context: SectionContext) -> SectionView:
    """Attached and available modules."""
    return SectionView("bgbilling/card/modules.html", {"modules": read_modules(context.contract)})


def attaching(context: ActionContext) -> SectionView:
    """Modules to be attached."""
    values = {"draft": attaching_form(context), "submit": N_("Attach")}
    return SectionView("bgbilling/card/modules_form.html", values)


def detaching(context: ActionContext) -> SectionView:
    """Modules to be detached."""
    values = {
        "draft": detaching_form(context),
        "danger": True,
        "submit": N_("Detach"),
        "hint": N_("The data of the modules in this contract will be removed."),
    }
    return SectionView("bgbilling/card/modules_form.html", values)


ACTIONS = (
    CardAction("attach", N_("Attach modules"), "contract.modules.add", plan_attaching, attaching, operations=ATTACHING),
    CardAction(
        "detach", N_("Detach modules"), "contract.modules.delete", plan_detaching, detaching, operations=DETACHING
    ),
)

SECTIONS = (
    CardSection(
        "modules",
        N_("Modules"),
        150,
        "contract.modules.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
