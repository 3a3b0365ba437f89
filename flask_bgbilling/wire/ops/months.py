"""Month labels of money tables, such as ``июнь 2026``, as days (money.md 1.1).

The labels are for people and their spelling is the server's own. What is not understood stays a label.
"""

import re
from datetime import date

_STEMS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"\W*([^\W\d]+)\W+(\d{4})\b")
_NUMBERED = re.compile(r"\s*(?:(\d{1,2})[./-](\d{4})|(\d{4})[./-](\d{1,2}))\s*", re.ASCII)


def month(label: str) -> date | None:
    """The first day of the month that a label such as ``июнь 2026`` or ``06.2026`` names, or ``None``."""
    numbered = _NUMBERED.fullmatch(label)
    if numbered is not None:
        return _first_day(int(numbered[2] or numbered[3]), int(numbered[1] or numbered[4]))
    named = _NAMED.match(label.casefold())
    if named is None:
        return None
    return _first_day(int(named[2]), _number(named[1]))


def _number(name: str) -> int:
    # "мар" is tried before "ма", which stands for every case of "май".
    for stems in (_STEMS, _ENGLISH):
        found = next((place for place, stem in enumerate(stems, start=1) if name.startswith(stem)), 0)
        if found:
            return found
    return 0


def _first_day(year: int, number: int) -> date | None:
    return date(year, number, 1) if 1 <= number <= 12 and 1 <= year <= 9999 else None
