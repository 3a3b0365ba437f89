"""The engine of changes: what is sent, what is written down, and what becomes of both when something breaks."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool

from flask_bgbilling.domain.changes import (
    GRACE,
    LATELY,
    Changes,
    JournalFailed,
    NotKept,
    NotOpen,
    Outcome,
    SentBefore,
    UnderWay,
    Unrecorded,
)
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.errors import InputError, Refused, TimedOut, Uncertain, Unreachable
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import FormFields, InvalidField
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    Change,
    Creation,
    Gone,
    Question,
    SectionView,
    Step,
)
from flask_bgbilling.ports import Grant, Person
from flask_bgbilling.store.base import Base
from flask_bgbilling.store.changes import ChangeRecord, JournalQuery
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UnitOfWork

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WAIT = 10.0


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    def pass_by(self, span: timedelta) -> None:
        self.time += span


class Log:
    """The calls of the billing's session: none."""

    records = ()

    def __len__(self) -> int:
        return 0


@dataclass
class World:
    """A journal on SQLite in memory, and a billing that is a list of what was sent to it."""

    changes: Changes
    journal: Journal
    clock: Hands
    sent: list[str] = field(default_factory=list)
    things: list[int] = field(default_factory=list)
    plan: Callable[[ActionContext], Change] = lambda context: Change(())
    view: SectionView = field(default_factory=lambda: SectionView("x.html"))

    @property
    def action(self) -> CardAction:
        return CardAction("do", "Do", "contract.x.do", lambda context: self.plan(context), lambda context: self.view)

    @property
    def section(self) -> CardSection:
        return CardSection("x", "X", 1, "contract.x.read", lambda context: self.view, actions=[self.action])

    def context(self, typed: dict[str, Sequence[str]] | None = None, *, cid: int = 101, person: str = "7") -> Any:
        billing = SimpleNamespace(id="bitel", title="BiTel", zone=UTC, longest_wait=WAIT, requests=Log())
        return ActionContext(
            contract=Contract(cast(Any, billing), cid),
            viewer=Person(person, "anna", "Анна"),
            grant=Grant(),
            arguments={},
            today=NOON.date(),
            fields=FormFields({"value": ["5"]} if typed is None else typed),
        )

    def step(self, name: str, error: BaseException | None = None, *, sends: bool = True) -> Step:
        def run() -> str:
            if sends:
                self.sent.append(name)
            if error is not None:
                raise error
            return name

        return Step("Step", run, Fact("Step", name))

    def does(self, *steps: Step, **values: Any) -> None:
        values.setdefault("after", (Fact("Value", "5"),))
        self.plan = lambda context: Change(steps, **values)

    def carry_out(self, context: Any = None, once: str = "once-1") -> Outcome:
        return self.changes.carry_out(context or self.context(), self.section, self.action, once)

    def look(self, record: ChangeRecord) -> Outcome:
        return self.changes.look(self.context(), self.action, record)

    def resume(self, record: ChangeRecord, once: str = "once-2") -> Outcome:
        return self.changes.resume(self.context(), self.section, self.action, record, once)

    def states(self) -> list[str]:
        """How the entries stand, the oldest first."""
        return [record.state for record in reversed(self.journal.search(JournalQuery()).records)]

    def entry(self, number: int = 1) -> ChangeRecord:
        found = self.journal.get(number)
        assert found is not None
        return found

    def outcomes(self, number: int = 1) -> list[str]:
        details = self.entry(number).details
        assert details is not None
        return [step.outcome for step in details.steps]


@pytest.fixture
def world() -> Iterator[World]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    session = scoped_session(sessionmaker(engine))
    clock = Hands()
    journal = Journal(UnitOfWork(cast(Any, SimpleNamespace(session=session))), SecretBox([SecretBox.new_key()]), clock)
    yield World(Changes(journal, clock), journal, clock)
    session.remove()
    engine.dispose()


def lost() -> Uncertain:
    return Uncertain(billing="BiTel", operation="x")


