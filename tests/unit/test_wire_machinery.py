"""The parts around a call: breaker, lanes, retries, what is found out once, directories, the log."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from flask_bgbilling.errors import Absent, Garbled, NoRights, TimedOut, Unreachable, WrongPassword
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.breaker import Breaker
from flask_bgbilling.wire.calls import CallLog, CallRecord, sequential_depth
from flask_bgbilling.wire.directories import Directories, account_key
from flask_bgbilling.wire.lanes import Expired, Lane, NotReady, Pending
from flask_bgbilling.wire.operation import Directory, JsonRpc, Operation, Service
from flask_bgbilling.wire.retries import ATTEMPTS, pause_before_retry
from flask_bgbilling.wire.shared import Once
from flask_bgbilling.wire.transport import Fault

FAR = time.monotonic() + 10_000


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(faults=5, rest=15.0, clock=clock)
    for _ in range(5):
        assert breaker.enter() == 0.0
        breaker.failed()
    return breaker


def test_the_breaker_opens_after_five_faults_in_a_row() -> None:
    clock = Clock()
    breaker = opened(clock)
    assert breaker.open
    assert breaker.enter() == 15.0
    clock.seconds += 10
    assert breaker.enter() == 5.0


def test_an_answer_between_faults_starts_the_count_again() -> None:
    breaker = Breaker(faults=3)
    for _ in range(4):
        for _ in range(2):
            breaker.failed()
        breaker.answered()
    assert breaker.enter() == 0.0


def test_one_call_tries_and_its_answer_closes_the_breaker() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.seconds += 15
    assert breaker.enter() == 0.0
    assert breaker.enter() > 0.0
    breaker.answered()
    assert breaker.enter() == 0.0
    assert not breaker.open


def test_one_call_tries_and_its_fault_opens_the_breaker_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.seconds += 15
    assert breaker.enter() == 0.0
    breaker.failed()
    assert breaker.enter() == 15.0


def test_a_trial_that_was_never_made_leaves_the_trial_to_the_next() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.seconds += 15
    assert breaker.enter() == 0.0
    breaker.abandoned()
    assert breaker.enter() == 0.0


def test_of_many_threads_one_tries() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.seconds += 15
    let_in: list[float] = []
    threads = [threading.Thread(target=lambda: let_in.append(breaker.enter())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in.count(0.0) == 1


def test_a_lane_runs_at_most_its_workers_and_keeps_order() -> None:
    lane = Lane("test", workers=2)
    running: list[int] = []
    most: list[int] = []
    order: list[int] = []
    go = threading.Event()

    def work(number: int) -> int:
        running.append(number)
        most.append(len(running))
        order.append(number)
        go.wait(5)
        running.remove(number)
        return number

    pendings = [lane.submit(partial(work, number), FAR) for number in range(6)]
    go.set()
    assert {pending.result(5) for pending in pendings} == set(range(6))
    assert max(most) <= 2
    assert order == sorted(order)


def test_who_waits_for_a_full_lane_does_the_work() -> None:
    lane = Lane("test", workers=1)
    let_go = threading.Event()
    first = lane.submit(lambda: let_go.wait(5), FAR)
    second = lane.submit(threading.current_thread, FAR)
    assert second.result() is threading.current_thread()
    assert not first.done
    let_go.set()
    assert first.result() is True


def test_calls_that_wait_for_calls_of_the_same_lane_do_not_block_each_other() -> None:
    lane = Lane("test", workers=1)
    outer = lane.submit(lambda: lane.submit(lambda: 7, FAR).result(), FAR)
    assert outer.result(5) == 7


def test_work_that_waited_too_long_is_never_begun() -> None:
    done: list[int] = []
    pending = Pending(lambda: done.append(1), time.monotonic() - 1)
    assert pending.run()
    with pytest.raises(Expired):
        pending.result()
    late = Pending(lambda: done.append(1), time.monotonic() - 1, lambda: TimedOut(billing="A", seconds=1))
    with pytest.raises(TimedOut):
        late.result()
    assert done == []


def test_a_bounded_wait_leaves_the_call_alone() -> None:
    lane = Lane("test", workers=1)
    let_go = threading.Event()
    pending = lane.submit(lambda: let_go.wait(5), FAR)
    with pytest.raises(NotReady):
        pending.result(0.01)
    let_go.set()
    assert pending.result(5) is True


def test_an_error_reaches_everybody_who_asks() -> None:
    def fail() -> None:
        raise Absent(billing="A", words="нет")

    pending = Lane("test").submit(fail, FAR)
    for _ in range(2):
        with pytest.raises(Absent):
            pending.result()


def test_a_lane_lives_on_in_a_forked_process(monkeypatch: pytest.MonkeyPatch) -> None:
    lane = Lane("test", workers=1)
    assert lane.submit(lambda: 1, FAR).result(5) == 1
    monkeypatch.setattr("flask_bgbilling.wire.lanes.os.getpid", lambda: -1)
    assert lane.submit(lambda: 2, FAR).result(5) == 2


@pytest.mark.parametrize(
    ("fault", "safe", "again"),
    [
        (Fault("unreachable", sent=False), True, True),
        (Fault("unreachable", sent=False), False, True),
        (Fault("torn", sent=True), True, True),
        (Fault("torn", sent=True), False, False),
        (Fault("timeout", sent=True), True, False),
        (Fault("timeout", sent=False), True, False),
        (Fault("no route", sent=False), True, False),
        (Fault("busy", sent=False), True, False),
        (Fault("truncated", sent=True), True, False),
        (Fault("too large", sent=True), True, False),
        (Fault("nonsense", sent=True), True, False),
    ],
)
def test_what_may_be_tried_again(fault: Fault, safe: bool, again: bool) -> None:
    pause = pause_before_retry(fault, safe=safe, attempt=1, deadline=FAR)
    assert (pause is not None) == again
    assert pause_before_retry(fault, safe=safe, attempt=ATTEMPTS, deadline=FAR) is None
    assert pause_before_retry(fault, safe=safe, attempt=2, deadline=time.monotonic()) is None


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(work())
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return outcomes


def test_many_who_need_the_same_ask_once() -> None:
    once: Once[int] = Once()
    asked: list[int] = []
    started = threading.Barrier(8)

    def ask() -> int:
        asked.append(1)
        time.sleep(0.05)
        return 7

    def get() -> int:
        started.wait(5)
        return once.get(ask, 5)

    assert in_threads(8, get) == [7] * 8
    assert len(asked) == 1
    assert once.known
    assert once.get(ask, 5) == 7


def test_a_fault_fails_all_who_wait_and_is_not_kept() -> None:
    once: Once[int] = Once()
    asked: list[int] = []
    started = threading.Barrier(4)
    waiting = threading.Event()

    def ask() -> int:
        asked.append(1)
        waiting.wait(1)
        raise Unreachable(billing="A")

    def get() -> int:
        started.wait(5)
        return once.get(ask, 5)

    threading.Timer(0.2, waiting.set).start()
    assert [type(outcome) for outcome in in_threads(4, get)] == [Unreachable] * 4
    assert len(asked) == 1
    assert once.get(lambda: 5, 5) == 5


def test_a_refusal_concerns_only_the_account_that_asked() -> None:
    once: Once[int] = Once()
    begun, let_go = threading.Event(), threading.Event()

    def refused() -> int:
        begun.set()
        let_go.wait(5)
        raise WrongPassword(billing="A", words="нет")

    first = threading.Thread(target=lambda: in_threads(1, lambda: once.get(refused, 5)))
    first.start()
    begun.wait(5)
    threading.Timer(0.05, let_go.set).start()
    assert once.get(lambda: 5, 5) == 5
    first.join(10)


OPERATION = Operation("names", (JsonRpc(Service("a", "B"), "list", dict, lambda answer: answer.returned),))
NAMES: Directory[object] = Directory("names", OPERATION, item_class="a.Name")
STATES: Directory[object] = Directory("states", OPERATION)
PUBLIC: Directory[object] = Directory("public", OPERATION, public=True)
ANNA = account_key(Credentials("anna", "1"))
BORIS = account_key(Credentials("boris", "2"))


class Source:
    """A server with a directory: what was asked of it, and what it answers."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.directories = Directories(clock=self.clock)
        self.loads = 0
        self.probes = 0
        self.version = 1
        self.error: Exception | None = None

    def load(self) -> object:
        self.loads += 1
        if self.error:
            raise self.error
        return self.loads

    def probe(self, item_class: str) -> int:
        assert item_class == "a.Name"
        self.probes += 1
        if self.error:
            raise self.error
        return self.version

    def get(self, directory: Directory[object] = NAMES, account: bytes = ANNA) -> object:
        return self.directories.get(directory, account, self.load, self.probe)


