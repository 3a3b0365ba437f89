"""Rules of process types: what they forbid, what they do, what a failing one says, and ``bgbilling.cp``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from flask_bgbilling.domain.customers.matching import ContractValue
from flask_bgbilling.domain.processes import copying
from flask_bgbilling.domain.processes.errors import RefusedByRule
from flask_bgbilling.errors import Forbidden
from flask_bgbilling.facts import Note
from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerPhone,
    Grant,
    ProcessContract,
    ProcessEvent,
    ProcessEventKind,
)
from tests.memory_processes import Kept, parameters
from tests.unit.test_process_links import ANNA, Lab, contract

K = ProcessEventKind
KNOWN = parameters(p30="text", p31="blob", p32="date", p33="list", p34="phone", p35="address")
HOME = CustomerAddress(7, "12", "", 2, 5, "", "Уфа, Ленина, 7, кв. 12")
VALUES = {
    1: ContractValue("Иванов Иван"),
    2: ContractValue("Уфа, Ленина, 7, кв. 12", address=HOME),
    3: ContractValue("200-10-20; 8 916 123", phones=(CustomerPhone("73472001020", "дом"), CustomerPhone("8916123"))),
    4: ContractValue("28.02.2026", day=date(2026, 2, 28)),
    5: ContractValue("Уфа", readable=False),
}  # fmt: skip


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Processes whose contracts say what ``VALUES`` has; billings open for nobody."""
    made = Lab()
    made.processes.known = KNOWN
    monkeypatch.setattr(copying, "_read", lambda context, one, number: VALUES.get(number, copying.NOTHING))
    monkeypatch.setattr(copying, "read_card", lambda one: SimpleNamespace(comment=f"comment of {one}"))
    monkeypatch.setattr(copying, "Contract", lambda billing, cid: f"{cid}")
    with made.app.app_context():
        made.database.create_all()
        made.bgbilling.upgrade_database()
        made.processes.create(1, "Нет связи", "1")
        made.processes.link_contract(1, contract())
        made.services.process_events._access = SimpleNamespace(open=lambda viewer, billing_id: billing_id)
        made.users.granted["contract.read"] = made.viewer.grant
        made.users.granted["contract.parameters.read"] = made.viewer.grant
        yield made


def rules(lab: Lab, text: str) -> None:
    lab.processes.kinds[1] = replace(lab.processes.kinds[1], configuration=text)


def event(kind: ProcessEventKind, number: int = 0, linked: ProcessContract | None = None) -> ProcessEvent:
    return ProcessEvent(kind, 1, ANNA, number=number, contract=linked)


def happened(lab: Lab, one: ProcessEvent) -> tuple[Note, ...]:
    return tuple(lab.services.process_events.changed(one))


def run(lab: Lab, script: str) -> Kept:
    """The process after a script; a failing one fails the test."""
    rules(lab, f"onProcessEvent.1.events=linkAdded;createdAsLink\nonProcessEvent.1.doExpression=<<END\n{script}\nEND\n")
    assert happened(lab, event(K.LINK_ADDED)) == ()
    return lab.processes.rows[1]


def failed(lab: Lab, script: str) -> str:
    """What is told of a script that fails."""
    rules(lab, f"onProcessEvent.1.doExpression={script}\n")
    (note,) = happened(lab, event(K.LINK_ADDED))
    assert note.values["number"] == "1"
    return note.values["reason"]


def test_a_rule_forbids_a_change(lab: Lab) -> None:
    rules(
        lab,
        "onProcessEvent.1.events=statusChanging:3,4\n"
        "onProcessEvent.1.ifExpression=p.typeId == 1\n"
        "onProcessEvent.1.checkExpression=pp.filled(30)\n"
        "onProcessEvent.1.checkErrorMessage=Заполните контактное лицо!\n",
    )
    with pytest.raises(RefusedByRule, match="Заполните контактное лицо!"):
        lab.bgbilling.process_changing(event(K.STATUS_CHANGING, 3))
    assert lab.bgbilling.process_changing(event(K.STATUS_CHANGING, 2)) == (), "another status"
    assert lab.bgbilling.process_changing(event(K.STATUS_CHANGED, 3)) == (), "another event"
    lab.processes.set_value(1, 30, "Иванов")
    assert lab.bgbilling.process_changing(event(K.STATUS_CHANGING, 3)) == ()


