"""Pages of messages: the inbox, a new note, a message with its files."""

import re
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote
from uuid import uuid4

import phonenumbers
from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response

from example_host.guards import allowed, local_path, may
from example_host.messages import inbox
from example_host.messages.kinds import CALL, NOTE, first_of, kind_of, kind_words, message_kinds
from example_host.messages.models import NAME, SENDER, SUBJECT, AttachmentRow, MessageRow, now
from example_host.messages.port import HostMessages, aware
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.ports import signed_in
from example_host.processes.port import HostProcesses
from flask_bgbilling.ports import Message, Person, Process, ProcessEvent, ProcessEventKind

messages = Blueprint("messages", __name__, url_prefix="/messages")

READ, WRITE = "crm.messages.read", "crm.messages.write"
PROCESSING = "bgbilling.messages.show"
LONGEST_NOTE = 20_000
only_a_number = re.compile(r"[+\d\s().\-]+")
FILES = "sandbox; default-src 'none'"


@messages.app_template_filter("moment")
def shown_moment(moment: datetime | None) -> str:
    """A moment of the tables by the clock of this server, as the extension shows it."""
    return aware(moment).astimezone().strftime("%d.%m.%Y %H:%M") if moment else ""


@messages.app_template_filter("recent")
def shown_recent(moment: datetime) -> str:
    """A moment as lists show it: of today the time, of other days the day as well."""
    here, today = aware(moment).astimezone(), aware(now()).astimezone()
    if here.date() == today.date():
        return here.strftime("%H:%M")
    return here.strftime("%d.%m %H:%M" if here.year == today.year else "%d.%m.%Y %H:%M")


@messages.app_template_filter("sender")
def shown_sender(message: Message | MessageRow) -> str:
    """Whom a message is from: a number as people read it, an address, else the name."""
    sender = message.sender.strip()
    if not only_a_number.fullmatch(sender):
        return sender or getattr(message, "sender_name", "") or str(_("unknown"))
    try:
        number = phonenumbers.parse(sender, "RU")
    except phonenumbers.NumberParseException:
        return sender
    known = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if known else sender


@messages.app_template_filter("size")
def shown_size(size: int) -> str:
    """The size of a file in bytes, rounded to what people read."""
    if size < 1024:
        return str(_("%(number)s B", number=size))
    if size < 1024 * 1024:
        return str(_("%(number)s KB", number=round(size / 1024)))
    return str(_("%(number)s MB", number=round(size / 1024 / 1024, 1)))


@messages.get("")
@allowed(READ)
def overview() -> str:
    """The inbox: what nobody has dealt with, unless another state is chosen."""
    chosen = inbox.filter_of(request.args)
    before, after = (inbox.key_of(request.args.get(name, "")) for name in ("before", "after"))
    page = inbox.page_of(chosen, before, after)
    return render_template(
        "inbox.html",
        page=page,
        chosen=chosen,
        kinds=message_kinds(),
        kind_of=kind_of,
        words=kind_words(),
        states=_states(),
        address=processing_address,
        may=may(WRITE),
    )


@messages.get("/new")
@allowed(WRITE)
def new() -> str:
    """The form of a note; ``process`` is the process that it is written for."""
    return _note_form(_process_for(request.args.get("process", type=int)))


@messages.post("/new")
@allowed(WRITE)
def add() -> Response | str:
    """Keeps a note: among those that wait, or in its process."""
    kind, user = first_of(NOTE), signed_in()
    if kind is None or user is None:
        abort(404)
    subject = " ".join(request.form.get("subject", "").split())[:SUBJECT]
    text = request.form.get("text", "").replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    process = _process_for(request.form.get("process", type=int))
    if not subject and not text:
        flash(_("A note has a subject or a text."), "bad")
        return _note_form(process)
    row = MessageRow(type_id=kind.id, sender_name=user.name[:NAME], subject=subject, text=text)
    row.sender = " ".join(request.form.get("contact", "").split())[:SENDER]
    row.system_id = once = _once(user.id, subject, text, row.sender, str(process.id if process else ""))
    database.session.add(row)
    try:
        database.session.flush()
    except IntegrityError:  # the button was pressed twice
        database.session.rollback()
        kept = database.session.query(MessageRow).filter_by(type_id=kind.id, system_id=once).one()
        return redirect(url_for("messages.show", message_id=kept.id))
    if process is not None:
        HostMessages().set_process(row.id, process.id, str(user.id))
    database.session.commit()
    if process is not None:
        person = Person(str(user.id), user.login, user.name)
        told = ProcessEvent(ProcessEventKind.MESSAGE_ADDED, process.id, person, number=row.id)
        for note in bgbilling.process_changed(told):
            flash(note, "good")
    flash(_("The note is kept."), "good")
    return redirect(url_for("messages.show", message_id=row.id))


