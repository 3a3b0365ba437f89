"""How values are written in documents: sums, days, yes and no, in the language of the document's type."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from flask_bgbilling.config.document_types import Language

MOST_DIGITS = 200
DAY_FORMATS: Mapping[str, Mapping[str, str]] = {
    "ru": {"short": "dd.MM.yyyy", "long": "d MMMM y 'г'.", "month": "LLLL y"},
    "en": {"short": "dd/MM/yyyy", "long": "d MMMM y", "month": "LLLL y"},
}
WORDS: Mapping[str, tuple[str, str]] = {"ru": ("да", "нет"), "en": ("yes", "no")}
LOCALES: Mapping[str, str] = {"ru": "ru_RU", "en": "en_GB"}


class Writing:
    """The filters of one language. What there is nothing of is written as nothing."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._locale = LOCALES[language]

    def money(self, value: Decimal | int | None) -> str:
        """A sum with two decimals, grouped by thousands: ``1 234,50``."""
        return self._number(value, "#,##0.00;−#,##0.00")

    def number(self, value: Decimal | int | None) -> str:
        """A number without decimals unless it has some."""
        return self._number(value, "#,##0.######;−#,##0.######")

    def day(self, value: date | None, form: str = "short") -> str:
        """A day: ``05.06.2026``, ``long`` is ``5 июня 2026 г.``, ``month`` is ``июнь 2026``."""
        if value is None:
            return ""
        if not isinstance(value, date):
            raise TypeError(f"a day is expected, not “{str(value)[:40]}”")
        formats = DAY_FORMATS[self.language]
        if form not in formats:
            raise TypeError(f"a day is written as {', '.join(formats)}")
        written: str = format_date(value, formats[form], locale=self._locale)
        return written

    def moment(self, value: datetime | None) -> str:
        """A day with its time to the minute."""
        return "" if value is None else f"{self.day(value)} {value.strftime('%H:%M')}"

    def word(self, value: object) -> str:
        """Yes or no."""
        yes, no = WORDS[self.language]
        return yes if value else no

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By the names that templates use."""
        return {
            "money": self.money,
            "number": self.number,
            "day": self.day,
            "moment": self.moment,
            "word": self.word,
        }

    def _number(self, value: Decimal | int | None, pattern: str) -> str:
        if value is None:
            return ""
        if not isinstance(value, Decimal | int):
            raise TypeError(f"a sum is expected, not “{str(value)[:40]}”")
        with localcontext(prec=MOST_DIGITS):
            written: str = format_decimal(value, format=pattern, locale=self._locale)
        return written
