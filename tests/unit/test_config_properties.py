"""The configuration language: every rule and every vector of the reference, and properties of the parser."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.config.properties import EXPANSION_BUDGET, IdTitle, Properties, parse

VECTORS = {
    "a later value wins": ("a=1\na=2", {"a": "2"}),
    "an empty value is set": ("a=", {"a": ""}),
    "a line without a key": ("=x\nabc", {}),
    "spaces around the sign belong to both": ("a = b", {"a ": " b"}),
    "the line is trimmed": ("  a=b  ", {"a": "b"}),
    "no comments inside a line": ("a=b#c", {"a": "b#c"}),
    "the first sign divides": ("u=x?y=1&z=2", {"u": "x?y=1&z=2"}),
    "appending": ("a=1\na+=,2", {"a": "1,2"}),
    "appending to nothing": ("a+=,2", {"a": ",2"}),
    "several lines": ("v=<<END\nl1  \n\n  l2\nEND", {"v": "l1\n\nl2\n"}),
    "a comment inside several lines": ("v=<<END\nl1\n#x\nl2\nEND", {"v": "l1\nl2\n"}),
    "an empty terminator": ("v=<<\nl1\n\na=1", {"v": "l1\n", "a": "1"}),
    "appending a variable": ("T=x\nk=a\nk+=;{@T}", {"T": "x", "k": "a;x"}),
    "a counter is an ordinary key": (
        "srv.{@inc:i}.u=p\nsrv.{@i}.w=q\nsrv.{@inc:i}.u=r",
        {"i": "2", "srv.1.u": "p", "srv.1.w": "q", "srv.2.u": "r"},
    ),
    "a counter starts from a number": ("i=5\nk={@inc:i}", {"i": "6", "k": "6"}),
    "a counter over no number": ("i=abc\nk={@inc:i}", {"i": "1", "k": "1"}),
    "a counter twice in one key": ("{@inc:i}-{@inc:i}=x", {"i": "2", "1-2": "x"}),
    "an unknown macro stays": ("k={@nope}", {"k": "{@nope}"}),
    "a dash is no name": ("a-b=1\nk={@a-b}", {"a-b": "1", "k": "{@a-b}"}),
    "inserted line breaks stay": ("LIB=<<E\nx\ny\nE\nk={@LIB}", {"LIB": "x\ny\n", "k": "x\ny\n"}),
    "no rescanning": ("x={@x}\ny={@x}", {"x": "{@x}", "y": "{@x}"}),
    "a commented macro does not count": ("#{@inc:i}\nk={@inc:i}", {"i": "1", "k": "1"}),
    "a macro in several lines": ("T=x\nv=<<E\na {@T}\nE", {"T": "x", "v": "a x\n"}),
    "a macro ends the block": ("T=END\nv=<<END\na\n{@T}\nb=1", {"T": "END", "v": "a\n", "b": "1"}),
    "only earlier keys are seen": ("k={@T}\nT=x", {"k": "{@T}", "T": "x"}),
    "a name with a colon is looked up whole": (
        "bgbilling:login=me\nk={@bgbilling:login}",
        {"bgbilling:login": "me", "k": "me"},
    ),
    "three parts are looked up whole": ("inc:a:b=1\nk={@inc:a:b}", {"inc:a:b": "1", "k": "1"}),
    "appending takes a block mark literally": ("a=1\na+=<<E", {"a": "1<<E"}),
    "an unterminated block is lost": ("v=<<END\na=1\nb=2", {}),
    "Windows line ends": ("a=1\r\nb=2\r\n", {"a": "1", "b": "2"}),
    "invisible characters at the end": ("a=b\u200b\u2060\ufeff", {"a": "b"}),
    "invisible characters after a space": ("a=b \u200b", {"a": "b "}),
    "a byte order mark": ("\ufeffa=b", {"a": "b"}),
    "a sign in the value after appending": ("a+=b=c", {"a": "b=c"}),
}


@pytest.mark.parametrize(("text", "expected"), VECTORS.values(), ids=VECTORS)
def test_vector_of_the_reference(text: str, expected: dict[str, str]) -> None:
    assert dict(parse(text)) == expected


def test_list_readers_skip_the_empty_token_that_appending_leaves() -> None:
    assert parse("a+=,2").integers("a") == (2,)


@pytest.mark.parametrize(
    ("text", "code", "line", "key"),
    [
        ("a=1\nabc", "line-without-equals", 2, ""),
        ("\n=x", "line-without-equals", 2, ""),
        ("a=1\nv=<<END\nx\ny", "block-unterminated", 2, "v"),
        ("a=1\n\na=2", "key-overwritten", 3, "a"),
        ("a=1\na=<<E\nx\nE", "key-overwritten", 2, "a"),
        ("\nk={@nope}", "macro-unknown", 2, ""),
        ("k={@other:x}", "macro-operation", 1, ""),
        ("a=1\na+=<<E", "append-block", 2, "a"),
        ("include.7=1", "include-missing", 1, "include.7"),
    ],
)
def test_finding_has_its_code_and_line(text: str, code: str, line: int, key: str) -> None:
    (finding,) = parse(text).findings
    assert (finding.code, finding.line, finding.key) == (code, line, key)


def test_counters_and_appending_are_no_overwriting() -> None:
    assert parse("cnt=0\nk.{@inc:cnt}=1\nk.{@inc:cnt}=2\ncnt=0\na=1\na+=2").findings == ()


def test_line_of_a_key_is_where_it_was_set_last() -> None:
    properties = parse("#\na=1\n\nb=<<E\nx\nE\na=2\nb+=y")
    assert properties.line("a") == 7
    assert properties.line("b") == 8
    assert properties.line("absent") is None


def test_findings_show_no_part_of_a_password() -> None:
    text = "x.pswd=my{@secret}word\nbgbilling:password.bitel=<<hidden\nabc{@secret}"
    findings = parse(text).findings
    assert [finding.code for finding in findings] == ["macro-unknown", "macro-unknown", "block-unterminated"]
    shown = "".join(str(finding) + repr(finding) for finding in findings)
    assert "secret" not in shown
    assert "hidden" not in shown


def test_expansion_is_bounded() -> None:
    text = "k=" + "x" * 1000 + "\n" + "k={@k}{@k}\n" * 60
    properties = parse(text)
    assert len(properties["k"]) <= EXPANSION_BUDGET
    assert "macro-too-long" in {finding.code for finding in properties.findings}


def test_included_texts_follow_in_ascending_order_and_see_the_counters() -> None:
    main = "k.{@inc:cnt}=main\ninclude.12=1\ninclude.3=1\ninclude.4=0\nT=x"
    properties = parse(main, includes={3: "k.{@inc:cnt}={@T}\na=3", 12: "k.{@inc:cnt}=y\na=12", 4: "a=4"})
    assert properties["k.2"] == "x"
    assert properties["k.3"] == "y"
    assert properties["a"] == "12"
    entry = properties.entry("k.2")
    assert entry is not None
    assert (entry.source, entry.line) == ("include.3", 1)


def test_an_open_block_does_not_run_into_an_included_text() -> None:
    properties = parse("include.1=1\nv=<<END", includes={1: "a=1"})
    assert properties["a"] == "1"
    assert "v" not in properties


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("", 5),
        ("x", 5),
        ("7.0", 5),
        ("1_000", 5),
        ("٧", 5),
        ("2147483647", 2147483647),
        ("2147483648", 5),
        ("9" * 5000, 5),
    ],
)
def test_integer(written: str, read: int) -> None:
    assert Properties.of({"a": written}).integer("a", 5) == read


@pytest.mark.parametrize("written", ["1", "true", "YES", " On "])
def test_boolean_true(written: str) -> None:
    assert Properties.of({"a": written}).boolean("a", False) is True


@pytest.mark.parametrize("written", ["0", "False", " no "])
def test_boolean_false(written: str) -> None:
    assert Properties.of({"a": written}).boolean("a", True) is False


@pytest.mark.parametrize("written", ["off", "", "2", "да"])
def test_boolean_of_anything_else_is_the_default(written: str) -> None:
    properties = Properties.of({"a": written})
    assert properties.boolean("a", True) is True
    assert properties.boolean("a", None) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.50", "1.50"),
        (" -3 ", "-3"),
        (".5", "0.5"),
        ("1e2", "1e2"),
        ("NaN", "9"),
        ("Infinity", "9"),
        ("1,5", "9"),
        ("", "9"),
    ],
)
def test_decimal(written: str, read: str) -> None:
    assert Properties.of({"a": written}).decimal("a", Decimal(9)) == Decimal(read)


def test_lists() -> None:
    properties = parse("a=3; 1,x,,2,3\nb= one ,two;;three\nc=1:One;2:a:b;x:Three;4 , 5 : Five")
    assert properties.integers("a") == (3, 1, 2, 3)
    assert properties.integers("absent", (9,)) == (9,)
    assert properties.words("b") == ("one", "two", "three")
    assert properties.id_titles("c") == (IdTitle(1, "One"), IdTitle(0, "Three"), IdTitle(5, "Five"))


def test_text_keeps_spaces_and_defaults_only_when_absent() -> None:
    properties = parse("a= x\nb=")
    assert properties.text("a") == " x"
    assert properties.text("b", "default") == ""
    assert properties.text("c", "default") == "default"
    assert properties.text("c", None) is None


def test_trees() -> None:
    properties = parse("p.10.b=1\np.2.b=2\np.x.b=3\np.02.c.d=4\np.5=5\nq.1.b=6\np.=7")
    trees = properties.indexed("p.")
    assert {number: dict(tree) for number, tree in trees.items()} == {
        2: {"b": "2", "c.d": "4"},
        5: {"": "5"},
        10: {"b": "1"},
    }
    assert list(trees) == [2, 5, 10]
    assert dict(properties.sub("p.2.")) == {"b": "2"}
    assert list(properties.keyed("p.")) == ["10", "2", "x", "02", "5", ""]
    entry = trees[2].entry("c.d")
    assert entry is not None
    assert (entry.key, entry.line) == ("p.02.c.d", 4)


def test_repr_shows_no_values() -> None:
    properties = parse("bgbilling:password=hunter2")
    assert "hunter2" not in repr(properties)
    assert "hunter2" not in repr(properties.entry("bgbilling:password"))


TEXTS = st.text(st.sampled_from("ab1 =#+<>{}@:.\n\r\tinc\u200bЖ") | st.characters(), max_size=200)


@given(TEXTS)
def test_parsing_never_raises_and_getters_neither(text: str) -> None:
    properties = parse(text)
    for key in properties:
        properties.integer(key)
        properties.boolean(key)
        properties.decimal(key)
        properties.integers(key)
        properties.words(key)
        properties.id_titles(key)
    properties.indexed("")
    properties.keyed("")
    for finding in properties.findings:
        assert 1 <= (finding.line or 0) <= text.count("\n") + 1
        assert str(finding)


KEYS = st.text(st.sampled_from("abcАБ019.:_-"), min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20).filter(
    lambda value: "{@" not in value and not value.startswith("<<")
)


@given(st.dictionaries(KEYS, VALUES))
def test_plain_pairs_survive(pairs: dict[str, str]) -> None:
    properties = parse("\n".join(f"{key}={value}" for key, value in pairs.items()))
    assert dict(properties) == pairs
    assert [properties.line(key) for key in pairs] == list(range(1, len(pairs) + 1))


@given(
    KEYS,
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20).filter(
            lambda line: "{@" not in line and not line.startswith("#") and line != "END"
        )
    ),
)
def test_multi_line_values_survive(key: str, lines: list[str]) -> None:
    text = f"{key}=<<END\n" + "".join(line + "\n" for line in lines) + "END"
    assert parse(text)[key] == "".join(line + "\n" for line in lines)


@given(st.lists(st.tuples(KEYS, VALUES), min_size=1))
def test_the_last_value_wins(pairs: list[tuple[str, str]]) -> None:
    properties = parse("\n".join(f"{key}={value}" for key, value in pairs))
    assert dict(properties) == dict(pairs)
    overwritten = [finding.key for finding in properties.findings]
    assert len(overwritten) == len(pairs) - len(dict(pairs))


@given(KEYS, st.lists(VALUES, min_size=1))
def test_appended_values_join(key: str, parts: list[str]) -> None:
    assert parse("\n".join(f"{key}+={part}" for part in parts))[key] == "".join(parts)