def test_a_change_is_written_down_before_it_is_sent_and_completed_afterwards(world: World) -> None:
    seen: list[str] = []
    world.does(
        Step("Step", lambda: seen.append(world.entry().state)),
        world.step("b"),
        before=(Fact("Value", "4"),),
        subject="Phone",
        shows={"month": "5"},
        said="Value set",
    )
    outcome = world.carry_out()
    assert seen == ["sending"]
    assert (outcome.state, outcome.said, outcome.shows) == ("done", "Value set", {"month": "5"})
    assert outcome.results == (None, "b")
    record = world.entry()
    assert (record.state, record.action, record.subject, record.person_name) == ("done", "x.do", "Phone", "Анна")
    assert (record.contract_id, record.billing_id, record.finished_at) == (101, "bitel", NOON)
    assert record.deadline_at == NOON + timedelta(seconds=2 * WAIT) + GRACE
    assert record.details is not None
    assert (record.details.before, record.details.after) == ((Fact("Value", "4"),), (Fact("Value", "5"),))
    assert record.details.fields == {"value": ("5",)}


def test_what_is_so_already_is_neither_sent_nor_written_down(world: World) -> None:
    outcome = world.carry_out()
    assert outcome.state == "unchanged"
    assert world.states() == []


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Refused(words="Нет прав"), "refused"),
        (InputError(detail="x"), "refused"),
        (Unreachable(), "failed"),
        (TimedOut(), "failed"),
    ],
)
def test_a_first_step_that_was_not_done_ends_the_change(world: World, error: Exception, state: str) -> None:
    world.does(world.step("a", error), world.step("b"))
    with pytest.raises(type(error)):
        world.carry_out()
    assert world.sent == ["a"]
    assert world.states() == [state]
    assert world.outcomes() == [cast(Any, error).code, "not done"]
    assert world.carry_out().state == "refused", "the same form once more is not sent once more"
    assert world.sent == ["a"]


def test_a_plan_that_refuses_leaves_no_entry(world: World) -> None:
    def plan(context: ActionContext) -> Change:
        raise InvalidField("value", "No")

    world.plan = plan
    with pytest.raises(InvalidField):
        world.carry_out()
    assert world.states() == []


def test_a_change_that_stopped_half_way_is_gone_on_with_and_nothing_is_done_twice(world: World) -> None:
    refusal = Refused(words="Период закрыт")
    world.does(world.step("a"), world.step("b", refusal), world.step("c"))
    outcome = world.carry_out()
    assert (outcome.state, outcome.problem) == ("partial", refusal)
    assert world.outcomes() == ["done", "refused", "not done"]
    details = world.entry().details
    assert details is not None
    assert details.words == "Период закрыт"

    seen: list[bool] = []

    def rest(context: ActionContext) -> Change:
        seen.append(context.resumed)
        return Change((world.step("b"), world.step("c")))

    world.plan = rest
    assert world.resume(world.entry()).state == "done"
    assert seen == [True]
    assert world.sent == ["a", "b", "b", "c"]
    assert world.states() == ["continued", "done"]
    with pytest.raises(NotOpen):
        world.resume(world.entry(), "once-3")


def test_going_on_may_stop_again_and_the_newer_entry_stands_for_the_rest(world: World) -> None:
    world.does(world.step("a"), world.step("b", Refused()), world.step("c"))
    world.carry_out()
    world.does(world.step("b"), world.step("c", Refused()))
    outcome = world.resume(world.entry())
    assert outcome.state == "partial"
    assert outcome.record is not None
    assert outcome.record.id == 2
    assert world.states() == ["continued", "partial"]
    world.does()
    assert world.resume(world.entry(2), "once-3").state == "unchanged"
    assert world.states() == ["continued", "continued"]


def test_going_on_that_is_refused_at_once_leaves_the_rest_open(world: World) -> None:
    world.does(world.step("a"), world.step("b", Refused()))
    world.carry_out()
    world.does(world.step("b", Refused()))
    with pytest.raises(Refused):
        world.resume(world.entry())
    assert world.states() == ["partial", "refused"]
    world.changes.give_up(world.entry())
    assert world.states() == ["abandoned", "refused"]


def test_a_lost_answer_is_looked_for_and_found(world: World) -> None:
    plans = iter([Change((world.step("a", lost()),), said="Set"), Change(())])
    world.plan = lambda context: next(plans)
    outcome = world.carry_out()
    assert outcome.state == "done"
    assert world.states() == ["done"]
    assert world.sent == ["a"]


