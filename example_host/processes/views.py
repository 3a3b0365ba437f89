"""Pages of processes: the queues, and the card of a process with what may be changed on it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from example_host.customers.port import HostCustomers
from example_host.guards import allowed, may
from example_host.messages import inbox
from example_host.messages.kinds import kind_of, kind_words
from example_host.messages.views import READ as READ_MESSAGES
from example_host.messages.views import WRITE as WRITE_MESSAGES
from example_host.messages.views import processing_address
from example_host.models import database
from example_host.mounting import bgbilling
from example_host.ports import remember, signed_in
from example_host.processes import queue
from example_host.processes.changes import Refused, change_process
from example_host.processes.port import GROUPS, STATUSES, HostProcesses
from example_host.processes.values import parameters, shown
from flask_bgbilling.ports import Process

processes = Blueprint("processes", __name__, url_prefix="/processes")

READ, UPDATE = "crm.processes.read", "crm.processes.update"
LONGEST_DESCRIPTION, MESSAGES_SHOWN = 20_000, 50
port = HostProcesses()


@processes.get("")
@allowed(READ)
def overview() -> str:
    """A queue, narrowed by its filters; the first one unless another is chosen."""
    user, known = signed_in(), queue.queues()
    assert user is not None
    wanted = request.args.get("queue", 0, type=int)
    shown_queue = known[wanted] if wanted in known else next(iter(known.values()))
    chosen = queue.chosen_of(request.args, shown_queue)
    return render_template(
        "processes.html",
        queues=known,
        queue=shown_queue,
        chosen=chosen,
        page=queue.page_of(shown_queue, chosen, user, request.args.get("before", "")),
        paged=bool(request.args.get("before")),
        titles=queue.column_titles(),
        choices=queue.choices(shown_queue),
        labels=_labels(),
    )


@processes.get("/<int(max=2147483647):process_id>")
@allowed(READ)
def show(process_id: int) -> str:
    """One process: its description, who works at it, what is linked, its messages."""
    process, user = _process(process_id), signed_in()
    assert user is not None
    remember(user.id, process.title, port.address(process_id))
    database.session.commit()
    customers = HostCustomers()
    linked = [customer for number in port.customers(process_id) if (customer := customers.get(number)) is not None]
    values = ((one, shown(one, port.value(process_id, one.id))) for one in parameters().values())
    return render_template(
        "process.html",
        process=process,
        description=port.description(process_id),
        priority=port.priority(process_id),
        contracts=bgbilling.process_contracts(process_id),
        customers=linked,
        values=[(one, text) for one, text in values if text],
        messages=inbox.of_process(process_id, MESSAGES_SHOWN) if may(READ_MESSAGES) else [],
        kind_of=kind_of,
        words=kind_words(),
        address=processing_address,
        statuses=STATUSES,
        groups=GROUPS,
        people=queue.people(),
        own_groups=list(port.groups(process_id)),
        own_executors=[int(number) for number in port.executors(process_id)],
        may=may(UPDATE),
        may_write=may(WRITE_MESSAGES),
    )


@processes.post("/<int(max=2147483647):process_id>")
@allowed(UPDATE)
def change(process_id: int) -> Response:
    """Changes status, description, executors or groups, whichever the form has; rules may refuse it."""
    process, user = _process(process_id), signed_in()
    assert user is not None
    form, told = request.form, []
    try:
        if "status" in form:
            status = form.get("status", type=int) or 0
            told += change_process(user, process, status=status)
        if "described" in form:
            text = form.get("description", "").replace("\r\n", "\n").strip()[:LONGEST_DESCRIPTION]
            told += change_process(user, process, description=text)
        if "staffed" in form:
            executors, groups = _numbers("executor"), _numbers("group")
            told += change_process(user, process, executors=executors, groups=groups)
    except LookupError:
        abort(400)
    except Refused as refused:
        flash(str(refused), "bad")
    else:
        flash(_("%(title)s: saved.", title=process.title), "good")
    for note in told:
        flash(note, "good")
    return redirect(url_for("processes.show", process_id=process_id))


def _numbers(name: str) -> list[int]:
    return [int(text) for text in request.form.getlist(name) if text.isascii() and text.isdigit() and len(text) < 10]


def _process(process_id: int) -> Process:
    user, process = signed_in(), port.get(process_id)
    if user is None or process is None or not port.visible(str(user.id), process_id):
        abort(404)
    return process


def _labels() -> dict[str, tuple[str, str]]:
    """What a filter is called, and what it says while it lets everything through."""
    return {
        "status": (_("Status"), _("any status")),
        "type": (_("Kind"), _("any kind")),
        "group": (_("Group"), _("any group")),
        "executor": (_("Executor"), _("anybody")),
    }
