"""Jobs in a browser: progress without reloading, stopping, the schedule's button, widths and contrasts."""

import re
import threading
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import expect

from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.definitions import RunningJob
from flask_bgbilling.jobs.embedded import EmbeddedEngine
from flask_bgbilling.jobs.service import JobService
from tests.e2e.accessibility import WCAG, assert_accessible
from tests.e2e.conftest import Host, HostFactory, Opened
from tests.e2e.test_operator import overflow

SCHEDULE = """scheduler.task.nightly.class=Counting
scheduler.task.nightly.minutes=*/10
scheduler.task.nightly.hours=3,4
scheduler.task.nightly.month=13
scheduler.task.lost.class=NoSuchThing
scheduler.task.weekly.class=Counting
scheduler.task.weekly.hours=5
scheduler.task.weekly.minutes=30
scheduler.task.weekly.dw=7
"""

pytestmark = pytest.mark.browser


class Steps:
    """Lets a counting job go on by as many steps as a test allows."""

    def __init__(self) -> None:
        self.allowed = threading.Semaphore(0)
        self.ended = threading.Event()
        self.engines: list[JobService] = []

    def allow(self, count: int) -> None:
        for _ in range(count):
            self.allowed.release()

    def count(self, job: RunningJob) -> Mapping[str, object]:
        """Counts to 40, step by step."""
        for number in range(job.cursor or 0, 40):
            while not self.allowed.acquire(timeout=0.2):
                if self.ended.is_set():
                    return {}
                job.save()
            job.save(number + 1, done=number + 1, total=40)
            if number % 10 == 9:
                job.log("%(done)s of %(total)s", done=number + 1, total=40)
        return {"Contracts": 40}


@pytest.fixture
def steps() -> Iterator[Steps]:
    made = Steps()
    yield made
    made.ended.set()
    for jobs in made.engines:
        if isinstance(jobs.engine, EmbeddedEngine):
            jobs.engine.stop()


def started(served: HostFactory, steps: Steps) -> tuple[Host, JobService]:
    host = served(extra=SCHEDULE, settings={"BGBILLING_JOBS": "embedded"})
    jobs: JobService = host.app.extensions["bgbilling"].services.jobs
    steps.engines.append(jobs)
    jobs.register(JobKind("Counting", "Contracts", steps.count))
    return host, jobs


def test_a_job_is_started_watched_and_done_without_reloading(served: HostFactory, browse: Opened, steps: Steps) -> None:
    host, _ = started(served, steps)
    page = browse(host, login="admin")
    page.get_by_role("link", name="Jobs").click()
    expect(page.get_by_text("There are no jobs yet.")).to_be_visible()
    page.get_by_role("row", name="weekly").get_by_role("button", name="Run now").click()
    row = page.locator("tr[id^=bgb-job-]")
    expect(row).to_have_count(1)
    steps.allow(10)
    expect(row).to_contain_text("10 of 40")
    expect(row.get_by_role("progressbar")).to_have_attribute("value", "10")
    steps.allow(10)
    expect(row).to_contain_text("20 of 40")
    expect(page.get_by_role("row", name="weekly")).to_contain_text("under way")
    row.get_by_role("link").click()
    expect(page.locator("#bgb-job-log")).to_contain_text("20 of 40")
    stop = page.get_by_role("button", name="Stop the job")
    stop.focus()
    steps.allow(10)
    expect(page.locator("#bgb-job-log")).to_contain_text("30 of 40")
    expect(stop).to_be_focused()
    steps.allow(10)
    expect(page.locator("#bgb-job-head")).to_contain_text("completed")
    expect(page.locator("#bgb-job-result")).to_be_visible()
    expect(stop).to_have_count(0)


def test_jobs_of_others_appear_by_themselves(served: HostFactory, browse: Opened, steps: Steps) -> None:
    host, jobs = started(served, steps)
    page = browse(host, login="admin")
    with host.app.app_context():
        jobs.start("Counting", subject="first")
    page.goto(f"{host.url}/bgbilling/jobs")
    rows = page.locator("tr[id^=bgb-job-]")
    expect(rows).to_have_count(1)
    with host.app.app_context():
        jobs.start("Counting", subject="second")
        jobs.start("Counting", subject="third")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("third")
    expect(rows.nth(2)).to_contain_text("first")


def test_a_job_is_stopped_while_it_runs_and_goes_on(served: HostFactory, browse: Opened, steps: Steps) -> None:
    host, jobs = started(served, steps)
    page = browse(host, login="admin")
    with host.app.app_context():
        number = jobs.start("Counting").id
    steps.allow(15)
    page.goto(f"{host.url}/bgbilling/jobs/{number}")
    head = page.locator("#bgb-job-head")
    expect(head).to_contain_text("15 of 40")
    page.get_by_role("button", name="Stop the job").click()
    expect(head).to_contain_text("stopped")
    steps.allow(25)
    page.get_by_role("button", name="Go on").click()
    expect(head).to_contain_text("completed")
    expect(head).to_contain_text("40 of 40")
    expect(page.locator("#bgb-job-log")).to_contain_text("40 of 40")


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_is_accessible(served: HostFactory, browse: Opened, steps: Steps, width: int) -> None:
    host, jobs = started(served, steps)
    with host.app.app_context():
        for subject in ("BiTel", "Домашние сети"):
            number = jobs.start("Counting", subject=subject, person_name="Орлова Анна").id
    page = browse(host, login="admin", width=width)
    steps.allow(23)
    for screen in ("jobs", f"jobs/{number}"):
        with page.expect_response("**/bgbilling/pulse*"):
            page.goto(f"{host.url}/bgbilling/{screen}")
        assert overflow(page) <= 0, f"{screen} is wider than {width} px"
        assert_accessible(page, screen, tags=WCAG)


def test_it_works_without_javascript(served: HostFactory, browse: Opened, steps: Steps) -> None:
    host, _ = started(served, steps)
    page = browse(host, login="admin", javascript=False)
    page.goto(f"{host.url}/bgbilling/jobs")
    page.get_by_role("row", name="weekly").get_by_role("button", name="Run now").click()
    page.locator("tr[id^=bgb-job-]").get_by_role("link").click()
    page.get_by_role("button", name="Stop the job").click()
    expect(page.locator("#bgb-job-head")).to_contain_text(re.compile("is stopping|stopped"))