def test_a_lost_answer_that_cannot_be_found_stays_open_until_it_can(world: World) -> None:
    world.does(world.step("a", lost()))
    assert world.carry_out().state == "uncertain"
    assert world.states() == ["uncertain"]
    assert world.look(world.entry()).state == "uncertain"
    assert world.carry_out().state == "uncertain", "the same form sent again"
    world.does()
    assert world.look(world.entry()).state == "done"
    assert world.states() == ["done"]
    assert world.sent == ["a"]
    with pytest.raises(NotOpen):
        world.look(world.entry())


def creation(world: World, *, ask_again: bool = False) -> Creation:
    return Creation((101, "thing", "5"), lambda: tuple(world.things), ask_again)


def making(world: World, number: int, error: BaseException | None = None, *, ask_again: bool = False) -> None:
    """Plans a new thing that appears in the billing, whatever is answered."""

    def run() -> int:
        world.sent.append(str(number))
        world.things.append(number)
        if error is not None:
            raise error
        return number

    world.plan = lambda context: Change((Step("Thing", run),), creation=creation(world, ask_again=ask_again))


def test_a_new_thing_whose_answer_was_lost_is_known_by_its_new_number(world: World) -> None:
    world.things = [1]
    making(world, 2, lost())
    assert world.carry_out().state == "done"
    details = world.entry().details
    assert details is not None
    assert details.known_ids == (1,)


@pytest.mark.parametrize("appears", [[], [2, 3]], ids=["none", "two"])
def test_a_new_thing_is_in_doubt_while_none_or_several_are_found(world: World, appears: list[int]) -> None:
    world.things = [1]
    world.does(world.step("a", lost()), creation=creation(world))
    world.carry_out()
    world.things += appears
    assert world.look(world.entry()).state == "uncertain"
    with pytest.raises(UnderWay) as error:
        world.carry_out(once="another tab")
    assert error.value.record.id == 1
    assert world.sent == ["a"]


def test_giving_up_waits_until_the_billing_has_had_its_time(world: World) -> None:
    world.does(world.step("a", lost()), creation=creation(world))
    world.carry_out()
    world.clock.pass_by(timedelta(seconds=WAIT) + GRACE)
    assert not world.changes.may_give_up(world.entry())
    with pytest.raises(NotOpen):
        world.changes.give_up(world.entry())
    world.clock.pass_by(timedelta(seconds=1))
    world.changes.give_up(world.entry())
    assert world.states() == ["abandoned"]
    with pytest.raises(NotOpen):
        world.changes.give_up(world.entry())
    world.does(world.step("b"), creation=creation(world))
    assert world.carry_out(once="another").state == "done", "the way is free again"


def test_a_lost_answer_in_the_middle_is_half_done_once_it_is_found(world: World) -> None:
    a, b, c = world.step("a"), world.step("b", lost()), world.step("c")
    world.does(a, b, c)
    assert world.carry_out().state == "uncertain"
    assert world.outcomes() == ["done", "uncertain", "not done"]
    world.does(c)
    assert world.look(world.entry()).state == "partial"
    assert world.outcomes() == ["done", "done", "not done"]
    assert world.resume(world.entry()).state == "done"
    assert world.sent == ["a", "b", "c"]


def test_a_new_thing_and_what_belongs_to_it_is_not_done_by_the_thing_alone(world: World) -> None:
    a, b = world.step("a", lost()), world.step("b")
    world.does(a, b, creation=creation(world))
    world.carry_out()
    world.things = [9]
    world.does(b, creation=creation(world))
    assert world.look(world.entry()).state == "partial"
    assert world.resume(world.entry()).state == "done"
    assert world.sent == ["a", "b"]


def test_what_is_deleted_already_was_done_but_what_was_to_be_changed_was_not(world: World) -> None:
    def gone(context: ActionContext) -> Change:
        raise Gone(what=5)

    for number, (after, state) in enumerate([((), "done"), ((Fact("Value", "5"),), "uncertain")], 1):
        plans = iter([Change((world.step("a", lost()),), after=after)])
        world.plan = lambda context, plans=plans: next(plans, None) or gone(context)  # type: ignore[misc]
        assert world.carry_out(once=f"once-{number}").state == state
    with pytest.raises(Gone):
        world.look(world.entry(2))


