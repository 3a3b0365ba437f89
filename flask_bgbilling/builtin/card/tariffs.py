"""Tariff plans, personal tariffs, tariff groups and options (card-screens.md 6.9)."""

from flask_bgbilling.builtin.card import tariff_options
from flask_bgbilling.domain.contracts import personal_tariffs_changes as personal
from flask_bgbilling.domain.contracts import tariff_groups_changes as groups
from flask_bgbilling.domain.contracts import tariffs_changes as plans
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.tariffs import READING, read_tariffs
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem

DELETION = "bgbilling/card/deletion.html"


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """The line and, below it, every open plan."""
    line = TreeItem(N_("Tariffs"), len(card.tariffs), kind="count", section="tariffs")
    return (line, *(TreeItem(tariff.title, kind="verbatim", level=2) for tariff in card.tariffs))


def render(context: SectionContext) -> SectionView:
    """Tariffs; ``view=options`` shows the options, with the activation modes of the one that ``option`` names."""
    if context.value("view") == "options":
        return tariff_options.render(context)
    return SectionView("bgbilling/card/tariffs.html", {"tariffs": read_tariffs(context.contract, context.today)})


def plan_form(context: ActionContext) -> SectionView:
    """A tariff plan of the contract to be given or changed."""
    return SectionView("bgbilling/card/tariff_form.html", {"draft": plans.plan_form(context)})


def plan_deletion(context: ActionContext) -> SectionView:
    """The tariff plan that is going to be taken away."""
    values = {"draft": plans.plan_deletion(context), "danger": True, "submit": N_("Delete the tariff plan")}
    return SectionView(DELETION, values)


def personal_form(context: ActionContext) -> SectionView:
    """A personal tariff to be added or changed."""
    return SectionView("bgbilling/card/personal_tariff_form.html", {"draft": personal.personal_form(context)})


def personal_deletion(context: ActionContext) -> SectionView:
    """The personal tariff that is going to be deleted."""
    values = {"draft": personal.personal_form(context), "danger": True, "submit": N_("Delete the personal tariff")}
    return SectionView(DELETION, values)


def group_form(context: ActionContext) -> SectionView:
    """A tariff group of the contract to be added or changed."""
    return SectionView("bgbilling/card/tariff_group_form.html", {"draft": groups.group_form(context)})


def group_deletion(context: ActionContext) -> SectionView:
    """The tariff group that the contract is going to leave."""
    values = {"draft": groups.group_deletion(context), "danger": True, "submit": N_("Delete the tariff group")}
    return SectionView(DELETION, values)


ACTIONS = (
    CardAction(
        "add", N_("New tariff plan"), "contract.tariffs.add", plans.plan_saving, plan_form, operations=plans.SAVING
    ),
    CardAction(
        "edit",
        N_("Change the tariff plan"),
        "contract.tariffs.update",
        plans.plan_saving,
        plan_form,
        operations=plans.SAVING,
        record="tariff",
    ),
    CardAction(
        "delete",
        N_("Delete the tariff plan"),
        "contract.tariffs.delete",
        plans.plan_deleting,
        plan_deletion,
        operations=plans.DELETING,
        record="tariff",
    ),
    CardAction(
        "add-personal",
        N_("New personal tariff"),
        "contract.tariffs.add_personal",
        personal.plan_saving,
        personal_form,
        operations=personal.SAVING,
    ),
    CardAction(
        "edit-personal",
        N_("Change the personal tariff"),
        "contract.tariffs.update_personal",
        personal.plan_saving,
        personal_form,
        operations=personal.SAVING,
        record="tariff",
    ),
    CardAction(
        "delete-personal",
        N_("Delete the personal tariff"),
        "contract.tariffs.delete_personal",
        personal.plan_deleting,
        personal_deletion,
        operations=personal.DELETING,
        record="tariff",
    ),
    CardAction(
        "add-group",
        N_("New tariff group"),
        "contract.tariffs.add_group",
        groups.plan_saving,
        group_form,
        operations=groups.SAVING,
    ),
    CardAction(
        "edit-group",
        N_("Change the tariff group"),
        "contract.tariffs.update_group",
        groups.plan_saving,
        group_form,
        operations=groups.SAVING,
        record="group",
    ),
    CardAction(
        "delete-group",
        N_("Delete the tariff group"),
        "contract.tariffs.delete_group",
        groups.plan_deleting,
        group_deletion,
        operations=groups.DELETING,
        record="group",
    ),
    *tariff_options.ACTIONS,
)

SECTIONS = (
    CardSection(
        "tariffs",
        N_("Tariffs and options"),
        140,
        "contract.tariffs.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
