"""The expression language by its documentation: what each form means, and where it differs from JEXL on purpose."""

from decimal import Decimal

import pytest

from flask_bgbilling.expr import Expression, ExpressionError, ExpressionSyntaxError, compile_expression


def value(text: str, **variables: object) -> object:
    """What an expression gives."""
    return Expression(text).evaluate(variables)


@pytest.mark.parametrize(
    ("text", "number", "found"),
    [
        ("if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;", "79171234567",
         "9171234567"),
        ("if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;", "2345", "2345"),
        ("numberFrom.replaceAll('[^0-9]', '')", "+7 (917) 1-2", "791712"),
        (r"numberFrom =~ '8\\d{10}' ? '7' + numberFrom.substring(1) : numberFrom", "89171234567", "79171234567"),
        (r"numberFrom =~ '8\d{10}' ? '7' + numberFrom.substring(1) : numberFrom", "89171234567", "79171234567"),
        ("return numberFrom.startsWith('+') ? numberFrom.substring(1) : numberFrom;", "+7917", "7917"),
    ],
)  # fmt: skip
def test_expressions_of_the_reference(text: str, number: str, found: str) -> None:
    assert Expression(text).evaluate_text({"numberFrom": number}) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # statements
        ("", None), (";", None), ("1; 2", 2), ("1; 2;", 2), ("{ 1; 2 }", 2), ("{ }", None), ("var x; x", None),
        ("x = y = 2; x + y", 4), ("x = 1; x += 2; x *= 5; x -= 1; x /= 3; x %= 3; x", 1),
        ("if (false) 1", None), ("if (false) 1; else 2", 2), ("if (0) 1; else if ('') 2; else if (null) 3; else 4", 4),
        ("if (true) x = 1; if (true) { x = 2 } x", 2), ("if (1) ; else 2", None), ("return 1; 2", 1),
        ("x = 1 return x", 1), ("while (false) 1", None),
        ("x = 0; while (true) { x = x + 1; if (x == 3) continue; if (x > 5) break; } x", 6),
        ("s = ''; for (var c : ['a', 'b', 'c']) { if (c == 'b') continue; s = s + c } s", "ac"),
        ("for (x : [1, 2, 3]) { if (x == 2) return x }", 2), ("for (x : {3, 1, 2}) x", 2), ("for (x : null) 1", None),
        # comments
        ("1 // a\n+ 2 ## b\n/* c ** / */ + 3", 6), ("'//' + '##' + '/*'", "//##/*"),
        # ternaries
        ("1 ? 'a' : 'b'", "a"), ("null ?: 'b'", "b"), ("'a' ?: 'b'", "a"), ("x ?: 1", 1), ("x ? 1 : 2", 2),
        ("false ? 1 : false ? 2 : 3", 3), ("true ? false ? 1 : 2 : 3", 2),
        # logic gives truth
        ("1 and 'a'", True), ("0 or ''", False), ("not 1 or 2", True), ("!(1 && 0) || x", True),
        ("'false' || 'no'", True),
        ("'false' or 0.0", False), ("false and x", False), ("true or x", True),
        # comparisons
        ("1 == 1.0", True), ("'1' == 1", True), ("'' == 0", True), ("null == 0", False), ("null == null", True),
        ("null != 1", True), ("true == 1", True), ("true eq 'x'", True), ("'a' ne 'b'", True), ("null < 1", False),
        ("null <= null", True), ("'10' < '9'", True), ("'10' lt 9", False), ("2 ge 2", True), ("1.5B > 1", True),
        ("[1, 2] == [1, 2]", True), ("[1] == [1.0]", False), ("{1, 2} == {2, 1}", True), ("[1] == {1}", False),
        ("'b' > 'a'", True), ("1 gt 2", False), ("true < 2", True),
        ("x = '1e400' mod 2; x < 3.5B", False), ("x = '1e400' mod 2; x >= 1", False),
        ("x = '1e400' mod 2; x == x", False),
        ("x = '1e400' mod 2; x != 3.5B", True), ("'1e400' > 1e300B", True), ("'-1e400' < 5B", True),
        # text operators
        ("'abc' =^ 'ab'", True), ("'abc' =$ 'bc'", True), ("'abc' !^ 'b'", True), ("'abc' !$ 'c'", False),
        ("null =^ 'a'", False), ("123 =^ 12", True), ("'abc' =~ 'b'", False), ("'abc' =~ '.b.'", True),
        ("'abc' !~ '.b.'", False), ("1 =~ [1, 2]", True), ("'1' =~ [1, 2]", False), ("1 =~ {2}", False),
        ("3 !~ {1, 2}", True), ("null =~ 'a'", False), ("null =~ null", True), ("12 =~ '\\d+'", True),
        ("[1] =~ [[1], 2]", True),
        # arithmetic
        ("1 + 2 * 3 - 4 / 2", 5), ("7 / 2", 3), ("-7 / 2", -3), ("7 / 2.0", 3.5), ("7 mod 4", 3), ("-7 % 4", 1),
        ("8 div 3", 2), ("'a' + 1", "a1"), ("1 + 'a'", "1a"), ("'1' + '2'", "12"), ("'1' + 2", 3), ("'1.5' + 2", 3.5),
        ("null + null", 0), ("'a' + null", "a"), ("'' + 1", 1), ("'a' + true", "atrue"), ("true + 1", 2),
        ("'3' * '4'", 12), ("-'5'", -5), ("- -1", 1), ("+ '7'", 7), ("-true", False), ("-null", 0), ("-1.5", -1.5),
        ("0.1 + 0.2", 0.1 + 0.2), ("1.10B + 2", Decimal("3.10")), ("1.5B * '2'", Decimal("3.0")), ("1e2", 100.0),
        ("5.5 % 2", 1.5), ("2147483647 + 1", 2147483648), ("10L", 10), ("'x' + 1.0", "x1.0"), ("'x' + 1e10", "x1.0E10"),
        ("'x' + 12345678.9", "x1.23456789E7"), ("'x' + 0.0001", "x1.0E-4"),
        ("'x' + [1, null, {'a'}]", "x[1, null, [a]]"),
        ("1e308 * 10 + 'x'", "Infinityx"),
        # literals
        ("'a\\'b'", "a'b"), ('"a\\"b"', 'a"b'), ("'a\\\\b'", "a\\b"), ("'\\d'", "\\d"), ("'\\u0416'", "Ж"),
        ("'\\u00'", "\\u00"), ("[]", []), ("[1, 'a', null]", [1, "a", None]), ("x = {1, 2, 1}; x", {1, 2}),
        ("{1, 2}", {1, 2}), ("size({1, 1.0, true, '1'})", 4), ("[[1, 2], [3]][0][1]", 2), ("[1, 2]['1']", 2),
        # empty and size
        ("empty('')", True), ("empty []", True), ("empty null", True), ("empty 0", False), ("empty(x)", True),
        ("not empty 'a'", True), ("size('abc')", 3), ("size([1, 2])", 2), ("size(null)", 0), ("size(x) + 1", 1),
        ("'abc'.size()", 3), ("[1].size()", 1), ("{1, 2}.size()", 2), ("size(['a']) == 1 and empty([])", True),
    ],
)  # fmt: skip
def test_forms(text: str, found: object) -> None:
    result = value(text)
    assert result == found
    assert type(result) is type(found)


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("'abc'.length()", 3), ("''.isEmpty()", True), ("' \t'.isBlank()", True), ("'abc'.substring(1)", "bc"),
        ("'abc'.substring(3)", ""), ("'abc'.substring(1, 2)", "b"), ("'abc'.charAt(2)", "c"),
        ("'abc'.startsWith('b', 1)", True), ("'abc'.startsWith('a', 9)", False), ("'abc'.endsWith('bc')", True),
        ("'abc'.contains('')", True), ("'abca'.indexOf('a', 1)", 3), ("'abc'.indexOf('x')", -1),
        ("'abc'.indexOf('a', -5)", 0), ("'abc'.indexOf('', 9)", 3), ("'abca'.lastIndexOf('a')", 3),
        ("'abca'.lastIndexOf('a', 2)", 0), ("'abca'.lastIndexOf('a', -1)", -1), ("'abc'.lastIndexOf('')", 3),
        ("'a.b.c'.replace('.', '-')", "a-b-c"), ("'ab'.replace('', '-')", "-a-b-"),
        ("'aab'.replaceFirst('a', 'x')", "xab"),
        ("'a1b2'.replaceAll('([a-z])(\\\\d)', '$2$1')", "1a2b"), ("'12'.replaceAll('(\\\\d+)', '\\\\$1')", "$1"),
        ("'a5'.replaceAll('(?<n>\\\\d)', '${n}!')", "a5!"), ("'abc'.matches('b')", False),
        ("'a,b,,'.split(',')", ["a", "b"]),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]), ("'a,b,,'.split(',', -1)", ["a", "b", "", ""]),
        ("''.split(',')", [""]),
        ("'abc'.split('')", ["a", "b", "c"]), ("' a\u00a0 '.trim()", "a\u00a0"), ("'Ёж'.toUpperCase()", "ЁЖ"),
        ("'ЁЖ'.toLowerCase()", "ёж"), ("'a'.concat('b')", "ab"), ("'1'.equals(1)", False), ("'a'.equals('a')", True),
        ("'А'.equalsIgnoreCase('а')", True), ("'a'.equalsIgnoreCase(null)", False), ("(5).toString()", "5"),
        ("[1, 2].contains(2)", True), ("[1, 2].contains('2')", False), ("{'a', 'b'}.contains('b')", True),
        ("[].isEmpty()", True), ("[1].equals([1])", True), ("true.toString()", "true"),
    ],
)  # fmt: skip
def test_functions_of_values(call: str, found: object) -> None:
    assert value(call) == found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("u.digits('+7 (917) 1-2')", "791712"), ("u.toInt('12x', 5)", 5), ("u.toInt(' -12 ')", -12),
        ("u.isEmpty([])", True),
        ("u.notEmpty('a')", True), ("u.toString([1, null, true, 1.0])", "[1, null, true, 1.0]"), ("u.toInt(null)", 0),
        ("u.defaultValue('', 'x')", "x"), ("u.defaultValue(0, 'x')", 0), ("su.isBlank(' ')", True),
        ("su.isNotBlank(null)", False), ("su.isEmpty(null)", True), ("su.isNotEmpty('a')", True),
        ("su.trimToEmpty(null)", ""), ("su.substringBefore('a=b=c', '=')", "a"),
        ("su.substringAfter('a=b=c', '=')", "b=c"),
        ("su.removeStart('+79', '+')", "79"), ("su.removeEnd('79;', ';')", "79"), ("su.leftPad(7, 3, '0')", "007"),
        ("su.leftPad('7', 3)", "  7"), ("su.join(['a', 1, null], '-')", "a-1-"), ("su.join({2, 1}, ',')", "1,2"),
        ("cu.union([1, 2], {2, 3})", [1, 2, 3]), ("cu.intersection([1, 2, [3]], [[3], 1])", [1, [3]]),
        ("cu.subtract([1, 2, 3], [2])", [1, 3]), ("cu.containsAny([1], [1, 2])", True), ("cu.isEmpty(null)", True),
        ("cu.isNotEmpty([1])", True), ("tu.today() =~ '\\\\d{4}-\\\\d\\\\d-\\\\d\\\\d'", True),
        ("tu.now('dd.MM.yy').length()", 8),
        ("'a' + NEW_LINE + 'b'", "a\nb"), ("log.info('x')", None),
    ],
)  # fmt: skip
def test_helpers(call: str, found: object) -> None:
    assert value(call) == found


