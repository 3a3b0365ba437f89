"""The pages of jobs: schedule, list, one job, what changes while somebody looks, and who may do what."""

import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import RunningJob
from flask_bgbilling.jobs.service import JobService
from tests.e2e.conftest import Host, HostFactory

SCHEDULE = """scheduler.task.nightly.class=Counting
scheduler.task.nightly.minutes=*/5
scheduler.task.nightly.hours=3
scheduler.task.nightly.step=2
scheduler.task.lost.class=NoSuchThing
"""


def count(job: RunningJob) -> Mapping[str, object]:
    """Counts to five; breaks off at three when it is told to."""
    for number in range(job.cursor or 0, 5):
        if number == 3 and job.params.get("breaks") and job.attempt == 1:
            raise ConfigurationError(detail="there is no database: pass BGBilling(..., database=db)")
        job.save(number + 1, done=number + 1, total=5)
    job.log("%(n)s contracts", n="<b>5</b>")
    return {"Contracts": 5000}


def counting(hosted: HostFactory, **options: Any) -> tuple[Host, JobService]:
    host = hosted(extra=SCHEDULE)
    jobs: JobService = host.app.extensions["bgbilling"].services.jobs
    jobs.register(JobKind("Counting", "Contracts", count, **options))
    return host, jobs


def run_all(host: Host, jobs: JobService) -> None:
    with host.app.app_context():
        jobs.run_all()


def test_the_schedule_is_shown_and_a_task_is_started_now(hosted: HostFactory) -> None:
    host, jobs = counting(hosted)
    client = host.client("admin")
    page = client.get("/bgbilling/jobs").text
    assert re.search(r"minutes <code>\*/5</code>.*hours <code>3</code>", page)
    assert re.search(r"NoSuchThing.*unknown class", page)
    assert page.count('name="task"') == 1, "what nobody knows cannot be started"
    assert "There are no jobs yet." in page
    answer = client.post("/bgbilling/jobs/run", data={"task": "nightly"})
    assert (answer.status_code, answer.location) == (303, "/bgbilling/jobs")
    assert "under way" in client.get("/bgbilling/jobs").text
    run_all(host, jobs)
    page = client.get("/bgbilling/jobs").text
    assert "completed" in page
    assert "5 of 5" in page
    for unknown in ("lost", "nowhere", ""):
        assert client.post("/bgbilling/jobs/run", data={"task": unknown}).status_code == 404


def test_one_job_tells_its_result_and_its_log_in_the_readers_language(hosted: HostFactory) -> None:
    host, jobs = counting(hosted)
    with host.app.app_context():
        number = jobs.start("Counting", subject="<i>TKS</i>", person_name="Анна").id
    run_all(host, jobs)
    page = host.client("admin").get(f"/bgbilling/jobs/{number}").text
    assert "&lt;i&gt;TKS&lt;/i&gt;" in page
    assert "Анна" in page
    assert "5,000" in page
    assert "&lt;b&gt;5&lt;/b&gt; contracts" in page
    assert "data-bgb-pulse" not in page, "it is over"
    assert "5 000".replace(" ", "\u00a0") in host.client("admin", "ru").get(f"/bgbilling/jobs/{number}").text
    for unknown in (number + 1, 0, 10**30):
        assert host.client("admin").get(f"/bgbilling/jobs/{unknown}").status_code == 404


def test_a_failed_job_is_stopped_and_taken_up_again(hosted: HostFactory) -> None:
    host, jobs = counting(hosted)
    client = host.client("admin")
    with host.app.app_context():
        number = jobs.start("Counting", {"breaks": True}).id
    run_all(host, jobs)
    page = client.get(f"/bgbilling/jobs/{number}").text
    assert "to be tried again" in page
    assert "pass BGBilling(..., database=db)" in page
    assert client.post(f"/bgbilling/jobs/{number}/cancel").status_code == 303
    page = client.get(f"/bgbilling/jobs/{number}").text
    assert "stopped" in page
    assert "Go on" in page
    client.post(f"/bgbilling/jobs/{number}/again")
    run_all(host, jobs)
    page = client.get(f"/bgbilling/jobs/{number}").text
    assert "completed" in page
    assert "Go on" not in page
    client.post(f"/bgbilling/jobs/{number}/again")
    assert "completed" in client.get(f"/bgbilling/jobs/{number}").text, "what is done stays done"