def test_whatever_a_step_raises_it_may_have_been_done(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.does(world.step("a", KeyError("x")))
    with caplog.at_level(logging.CRITICAL):
        outcome = world.carry_out()
    assert outcome.state == "uncertain"
    assert isinstance(outcome.problem, Uncertain)
    assert world.states() == ["uncertain"]


def test_a_worker_that_is_stopped_leaves_the_change_in_doubt(world: World) -> None:
    world.does(world.step("a", SystemExit()))
    with pytest.raises(SystemExit):
        world.carry_out()
    assert world.states() == ["uncertain"]


def test_looking_that_fails_leaves_it_in_doubt(world: World) -> None:
    for error in (Unreachable(), KeyError("x")):
        plans = iter([Change((world.step("a", lost()),))])

        def plan(context: ActionContext, plans: Any = plans, error: Exception = error) -> Change:
            found = next(plans, None)
            if found is None:
                raise error
            return cast(Change, found)

        world.plan = plan
        assert world.carry_out(once=repr(error)).state == "uncertain"


def test_the_same_form_sent_again_gets_the_outcome_of_the_first(world: World) -> None:
    world.does(world.step("a"))
    assert [world.carry_out().state for _ in range(3)] == ["done", "done", "done"]
    assert world.sent == ["a"]
    nested: list[Outcome] = []
    world.does(Step("Step", lambda: nested.append(world.carry_out(once="x"))))
    assert world.carry_out(once="x").state == "done"
    assert [outcome.state for outcome in nested] == ["under way"]
    world.does(world.step("b"), world.step("c", Refused()))
    assert [world.carry_out(once="y").state for _ in range(2)] == ["partial", "partial"]
    world.does(world.step("d", lost()))
    assert [world.carry_out(once="z").state for _ in range(2)] == ["uncertain", "uncertain"]
    assert world.sent == ["a", "b", "c", "d"]


def test_a_form_from_the_past_with_other_values_is_no_repetition(world: World) -> None:
    world.does(world.step("a"))
    world.carry_out()
    others = [
        world.context({"value": ["6"]}),
        world.context({"value": ["5", "6"]}),
        world.context({"value": ["5"], "more": [""]}),
        world.context(cid=102),
        world.context(person="8"),
    ]
    for other in others:
        with pytest.raises(SentBefore):
            world.carry_out(other)
    assert world.sent == ["a"]
    assert world.carry_out(others[0], "a new form").state == "done"


def test_a_password_is_not_kept_so_nothing_is_repeated_from_the_journal(world: World) -> None:
    secret = (Fact.secret("Password"),)
    world.does(world.step("a"), world.step("b", Refused()), after=secret)
    world.carry_out(world.context({"password": ["s3cret"]}))
    details = world.entry().details
    assert details is not None
    assert "s3cret" not in repr(details)
    with pytest.raises(NotKept):
        world.resume(world.entry())
    world.does(world.step("c", lost()), after=secret)
    world.carry_out(world.context({"password": ["s3cret"]}), "once-2")
    with pytest.raises(NotKept):
        world.look(world.entry(2))
    assert world.sent == ["a", "b", "c"]
    typed_later = world.context({"password": ["other"]})
    world.clock.pass_by(timedelta(minutes=2))
    with pytest.raises(SentBefore):
        world.carry_out(typed_later)


def confirmed(context: Any, outcome: Outcome) -> Any:
    assert outcome.asked is not None
    typed = {**context.fields.as_mapping(), "confirmed": [outcome.asked.confirmed]}
    return replace(context, fields=FormFields(typed))


def test_a_question_is_answered_for_these_very_values_only(world: World) -> None:
    question = Question("Add %(sum)s?", {"sum": Fact("Sum", "5.00", "money")})
    world.does(world.step("a"), question=question)
    first = world.carry_out()
    assert first.state == "asked"
    assert first.asked is not None
    assert first.asked.question == question
    assert world.states() == []
    yes = confirmed(world.context(), first)
    answer = {"confirmed": [first.asked.confirmed]}
    for other in (
        world.context({"value": ["6"], **answer}),
        world.context({"value": ["5"], **answer}, cid=102),
        replace(yes, arguments={"payment": "7"}),
        world.context({"value": ["5"], "confirmed": ["1"]}),
    ):
        assert world.carry_out(other).state == "asked"
    world.does(world.step("a"), question=replace(question, values={"sum": Fact("Sum", "6.00", "money")}))
    assert world.carry_out(yes).state == "asked", "what was asked is another thing by now"
    world.does(world.step("a"), question=question)
    assert world.carry_out(yes).state == "done"
    assert world.sent == ["a"]


def test_what_is_there_already_is_made_once_more_only_when_it_is_wanted(world: World) -> None:
    making(world, 1, ask_again=True)
    assert world.carry_out().state == "done"
    making(world, 2, ask_again=True)
    again = world.carry_out(once="second")
    assert again.state == "asked"
    assert again.asked is not None
    assert again.asked.present == 1
    assert again.asked.lately is not None
    assert again.asked.lately_at == NOON
    assert world.carry_out(confirmed(world.context(), again), "second").state == "done"
    assert world.sent == ["1", "2"]
    third = world.carry_out(confirmed(world.context(), again), "third")
    assert third.state == "asked", "that answer was about one thing, now there are two"
    world.clock.pass_by(LATELY + timedelta(seconds=1))
    later = world.carry_out(once="later")
    assert later.asked is not None
    assert (later.asked.present, later.asked.lately) == (2, None)


def test_things_that_are_no_money_are_made_without_asking(world: World) -> None:
    making(world, 1)
    assert world.carry_out().state == "done"
    making(world, 2)
    assert world.carry_out(once="second").state == "done"


def test_another_tab_that_was_quicker_is_asked_about(world: World) -> None:
    inner: list[Outcome] = []

    def plan(context: ActionContext) -> Change:
        return Change((world.step("a"),), creation=Creation((1,), present, ask_again=True))

    def present() -> tuple[int, ...]:
        if not inner:  # while this tab still looks, the other one does it
            inner.append(Outcome("done"))
            inner[0] = world.carry_out(once="quicker")
        return ()

    world.plan = plan
    outcome = world.carry_out(once="slower")
    assert inner[0].state == "done"
    assert outcome.state == "asked"
    assert world.sent == ["a"]
    assert world.carry_out(confirmed(world.context(), outcome), once="slower").state == "done"
    assert world.sent == ["a", "a"]


def test_another_tab_whose_change_ends_between_look_and_begin_is_asked_about(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    making(world, 1, ask_again=True)
    begin = world.journal.begin
    before: list[Outcome] = []

    def slow(entry: Any, **options: Any) -> ChangeRecord:
        if not before:
            before.append(Outcome("done"))
            before[0] = world.carry_out(once="quicker")
        return begin(entry, **options)

    monkeypatch.setattr(world.journal, "begin", slow)
    outcome = world.carry_out(once="slower")
    assert before[0].state == "done"
    assert outcome.state == "asked"
    assert world.sent == ["1"]


@pytest.mark.parametrize("method", ["by_once", "begin", "same_lately"])
def test_without_the_journal_nothing_is_sent(
    world: World, method: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(world.journal, method, broken)
    making(world, 1, ask_again=True)
    with caplog.at_level(logging.CRITICAL), pytest.raises(JournalFailed):
        world.carry_out()
    assert world.sent == []


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([None], "done"),
        ([Refused()], Refused),
        ([None, Refused()], Unrecorded),
        ([lost()], Unrecorded),
        ([KeyError("x")], Unrecorded),
    ],
)
def test_a_journal_that_fails_after_the_call_does_not_hide_what_happened(
    world: World,
    steps: list[Exception | None],
    told: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise OSError("the disk is full")

    world.does(*(world.step(str(number), error) for number, error in enumerate(steps)), creation=creation(world))
    monkeypatch.setattr(world.journal, "finish", broken)
    with caplog.at_level(logging.CRITICAL):
        if told == "done":
            outcome = world.carry_out()
            assert (outcome.state, outcome.record) == ("done", None)
            assert "journal" in outcome.said
        else:
            with pytest.raises(told):
                world.carry_out()
    assert len(world.sent) == len(steps)
    with pytest.raises(UnderWay):
        world.carry_out(once="another tab")
