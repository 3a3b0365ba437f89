"""Adding, changing and deleting charges of a contract (money.md 4). A return stays a return when it is changed."""

from flask_bgbilling.domain.contracts import posting_changes as postings
from flask_bgbilling.domain.contracts.posting_changes import PostingForm, PostingKind, PostingWords
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import ActionContext, Change
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.ops.charges import CHARGE, CHARGE_LIST
from flask_bgbilling.wire.ops.directories import CHARGE_TYPE_TREE, CHARGE_TYPES
from flask_bgbilling.wire.ops.money_writes import CHARGE_DELETE, CHARGE_SAVE

SAVING = (CHARGE_SAVE,)
DELETING = (CHARGE_DELETE,)


def _narrows(grant: Grant, billing_id: str) -> bool:
    return grant.charge_type_ids is not None and billing_id in grant.charge_type_ids


CHARGES = PostingKind(
    name="charge",
    own=CHARGE_LIST,
    record=CHARGE,
    save=CHARGE_SAVE,
    delete=CHARGE_DELETE,
    types=CHARGE_TYPE_TREE,
    names=CHARGE_TYPES,
    covers=Grant.covers_charge_type,
    narrows=_narrows,
    words=PostingWords(
        one=N_("Charge"),
        added=N_("Charge added"),
        deleted=N_("Charge deleted"),
        ask_adding=N_("Add the charge %(sum)s, %(type)s, %(day)s?"),
        ask_changing=N_("Change the charge %(old_sum)s, %(old_type)s, %(old_day)s into %(sum)s, %(type)s, %(day)s?"),
    ),
)


def charge_form(context: ActionContext) -> PostingForm:
    """The charge of the argument ``charge``, or a new one."""
    return postings.posting_form(CHARGES, context)


def plan_saving(context: ActionContext) -> Change:
    """Changes the charge of the argument ``charge``, or adds one."""
    return postings.plan_saving(CHARGES, context, lambda number: number)


def plan_deleting(context: ActionContext) -> Change:
    """Deletes the charge of the argument ``charge``."""
    return postings.plan_deleting(CHARGES, context)
