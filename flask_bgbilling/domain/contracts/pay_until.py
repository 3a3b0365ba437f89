"""Until which day the balance lasts, reckoned from prices in the titles of tariffs (money.md 13).

Titles name the price of a month, as in "Internet 100 (400 р.)". The peer reads only a plain number between the first
bracket and ``р.``; what else people write for the same is read here too, and what the peer reads is read alike, but
for a point before three digits, which stands between thousands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.fields import LATEST

DAYS_OF_MONTH = 30

ZERO = Decimal(0)

_DECIMALS = r"(?:[.,][0-9]{1,2}|-00)?(?![.,]?[0-9])"
_BLANK = r"[ \u00a0\u202f\u2009]"
_PLAIN = rf"[0-9]{{1,12}}{_DECIMALS}"
# In a bracket that holds nothing before the sum, blanks between digits can only stand between thousands.
_GROUPED = rf"[1-9][0-9]{{0,2}}(?:(?:{_BLANK}|['’.,])[0-9]{{3}})+{_DECIMALS}"
# Elsewhere "100 400 р." is a speed and a price, "№2 300 р." a number and a price, but "1 200 р." is a price.
_GROUPED_ALONE = (
    rf"(?:(?<![\w№#])(?<![^\s(]-)[1-9] [0-9]{{3}}|[1-9][0-9]{{0,2}}(?:[\u00a0\u202f\u2009'’.,][0-9]{{3}})+){_DECIMALS}"
)
# р, р., руб., рублей, ₽, RUB; a Latin p looks the same and is typed as often.
_CURRENCY = rf"{_BLANK}*(?:₽|(?:руб(?:\.|л[а-яё]*)?|[рp]|rub|rur)(?![0-9a-zа-яё]))"

_IN_BRACKETS = re.compile(rf"\({_BLANK}*(-|−)?{_BLANK}*({_GROUPED}|{_PLAIN}){_CURRENCY}", re.IGNORECASE)
_ANYWHERE = re.compile(
    rf"(?:(?<![^\s(\[«\"])(-|−))?(?<![0-9])(?<![0-9][.,])({_GROUPED_ALONE}|{_PLAIN}){_CURRENCY}", re.IGNORECASE
)
_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])[^0-9](?=[0-9]{3}(?![0-9]))")


@dataclass(frozen=True)
class PricedTariff:
    """A tariff of the contract with the price of a month that its title names; ``None`` when it names none."""

    title: str
    price: Decimal | None


@dataclass(frozen=True)
class PayUntil:
    """How long the balance lasts.

    ``total`` is the price of a month of 30 days. ``days`` and ``until`` are ``None`` when there is nothing to reckon:
    no prices, or no money left.
    """

    tariffs: tuple[PricedTariff, ...]
    balance: Decimal
    total: Decimal
    today: date
    days: int | None = None
    until: date | None = None

    @property
    def per_day(self) -> Decimal:
        """The price of a day, rounded to be shown; the days are reckoned without rounding."""
        return self.total / DAYS_OF_MONTH


def reckon(card: ContractCard, today: date) -> PayUntil:
    """Reckons from a card that was read: no request."""
    return reckon_from(
        (tariff.title for tariff in card.tariffs), card.balance.outgoing if card.balance else ZERO, today
    )


def reckon_from(titles: Iterable[str], balance: Decimal, today: date) -> PayUntil:
    """Whole days that ``balance`` pays for, and the day they lead to. Days that no calendar has end with the last."""
    tariffs = tuple(PricedTariff(title, price_of(title)) for title in titles)
    total = sum((tariff.price for tariff in tariffs if tariff.price is not None), ZERO)
    if total <= 0 or balance <= 0:
        return PayUntil(tariffs, balance, total, today)
    # Fractions are exact: neither a float nor a rounded price of a day takes a day away at a boundary.
    days = int(Fraction(balance) * DAYS_OF_MONTH / Fraction(total))
    until = today + timedelta(days=days) if days <= (LATEST - today).days else LATEST
    return PayUntil(tariffs, balance, total, today, days, until)


def price_of(title: str) -> Decimal | None:
    """The price that a tariff's title names, in roubles; ``None`` when it names none.

    A sum that opens a bracket is preferred, else the first number before a word for roubles counts. A minus that
    stands directly before the number makes a discount of it.
    """
    found = _IN_BRACKETS.search(title) or _ANYWHERE.search(title)
    if found is None:
        return None
    number = _BETWEEN_THOUSANDS.sub("", found[2]).removesuffix("-00")
    price = Decimal(number.replace(",", "."))
    return -price if found[1] else price
