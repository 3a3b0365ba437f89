"""Who a message is from, as billings can be asked for them: the digits of a number, bare e-mail addresses."""

import re
from typing import Final

from flask_bgbilling.wire.dto.parameters import Email

FEWEST_DIGITS: Final = 3
"""Fewer would be found in nearly every number."""
MOST_DIGITS: Final = 14
"""Digits of a number that the billing's column holds (database.md, contract parameters)."""
MOST_ADDRESSES: Final = 10
LONGEST_SENDER: Final = 4000

_NATIONAL: Final = 10
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_COMMENT = re.compile(r"\([^()]*\)")
_BRACKETED = re.compile(r"<([^<>]*)>")
_FORMATTED = re.compile(r"\+?[\d\s().\-\u00a0\u202f\u2010-\u2015]+")


def digits(number: str) -> str:
    """The digits of a number, however it is written."""
    return re.sub(r"[^0-9]", "", number)


def is_number(sender: str) -> bool:
    """Whether somebody could be called back under it: digits with nothing but formatting between them."""
    written = sender.strip()
    return bool(_FORMATTED.fullmatch(written)) and FEWEST_DIGITS <= len(digits(written)) <= MOST_DIGITS


def without_country(number: str) -> str:
    """The digits without the 7 or 8 that a Russian number of eleven digits begins with."""
    found = digits(number)
    return found[1:] if len(found) == _NATIONAL + 1 and found[0] in "78" else found


def same_number(one: str, other: str) -> bool:
    """Whether two numbers are one and the same, formatting and the forms with +7 and 8 aside."""
    mine = without_country(one)
    return bool(mine) and mine == without_country(other)


def number_forms(number: str) -> tuple[str, ...]:
    """The digits in every form that a number may be kept in."""
    found, national = digits(number), without_country(number)
    forms = [found, national]
    if len(national) == _NATIONAL:
        forms += [f"7{national}", f"8{national}"]
    return tuple(dict.fromkeys(form for form in forms if form))


def mail_addresses(sender: str) -> tuple[str, ...]:
    """The bare addresses of a sender, in lower case, each once: ``"Ivan, A." <I@x.ru>; b@y.ru`` has two."""
    if len(sender) > LONGEST_SENDER:
        sender = sender[:LONGEST_SENDER].rpartition(",")[0]
    rest = _COMMENT.sub(" ", _QUOTED.sub(" ", sender))
    found: dict[str, None] = {}
    for piece in re.split(r"[,;]", rest):
        bracketed = _BRACKETED.search(piece)
        address = (bracketed[1] if bracketed else piece).strip().removeprefix("mailto:").lower()
        if Email(address).mailable:
            found[address] = None
    return tuple(found)[:MOST_ADDRESSES]
