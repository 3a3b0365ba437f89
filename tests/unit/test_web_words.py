"""Words, numbers and dates of our pages: in the reader's language, with and without Flask-Babel."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel

from flask_bgbilling import errors
from flask_bgbilling.errors import BGBillingError, fill
from flask_bgbilling.fields import InvalidField
from flask_bgbilling.web import formatting, i18n
from flask_bgbilling.web.i18n import describe, t, tn

MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    app = Flask(__name__)
    app.config["BGBILLING_LOCALE"] = request.param
    with app.test_request_context():
        yield request.param


@pytest.fixture
def russian() -> Iterator[Flask]:
    app = Flask(__name__)
    app.config["BGBILLING_LOCALE"] = "ru"
    with app.test_request_context():
        yield app


@pytest.mark.parametrize(
    ("value", "russian_text", "english_text"),
    [
        (Decimal("1234567.5"), f"1{SPACE}234{SPACE}567,50", "1,234,567.50"),
        (Decimal("-0.5"), f"{MINUS}0,50", f"{MINUS}0.50"),
        (Decimal("0"), "0,00", "0.00"),
        (
            Decimal("12345678901234567890.12"),
            f"12{SPACE}345{SPACE}678{SPACE}901{SPACE}234{SPACE}567{SPACE}890,12",
            None,
        ),
        (None, "—", "—"),
    ],
)
def test_money(language: str, value: Decimal | None, russian_text: str, english_text: str | None) -> None:
    expected = russian_text if language == "ru" else english_text
    if expected is not None:
        assert formatting.money(value) == expected


@pytest.mark.parametrize(
    ("value", "russian_text", "english_text"),
    [(Decimal("-1234567.5"), "-1234567,50", "-1234567.50"), (Decimal("680"), "680,00", "680.00"), (None, "", "")],
)
def test_a_sum_in_a_field(language: str, value: Decimal | None, russian_text: str, english_text: str) -> None:
    assert formatting.typed_sum(value) == (russian_text if language == "ru" else english_text)


def test_currency_is_the_installations(russian: Flask) -> None:
    assert formatting.currency(Decimal(1500)) == f"1{SPACE}500,00{SPACE}₽"
    assert formatting.currency(None) == "—"
    russian.config["BGBILLING_CURRENCY"] = "сом"
    assert formatting.currency(Decimal(1)) == f"1,00{SPACE}сом"


def test_counts_days_and_moments(russian: Flask) -> None:
    moment = datetime(2026, 6, 5, 4, 3, 2, tzinfo=UTC)
    assert formatting.integer(1234567) == f"1{SPACE}234{SPACE}567"
    assert formatting.day(date(2026, 6, 5)) == "05.06.2026"
    assert formatting.day(date(970, 1, 2)).endswith(".970") or formatting.day(date(970, 1, 2)).endswith(".0970")
    assert formatting.moment(moment) == "05.06.2026 04:03"
    assert formatting.exact_moment(moment) == "05.06.2026 04:03:02"
    assert formatting.clock(moment) == "04:03"


def test_months(language: str) -> None:
    assert formatting.month(date(2026, 6, 5)) == ("июнь 2026" if language == "ru" else "June 2026")


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2024, 1, 1), None, "01.01.2024 – …"),
        (None, date(2024, 1, 31), "… – 31.01.2024"),
        (date(2024, 1, 1), date(2024, 1, 31), "01.01.2024 – 31.01.2024"),
        (None, None, "без ограничения"),
    ],
)
def test_periods(russian: Flask, since: date | None, until: date | None, expected: str) -> None:
    assert formatting.period(SimpleNamespace(since=since, until=until)) == expected


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        (timedelta(seconds=10), "только что"),
        (timedelta(seconds=-10), "только что"),
        (timedelta(minutes=5, seconds=1), "5 минут назад"),
        (timedelta(hours=-2, seconds=-1), "через 2 часа"),
    ],
)
def test_how_long_ago(russian: Flask, back: timedelta, expected: str) -> None:
    assert formatting.ago(datetime.now(UTC) - back) == expected


@pytest.mark.parametrize("name", [name for name in formatting.FILTERS if name not in {"period", "fact", "typed_sum"}])
def test_nothing_known_is_a_dash(russian: Flask, name: str) -> None:
    assert formatting.FILTERS[name](None) == formatting.NOTHING


def test_plural_forms_are_those_of_the_language(language: str) -> None:
    forms = [tn("%(n)s contract", "%(n)s contracts", n) for n in (1, 2, 5, 21)]
    assert all(str(n) in form for n, form in zip((1, 2, 5, 21), forms, strict=True))


@pytest.mark.parametrize("name", ["message", "singular", "plural", "n", "self", "params"])
def test_a_parameter_may_have_any_name(russian: Flask, name: str) -> None:
    assert t(f"[%({name})s]", **{name: "x"}) == "[x]"
    if name != "n":
        assert tn(f"%(n)s [%({name})s]", "", 1, **{name: "x"}) == "1 [x]"


def test_an_unknown_message_is_itself(language: str) -> None:
    assert t("no such message in any catalogue") == "no such message in any catalogue"
    assert t("") == ""


def test_an_unknown_language_gets_english() -> None:
    app = Flask(__name__)
    app.config["BGBILLING_LOCALE"] = "xx"
    with app.test_request_context():
        assert t("There is no such page.") == "There is no such page."
        assert formatting.money(Decimal("1234.5")) == "1,234.50"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("en-GB,en;q=0.9", "There is no such page."),
        ("ru-RU,ru;q=0.9,en;q=0.5", "Такой страницы нет."),
        ("de", "Такой страницы нет."),
        ("", "Такой страницы нет."),
    ],
)
def test_without_babel_the_browser_decides(accepted: str, expected: str) -> None:
    with Flask(__name__).test_request_context(headers={"Accept-Language": accepted}):
        assert t("There is no such page.") == expected


@pytest.mark.parametrize(
    "chosen", ["en", "en_US", "en-GB", lambda: "en"], ids=["plain", "region", "dashed", "function"]
)
def test_the_setting_comes_before_the_browser(chosen: str | Callable[[], str]) -> None:
    app = Flask(__name__)
    app.config["BGBILLING_LOCALE"] = chosen
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert t("There is no such page.") == "There is no such page."


def test_with_babel_the_host_decides_and_keeps_its_own_words() -> None:
    app = Flask(__name__)
    app.config["BGBILLING_LOCALE"] = "en"
    Babel(app, locale_selector=lambda: "ru")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        from flask_babel import gettext

        assert t("There is no such page.") == "Такой страницы нет."
        assert gettext("There is no such page.") == "There is no such page.", "our catalogue is not the host's"


def test_outside_of_a_request_there_is_a_language_too() -> None:
    with Flask(__name__).app_context():
        assert i18n.locale() in i18n.LOCALES


class Silent:
    """A value without a text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    "value",
    [Silent(), b"\xff", None, float("nan"), object(), ["a"], "100 % %(x)s %d %"],
    ids=lambda value: type(value).__name__,
)
def test_an_error_can_be_built_and_told_with_any_value(russian: Flask, value: object) -> None:
    error = errors.Refused(billing=value, words=value, operation=value)  # type: ignore[arg-type]
    happened, remedy = describe(error)
    assert happened
    assert remedy
    assert str(error) == error.text()


