"""Jobs on SQLite and on MariaDB: claims, leases, parts, schedules."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, scoped_session

from flask_bgbilling.jobs.definitions import JobKind, RunningJob
from flask_bgbilling.jobs.service import JobService
from flask_bgbilling.store.jobs import LEASES, LONG_AGO, Jobs, Lost, NewJob
from flask_bgbilling.store.unit_of_work import UnitOfWork

MINUTE = timedelta(minutes=1)
MARK = insert(LEASES).values(name="mark", owner="", until_at=LONG_AGO)
MARKS = select(func.count()).where(LEASES.c.name == "mark")


@pytest.fixture
def jobs(sessions: scoped_session[Session]) -> Jobs:
    """Jobs in a database of their own."""
    return Jobs(UnitOfWork(SimpleNamespace(session=sessions)))


def added(jobs: Jobs, **values: Any) -> int:
    record = jobs.add(NewJob(kind="count", **values))
    assert record is not None
    return record.id


def test_one_of_many_gets_a_job(jobs: Jobs) -> None:
    number = added(jobs, params={"wörter": ["раз", 2]})
    start, taken = threading.Barrier(6), []

    def claim(name: str) -> None:
        start.wait()
        record = jobs.claim(number, name, MINUTE)
        if record is not None:
            taken.append(record)
        jobs._unit.rollback()

    threads = [threading.Thread(target=claim, args=(f"worker-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (record,) = taken
    assert (record.state, record.attempt, record.params) == ("running", 1, {"wörter": ["раз", 2]})


def test_a_silent_owner_loses_the_job_and_may_not_write_any_more(jobs: Jobs) -> None:
    number = added(jobs)
    first = jobs.claim(number, "first", timedelta(seconds=-1))
    assert first is not None
    assert jobs.ready(["count"]) == (number,)
    assert jobs.ready(["other"]) == ()
    second = jobs.claim(number, "second", MINUTE)
    assert second is not None
    assert (second.attempt, second.failures) == (2, 1), "an owner that went silent has failed"
    with pytest.raises(Lost):
        jobs.keep(first, MINUTE, cursor=5)
    with pytest.raises(Lost):
        jobs.finish(first, "done")
    assert not jobs.keep(second, MINUTE, cursor={"at": 7}, done=7, total=9)
    jobs.finish(second, "done", result={"found": 3})
    record = jobs.get(number)
    assert record is not None
    assert (record.state, record.cursor, record.done, record.total) == ("done", {"at": 7}, 7, 9)
    assert (record.result, record.owner) == ({"found": 3}, None)


def test_a_live_owner_keeps_the_job(jobs: Jobs) -> None:
    number = added(jobs)
    assert jobs.claim(number, "first", MINUTE) is not None
    assert jobs.claim(number, "second", MINUTE) is None
    assert jobs.ready(["count"]) == ()


def test_a_schedule_has_one_job_for_each_moment(jobs: Jobs) -> None:
    due = jobs.now().replace(microsecond=0)
    assert jobs.add(NewJob(kind="count", schedule="nightly", due_at=due)) is not None
    assert jobs.add(NewJob(kind="count", schedule="nightly", due_at=due)) is None
    assert jobs.add(NewJob(kind="count", schedule="nightly", due_at=due + MINUTE)) is not None


def test_a_waiting_job_is_stopped_at_once_and_a_running_one_at_its_next_step(jobs: Jobs) -> None:
    waiting, running = added(jobs), added(jobs)
    record = jobs.claim(running, "me", MINUTE)
    assert record is not None
    assert jobs.cancel(waiting)
    assert jobs.cancel(running)
    stopped = jobs.get(waiting)
    assert stopped is not None
    assert stopped.state == "cancelled"
    assert stopped.finished_at is not None
    assert jobs.keep(record, MINUTE), "the owner is told"
    jobs.finish(record, "cancelled")
    assert not jobs.cancel(running)
    assert jobs.again(running)


def test_a_lease_is_one_at_a_time(jobs: Jobs) -> None:
    assert jobs.lease("planning", "first", MINUTE)
    assert jobs.lease("planning", "first", MINUTE), "its owner renews it"
    assert not jobs.lease("planning", "second", MINUTE)
    assert jobs.lease("planning", "first", timedelta(seconds=-1))
    assert jobs.lease("planning", "second", MINUTE)


def test_who_has_the_turn_is_waited_for_and_what_it_wrote_is_seen(jobs: Jobs) -> None:
    started, seen = threading.Event(), []

    def second() -> None:
        jobs.get(1)  # an older look at the tables does not count
        started.set()
        with jobs.turn("import", MINUTE) as session:
            seen.append(session.scalar(MARKS))

    thread = threading.Thread(target=second)
    with jobs.turn("import", MINUTE) as session:
        thread.start()
        started.wait()
        session.execute(MARK)
        thread.join(0.3)
        assert not seen
    thread.join()
    assert seen == [1]


def test_a_turn_sees_what_others_commit_meanwhile(jobs: Jobs) -> None:
    seen, committed = [], threading.Event()

    def other() -> None:
        with jobs._unit.alone() as session:
            session.execute(MARK)
        committed.set()

    with jobs.turn("import", MINUTE) as session:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        seen.append(session.scalar(MARKS))
        thread = threading.Thread(target=other)
        thread.start()
        assert committed.wait(0.3 if on_sqlite else 20) is not on_sqlite, "in a file nobody else writes meanwhile"
        seen.append(session.scalar(MARKS))
    thread.join()
    assert seen == ([0, 0] if on_sqlite else [0, 1])
    with jobs._unit.alone() as session:
        assert session.connection().get_isolation_level() == session.connection().default_isolation_level


def test_a_turn_that_fails_leaves_nothing_and_makes_way(jobs: Jobs) -> None:
    def fail() -> None:
        with jobs.turn("import", MINUTE) as session:
            session.execute(MARK)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with jobs.turn("import", MINUTE) as session:
        assert session.scalar(MARKS) == 0


def test_old_jobs_go_with_their_logs(jobs: Jobs) -> None:
    number = added(jobs)
    jobs.log(number, "%(n)s lines", {"n": 3})
    record = jobs.claim(number, "me", MINUTE)
    assert record is not None
    assert jobs.lines(number)[0].values == {"n": "3"}
    assert jobs.purge(jobs.now() + MINUTE) == 0, "it is under way"
    jobs.finish(record, "done")
    assert jobs.purge(jobs.now() + MINUTE) == 1
    assert jobs.get(number) is None
    assert jobs.lines(number) == ()


def service(jobs: Jobs, *kinds: JobKind) -> JobService:
    from flask_bgbilling.config.settings import Settings

    return JobService(jobs, Settings, jobs.now, kinds)


def test_code_goes_on_from_its_cursor_after_an_error(jobs: Jobs) -> None:
    seen: list[int] = []

    def count(job: RunningJob) -> dict[str, object]:
        for number in range(job.cursor or 0, 5):
            seen.append(number)
            job.save(number + 1, done=number + 1, total=5)
            if number == 2 and job.attempt == 1:
                raise RuntimeError("the power is out")
        return {"counted": 5}

    work = service(jobs, JobKind("count", "Counting", count))
    number = work.start("count").id
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert shown.record.state == "waiting", "it is tried again later"
    assert shown.record.not_before is not None
    assert shown.lines[-1].level == "error"
    assert jobs.wake(number)
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.result) == ("done", {"counted": 5})
    assert seen == [0, 1, 2, 3, 4]


def test_a_job_that_always_fails_ends(jobs: Jobs) -> None:
    def fail(job: RunningJob) -> None:
        raise RuntimeError("never")

    work = service(jobs, JobKind("count", "Counting", fail, most_failures=3))
    number = work.start("count").id
    for _ in range(5):
        work.run_all()
        jobs.wake(number)
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.attempt) == ("failed", 3)


def test_parts_are_done_and_the_whole_is_told(jobs: Jobs) -> None:
    def whole(job: RunningJob) -> dict[str, object]:
        if job.cursor is None:
            job.split("part", {f"part {n}": {"n": n} for n in range(4)})
            job.save("split")
        states = job.await_parts()
        return {"sum": sum(int(part.result["n"]) for part in job.parts()), "done": states["done"]}

    seen: list[tuple[int, int | None]] = []

    def part(job: RunningJob) -> dict[str, object]:
        known = jobs.get(number)
        assert known is not None
        seen.append((known.done, known.total))
        return {"n": job.params["n"]}

    work = service(jobs, JobKind("whole", "Whole", whole), JobKind("part", "Part", part))
    number = work.start("whole").id
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.result) == ("done", {"sum": 6, "done": 4})
    assert (shown.record.done, shown.record.total) == (4, 4)
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4)], "while parts are done, the whole says how many are"
    assert [one.record.id for one in work.list().jobs] == [number], "parts stand below their whole"


def test_a_job_that_goes_on_takes_its_parts_with_it(jobs: Jobs) -> None:
    whole, other = added(jobs), added(jobs)
    done, broken, stopped, running, strange = (added(jobs, parent_id=parent) for parent in (*[whole] * 4, other))
    for number, state in ((done, "done"), (broken, "failed"), (strange, "failed")):
        record = jobs.claim(number, "me", MINUTE)
        assert record is not None
        jobs.keep(record, MINUTE, cursor=7)
        jobs.finish(record, state)  # type: ignore[arg-type]
    assert jobs.claim(running, "me", MINUTE) is not None
    assert jobs.again(whole) == (), "it is not over"
    assert jobs.cancel(whole)
    assert jobs.children(whole) == {"done": 1, "failed": 1, "cancelled": 1, "running": 1}
    assert jobs.again(whole) == (whole, broken, stopped)
    assert jobs.children(whole) == {"done": 1, "waiting": 2, "running": 1}
    found = [jobs.get(number) for number in (broken, running, strange)]
    assert [(one.state, one.cancel, one.cursor) for one in found if one is not None] == [
        ("waiting", False, 7),
        ("running", False, None),
        ("failed", False, 7),
    ]


def test_a_whole_whose_parts_gave_up_has_failed_and_goes_on_with_them(jobs: Jobs) -> None:
    broken, done = {1, 2}, []

    def whole(job: RunningJob) -> dict[str, object]:
        if job.cursor is None:
            job.split("part", {f"part {n}": {"n": n} for n in range(4)})
            job.save("split")
        states = job.await_parts()
        return {"done": states.get("done", 0)}

    def part(job: RunningJob) -> None:
        if job.params["n"] in broken:
            raise RuntimeError("the power is out")
        done.append(job.params["n"])

    work = service(jobs, JobKind("whole", "Whole", whole), JobKind("part", "Part", part, most_failures=1))
    number = work.start("whole").id
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.result) == ("failed", {"done": 2})
    assert (shown.lines[-1].level, shown.lines[-1].values) == ("error", {"failed": "2", "cancelled": "0", "total": "4"})

    broken.discard(1)
    (one,) = [part for part in jobs.list(parent_id=number, states=("failed",)) if part.params["n"] == 1]
    assert work.again(one.id), "one of its parts alone"
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.result) == ("failed", {"done": 3}), "the whole has looked again"

    broken.clear()
    assert work.again(number)
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.result) == ("done", {"done": 4})
    assert (shown.record.done, shown.record.total) == (4, 4)
    assert sorted(done) == [0, 1, 2, 3], "what was done is not done again"


def test_parts_that_are_made_while_a_whole_is_stopped_stop_too(jobs: Jobs) -> None:
    done = []

    def whole(job: RunningJob) -> None:
        work.cancel(job.id)
        if job.cursor is None:
            job.split("part", {f"part {n}": {} for n in range(2)})
            job.save("split")
        job.await_parts()

    work = service(
        jobs, JobKind("whole", "Whole", whole), JobKind("part", "Part", lambda job: done.append(job.id) or {})
    )
    number = work.start("whole").id
    work.run_all()
    assert jobs.children(number) == {"cancelled": 2}
    assert done == []


def test_a_stopped_job_stops(jobs: Jobs) -> None:
    work = service(jobs)

    def endless(job: RunningJob) -> None:
        for number in range(1000):
            if number == 3:
                work.cancel(job.id)
            job.save(number)

    work.register(JobKind("endless", "Endless", endless))
    number = work.start("endless").id
    work.run_all()
    shown = work.get(number)
    assert shown is not None
    assert (shown.record.state, shown.record.cursor) == ("cancelled", 3)