def test_a_directory_is_probed_at_most_each_ten_seconds_and_loaded_when_it_changed() -> None:
    source = Source()
    assert [source.get() for _ in range(3)] == [1, 1, 1]
    assert (source.loads, source.probes) == (1, 0)
    source.clock.seconds += 10
    assert source.get() == 2
    for _ in range(5):
        source.clock.seconds += 10
        assert [source.get() for _ in range(3)] == [2, 2, 2]
    assert (source.loads, source.probes) == (2, 6)
    source.version = 2
    source.clock.seconds += 9.9
    assert source.get() == 2
    source.clock.seconds += 0.1
    assert source.get() == 3


def test_a_directory_without_versions_is_kept_for_a_minute() -> None:
    source = Source()
    assert source.get(STATES) == 1
    source.clock.seconds += 59
    assert source.get(STATES) == 1
    source.clock.seconds += 1
    assert source.get(STATES) == 2
    assert source.probes == 0


def test_a_directory_belongs_to_the_account_that_read_it_unless_it_is_public() -> None:
    source = Source()
    assert (source.get(account=ANNA), source.get(account=BORIS), source.get(account=ANNA)) == (1, 2, 1)
    assert (source.get(PUBLIC, ANNA), source.get(PUBLIC, BORIS)) == (3, 3)
    assert account_key(Credentials("anna", "2")) != ANNA
    assert account_key(Credentials("a", "b:c")) != account_key(Credentials("a:b", "c"))


