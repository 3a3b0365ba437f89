"""The search form: what is understood, what is complained about, and that nothing of a query is ever lost."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.domain.search.criteria import (
    KINDS,
    ByAddress,
    ByDate,
    ById,
    ByList,
    ByNumber,
    ByParameter,
    BySmart,
    GuessKind,
    ListChoice,
    ParameterChoice,
    SearchOptions,
    SearchQuery,
)
from flask_bgbilling.domain.search.forms import MAX_TEXT, Form, clean, parse_form

words = st.text(max_size=40).map(clean).filter(bool)
billings = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,9}", fullmatch=True)
ids = st.integers(1, 2**31 - 1)
chosen = st.lists(st.builds(ParameterChoice, billings, ids), max_size=4, unique=True).map(tuple)
digits = (
    st.text(alphabet="0123456789+-() ", max_size=20)
    .map(clean)
    .filter(lambda value: sum(c.isdigit() for c in value) > 2)
)
days = st.dates(date(1900, 1, 1), date(2100, 1, 1))
criteria = st.one_of(
    st.builds(BySmart, words, st.sampled_from(("", *get_args(GuessKind)))),
    st.builds(ByNumber, words, st.just("") | words),
    st.builds(ById, ids),
    st.builds(
        ByAddress,
        street=words,
        street_id=st.just(0) | ids,
        house=st.just("") | words,
        house_id=st.just(0) | ids,
        flat=st.just("") | words,
        room=st.just("") | words,
        of_object=st.booleans(),
    ),
    st.builds(ByParameter, st.sampled_from(("text", "email")), words, chosen),
    st.builds(ByParameter, st.just("phone"), digits, chosen),
    st.builds(ByDate, days, st.none(), chosen),
    days.map(lambda day: ByDate(day, day)),
    st.lists(
        st.builds(ListChoice, billings, st.sampled_from(("List", "MultiList")), ids, ids), min_size=1, unique=True
    ).map(lambda choices: ByList(tuple(choices))),
)
queries = st.builds(
    SearchQuery,
    criteria,
    st.builds(SearchOptions, st.booleans(), st.booleans(), st.booleans()),
    st.lists(billings, max_size=3, unique=True).map(tuple),
    st.integers(1, 1000),
)


def form(**fields: str | list[str]) -> Form:
    return parse_form({name: [value] if isinstance(value, str) else value for name, value in fields.items()})


@given(queries)
def test_a_query_comes_back_whole_from_its_fields(query: SearchQuery) -> None:
    read = parse_form(query.fields())
    assert read.problems == ()
    assert read.query == query


@given(
    st.dictionaries(
        st.sampled_from(("by", "q", "id", "page", "since", "item", "show")) | st.text(max_size=8),
        st.lists(st.text(max_size=20), max_size=3),
        max_size=6,
    )
)
def test_nothing_that_is_sent_raises(fields: dict[str, list[str]]) -> None:
    read = parse_form(fields)
    assert read.query is None or not read.problems


def test_an_empty_form_asks_nothing_and_complains_of_nothing() -> None:
    read = form(q="", number=" ", hidden="1", billing=["ds", "ds"])
    assert (read.query, read.problems, read.kind) == (None, (), None)
    assert read.options == SearchOptions(hidden=True)
    assert read.billing_ids == ("ds",)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"by": "id", "id": "пять"}, "id", "“%(value)s” is no ID: an ID is a whole number, for example 501."),
        ({"by": "id", "id": "-5"}, "id", "“%(value)s” is no ID: an ID is a whole number, for example 501."),
        ({"by": "id", "id": "99999999999"}, "id", "“%(value)s” is no ID: an ID is a whole number, for example 501."),
        ({"by": "id"}, "id", "Enter the ID of a contract."),
        ({"by": "number"}, "number", "Enter a part of the contract number or of the comment."),
        ({"by": "smart"}, "q", "Enter a number, a phone, an e-mail, a name or an address."),
        ({"q": "x", "kind": "colour"}, "q", "There is no such kind of search."),
        ({"by": "colour"}, "by", "There is no such kind of search."),
        ({"by": "phone", "phone": "звонок"}, "phone", "“%(value)s” is no phone: a phone has no letters."),
        ({"by": "phone", "phone": "12"}, "phone", "Enter at least %(count)s digits of the phone."),
        ({"by": "date"}, "since", "Enter the first day, the last day or both."),
        ({"by": "date", "since": "вчера"}, "since", "“%(value)s” is no date, for example 05.06.2026."),
        ({"by": "date", "until": "31.02.2026"}, "until", "“%(value)s” is no date, for example 05.06.2026."),
        (
            {"by": "date", "since": "2026-06-02", "until": "2026-06-01"},
            "until",
            "The last day is before the first one.",
        ),
        ({"by": "address", "house": "12"}, "street", "Enter a street."),
        (
            {"by": "address", "street_id": "x"},
            "street_id",
            "“%(value)s” is no ID: an ID is a whole number, for example 501.",
        ),
        ({"by": "text"}, "text", "Enter a part of the text."),
        ({"by": "email"}, "email", "Enter a part of the e-mail."),
        (
            {"by": "text", "text": "a", "text_parameter": "27"},
            "text_parameter",
            "This is not one of the parameters offered.",
        ),
        ({"by": "text", "text": "x" * (MAX_TEXT + 1)}, "text", "This is too long: at most %(limit)s characters."),
        ({"by": "list"}, "list_parameter", "Choose a list parameter, then its value."),
        ({"list_parameter": "ds:List:9"}, "item", "Choose the value to look for."),
        ({"by": "list", "item": "ds:Table:9:2"}, "item", "This is not one of the values offered."),
        ({"by": "list", "item": "ds:List:9"}, "item", "This is not one of the values offered."),
        ({"number": "1", "page": "второй"}, "page", "“%(value)s” is no page number."),
        ({"number": "1", "page": "0"}, "page", "“%(value)s” is no page number."),
        (
            {"number": "1", "text": "2"},
            "by",
            "Several kinds of search are filled in: press the button beside the one you mean.",
        ),
    ],
)
def test_bad_input_is_named_with_its_field(fields: dict[str, str], field: str, message: str) -> None:
    read = form(**fields)
    assert read.query is None
    assert [(problem.field, problem.message) for problem in read.problems] == [(field, message)]
    assert read.problem(field) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_only_filled_kind_is_meant(kind: str) -> None:
    fields = {
        "number": {"comment": "Иванов"},
        "id": {"id": "501"},
        "address": {"street": "Ленина"},
        "text": {"text": "x"},
        "phone": {"phone": "123"},
        "email": {"email": "@"},
        "date": {"since": "05.06.2026"},
        "list": {"item": "ds:List:9:2"},
    }[kind]
    read = form(**fields)
    assert read.query is not None
    assert read.kind == read.query.criterion.kind == kind


def test_choosing_parameters_is_not_searching_yet() -> None:
    read = form(show="text", text="abc")
    assert read.query is None
    assert read.problems == ()
    assert read.value("text") == "abc"


def test_the_kind_that_is_named_wins_over_others_that_are_filled() -> None:
    read = form(by="id", id="501", number="A-24")
    assert read.query is not None
    assert read.query.criterion == ById(501)


def test_days_are_read_as_typed_and_as_browsers_send_them() -> None:
    read = form(since="05.06.2026", until="2026-06-07")
    assert read.query is not None
    assert read.query.criterion == ByDate(date(2026, 6, 5), date(2026, 6, 7))


def test_control_characters_do_not_get_through() -> None:
    read = form(number="A\x00-\u202e24\n")
    assert read.query is not None
    assert read.query.criterion == ByNumber("A - 24")


def test_other_pages_and_criteria_keep_everything_else() -> None:
    query = SearchQuery(ByNumber("1"), SearchOptions(closed=True), ("ds",), 4)
    assert query.on_page(5).fields() == {
        "by": ["number"],
        "number": ["1"],
        "closed": ["1"],
        "billing": ["ds"],
        "page": ["5"],
    }
    assert query.looking_for(ById(7)) == SearchQuery(ById(7), SearchOptions(closed=True), ("ds",), 1)