@messages.get("/<int(max=2147483647):message_id>")
@allowed(READ)
def show(message_id: int) -> str:
    """One message: what it says, its files, what became of it."""
    row = _message(message_id)
    person = database.session.get(User, row.person_id) if row.person_id else None
    process = _process_for(row.process_id)
    files = database.session.query(AttachmentRow).filter_by(message_id=row.id).order_by(AttachmentRow.position).all()
    kind = kind_of(row.type_id)
    return render_template(
        "message.html",
        message=row,
        kind=kind,
        word=kind_words()[kind.kind],
        is_call=kind.kind == CALL,
        person=person,
        process=process,
        files=files,
        processing=processing_address(row) if row.process_id is None else "",
        may=may(WRITE),
    )


@messages.get("/<int(max=2147483647):message_id>/files/<int(max=2147483647):position>")
@allowed(READ)
def file(message_id: int, position: int) -> Response:
    """A file of a letter, to be kept and never to be shown here: it is a stranger's."""
    found = database.session.get(AttachmentRow, (message_id, position))
    if found is None:
        abort(404)
    answer = make_response(found.content)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Security-Policy"] = FILES
    answer.headers.set("Content-Disposition", "attachment", **_names(found.name))
    return answer


@messages.post("/<int(max=2147483647):message_id>/state")
@allowed(WRITE)
def set_state(message_id: int) -> Response:
    """Lays a message aside that needs no process, or puts it back among those that wait; 409 when it is in one."""
    user, locked = signed_in(), HostMessages().lock(message_id)
    assert user is not None
    if locked is not None and locked.process_id is not None:
        abort(409)
    row = _message(message_id)
    if request.form.get("state") == inbox.DONE:
        if row.processed_at is None:
            row.processed_at, row.person_id = now(), user.id
        flash(_("The message is laid aside."), "good")
    else:
        HostMessages().set_process(row.id, None, str(user.id))
        flash(_("The message waits again."), "good")
    database.session.commit()
    return redirect(local_path(request.form.get("next", "") or url_for("messages.show", message_id=message_id)))


def processing_address(row: MessageRow) -> str:
    """Where a message is processed: the extension's page, where it has one and the person may; else its own page."""
    if row.process_id is None and PROCESSING in current_app.view_functions and may("message.process"):
        return url_for(PROCESSING, message_id=row.id)
    return url_for("messages.show", message_id=row.id)


def _process_for(process_id: int | None) -> Process | None:
    """A process that the person may see; ``None`` for others."""
    user, port = signed_in(), HostProcesses()
    seen = user is not None and process_id is not None and port.visible(str(user.id), process_id)
    return port.get(process_id) if seen and process_id is not None else None


def _note_form(process: Process | None) -> str:
    return render_template("note.html", process=process, kind=first_of(NOTE), typed=request.form, once=uuid4().hex)


def _once(user_id: int, *said: str) -> str | None:
    """What a note is known by when its form comes again: the key of the form and all that it says."""
    key = request.form.get("once", "")
    digest = sha256("\0".join((key, *said)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{user_id}:{digest}" if key else None


def _message(message_id: int) -> MessageRow:
    row = database.session.get(MessageRow, message_id)
    if row is None:
        abort(404)
    return row


def _states() -> dict[str, str]:
    return {inbox.WAITING: _("waiting for somebody"), inbox.DONE: _("dealt with"), inbox.ALL: _("all")}


def _names(name: str) -> dict[str, str]:
    """The name of a file for a header: plain for old programs, whole for the others."""
    plain = secure_filename(name) or "file"
    return {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{_percent(name)}"}


def _percent(name: str) -> str:
    return quote(name, safe="")
