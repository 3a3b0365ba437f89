"""Long work: what the schedule will start, what is under way and what is over; stopping and starting it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.journal_filter import before_of
from flask_bgbilling.errors import UnknownAddress
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import NoJobs
from flask_bgbilling.jobs.service import JobService
from flask_bgbilling.jobs.shown import ShownJob
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

jobs = Blueprint("jobs", __name__)

READ = "jobs.read"
RUN = "jobs.run"
LATECOMERS = timedelta(seconds=5)
"""A change may be committed after one that was made later: what is asked for reaches back so far."""


EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST_YEAR = 9000


@jobs.get("/jobs")
@allowed(READ)
def page() -> Response:
    """The schedule, and the newest jobs; older ones by key."""
    work = _jobs()
    before = before_of(request.args.get("before", ""))
    found = work.list(before_id=before)
    return pages.page(
        "bgbilling/jobs.html",
        title=t("Jobs"),
        view=found,
        tasks=work.schedule(),
        first=before is None,
        since=_told(found.changed_at),
        **_buttons(),
    )


@jobs.get("/jobs/<int:job_id>")
@allowed(READ)
def show(job_id: int) -> Response:
    """One job: how far it is, what it says, its parts."""
    shown = _one(job_id)
    return pages.page(
        "bgbilling/job.html",
        title=t(shown.title),
        since=_told(shown.record.changed_at),
        **_details(shown, before_of(request.args.get("before", ""))),
    )


@jobs.get("/pulse")
@allowed(READ)
def pulse() -> Response:
    """What has changed since a moment, for a page that looks on: rows of the list, or with ``job`` that job alone."""
    since = _moment(request.args.get("since", ""))
    job_id = before_of(request.args.get("job", ""))
    if job_id is not None:
        shown = _one(job_id)
        if shown.record.changed_at is not None and shown.record.changed_at <= since and not shown.open:
            return Response(status=204)
        since = shown.record.changed_at or since
        return pages.partial("bgbilling/_pulse.html", view=None, since=_told(since), **_details(shown, None))
    work = _jobs()
    found = work.changed(since - LATECOMERS)
    if not found.jobs:
        return Response(status=204)
    return pages.partial(
        "bgbilling/_pulse.html",
        shown=None,
        view=found,
        tasks=work.schedule(),
        since=_told(max(found.changed_at or since, since)),
        **_buttons(),
    )


@jobs.post("/jobs/run")
@allowed(RUN)
def run() -> AnyResponse:
    """Starts a task of the schedule now."""
    name = request.form.get("task", "")
    task = next((one for one in _jobs().schedule() if one.task.name == name), None)
    _demand(task.kind if task else None)
    person = viewer().person
    _jobs().run_now(name, person_id=person.id, person_name=person.name)
    return redirect(pages.address("jobs.page"), 303)


@jobs.post("/jobs/<int:job_id>/cancel")
@allowed(RUN)
def cancel(job_id: int) -> AnyResponse:
    """Stops a job: at once when it waits, at its next step when it runs."""
    _demand(_one(job_id).kind)
    _jobs().cancel(job_id)
    return redirect(pages.address("jobs.show", job_id=job_id), 303)


@jobs.post("/jobs/<int:job_id>/again")
@allowed(RUN)
def again(job_id: int) -> AnyResponse:
    """Goes on with a job that gave up or was stopped, where it stands."""
    _demand(_one(job_id).kind)
    _jobs().again(job_id)
    return redirect(pages.address("jobs.show", job_id=job_id), 303)


def _jobs() -> JobService:
    found = services().jobs
    if found is None:
        raise NoJobs
    return found


def _one(job_id: int) -> ShownJob:
    shown = _jobs().get(job_id) if 0 < job_id < 2**63 else None
    if shown is None:
        raise UnknownAddress(address=request.path[:60])
    return shown


def _demand(kind: JobKind | None) -> None:
    """A kind may ask for more than the right to run jobs."""
    if kind is not None and kind.permission != RUN:
        viewer().with_permission(kind.permission)


def _details(shown: ShownJob, before: int | None) -> dict[str, Any]:
    parts = _jobs().list(parent_id=shown.record.id, before_id=before) if shown.parts else None
    return {"shown": shown, "parts": parts, **_buttons()}


def _buttons() -> dict[str, Any]:
    """What the forms of jobs need, and to which kinds they are offered."""
    person, users = viewer().person, services().users
    granted: Callable[[str], bool] = cache(lambda permission: users.grant(person, permission) is not None)

    def may_run(kind: JobKind | None) -> bool:
        return granted(RUN) and (kind is None or granted(kind.permission))

    return {"may_run": may_run, "csrf_name": csrf.field_name(), "csrf_token": csrf.token()}


def _told(moment: datetime | None) -> str:
    return (moment or EARLIEST).astimezone(UTC).isoformat()


def _moment(text: str) -> datetime:
    """A moment as a page keeps it; what cannot be used is the beginning of all times."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return EARLIEST
    return moment if moment.tzinfo and EARLIEST.year < moment.year < LATEST_YEAR else EARLIEST
