"""Phones as people read and dial them: ``+7 916 123-45-67`` instead of ``79161234567`` (parameters.md 4.5).

Masks of the configuration, as in ``+7 (XXX) XXX-XX-XX``, go before the usual spelling of a number's country.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from flask_bgbilling.wire.dto.parameters import Phone

REGION = "RU"
"""Where numbers without a country code are dialled: billings of this kind serve Russian providers."""

_SHORTEST = 3
_LENGTH = 11
"""Digits of a Russian number with the 7 or 8 before it."""
_PLUS_EIGHT = re.compile(r"\s*\+8[^0-9]")
_ONLY_A_NUMBER = re.compile(r"[+\d\s().\-]{3,40}")


class ShownPhone(Struct, frozen=True):
    """A phone of a value: ``text`` to read, ``dial`` for a ``tel:`` link (empty when there is nothing to dial)."""

    text: str
    dial: str
    comment: str = ""


def shown_phones(phones: Iterable[Phone], masks: tuple[str, ...] = ()) -> tuple[ShownPhone, ...]:
    """Phones ready to be shown, in their order; what is no valid number keeps the billing's own spelling.

    ``masks`` are spellings with an ``X`` for any digit: that of as many digits as the number has is taken whose digits
    before the first ``X`` the number begins with, the one with the most of them.
    """
    return tuple(ShownPhone(*_masked(phone.number, masks), phone.comment) for phone in phones)


def readable(text: str) -> str:
    """A number as people read it; whatever is no valid number stays as it is."""
    return _masked(text, ())[0]


@lru_cache(maxsize=4096)
def _masked(number: str, masks: tuple[str, ...]) -> tuple[str, str]:
    text, dial = _readable(number)
    if not dial:
        return text, dial
    for digits in (re.sub(r"[^0-9]", "", number), dial.removeprefix("+")):
        fitting = [mask for mask in masks if _fits(mask, digits)]
        if fitting:
            return _spelled(digits, max(fitting, key=lambda mask: len(_beginning(mask)))), dial
    return text, dial


def _spelled(digits: str, mask: str) -> str:
    left = iter(digits)
    return re.sub("[0-9X]", lambda _: next(left), mask)


def _fits(mask: str, digits: str) -> bool:
    return len(re.findall("[0-9X]", mask)) == len(digits) and digits.startswith(_beginning(mask))


def _beginning(mask: str) -> str:
    """The digits that choose the mask."""
    return re.sub(r"[^0-9]", "", mask.partition("X")[0])


def _readable(number: str) -> tuple[str, str]:
    digits = "".join(re.findall(r"[0-9]", number))
    if len(digits) < _SHORTEST:
        return number, ""
    if not _ONLY_A_NUMBER.fullmatch(number):
        # Words in it may be an extension: dialling the digits in one piece would reach somebody else.
        return number, ""
    import phonenumbers  # the metadata is large: only who shows a phone pays for it

    if len(digits) == _LENGTH and _PLUS_EIGHT.match(number):
        # Servers that format numbers set a plus before 8, too; Russians dial 8 where others dial +7.
        number = number.replace("+", "", 1)
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number, digits
    if not phonenumbers.is_valid_number(parsed):
        return number, ("+" if number.lstrip().startswith("+") else "") + digits
    formats = phonenumbers.PhoneNumberFormat
    text: str = phonenumbers.format_number(parsed, formats.INTERNATIONAL)
    dial: str = phonenumbers.format_number(parsed, formats.E164)
    return text, dial
