"""Work with several billings at once, and putting several ways of searching together."""

import threading
from collections.abc import Generator, Sequence
from time import monotonic
from typing import Any

import pytest

from flask_bgbilling.domain.search.fan_out import Late, Task, fan_out
from flask_bgbilling.domain.search.results import Block, Merger, ResultRow
from flask_bgbilling.errors import Garbled, TimedOut
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Lane, Pending, finished

Steps = Generator[Sequence[Pending[Any]], None, str]


def waiting_for(pending: Pending[str]) -> Steps:
    yield [pending]
    return pending.result(0)


def at_once(value: str) -> Steps:
    yield ()
    return value


@pytest.fixture
def lane() -> Lane:
    return Lane("test", 4)


def test_outcomes_come_in_the_order_of_their_arrival(lane: Lane) -> None:
    release = threading.Event()
    slow = lane.submit(lambda: release.wait(10) and "slow", monotonic() + 10)
    outcomes = fan_out(
        {"slow": Task(waiting_for(slow), 10.0), "fast": Task(waiting_for(finished("fast")), 10.0)}  # type: ignore[arg-type]
    )
    assert next(outcomes) == ("fast", "fast")
    release.set()
    assert list(outcomes) == [("slow", "slow")]


def test_tasks_begin_before_anybody_asks_for_outcomes() -> None:
    begun = []

    def steps() -> Steps:
        begun.append(1)
        yield [finished("x")]
        return "done"

    outcomes = fan_out({"a": Task(steps(), 1.0)})
    assert begun == [1]
    assert list(outcomes) == [("a", "done")]


def test_a_task_may_wait_several_times_and_for_several_calls(lane: Lane) -> None:
    def steps() -> Steps:
        first = lane.submit(lambda: "a", monotonic() + 5)
        yield [first, finished("b")]
        second = lane.submit(lambda: first.result(0) + "c", monotonic() + 5)
        yield [second]
        yield []
        return second.result(0)

    assert list(fan_out({1: Task(steps(), 5.0)})) == [(1, "ac")]


def test_a_late_task_is_given_up_alone(lane: Lane) -> None:
    never = threading.Event()
    hanging = lane.submit(lambda: never.wait(10) and "never", monotonic() + 10)
    closed = []

    def steps() -> Steps:
        try:
            yield [hanging]
        finally:
            closed.append(1)
        return "never"

    outcomes = dict(fan_out({"dead": Task(steps(), 0.05), "alive": Task(at_once("yes"), 5.0)}))
    never.set()
    assert outcomes == {"dead": Late(0.05), "alive": "yes"}
    assert closed == [1]


def test_leaving_early_closes_what_is_under_way(lane: Lane) -> None:
    never = threading.Event()
    closed = []

    def steps() -> Steps:
        try:
            yield [lane.submit(lambda: never.wait(10) and "", monotonic() + 10)]
        finally:
            closed.append(1)
        return ""

    outcomes = fan_out({"a": Task(at_once("x"), 5.0), "b": Task(steps(), 5.0)})
    assert next(outcomes) == ("a", "x")
    outcomes.close()  # type: ignore[attr-defined]
    never.set()
    assert closed == [1]


def row(cid: int, number: str = "A", comment: str = "c", address: str = "") -> FoundContract:
    return FoundContract(cid, number, comment, address)


def test_a_contract_found_in_two_ways_stands_once_and_says_so() -> None:
    merger = Merger(size=30)
    merger.add("number", Page((row(1), row(2)), 2))
    merger.add("address", Page((row(2, address="Уфа"), row(3)), 2))
    assert [(one.cid, one.ways, one.address) for one in merger.rows] == [
        (1, ("number",), ""),
        (2, ("number", "address"), "Уфа"),
        (3, ("address",), ""),
    ]


def test_the_exact_number_comes_first() -> None:
    merger = Merger(exact_number="a-1", size=30)
    merger.add("number", Page((row(10, "A-10"), row(11, "A-11"), row(1, "A-1")), 3))
    assert [one.number for one in merger.rows] == ["A-1", "A-10", "A-11"]


def test_rows_without_an_id_are_not_taken_for_one_contract() -> None:
    merger = Merger()
    merger.add("number", Page((row(0, "A"), row(0, "B")), 2))
    assert [one.number for one in merger.rows] == ["A", "B"]


def test_counts_are_exact_when_everything_is_shown() -> None:
    rows = (ResultRow(1, "A", "", "", ("number", "name")),)
    merger = Merger(size=30)
    merger.add("number", Page((row(1),), 1))
    merger.add("name", Page((row(1),), 1))
    block = Block("ds", "DS", 0, rows=rows, ways=merger.ways, pages=merger.pages)
    assert (block.found, block.shown, block.approximate) == (1, 1, False)


def test_counts_of_several_ways_that_have_more_pages_are_a_sum() -> None:
    merger = Merger(size=2)
    merger.add("number", Page((row(1), row(2)), 5))
    merger.add("name", Page((row(2),), 1))
    block = Block("ds", "DS", 0, rows=merger.rows, ways=merger.ways, pages=merger.pages)
    assert (block.found, block.shown, block.pages, block.approximate) == (6, 2, 3, True)


def test_a_failed_way_spoils_the_block_only_when_it_was_the_only_one() -> None:
    merger = Merger()
    merger.fail("phone", TimedOut(billing="DS", seconds=5))
    assert isinstance(merger.problem, TimedOut)
    assert not merger.answered
    merger.fail("name", Garbled(billing="DS", why="x"))
    assert isinstance(merger.problem, TimedOut)
    merger.add("number", Page((), 0))
    assert merger.problem is None
    assert [way.way for way in Block("ds", "DS", 0, ways=merger.ways).failures] == ["phone", "name"]