@pytest.mark.parametrize("error", [Unreachable(billing="A"), Garbled(billing="A", why="x")])
def test_a_billing_that_is_down_leaves_the_last_names(error: Exception) -> None:
    source = Source()
    assert source.get() == 1
    source.clock.seconds += 10
    source.error = error
    assert [source.get(), source.get()] == [1, 1]
    assert source.probes == 1
    with pytest.raises(type(error)):
        source.get(account=BORIS)


def test_an_account_that_lost_its_right_loses_the_names() -> None:
    source = Source()
    source.get()
    source.clock.seconds += 10
    source.error = NoRights(billing="A", words="нет прав")
    with pytest.raises(NoRights):
        source.get()


def test_of_many_who_need_a_directory_one_loads_it() -> None:
    source = Source()

    def slow() -> object:
        time.sleep(0.05)
        return source.load()

    got = in_threads(8, lambda: source.directories.get(NAMES, ANNA, slow, source.probe))
    assert got == [1] * 8


def record(started: float, ended: float, outcome: str = "ok") -> CallRecord:
    return CallRecord("ab12", "main", "balance", "contract/Balance", started, ended, 10, outcome)


@pytest.mark.parametrize(
    ("spans", "depth"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 1), (0.1, 1.2), (0.2, 0.9)], 1),
        ([(0, 1), (1, 2)], 2),
        ([(0, 5), (0, 1), (1.5, 2), (2, 3)], 3),
        ([(0, 1), (0, 2), (1.5, 3)], 2),
    ],
)
def test_the_depth_of_requests(spans: list[tuple[float, float]], depth: int) -> None:
    assert sequential_depth(record(*span) for span in spans) == depth


def test_the_log_of_calls_has_an_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "flask_bgbilling.wire.calls")
    log = CallLog(remembered=3)
    for number in range(5):
        log.add(record(number, number + 0.5))
    assert [call.started for call in log.recent()] == [2, 3, 4]
    assert caplog.messages[0] == "ab12 main balance (contract/Balance) 500 ms 10 bytes, attempts 1: ok"
    log.add(record(0, 1, NoRights.code))
    log.add(record(0, 1, TimedOut.code))
    assert [entry.levelname for entry in caplog.records[-2:]] == ["INFO", "WARNING"]