@pytest.mark.parametrize("template", ["100 % of %(x)s", "%", "%(x)", "%s", "%d", "%(x)d", "%(x)q"])
def test_a_slip_in_a_template_does_not_hide_the_message(template: str) -> None:
    assert fill(template, {"x": "1"})


def _all(kind: type[BGBillingError]) -> list[type[BGBillingError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _all(child))]


# What is wrong with a field is said by each that raises it.
KINDS = [kind for kind in _all(BGBillingError) if kind is not InvalidField]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_russian_words(russian: Flask, kind: type[BGBillingError]) -> None:
    params = {"detail": "X", "billing": "X", "operation": "X", "words": "X", "why": "X", "seconds": 5, "version": "1"}
    error = kind.__new__(kind)  # some are made of other things than their words' values
    BGBillingError.__init__(error, **params)
    for english, text in zip((kind.message, kind.remedy), describe(error), strict=True):
        assert "%(" not in text
        if english and english != "%(detail)s":
            assert any("а" <= letter <= "я" for letter in text.lower()), text


def test_the_reason_of_an_input_error_is_translated(russian: Flask) -> None:
    happened, _ = describe(errors.InputError(detail="There is no such kind of search."))
    assert happened == t("There is no such kind of search.")
    assert happened != "There is no such kind of search."