def test_the_pulse_tells_what_has_changed_and_nothing_else(hosted: HostFactory) -> None:
    host, jobs = counting(hosted)
    client = host.client("admin")
    since = re.findall(r'data-bgb-since="([^"]+)"', client.get("/bgbilling/jobs").text)[0]
    query = {"since": since}
    assert client.get("/bgbilling/pulse", query_string=query).status_code == 204
    with host.app.app_context():
        first = jobs.start("Counting").id
    answer = client.get("/bgbilling/pulse", query_string=query).text
    assert f'id="bgb-job-{first}"' in answer
    assert 'id="bgb-task-nightly"' in answer
    later = re.findall(r'data-bgb-since="([^"]+)"', answer)[0]
    assert later > since
    one = {"since": later, "job": str(first)}
    assert "queued" in client.get("/bgbilling/pulse", query_string=one).text
    run_all(host, jobs)
    answer = client.get("/bgbilling/pulse", query_string=one).text
    assert "completed" in answer
    one["since"] = re.findall(r'data-bgb-since="([^"]+)"', answer)[0]
    assert client.get("/bgbilling/pulse", query_string=one).status_code == 204
    for strange in ("", "yesterday", "2026-01-01", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"):
        assert client.get("/bgbilling/pulse", query_string={"since": strange}).status_code in (200, 204), strange
    assert client.get("/bgbilling/pulse?job=99999").status_code == 404


def test_long_lists_go_by_key(hosted: HostFactory) -> None:
    host, jobs = counting(hosted)
    client = host.client("admin")
    with host.app.app_context():
        numbers = [jobs.start("Counting").id for _ in range(120)]
    seen: list[int] = []
    there = "/bgbilling/jobs"
    while there:
        page = client.get(there).text
        seen += [int(found) for found in re.findall(r'id="bgb-job-(\d+)"', page)]
        older = re.findall(r'href="([^"]+)" rel="next"', page)
        there = older[0] if older else ""
    assert seen == numbers[::-1]


def test_a_whole_and_its_parts(hosted: HostFactory) -> None:
    host, jobs = counting(hosted)

    def whole(job: RunningJob) -> Mapping[str, object]:
        if job.cursor is None:
            job.split("Counting", {f"page {n}": {} for n in range(60)})
            job.save("split")
        return dict(job.await_parts())

    jobs.register(JobKind("Whole", "Whole", whole))
    with host.app.app_context():
        number = jobs.start("Whole").id
        jobs.run(number)
    client = host.client("admin")
    page = client.get(f"/bgbilling/jobs/{number}").text
    assert "waits for its parts" in page
    assert "queued: 60" in page
    assert "page 59" in page
    older = re.findall(rf'href="(/bgbilling/jobs/{number}\?before=\d+)"', page)[0]
    assert "page 0<" in client.get(older).text
    assert "page 59" not in client.get("/bgbilling/jobs").text, "parts stand below their whole"
    run_all(host, jobs)
    assert "completed: 60" in client.get(f"/bgbilling/jobs/{number}").text


def test_a_whole_tells_of_parts_that_gave_up_and_goes_on_with_them(hosted: HostFactory) -> None:
    host, jobs = counting(hosted, most_failures=1)

    def whole(job: RunningJob) -> Mapping[str, object]:
        if job.cursor is None:
            job.split("Counting", {f"page {n}": {"breaks": n > 0} for n in range(3)})
            job.save("split")
        return {"Contracts": job.await_parts().get("done", 0)}

    jobs.register(JobKind("Whole", "Whole", whole))
    with host.app.app_context():
        number = jobs.start("Whole").id
    run_all(host, jobs)
    client = host.client("admin")
    page = client.get(f"/bgbilling/jobs/{number}").text
    assert "completed: 1" in page
    assert "gave up: 2" in page
    assert "Of 3 parts 2 gave up and 0 were stopped." in page
    russian = host.client("admin", "ru").get(f"/bgbilling/jobs/{number}").text
    assert "Частей всего: 3, не выполнено: 2, остановлено: 0." in russian
    assert client.post(f"/bgbilling/jobs/{number}/again").status_code == 303
    run_all(host, jobs)
    page = client.get(f"/bgbilling/jobs/{number}").text
    assert "completed: 3" in page
    assert f"{number}/again" not in page


def test_a_kind_may_ask_for_more(hosted: HostFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    host, jobs = counting(hosted, permission="customer.import")
    with host.app.app_context():
        number = jobs.start("Counting").id
    denied = SimpleNamespace(names={"customer.import"})
    from example_host import roles

    allows = roles.role_allows
    monkeypatch.setattr(
        "example_host.ports.role_allows", lambda role, name: name not in denied.names and allows(role, name)
    )
    client = host.client("admin")
    assert "Run now" not in client.get("/bgbilling/jobs").text
    assert "Stop the job" not in client.get(f"/bgbilling/jobs/{number}").text
    assert client.post("/bgbilling/jobs/run", data={"task": "nightly"}).status_code == 403
    for verb in ("cancel", "again"):
        assert client.post(f"/bgbilling/jobs/{number}/{verb}").status_code == 403
    denied.names = {"jobs.run"}
    assert "Run now" not in client.get("/bgbilling/jobs").text
    denied.names.clear()
    run_all(host, jobs)
    assert "Run now" in client.get("/bgbilling/jobs").text


def test_who_may_not_read_jobs_has_no_entry_in_the_menu(hosted: HostFactory) -> None:
    host = hosted()
    assert 'href="/bgbilling/jobs"' in host.client("admin").get("/").text
    assert 'href="/bgbilling/jobs"' not in host.client("viewer").get("/").text


def test_the_buttons_carry_the_token_of_the_session(hosted: HostFactory) -> None:
    host = hosted(extra=SCHEDULE, settings={"WTF_CSRF_ENABLED": True})
    jobs: JobService = host.app.extensions["bgbilling"].services.jobs
    jobs.register(JobKind("Counting", "Contracts", count))
    client = host.app.test_client()

    def token(address: str, form: str) -> str:
        page = client.get(address).text
        return re.findall(rf'{form}[^>]*>\s*<input type="hidden" name="csrf_token" value="([^"]+)"', page)[0]

    client.post("/sign-in", data={"login": "admin", "password": "admin", "csrf_token": token("/sign-in", "<form")})
    there = "/bgbilling/jobs"
    data = {"task": "nightly", "csrf_token": token(there, '<form id="bgb-run"')}
    assert client.post(f"{there}/run", data=data).status_code == 303
    data = {"csrf_token": token(f"{there}/1", '<form id="bgb-job-form"')}
    assert client.post(f"{there}/1/cancel", data=data).status_code == 303
    assert "остановлено" in client.get(f"{there}/1").text
