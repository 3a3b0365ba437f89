"""What the import of customers decided, and what waits for a person: accepting, refusing, merging, undoing."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.customers.outcomes import Imported
from flask_bgbilling.domain.customers.review import Decided, ImportReview, ShownCase, UnknownCase
from flask_bgbilling.domain.customers.words import FILTERS, STATES
from flask_bgbilling.domain.journal_filter import before_of
from flask_bgbilling.errors import N_, BGBillingError, InputError
from flask_bgbilling.fields import FormFields, refuse
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

imports = Blueprint("imports", __name__, url_prefix="/import")

BY_RULES = "rules"
REVIEW = "customer.import.review"
PAGE_SIZE = 30


class NoImport(InputError):
    """The host has no customers, or keeps no journal."""

    code = "no import"
    message = N_("This application imports no customers.")
    remedy = N_("The administrator gives the extension customers, a database and keys (BGBILLING_SECRET_KEYS).")


@imports.get("")
@allowed(REVIEW)
def page() -> Response:
    """What waits first, or everything in the chosen state, newest first; older ones by key."""
    return _page(request.args.get("state", "waiting"), request.args.get("told", ""))


def _page(chosen: str, told: str = "", problem: str = "") -> Response:
    review = _review()
    billings = _billings()
    states: Sequence[str] = (chosen,) if chosen in STATES else tuple(STATES)
    before = before_of(request.args.get("before", ""))
    found = review.cases(billings, states, before, PAGE_SIZE)  # type: ignore[arg-type]
    return pages.page(
        "bgbilling/import.html",
        title=t("Import of customers"),
        cases=found,
        told=_known(told),
        problem=problem,
        chosen=chosen,
        states=STATES,
        filters=FILTERS,
        counts=review.counts(billings),
        words=review.words(),
        older=found[-1].case.id if len(found) == PAGE_SIZE else None,
        first=before is None,
        csrf_name=csrf.field_name(),
        csrf_token=csrf.token(),
    )


@imports.post("/<int:case_id>/accept")
@allowed(REVIEW)
def accept(case_id: int) -> AnyResponse:
    """Imports the contract into the chosen customer, or as a new one; several that are ticked become one."""
    shown, fields = _one(case_id), FormFields(dict(request.form.lists()))
    person, review = viewer().person, _review()
    typed = fields.text("customer", 20)
    known = {customer.id for customer in shown.candidates}
    by_rules = typed == BY_RULES and shown.case.state == "failed"
    chosen = None if typed == "new" or by_rules else fields.identifier("customer")
    if chosen is not None and shown.case.state == "waiting" and chosen not in known:
        refuse("customer", N_("Choose one of the list."))
    others = [number for number in fields.identifiers("same") if number != chosen]
    if others and (chosen is None or not set(others) <= known):
        refuse("same", N_("Choose one of the list."))
    if others and chosen is not None:
        into, covers = chosen, viewer().grant.covers_billing
        return _done(shown, "run", lambda: review.merge(person, shown.case, into, others, covers))
    return _done(shown, "run", lambda: review.accept(person, shown.case, chosen, by_rules=by_rules))


@imports.post("/<int:case_id>/reject")
@allowed(REVIEW)
def reject(case_id: int) -> AnyResponse:
    """The contract is not to be imported."""
    shown = _one(case_id)
    return _done(shown, "reject", lambda: _review().reject(viewer().person, shown.case))


@imports.post("/<int:case_id>/undo")
@allowed(REVIEW)
def undo(case_id: int) -> AnyResponse:
    """Takes an import back."""
    shown = _one(case_id)
    person, covers = viewer().person, viewer().grant.covers_billing
    return _done(shown, "undo", lambda: _review().undo(person, shown.case, covers))


def _done(shown: ShownCase, action: str, work: Callable[[], Imported | BGBillingError | None]) -> AnyResponse:
    if request.form.get("seen") != shown.seen:
        raise Decided
    result = _review().journalled(viewer().person, shown.case, action, work)
    state = request.form.get("state", "waiting")
    problem = result.problem if isinstance(result, Imported) else result.text() if result else ""
    if problem:
        return _page(state, str(shown.case.id), problem)
    return redirect(pages.address("imports.page", state=state, told=shown.case.id), 303)


def _review() -> ImportReview:
    found = services().reviewing
    if found is None:
        raise NoImport
    return found


def _billings() -> tuple[str, ...] | None:
    allowed_ids = viewer().grant.billing_ids
    return None if allowed_ids is None else tuple(sorted(allowed_ids))


def _known(typed: str) -> ShownCase | None:
    try:
        return _one(int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 20 else None
    except UnknownCase:
        return None


def _one(case_id: int) -> ShownCase:
    if not 0 < case_id < 2**63:
        raise UnknownCase
    shown = _review().get(case_id)
    if not viewer().grant.covers_billing(shown.case.billing_id):
        raise UnknownCase
    return shown
