"""Objects and functions of a host, as scripts of process rules use them (customers-and-links.md 6)."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from flask_bgbilling.errors import Forbidden, InputError
from flask_bgbilling.expr import Expression, ExpressionError, ExpressionObject, Namespace


class Markup(str):
    """A text that would like to bring its own behaviour along."""

    def __add__(self, other: object) -> str:
        raise AssertionError("a method of a stranger's class")


class Host:
    """A process, a billing and functions that change it."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []
        self.status = 1
        process = ExpressionObject(
            "process",
            {"close": lambda: self.told("close"), "add": lambda *ids: self.told("add", *ids)},
            {"id": 7, "typeId": 3, "description": lambda: "Нет связи", "statusId": lambda: self.status, "open": True},
        )
        billing = ExpressionObject("bgbilling", {"cp": self.cp})
        self.namespace = Namespace(
            {"process": process, "p": process, "bgbilling": billing},
            {"setStatus": self.set_status, "addGroups": lambda groups: self.told("groups", groups)},
            {"contract": Markup("A-1")},
        )

    def told(self, *call: object) -> None:
        """Notes a call."""
        self.calls.append(call)

    def cp(self, parameter: int, kind: str, target: int) -> None:
        """As ``bgbilling.cp``."""
        self.told("cp", parameter, kind, target)

    def set_status(self, status: int) -> int:
        """Changes the state."""
        self.status = status
        return status

    def run(self, text: str, **variables: object) -> object:
        """Runs a script."""
        return Expression(text).evaluate(variables, self.namespace)


@pytest.fixture
def host() -> Host:
    return Host()