def test_a_link_is_forbidden_and_nothing_is_left(lab: Lab) -> None:
    rules(lab, 'onProcessEvent.1.events=linkAdding\nonProcessEvent.1.checkExpression=event.billingId == "bitel"\n')
    with pytest.raises(RefusedByRule):
        lab.links.link(lab.viewer, 1, contract("ds", 7, "D-7"))
    assert lab.processes.contracts(1) == (contract(),)
    assert lab.links.link(lab.viewer, 1, contract("bitel", 7, "B-7")).new
    rules(lab, "onProcessEvent.1.events=linkRemoving\nonProcessEvent.1.checkExpression=false\n")
    with pytest.raises(RefusedByRule):
        lab.links.unlink(lab.viewer, 1, "bitel", 7)


@pytest.mark.parametrize(
    ("events", "but", "kind", "number", "fits"),
    [
        ("", "", K.CREATED, 0, True),
        ("*", "", K.MESSAGE_ADDED, 5, True),
        ("*", "created;removed", K.CREATED, 0, False),
        ("statusChanged:1, 2;linkAdded", "", K.STATUS_CHANGED, 2, True),
        ("statusChanged:1,2;linkAdded", "", K.STATUS_CHANGED, 3, False),
        ("statusChanged:1,2;linkAdded", "", K.LINK_ADDED, 0, True),
        ("paramChanged", "paramChanged:30", K.PARAMETER_CHANGED, 30, False),
        ("paramChanged", "paramChanged:30", K.PARAMETER_CHANGED, 31, True),
    ],
)
def test_events_by_name_and_number(
    lab: Lab, events: str, but: str, kind: ProcessEventKind, number: int, fits: bool
) -> None:
    text = f"onProcessEvent.1.events={events}\nonProcessEvent.1.eventsExclude={but}\n"
    rules(lab, f"{text}onProcessEvent.1.doExpression=setPriority(7)\n")
    assert happened(lab, event(kind, number)) == ()
    assert lab.processes.priority(1) == (7 if fits else 0)


def test_scripts_change_the_process(lab: Lab) -> None:
    kept = run(
        lab,
        "setStatus(2); setPriority(3); addGroups(1, 2); addGroups('3,2'); addExecutors('2');\n"
        "addDescription('Звонил ' + user.name); setParam(30, p.title + ' / ' + p.statusTitle);\n"
        "setParam(32, '28.02.2026'); setParam(33, [1, 2]); setParam(34, '+7 347 200');",
    )
    assert (kept.process.status_id, kept.priority, kept.groups, kept.executors) == (2, 3, [1, 2, 3], ["2"])
    assert kept.description == "Нет связи\nЗвонил Анна"
    assert kept.values == {
        30: "Нет связи / in work",
        32: date(2026, 2, 28),
        33: frozenset({1, 2}),
        34: (CustomerPhone("+7 347 200"),),
    }


def test_scripts_read_the_process(lab: Lab) -> None:
    lab.processes.set_value(1, 33, frozenset({2, 1}))
    expression = (
        "p.id + '|' + process.getTypeTitle() + '|' + p.closed + '|' + pp.val(33) + '|' + pp.count(33) + '|'"
        " + pl.contracts()[0] + '|' + processLink.contractIds()[0] + '|' + event.name + '|' + up.val('x') + '|'"
    )
    kept = run(lab, f"setDescription({expression})")
    assert kept.description == "1|type 1|false|item 1; item 2|2|A-101|bitel:101|linkAdded||"


