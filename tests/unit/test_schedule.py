"""Schedules: fields of a cron line, moments that are due, the classes that there are."""

from datetime import UTC, datetime, timedelta

import pytest

from flask_bgbilling.config.check import check
from flask_bgbilling.config.properties import parse
from flask_bgbilling.config.values import Mistake, cron
from flask_bgbilling.jobs.schedule import Task, tasks

SUNDAY = datetime(2026, 11, 22, 3, 4, 30, tzinfo=UTC)


def task(text: str) -> Task:
    (found,) = tasks(parse("scheduler.task.x.class=A\n" + text))
    return found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("*", set(range(24))),
        ("", set(range(24))),
        ("*/6", {0, 6, 12, 18}),
        ("20/2", {20, 22}),
        ("2, 12,22", {2, 12, 22}),
        ("1-7/3", {1, 4, 7}),
        ("5", {5}),
    ],
)
def test_fields(text: str, numbers: set[int]) -> None:
    assert cron(text, 0, 23) == numbers


@pytest.mark.parametrize("text", ["24", "5-3", "-1", "*/0", "a", "1,,2", "1-", "9" * 40, "1-24", "١"])
def test_fields_that_mean_nothing(text: str) -> None:
    with pytest.raises(Mistake):
        cron(text, 0, 23)
    assert list(tasks(parse(f"scheduler.task.x.class=A\nscheduler.task.x.hours={text}"))) == []


def test_the_next_and_the_last_moment() -> None:
    weekly = task("scheduler.task.x.minutes=30\nscheduler.task.x.hours=5\nscheduler.task.x.dw=7")
    assert weekly.next_due(SUNDAY) == datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
    assert weekly.next_due(SUNDAY + timedelta(hours=3)) == datetime(2026, 11, 29, 5, 30, tzinfo=UTC)
    assert weekly.last_due(SUNDAY) is None
    assert weekly.last_due(datetime(2026, 11, 22, 5, 39, tzinfo=UTC)) == datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
    assert weekly.last_due(datetime(2026, 11, 22, 5, 41, tzinfo=UTC)) is None, "too late to make up for it"
    assert task("scheduler.task.x.dw=0").is_due(SUNDAY), "0 is Sunday too"
    assert task("scheduler.task.x.dm=31\nscheduler.task.x.month=2").next_due(SUNDAY) is None
    assert task("scheduler.task.x.minutes=").next_due(SUNDAY) == datetime(2026, 11, 22, 3, 5, tzinfo=UTC)


def test_what_is_switched_off_is_not_planned() -> None:
    text = "scheduler.task.x.class=A\nscheduler.task.x.enable=0\nscheduler.task.y.class=B\nscheduler.task.y.pages=3\n"
    (found,) = tasks(parse(text))
    assert (found.name, found.kind, dict(found.params)) == ("y", "B", {"pages": "3"})
    assert list(tasks(parse(text + "scheduler.start=0"))) == []


def test_a_class_that_nothing_can_do_is_named_with_those_that_there_are() -> None:
    text = "scheduler.task.x.class=Nothing\nscheduler.task.y.class=B\n"
    assert check(text) == []
    (problem,) = check(text, jobs={"B", "A"})
    assert (problem.severity, problem.key, problem.line) == ("warning", "scheduler.task.x.class", 1)
    assert "A, B" in problem.text()
