"""No expression, however made, hangs, exhausts memory, or goes deeper than Python bears."""

import sys
import tracemalloc
from contextlib import suppress
from time import perf_counter

import pytest

from flask_bgbilling.expr import (
    Expression,
    ExpressionError,
    ExpressionLimitError,
    ExpressionObject,
    JavaPattern,
    Limits,
    Namespace,
    PatternError,
)

BEARABLE_SECONDS = 30  # of a loaded machine; every one takes a fraction of a second on an idle one

ATTACKS = {
    "endless loop": "while (true) { }",
    "endless loop that works": "x = 1; while (true) { x = x + 1 }",
    "loops in loops": "a = 'x'.concat('').split(''); for (i : [1,2,3,4,5,6,7,8,9,10]) "
    + "for (i : [1,2,3,4,5,6,7,8,9,10]) " * 8
    + "x = 1",
    "doubled text": "x = 'x'; while (true) { x = x + x }",
    "doubled text by concat": "x = 'x'; while (true) { x = x.concat(x) }",
    "doubled list": "x = [1]; while (true) { x = [x, x] }",
    "nested list": "x = [1]; while (true) { x = [x] }",
    "grown number": "x = 10; while (true) { x = x * x }",
    "grown decimal": "x = 1e300B; while (true) { x = x * x }",
    "grown by replace": "x = 'aaaaaaaaaa'; while (true) { x = x.replace('a', x) }",
    "grown by replace of nothing": "x = 'aaaaaaaaaa'; while (true) { x = x.replace('', x) }",
    "grown by replaceAll": "x = 'aaaaaaaaaa'; while (true) { x = x.replaceAll('a', '$0$0$0') }",
    "grown by groups": "x = 'aaaaaaaaaa'; while (true) { x = x.replaceAll('(.*)', '$1$1$1$1$1$1$1$1') }",
    "many long texts": "x = 'x'; while (x.length() < 30000) { x = x + x } "
    + " ".join(f"a{number} = x + {number};" for number in range(900)),
    "catastrophic group": "x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'; while (true) x =~ '(a+)+[bc]'",
    "catastrophic alternatives": "x = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'; while (true) x =~ '(a|a|aa)*[bc]'",
    "polynomial": "x = 'a'; while (x.length() < 30000) { x = x + x } while (true) x =~ 'a*a*a*a*a*[bc]'",
    "slow search": "x = 'a'; while (x.length() < 30000) { x = x + x } while (true) x.replaceAll('a*[bc]', '')",
    "lookbehind": "x = 'a'; while (x.length() < 30000) { x = x + x } while (true) x.replaceAll('(?<=a{1,900}b)c', '')",
    "split to pieces": "x = 'a'; while (x.length() < 30000) { x = x + x } while (true) x.split('')",
    "slow backwards": "x = 'a'; while (x.length() < 30000) { x = x + x } while (true) x.lastIndexOf('b' + x)",
    "helpers": "x = '1,2'; while (x.length() < 9000) { x = x + ',' + x } x = x.split(',');"
    " while (true) cu.intersection(x, x)",
    "long lines in the log": "x = 'x'; while (true) { log.debug(x); x = x + x }",
    "joined by a helper": "x = 'x'; while (x.length() < 30000) { x = x + x } su.join([" + "x," * 1000 + "x], '')",
    "shown by a helper": "x = 'x'; while (x.length() < 30000) { x = x + x } log.info([" + "[x]," * 1000 + "x])",
    "shown": "x = 'x'; while (x.length() < 30000) { x = x + x } [" + "[x]," * 1000 + "x].toString()",
    "many large patterns": "i = 0; while (true) { i = i + 1; 'a'.matches('(?:a?b?){400}' + i) }",
    "large replacements": "x = 'x'; while (x.length() < 9000) { x = x + x } i = 0;"
    " while (true) { i = i + 1; 'a'.replaceAll('a', x + i) }",
    "padding": "while (true) su.leftPad('x', 999999999999)",
    "capitals": "x = 'ŉΐﬃ'; while (true) { x = (x + x).toUpperCase() }",
    "compared in depth": "x = [1]; while (size(x) < 2 || x.toString().length() < 9000) { x = [x, x] }"
    " while (true) x == [x[0], x[1]]",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_with_the_name_of_a_limit(attack: str) -> None:
    expression = Expression(ATTACKS[attack])
    tracemalloc.start()
    started = perf_counter()
    try:
        with pytest.raises(ExpressionLimitError) as caught:
            expression.evaluate()
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()
    assert perf_counter() - started < BEARABLE_SECONDS
    assert caught.value.line == 1
    assert "limit" in caught.value.params or "pattern" in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 5000 + "]" * 5000,
        "{" * 5000 + "}" * 5000,
        "!" * 9000 + "1",
        "-" * 9000 + "1",
        "not " * 4000 + "1",
        "empty " * 3000 + "1",
        "x = " * 4000 + "1",
        "1 ? " * 3000 + "1" + ": 1" * 3000,
        "if (1) " * 2500 + "1",
        "while (1) " * 1900 + "1",
        "1" + ".toString()" * 1800,
        "x" + "[0]" * 6000,
        "1 + (" * 3000 + "1" + ")" * 3000,
        "1 ?: " * 3000 + "1",
        "x" * 20_001,
        "9" * 101,
        "1" * 200 + ".5",
    ],
    ids=lambda text: text[:12],
)
def test_programs_have_bounds(text: str) -> None:
    with pytest.raises(ExpressionLimitError) as caught:
        Expression(text)
    assert caught.value.text()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1" + " + 1" * 3000, 3001),
        ("true" + " && true" * 1500, True),
        ("false" + " || false" * 1500, False),
        ("x = 0; " + "if (x == 1) x = 5; else " * 700 + "x = 3; x", 3),
        ("false ? 1 : " * 1000 + "2", 2),
        ("x = 1; " * 2500, 1),
        ("'" + "x" * 19_000 + "'.length()", 19_000),
        ("(" * 59 + "1" + ")" * 59, 1),
    ],
    ids=lambda value: str(value)[:12],
)
def test_long_programs_work_and_cost_no_depth(text: str, value: object) -> None:
    def deep(frames: int) -> object:
        return Expression(text).evaluate() if frames == 0 else deep(frames - 1)

    assert deep(sys.getrecursionlimit() // 2) == value


def test_programs_that_find_the_stack_full_say_so() -> None:
    expression = Expression("!" * 58 + "1")
    outcomes: list[type[Exception]] = []

    def deep() -> None:
        try:
            deep()
        except RecursionError:
            try:
                expression.evaluate()
            except (ExpressionLimitError, RecursionError) as error:
                outcomes.append(type(error))
            raise

    with pytest.raises(RecursionError):
        deep()
    assert ExpressionLimitError in outcomes


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:(?:(?:a?){1000}){1000}){1000}",
        "((((((a{99}){99}){99}){99})))",
        "a{1001}",
        "a{99999999999}",
        "(" * 21 + "a" + ")" * 21,
        "[" * 30 + "a" + "]" * 30,
        "(a)" * 100,
        "a" * 1001,
        "(?:" + "a|" * 400 + "b){1000}",
        "(?:a?b?){999}",
    ],
    ids=lambda pattern: pattern[:12],
)
def test_patterns_have_bounds(pattern: str) -> None:
    with pytest.raises(PatternError):
        JavaPattern(pattern)


