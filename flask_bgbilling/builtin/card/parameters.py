"""Contract parameters: the list, one parameter with its parts and history, and changing them (card-screens.md 6.1)."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.parameters import (
    READING,
    UnknownParameter,
    read_parameter,
    read_parameters,
    read_row,
)
from flask_bgbilling.domain.contracts.parameters_changes import (
    GROUPING,
    SAVING,
    UPDATE,
    group_form,
    parameter_form,
    plan_group,
    plan_parameter,
)
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, SectionContext, SectionView, TreeItem

SMALL = frozenset({"text", "date", "flag", "list"})
"""Values of a field or two: the form is a line."""


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line; how many parameters there are is not in the card."""
    return (TreeItem(N_("Parameters"), section="parameters"),)


def render(context: SectionContext) -> SectionView:
    """The list with its two switches (``filled``: ``all`` or only filled; ``group``: 1 = only the contract's group).

    ``parameter`` opens one parameter instead, ``only`` (ids with commas) shows these, filled or not.
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
        only=_numbers(context.value("only")),
    )
    return SectionView("bgbilling/card/parameters.html", {"screen": screen})


def _numbers(typed: str) -> frozenset[int]:
    pieces = (piece.strip() for piece in typed.split(","))
    return frozenset(int(piece) for piece in pieces if piece.isascii() and piece.isdigit() and len(piece) < 19)


def form(context: ActionContext) -> SectionView:
    """The value of a parameter, by its type."""
    draft = parameter_form(context)
    values = {"draft": draft, "subject": draft.parameter.title, "compact": draft.key in SMALL}
    return SectionView("bgbilling/card/parameter_form.html", values)


def row(context: SectionContext) -> SectionView:
    """The line of a parameter that was changed."""
    found = read_row(context.contract, context.grant, context.number("parameter"))
    return SectionView("bgbilling/card/parameter_row.html", {"parameter": found})


def group(context: ActionContext) -> SectionView:
    """The contract's parameter group."""
    values = {"draft": group_form(context), "compact": True}
    return SectionView("bgbilling/card/parameter_group_form.html", values)


ACTIONS = (
    CardAction(
        "edit", N_("Change the parameter"), UPDATE, plan_parameter, form, row, operations=SAVING, record="parameter"
    ),
    CardAction(
        "group", N_("Change the parameter group"), "contract.parameters.group", plan_group, group, operations=GROUPING
    ),
)

SECTIONS = (
    CardSection(
        "parameters",
        N_("Contract parameters"),
        10,
        "contract.parameters.read",
        render,
        tree,
        actions=ACTIONS,
        operations=READING,
    ),
)