@pytest.mark.parametrize(
    ("number", "way", "parameter", "value"),
    [
        (1, "", 30, "Иванов Иван"),
        (1, "text", 31, "Иванов Иван"),
        (2, "address", 31, HOME.text),
        (2, "", 30, HOME.text),
        (5, "address", 30, None),
        (99, "address", 30, None),
        (3, "phone", 30, "73472001020, 8916123"),
        (4, "", 32, date(2026, 2, 28)),
        (1, "", 32, None),
        (3, "", 34, (CustomerPhone("73472001020", "дом"), CustomerPhone("8916123"))),
        (2, "", 35, (replace(HOME, text=""),)),
        (99, "", 35, None),
    ],
)
def test_cp_by_the_table(lab: Lab, number: int, way: str, parameter: int, value: object) -> None:
    assert run(lab, f"bgbilling.cp({number}, '{way}', {parameter})").values.get(parameter) == value


def test_cp_keeps_what_an_empty_value_must_not_take(lab: Lab) -> None:
    lab.processes.set_value(1, 30, "было")
    lab.processes.set_value(1, 32, date(2026, 1, 1))
    lab.processes.set_value(1, 34, (CustomerPhone("1"),))
    kept = run(lab, "bgbilling.cp(99, '', 30); bgbilling.cp(99, '', 32); bgbilling.cp(99, '', 34);")
    assert kept.values == {30: "было", 32: date(2026, 1, 1)}, "phones are overwritten even by none"


def test_cp_adds_an_address_once(lab: Lab) -> None:
    other = CustomerAddress(8, "1")
    lab.processes.set_value(1, 35, (other,))
    for _ in range(2):
        kept = run(lab, "bgbilling.cp(2, '', 35)")
    assert kept.values[35] == (other, replace(HOME, text=""))


def test_cp_takes_the_first_contract_and_nothing_without_one(lab: Lab) -> None:
    lab.processes.unlink_contract(1, "bitel", 101)
    assert run(lab, "bgbilling.cp(1, '', 30)").values == {}


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("bgbilling.cp(1, '', 99)", "no parameter 99"),
        ("bgbilling.cp(1, '', 33)", "type list"),
        ("bgbilling.cp(1, 'x', 30)", "“x”"),
        ("bgbilling.cp('a', '', 30)", "“a”"),
        ("setParam(33, 77777)", ""),
        ("setParam(32, 'завтра')", "“завтра”"),
        ("setStatus(99)", ""),
        ("addGroups(77)", ""),
        ("bgbilling.nothing()", "nothing"),
        ("while (true) {}", "steps"),
        ("((", ""),
    ],
)
def test_a_rule_that_fails_says_why_and_stops_nothing(lab: Lab, script: str, told: str) -> None:
    assert told in failed(lab, script)
    assert [str(one.kind) for one in lab.watching.events] == ["linkAdded"]
    rules(lab, f"onProcessEvent.1.doExpression={script}\nonProcessEvent.2.doExpression=setPriority(5)\n")
    assert len(happened(lab, event(K.LINK_ADDED))) == 1
    assert lab.processes.priority(1) == 5, "the next rule is obeyed"


def test_the_sample_rule_of_several_lines(lab: Lab) -> None:
    kept = run(lab, "bgbilling.cp(1, '', 30);\nbgbilling.cp(2, 'address', 31);\nbgbilling.cp(2, '', 35);")
    assert kept.values.keys() == {30, 31, 35}


@pytest.mark.parametrize(
    ("script", "description"),
    [
        ("bgbilling.paramToDescription('bitel', 1, 'Абонент: ')", "Нет связи\nАбонент: Иванов Иван"),
        ("bgbilling.paramToDescriptionBefore('bitel', 1)", "Иванов Иван\nНет связи"),
        ("bgbilling.paramToDescription('bitel', 99, 'Абонент: ')", "Нет связи"),
        ("bgbilling.paramToDescription('ds', 1)", "Нет связи"),
        ("bgbilling.commentToDescription('bitel', '— ')", "Нет связи\n— comment of 101"),
        ("bgbilling.commentToDescriptionBefore('bitel')", "comment of 101\nНет связи"),
    ],
)
def test_lines_of_the_description(lab: Lab, script: str, description: str) -> None:
    assert run(lab, f"{script}; {script};").description == description


