"""Contract objects: the list, and one object with its parameters and modules (card-screens.md 6.2)."""

from flask_bgbilling.domain.contracts import object_values_changes, objects_changes
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.objects import ADDRESS, READING, UnknownObject, read_object, read_objects
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """Active and all objects."""
    return (TreeItem(N_("Objects"), f"{card.objects_active}/{card.objects_total}", section="objects"),)


def render(context: SectionContext) -> SectionView:
    """The list; ``object`` opens one, ``empty=1`` shows its empty parameters too, ``parts=1`` its address parts."""
    chosen = context.value("object")
    if not chosen:
        return SectionView("bgbilling/card/objects.html", {"objects": read_objects(context.contract)})
    if not (chosen.isascii() and chosen.isdigit()):
        raise UnknownObject(object=chosen[:20])
    with_parts = context.value("parts") == "1"
    opened_object = read_object(context.contract, int(chosen[:18]), with_addresses=with_parts)
    return SectionView(
        "bgbilling/card/object.html",
        {
            "object": opened_object,
            "show_empty": context.value("empty") == "1",
            "with_parts": with_parts,
            "editable": object_values_changes.EDITABLE,
        },
    )


def form(context: ActionContext) -> SectionView:
    """An object to be made or changed."""
    return SectionView("bgbilling/card/object_form.html", {"draft": objects_changes.object_form(context)})


def closing(context: ActionContext) -> SectionView:
    """The last day of an object."""
    values = {"draft": objects_changes.object_form(context), "submit": N_("Close the object")}
    return SectionView("bgbilling/card/object_closing.html", values)


def deletion(context: ActionContext) -> SectionView:
    """The object that is going to be deleted."""
    values = {"draft": objects_changes.object_form(context), "danger": True, "submit": N_("Delete the object")}
    return SectionView("bgbilling/card/deletion.html", values)


def value_form(context: ActionContext) -> SectionView:
    """The value of one parameter of an object."""
    draft = object_values_changes.object_value_form(context)
    small = draft.parameter.type != ADDRESS
    return SectionView("bgbilling/card/object_value_form.html", {"draft": draft, "compact": small})


def value_row(context: SectionContext) -> SectionView:
    """The line of one parameter."""
    return SectionView(
        "bgbilling/card/object_value_row.html",
        {
            "object_id": context.number("object"),
            "parameter": object_values_changes.read_object_parameter(context),
            "editable": object_values_changes.EDITABLE,
        },
    )


ACTIONS = (
    CardAction(
        "add",
        N_("New object"),
        "contract.objects.add",
        objects_changes.plan_saving,
        form,
        operations=objects_changes.SAVING,
    ),
    CardAction(
        "edit",
        N_("Change the object"),
        "contract.objects.update",
        objects_changes.plan_saving,
        form,
        operations=objects_changes.SAVING,
        record="object",
    ),
    CardAction(
        "close",
        N_("Close the object"),
        "contract.objects.close",
        objects_changes.plan_closing,
        closing,
        operations=objects_changes.SAVING,
        record="object",
    ),
    CardAction(
        "delete",
        N_("Delete the object"),
        "contract.objects.delete",
        objects_changes.plan_deleting,
        deletion,
        operations=objects_changes.DELETING,
        record="object",
    ),
    CardAction(
        "value",
        N_("Change a parameter of the object"),
        "contract.objects.parameters",
        object_values_changes.plan_saving,
        value_form,
        row=value_row,
        operations=object_values_changes.SAVING,
        record="object",
    ),
)

SECTIONS = (
    CardSection(
        "objects",
        N_("Contract objects"),
        20,
        "contract.objects.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
