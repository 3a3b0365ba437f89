"""Jobs over processes that are killed, ended and started: somebody finishes, nothing is done twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import text

from flask_bgbilling.store.jobs import JobRecord
from tests.jobs_host import create_app, database, jobs_of
from tests.support import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application in this process, which only writes jobs down; ``BGBILLING_JOBS`` is looked at by requests."""
    monkeypatch.setenv("JOBS_DATABASE", f"sqlite:///{tmp_path / 'host.sqlite3'}")
    app = create_app()
    with app.app_context():
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        yield app
        database.session.remove()


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Start]:
    """Starts ``flask bgbilling …`` of that application as a process of its own."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> "subprocess.Popen[bytes]":
        with (tmp_path / f"process-{len(running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "tests.jobs_host", "bgbilling", *words],
                cwd=ROOT,
                env={**os.environ, "JOBS_SWEPT_SOON": "1"},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def record_of(app: Flask, number: int) -> JobRecord:
    shown = jobs_of(app).get(number)
    assert shown is not None
    return shown.record


def owner_of(app: Flask, number: int) -> int:
    """The process that has the job."""
    return int((record_of(app, number).owner or "::0").split(":")[1] or 0)


def done(app: Flask, number: int, *, at_least: int) -> Callable[[], bool]:
    return lambda: record_of(app, number).done >= at_least and record_of(app, number).state == "running"


def over(app: Flask, number: int) -> Callable[[], bool]:
    return lambda: record_of(app, number).state in ("done", "failed", "cancelled")


def met(number: int) -> list[tuple[int, int]]:
    """The numbers that were counted, in their order, with the process that did."""
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT number, process FROM met WHERE job = :job ORDER BY rowid"), {"job": number}
        )
        return [(row[0], row[1]) for row in rows]


def killed_in_the_middle(app: Flask, workers: list["subprocess.Popen[bytes]"]) -> None:
    number = jobs_of(app).start("Count", {"until": 60}).id
    wait_until(done(app, number, at_least=10), 60, "the job")
    owner = next(worker for worker in workers if worker.pid == owner_of(app, number))
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert record_of(app, number).state == "running", "nobody knows yet"
    wait_until(over(app, number), 90, "the other process")
    record = record_of(app, number)
    assert (record.state, record.done, record.total, record.attempt, record.owner) == ("done", 60, 60, 2, None)
    (other,) = {worker.pid for worker in workers} - {owner.pid}
    assert record.result == {"process": other}
    counted = met(number)
    assert sorted({one for one, _ in counted}) == list(range(60)), "nothing is left out"
    twice = len(counted) - 60
    assert twice <= 1, "only the step that was under way is met again"
    first = [one for one, process in counted if process == owner.pid]
    assert first == list(range(len(first)))


def test_a_killed_process_is_followed_by_another_one(app: Flask, command: Start) -> None:
    killed_in_the_middle(app, [command("worker"), command("worker")])


def test_a_process_that_is_told_to_end_hands_over_at_once(app: Flask, command: Start) -> None:
    number = jobs_of(app).start("Patient", {"until": 100}).id  # silent for 90 s before it would count as dead
    first = command("worker")
    wait_until(done(app, number, at_least=5), 60, "the job")
    first.terminate()
    assert first.wait(20) == 0
    record = record_of(app, number)
    assert (record.state, record.owner, record.failures) == ("waiting", None, 0)
    began = monotonic()
    command("worker")
    wait_until(over(app, number), 60, "the second process")
    assert monotonic() - began < 45
    assert [one for one, _ in met(number)] == list(range(100)), "each number once"


def test_a_job_is_stopped_while_another_process_does_it(app: Flask, command: Start) -> None:
    number = jobs_of(app).start("Patient", {"until": 10_000}).id
    command("worker")
    wait_until(done(app, number, at_least=3), 60, "the job")
    assert jobs_of(app).cancel(number)
    wait_until(over(app, number), 10, "its end")
    record = record_of(app, number)
    assert record.state == "cancelled"
    assert record.done == len(met(number)) < 10_000


def test_what_kills_its_process_is_given_up(app: Flask) -> None:
    """Each owner falls silent at the same place; the clock is that of the leases."""
    from flask_bgbilling.store.jobs import Jobs

    jobs: Jobs = jobs_of(app)._jobs
    number = jobs_of(app).start("Count", {"until": 5}).id
    for attempt in range(6):
        assert jobs.claim(number, f"dead-{attempt}", timedelta(seconds=-1)) is not None
    jobs_of(app).run_all()
    shown = jobs_of(app).get(number)
    assert shown is not None
    assert shown.record.state == "failed"
    assert shown.lines[-1].values == {"n": "6"}
    assert met(number) == []


def test_a_schedule_planned_by_many_processes_starts_once(
    app: Flask, command: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS_SCHEDULE", "scheduler.task.tick.class=Tick\n")
    processes = [command("jobs", "run") for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    planned = [job.record for job in jobs_of(app).list().jobs]
    assert planned
    assert {record.state for record in planned} == {"done"}
    moments = [record.due_at for record in planned]
    assert len(set(moments)) == len(moments)
    assert len(moments) <= 2, "the minute may have turned in between"


@pytest.mark.redis
def test_a_killed_worker_of_a_fleet_is_followed_by_another_one(
    app: Flask, command: Start, redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS_BROKER", redis)
    killed_in_the_middle(app, [command("worker", "--concurrency", "2"), command("worker", "--concurrency", "2")])


@pytest.mark.redis
def test_a_fleet_shares_the_parts_of_a_job(
    app: Flask, command: Start, redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS_BROKER", redis)
    workers = [command("worker", "--concurrency", "2") for _ in range(2)]
    number = jobs_of(app).start("Whole", {"parts": 8, "until": 10}).id
    wait_until(over(app, number), 90, "the job")
    record = record_of(app, number)
    assert (record.state, record.result) == ("done", {"done": 8})
    parts = jobs_of(app).list(parent_id=number).jobs
    assert {part.record.result["process"] for part in parts} == {worker.pid for worker in workers}
    for part in parts:
        assert [one for one, _ in met(part.record.id)] == list(range(10))


@pytest.mark.redis
def test_a_broker_that_is_away_delays_and_loses_nothing(
    tmp_path: Path, command: Start, redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBS_DATABASE", f"sqlite:///{tmp_path / 'host.sqlite3'}")
    monkeypatch.setenv("JOBS_BROKER", f"redis://127.0.0.1:{free_port()}/0")
    app = create_app()
    with app.app_context():
        began = monotonic()
        number = jobs_of(app).start("Count", {"until": 3}).id
        assert monotonic() - began < 5, "who asks for it does not wait for the broker"
        assert record_of(app, number).state == "waiting"
        monkeypatch.setenv("JOBS_BROKER", redis)
        command("worker")
        wait_until(over(app, number), 90, "the sweeper")
        assert record_of(app, number).state == "done"
        database.session.remove()