def test_the_further_functions(lab: Lab) -> None:
    kept = run(
        lab,
        "bgbilling.copyParam('bitel', 2, 35); bgbilling.copyComment('bitel', 31);"
        " setParam(30, bgbilling.param('bitel', 1) + bgbilling.comment('ds'));",
    )
    assert kept.values == {35: (replace(HOME, text=""),), 31: "comment of 101", 30: "Иванов Иван"}


def test_without_the_right_to_read_contracts_nothing_is_read(lab: Lab) -> None:
    del lab.users.granted["contract.read"]
    assert "not allowed" in failed(lab, "bgbilling.comment('bitel')")


def test_functions_of_plugins_are_known_by_their_names(lab: Lab) -> None:
    from flask_bgbilling.hookspecs import ScriptContext, ScriptObject

    def twice(context: ScriptContext, value: object) -> object:
        return f"{value}{value}"

    plugins: Any = lab.services.plugins
    given: Mapping[str, Callable[..., object]] = {"twice": twice}
    plugins._given["bgbilling_script_objects"] = [
        *plugins.script_objects(), ScriptObject("mine", given), ScriptObject("", given),
        ScriptObject("bgbilling", given),
    ]  # fmt: skip
    assert run(lab, "setDescription(mine.twice('a') + twice('b') + bgbilling.twice('c'))").description == "aabbcc"


def test_a_check_after_the_change_only_tells(lab: Lab) -> None:
    rules(lab, "onProcessEvent.1.checkExpression=false\nonProcessEvent.1.checkErrorMessage=Поздно\n")
    with lab.app.test_request_context():
        (told,) = lab.bgbilling.process_changed(event(K.STATUS_CHANGED, 3))
    assert "Поздно" in told


def test_values_of_the_person(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(lab.users), "value", lambda users, person, key: f"{person.login}:{key}", raising=False)
    assert run(lab, "setDescription(up.val('post') + userParam.val(5))").description == "anna:postanna:5"


def test_mistakes_of_a_type_are_told_before_it_is_saved(lab: Lab) -> None:
    text = (
        "bgbilling:processLinkedContract.1.groupIds=1,99\n"
        "bgbilling:processLinkedContract.1.billingIds=nobody\n"
        "bgbilling:processLinkedContract.2.groupIds=1\n"
        "bgbilling:processLinkedContract.2.titleRegexp=(\n"
        "onProcessEvent.1.events=statusChanged:1;sometimes\n"
        "onProcessEvent.1.doExpression=if (\n"
        "onProcessEvent.2.events=created\n"
    )
    found = [(problem.line, problem.code) for problem in lab.bgbilling.check_process_type(text)]
    assert found == [
        (1, "group-unknown"),
        (2, "billing-unknown"),
        (4, "pattern"),
        (5, "process-event"),
        (6, "process-expression"),
        (7, "process-rule-empty"),
    ]
    assert lab.bgbilling.check_process_type("onProcessEvent.1.doExpression=bgbilling.cp(1, '', 2)\n") == []


@pytest.mark.parametrize(
    "granted",
    [None, Grant(billing_ids=frozenset({"other"})), Grant(parameter_ids=frozenset({77}))],
    ids=["nothing", "another billing", "another parameter"],
)
@pytest.mark.parametrize("script", ["bgbilling.cp(2, '', 30)", "bgbilling.paramToDescription('bitel', 2)"])
def test_a_script_reads_only_parameters_that_the_person_may_see(lab: Lab, granted: Grant | None, script: str) -> None:
    lab.users.granted.pop("contract.parameters.read")
    if granted is not None:
        lab.users.granted["contract.parameters.read"] = granted
    rules(lab, f"onProcessEvent.1.doExpression={script}\n")
    (note,) = happened(lab, event(K.LINK_ADDED))
    assert note.reason == Forbidden.message
    assert "contract.parameters.read" in note.reason_values["permission"]
    assert 30 not in lab.processes.rows[1].values
