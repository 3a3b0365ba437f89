"""Prices in titles of tariffs, and for how long a balance lasts at them (money.md 13)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.domain.contracts.pay_until import price_of, reckon_from
from flask_bgbilling.fields import LATEST

TODAY = date(2025, 3, 10)

PRICES = st.decimals(Decimal("0.01"), Decimal("999999.99"), places=2)
SUMS = st.decimals(Decimal("-100000"), Decimal("100000000"), places=2)
WORDS = st.sampled_from(
    ["р.", "р", "руб.", "руб", "рублей", "Р.", "РУБ.", "₽", "RUB", "p.", "р./мес.", "р/мес", "руб/месяц"]
)
BLANKS = st.sampled_from([" ", "\u00a0", "\u202f"])


@pytest.mark.parametrize(
    ("title", "price"),
    [
        # What the peer reads.
        ("Интернет 100 (400 р.)", "400"),
        ("ТВ (150 р.)", "150"),
        ("(400.5р.)", "400.5"),
        ("(  400   р.)", "400"),
        ("Акция 50 р. (400 р.)", "400"),
        ("Скидка (-50 р.)", "-50"),
        # What it reads as nothing.
        ("(400 руб.)", "400"),
        ("(400,50 р.)", "400.50"),
        ("(1 200 р.)", "1200"),
        ("(12 000,50 р.)", "12000.50"),
        ("(1\u00a0200 р.)", "1200"),
        ("(1,200.50 р.)", "1200.50"),
        ("(400-00 р.)", "400"),
        ("(акция) 400 р.", "400"),
        ("Акция (скидка) 50 р.", "50"),
        ("(акция) Интернет (400 р.)", "400"),
        ("(100 Мбит/с, 400 р.)", "400"),
        ("Личная скидка (−50 р.)", "-50"),
        ("Скидка -1 200 р.", "-1200"),
        ("Интернет 400 рублей в месяц", "400"),
        ("Интернет 400₽", "400"),
        ("Интернет (400 p.)", "400"),
        ("Дом 1 200 р.", "1200"),
        ("Дом 1 200,50 руб.", "1200.50"),
        # Numbers beside the price are none of it.
        ("Интернет 100 400 р.", "400"),
        ("100/400р.", "400"),
        ("Тариф №2 300 р.", "300"),
        ("Тариф - 400 р.", "400"),
        ("Интернет-100 р.", "100"),
        ("300-400 р.", "400"),
    ],
)
def test_prices_in_titles(title: str, price: str) -> None:
    assert price_of(title) == Decimal(price)


@pytest.mark.parametrize(
    "title", ["", "Пакет", "Интернет 100", "(1200,00)", "100 раз", "(5 рядов)", "р.", "(р.)", "( р.)"]
)
def test_titles_without_a_price(title: str) -> None:
    assert price_of(title) is None


def test_the_worked_example() -> None:
    titles = ["Интернет 100 (400 р.)", "ТВ (150 р.)", "Акция (скидка) 50 р."]
    reckoned = reckon_from(titles, Decimal("450.50"), TODAY)
    assert reckoned.total == 600
    assert reckoned.per_day == 20
    assert (reckoned.days, reckoned.until) == (22, date(2025, 4, 1))


@pytest.mark.parametrize(
    ("balance", "total", "days"),
    [
        ("13.33", "400", 0),
        ("13.34", "400", 1),
        ("400", "400", 30),
        ("399.99", "400", 29),
        # 0.1 and its kind have no exact float: the boundary must not lose a day.
        ("0.70", "0.10", 210),
        ("33.30", "99.90", 10),
    ],
)
def test_days_at_the_boundary(balance: str, total: str, days: int) -> None:
    reckoned = reckon_from([f"({total} р.)"], Decimal(balance), TODAY)
    assert (reckoned.days, reckoned.until) == (days, TODAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("titles", "balance"),
    [
        ([], "100"),
        (["Пакет"], "100"),
        (["(400 р.)"], "0"),
        (["(400 р.)"], "-0.01"),
        (["(-50 р.)"], "100"),
        (["(0 р.)"], "1"),
    ],
)
def test_nothing_to_reckon(titles: list[str], balance: str) -> None:
    reckoned = reckon_from(titles, Decimal(balance), TODAY)
    assert (reckoned.days, reckoned.until) == (None, None)


def test_a_discount_makes_the_money_last_longer() -> None:
    assert reckon_from(["(400 р.)", "Скидка (−100 р.)"], Decimal(300), TODAY).days == 30


def test_money_for_longer_than_calendars_go() -> None:
    reckoned = reckon_from(["(0,01 р.)"], Decimal("9999999999.99"), TODAY)
    assert reckoned.until == LATEST


@given(PRICES, WORDS, st.booleans(), st.booleans(), BLANKS, st.booleans())
def test_every_price_in_brackets_is_read(
    price: Decimal, word: str, comma: bool, grouped: bool, blank: str, spaced: bool
) -> None:
    number = f"{price:,.2f}".replace(",", blank) if grouped else f"{price:.2f}"
    number = number.replace(".", ",") if comma else number
    assert price_of(f"Интернет 100 ({number}{blank if spaced else ''}{word})") == price


@given(st.integers(1, 9999), WORDS)
def test_every_usual_price_without_brackets_is_read(price: int, word: str) -> None:
    assert price_of(f"Тариф {price} {word}") == price
    assert price_of(f"(акция) {price:,}{word}".replace(",", " ")) == price


@given(st.text(alphabet=" ()0123456789.,-−р₽уб№x\u00a0", max_size=40), SUMS)
def test_no_title_breaks_it(title: str, balance: Decimal) -> None:
    reckoned = reckon_from([title], balance, TODAY)
    assert (reckoned.until is not None) == (reckoned.total > 0 and balance > 0)


@given(PRICES, st.decimals(Decimal("0.01"), Decimal("100000"), places=2))
def test_the_days_are_paid_and_one_more_is_not(price: Decimal, balance: Decimal) -> None:
    reckoned = reckon_from([f"({price} р.)"], balance, TODAY)
    assert reckoned.days is not None
    per_day = Fraction(price) / 30
    assert reckoned.days * per_day <= Fraction(balance) < (reckoned.days + 1) * per_day