@pytest.mark.parametrize(
    "text", ["/*" * 9_999, "/" * 19_999, "'" * 19_999, "1" * 19_999 + "a", "#" * 19_999, "((((" * 5_000]
)
def test_texts_that_are_no_programs_are_refused_at_once(text: str) -> None:
    started = perf_counter()
    for _ in range(3):
        with suppress(ExpressionError):
            Expression(text)
    assert perf_counter() - started < BEARABLE_SECONDS


def test_only_what_is_small_is_kept() -> None:
    long = "a = 1 + 1; " * 100
    assert Expression("1 + 1")._code is Expression("1 + 1")._code
    assert Expression(long)._code is not Expression(long)._code
    assert JavaPattern.of("a?b") is JavaPattern.of("a?b")
    for large in ("(?:a?b?){400}", "a" * 300):
        assert JavaPattern.of(large) is not JavaPattern.of(large)
        assert JavaPattern.of(large).matches("b") is (large != "a" * 300)


def test_limits_may_be_set() -> None:
    text = "x = 0; for (i : [1, 2, 3, 4, 5]) { x = x + i } x"
    assert Expression(text).evaluate() == 15
    with pytest.raises(ExpressionLimitError, match="more than 30 steps"):
        Expression(text).evaluate(limits=Limits(steps=30))
    with pytest.raises(ExpressionLimitError, match="more than 4 items"):
        Expression(text).evaluate(limits=Limits(items=4))
    with pytest.raises(ExpressionLimitError, match="more than 3 characters"):
        Expression("numberFrom").evaluate({"numberFrom": "1234"}, limits=Limits(characters=3))


def test_functions_of_the_host_take_their_time_but_not_for_ever() -> None:
    calls: list[object] = []

    def slow(value: object) -> object:
        started = perf_counter()
        while perf_counter() - started < 0.02:
            pass
        calls.append(value)
        return value

    host = Namespace({"host": ExpressionObject("host", {"slow": slow})})
    text = "x = 0; while (x < 5) { x = host.slow(x + 1) } x"
    assert Expression(text).evaluate(namespace=host, limits=Limits(seconds=0.05)) == 5
    with pytest.raises(ExpressionLimitError, match="calls functions more than 3 times"):
        Expression(text).evaluate(namespace=host, limits=Limits(calls=3))
    assert calls == [1, 2, 3, 4, 5, 1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "numberFrom.__class__",
        "numberFrom.__class__()",
        "numberFrom.getClass()",
        "numberFrom.getClass().forName('java.lang.Runtime')",
        "''.format(1)",
        "'{0.__class__}'.format(numberFrom)",
        "'%s'.formatted(numberFrom)",
        "new('java.io.File', '/etc/passwd')",
        "__import__('os')",
        "__builtins__",
        "exec('1')",
        "getattr(numberFrom, 'x')",
        "process.__init__",
        "process.functions",
        "process.properties",
        "process.name",
        "process.close.__globals__",
        "process['typeId']",
        "process.close",
        "close()",
        "log.__class__",
        "su.join.__globals__",
        "[1].append(2)",
        "[1].__class__",
        "1.__class__",
        "(1).real",
        "1.5B.__class__",
        "NEW_LINE.__class__",
        "True",
        "None",
        "lambda",
        "x -> x",
        "`text`",
        "numberFrom\u2024length()",
        "ｎumberFrom",
    ],
)
def test_python_cannot_be_reached(text: str) -> None:
    process = ExpressionObject("process", {"close": lambda: None}, {"typeId": 3})
    with pytest.raises(ExpressionError):
        Expression(text).evaluate({"numberFrom": "79171234567"}, Namespace({"process": process}))