def test_the_rule_of_the_reference(host: Host) -> None:
    host.run("bgbilling.cp(4, 'address', 7);\nbgbilling.cp(5, '', 8);\n bgbilling.cp(6, 'phone', 9);")
    assert host.calls == [("cp", 4, "address", 7), ("cp", 5, "", 8), ("cp", 6, "phone", 9)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("process.typeId == 3 && p.id == 7", True), ("process.getTypeId()", 3), ("process.isOpen()", True),
        ("process.description =~ '.*связ.*'", True), ("setStatus(4); process.statusId", 4), ("p == process", True),
        ("process.toString()", "process"), ("'№ ' + process.id", "№ 7"), ("contract + '!'", "A-1!"),
        ("x = process; x.id", 7), ("[process, p][1].typeId", 3), ("process.equals(p)", True), ("size({process, p})", 1),
        ("process =~ [1, p]", True), ("if (process) 1", 1), ("process = 5; process", 5), ("empty(process)", False),
        ("process.close()", None), ("setStatus(4) + 1", 5),
    ],
)  # fmt: skip
def test_objects_in_scripts(host: Host, text: str, found: object) -> None:
    assert host.run(text) == found


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("process.foo()", 9, "“process” has no function “foo”"), ("process.foo", 9, "no property “foo”"),
        ("process.getFoo()", 9, "no function “getFoo”"), ("bgbilling.cp(1)", 11, "number of arguments than 1"),
        ("1 + setStatus()", 5, "number of arguments than 0"), ("process + 1", 9, "needs numbers"),
        ("process[0]", 8, "has no items"), ("process < 1", 9, "cannot compare"), ("setStatus.x", 1, "not defined"),
        ("process.id = 5", 12, "does not fit"), ("bgbilling.cp('a', 'b')", 11, "number of arguments than 2"),
    ],
)  # fmt: skip
def test_what_objects_do_not_have(host: Host, text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        host.run(text)
    assert (caught.value.column, words in caught.value.text()) == (column, True), caught.value.text()
    assert host.calls == []


def test_arguments_are_plain_values_of_python(host: Host) -> None:
    host.run("process.add(1, 2.5, 'a', null, true, [1, [2]], {'x', 'y'}, 1.5B)")
    assert host.calls == [("add", 1, 2.5, "a", None, True, [1, [2]], {"x", "y"}, Decimal("1.5"))]


def test_errors_of_ours_pass_and_others_are_told_with_their_place() -> None:
    def denied() -> None:
        raise Forbidden(permission="process.edit")

    def broken() -> None:
        raise KeyError("/etc/secret")

    namespace = Namespace(functions={"denied": denied, "broken": broken})
    with pytest.raises(Forbidden):
        Expression("1; denied()").evaluate(namespace=namespace)
    with pytest.raises(ExpressionError) as caught:
        Expression("1 +\n broken()").evaluate(namespace=namespace)
    assert caught.value.text() == "line 2, column 2: “broken” failed: KeyError"
    assert isinstance(caught.value.__cause__, KeyError)


def test_an_expression_in_a_function_keeps_its_own_place() -> None:
    namespace = Namespace(functions={"inner": lambda: Expression("  foo").evaluate()})
    with pytest.raises(ExpressionError) as caught:
        Expression("1; inner()").evaluate(namespace=namespace)
    assert caught.value.text() == "line 1, column 3: “foo” is not defined."


@pytest.mark.parametrize(
    "value", [date(2026, 1, 1), object(), b"bytes", {"a": 1}, print, 1j, ..., Decimal("NaN"), Host()]
)
def test_other_values_are_not_let_in(value: Any) -> None:
    for run in (
        lambda: Expression("x").evaluate({"x": value}),
        lambda: Expression("x()").evaluate(namespace=Namespace(functions={"x": lambda: value})),
        lambda: Expression("x").evaluate({"x": [1, value]}),
    ):
        with pytest.raises(ExpressionError, match="cannot be used in expressions"):
            run()


def test_values_that_are_let_in() -> None:
    given = {"list": [1, ("a", None)], "set": frozenset({3, 1, 2}), "text": Markup("m"), "money": Decimal("1.10")}
    assert Expression("list").evaluate(given) == [1, ["a", None]]
    assert (
        Expression("s = ''; for (x : set) { s = s + x } s").evaluate(given) == 6
    )  # a text that is a number counts as one
    assert Expression("su.join(set, '')").evaluate(given) == "123"
    assert type(Expression("text").evaluate(given)) is str
    assert Expression("money * 2").evaluate(given) == Decimal("2.20")


def test_a_list_in_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(ExpressionError, match="lie in each other"):
        Expression("x").evaluate({"x": endless})


@pytest.mark.parametrize("name", ["", "a b", "1a", "a.b", "имя", "return", "empty", "and", "a-b"])
def test_names_must_be_writable(name: str) -> None:
    for make in (
        lambda: ExpressionObject(name),
        lambda: ExpressionObject("a", {name: print}),
        lambda: ExpressionObject("a", {}, {name: 1}),
        lambda: Namespace(functions={name: print}),
        lambda: Namespace(constants={name: 1}),
    ):
        with pytest.raises(ValueError, match="is no name"):
            make()


def test_declarations_do_not_change() -> None:
    functions = {"a": lambda: 1}
    declared = ExpressionObject("x", functions)
    functions["b"] = lambda: 2
    assert set(declared.functions) == {"a"}
    with pytest.raises(TypeError):
        declared.functions["b"] = print  # type: ignore[index]


def test_namespaces_are_joined() -> None:
    both = Namespace(functions={"f": lambda: 1, "g": lambda: 1}) | Namespace(functions={"f": lambda: 2})
    assert Expression("[f(), g()]").evaluate(namespace=both) == [2, 1]
    own = ExpressionObject("su", {"trim": lambda text: text.strip()})
    assert Expression("su.trim(' a ') + u.digits('1')").evaluate(namespace=Namespace({"su": own})) == "a1"


def test_one_expression_runs_in_many_threads() -> None:
    expression = Expression("x = 0; for (i : [1,2,3,4,5,6,7,8,9,10]) { x = x + n } x")
    found: dict[int, object] = {}

    def work(number: int) -> None:
        found[number] = [expression.evaluate({"n": number}) for _ in range(50)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number * 10] * 50 for number in range(8)}


def test_errors_are_of_our_tree() -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression("x +").evaluate()
    assert not isinstance(caught.value, InputError)
    assert caught.value.code == "expression syntax"
    assert caught.value.remedy
