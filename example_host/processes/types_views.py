"""Pages of process types for administrators: the list, and the configuration of each with what is wrong with it."""

from hashlib import sha256

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from example_host.guards import allowed
from example_host.models import database
from example_host.mounting import bgbilling
from example_host.processes.models import ProcessRow, ProcessTypeRow

process_types = Blueprint("process_types", __name__, url_prefix="/process-types")

UPDATE = "crm.process_types.update"


@process_types.get("")
@allowed(UPDATE)
def overview() -> str:
    """Every type, how many processes it has, and whether something is wrong with its configuration."""
    rows = database.session.scalars(select(ProcessTypeRow).order_by(ProcessTypeRow.id)).all()
    counted = select(ProcessRow.type_id, func.count().label("processes")).group_by(ProcessRow.type_id)
    counts = {row.type_id: row.processes for row in database.session.execute(counted)}
    problems = {row.id: len(bgbilling.check_process_type(row.configuration)) for row in rows}
    return render_template("process_types.html", types=rows, counts=counts, problems=problems)


@process_types.route("/<int(max=2147483647):type_id>", methods=["GET", "POST"])
@allowed(UPDATE)
def edit(type_id: int) -> Response:
    """The configuration of a type, with what is wrong with it; saved, checked only, or found changed meanwhile."""
    row = database.session.get(ProcessTypeRow, type_id, with_for_update=request.method == "POST" or None)
    if row is None:
        abort(404)
    text, seen, meanwhile = row.configuration, _mark(row.configuration), False
    if request.method == "POST":
        text = request.form.get("text", "").replace("\r\n", "\n")
        meanwhile = request.form.get("seen") != seen and text != row.configuration
        if request.form.get("save") and not meanwhile:
            row.configuration = text
            database.session.commit()
            flash(_("The configuration of the type is saved and takes effect at once."), "good")
            return redirect(url_for("process_types.edit", type_id=type_id))
    stored, title = row.configuration, row.title
    database.session.rollback()
    problems = bgbilling.check_process_type(text)
    page = render_template(
        "process_type.html",
        title=title,
        text=text,
        seen=seen,
        stored=stored if meanwhile else None,
        problems=problems,
        explain=bgbilling.explain,
    )
    return make_response(page, 409 if meanwhile else 200)


def _mark(text: str) -> str:
    """By what a form knows the text that it was made of."""
    return sha256(text.encode()).hexdigest()