def test_the_log_has_one_line_however_the_text_is_made(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "flask_bgbilling.expression"):
        value("log.warn('номер' + NEW_LINE + '\\u001b[31m \\ud800' + numberFrom)", numberFrom="7")
    assert caplog.messages == ["номер\\n\\x1b[31m \\ud8007"]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("1 +", 1, 4, "ends too early"), ("1 + * 2", 1, 5, "“*” does not fit here"),
        ("x = 1;\n  y z", 2, 5, "“;” is missing"),
        ("x = 1 y = 2", 1, 7, "“;” is missing"), ("'abc", 1, 1, "no closing quote"), ("1 /* a", 1, 3, "never closed"),
        ("if (1) return 1; else 2", 1, 18, "“else” belongs to no “if”"), ("(1]", 1, 3, "“]” closes nothing"),
        ("}", 1, 1, "closes"),
        ("1 \u00a0+ 2", 1, 3, "U+00A0"), ("1 # 2", 1, 3, "“#” means nothing"), ("break", 1, 1, "only in a loop"),
        ("numberFrom.empty", 1, 12, "“empty” does not fit"), ("return;", 1, 7, "does not fit"),
        ("new x", 1, 1, "does not fit"),
        ("'a'.matches('(')", 1, 13, "bracket"), ("'a' =~ '*'", 1, 8, "without anything to repeat"),
        ("007", 1, 1, "means"),
        ("process.x = 1", 1, 11, "“=” does not fit"), ("(1", 1, 3, "ends too early"), ("1 & 2", 1, 3, "“&”"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_text_has_its_place(text: str, line: int, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert words in str(caught.value.text())
    assert caught.value.text().startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("x + 1", 1, "“x” is not defined"), ("if (x) 1", 5, "“x” is not defined"),
        ("numberFrom.substring(9)", 12, "position 9"),
        ("'a'.substring(1, 0)", 5, "position 1"), ("'abc'.substring(-1)", 7, "position -1"),
        ("''.charAt(0)", 4, "position 0"),
        ("null.length()", 6, "called on nothing"), ("'a'.foo()", 5, "no function “foo”"),
        ("'a'.length(1)", 5, "number of arguments"),
        ("'a'.substring('1')", 5, "must be Integer, not String"), ("'a'.concat(1)", 5, "must be String, not Integer"),
        ("foo(1)", 1, "no function “foo”"), ("1 / 0", 3, "by zero"), ("1 % 0", 3, "by zero"), ("1.5 / 0", 5, "by zero"),
        ("1B / 0", 4, "by zero"), ("1B % 0", 4, "by zero"), ("1e100B % 3", 8, "digits"),
        ("1e400 + 1B", 7, "cannot be used"), ("'a' - 1", 5, "needs numbers"), ("'ab' * 3", 6, "needs numbers"),
        ("[1] + 1", 5, "needs numbers"),
        ("'a' < 1", 5, "needs numbers"), ("[1] < [2]", 5, "cannot compare"), ("[1][1]", 4, "does not exist"),
        ("[1][-1]", 4, "does not exist"), ("'abc'[0]", 6, "has no items"), ("1 =~ 2", 3, "needs a pattern"),
        ("size(1)", 1, "no size"),
        ("for (x : 5) 1", 1, "needs a list"), ("{[1], 2}", 1, "A set cannot hold"), ("'a'.b", 5, "no property “b”"),
        ("'a'.replaceAll('a', '$1')", 5, "group “1”"), ("'a'.replaceAll('a', '$')", 5, "“$” at position 0"),
        ("'a'.replaceAll('a', '\\\\')", 5, "ends with a backslash"), ("x = '('; 'a'.matches(x)", 14, "bracket"),
        ("u.foo()", 3, "“u” has no function “foo”"), ("su.join([1])", 4, "number of arguments"),
        ("tu.now('QQ')", 4, "no pattern of a date"),
        ("su.leftPad(1, 'x')", 4, "whole number"), ("su.leftPad(1, 2, 'ab')", 4, "one character"),
        ("-[1]", 1, "needs numbers"),
        ("'7' -\n 'a'", 5, "needs numbers"),
    ],
)  # fmt: skip
def test_what_fails_has_its_place(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        value(text, numberFrom="2345")
    assert (caught.value.line, caught.value.column) == (1, column)
    assert words in caught.value.text()
    assert caught.value.params["column"] == column


def test_differences_from_jexl() -> None:
    """On purpose; ``docs/expressions.md`` lists them."""
    assert value("'anonymous' == 1") is False  # fails there
    assert value("'5'.charAt(0) == '5'") is True  # a character compares by its code there
    assert value("'\U0001f600'.length()") == 1  # 2 units there
    for text in ("x = {'a': 1}", "1..3", "1 & 2", "do { 1 } while (false)", "x = [1]; x[0] = 2", "[1].add(2)"):
        with pytest.raises(ExpressionError):
            value(text)


def test_variables_are_not_changed_and_runs_know_nothing_of_each_other() -> None:
    expression = Expression("x = (seen ?: 0) + 1; seen = x; numbers.contains(2) ? x : 0")
    variables = {"numbers": [1, 2]}
    assert [expression.evaluate(variables) for _ in range(3)] == [1, 1, 1]
    assert variables == {"numbers": [1, 2]}


def test_results_that_must_be_of_a_kind() -> None:
    assert Expression("'a' + 1").evaluate_text() == "a1"
    for text in ("1", "null", "['a']"):
        with pytest.raises(ExpressionError, match="must be a text"):
            Expression(text).evaluate_text()
    assert [Expression(text).evaluate_flag() for text in ("1", "''", "null", "'false'", "[]")] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_a_text_is_read_once() -> None:
    assert compile_expression("1 + 1")._code is Expression("1 + 1")._code
    assert repr(Expression("1 + 1")) == "Expression('1 + 1')"
    with pytest.raises(ExpressionSyntaxError):
        Expression("1 +")
