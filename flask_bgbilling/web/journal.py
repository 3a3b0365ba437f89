"""The journal of all contracts: who changed what, when and with which outcome."""

from flask import Blueprint, Response, request

from flask_bgbilling.domain.changes import STATE_WORDS
from flask_bgbilling.domain.contracts.actions import ReadOnly
from flask_bgbilling.domain.journal_filter import parse_filter
from flask_bgbilling.web import pages
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services
from flask_bgbilling.web.statuses import status_of

journal = Blueprint("journal", __name__, url_prefix="/journal")


@journal.get("")
@allowed("journal.read")
def page() -> Response:
    """The newest entries that fit the form; older ones by key, however far back they are."""
    found = services().journal
    if found is None:
        raise ReadOnly
    form = parse_filter(request.args, found.zone(viewer(), request.args.get("billing")))
    return pages.page(
        "bgbilling/journal.html",
        title=t("Journal"),
        status=status_of(form.problem) if form.problem else 200,
        form=form,
        view=found.search(viewer(), form.query) if form.query is not None else None,
        billings=found.billings(viewer()),
        actions=found.actions(),
        states=STATE_WORDS,
        first=not request.args.get("before"),
    )
