"""Phones as people read and dial them: ``+7 916 123-45-67`` instead of ``79161234567``."""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from flask_bgbilling.wire.dto.parameters import Phone

REGION = "RU"
"""Where numbers without a country code are dialled: billings of this kind serve Russian providers."""

_SHORTEST = 3
_ONLY_A_NUMBER = re.compile(r"[+\d\s().\-]{3,40}")


class ShownPhone(Struct, frozen=True):
    """A phone of a value: ``text`` to read, ``dial`` for a ``tel:`` link (empty when there is nothing to dial)."""

    text: str
    dial: str
    comment: str = ""


def shown_phones(phones: Iterable[Phone]) -> tuple[ShownPhone, ...]:
    """Phones ready to be shown, in their order; what is no valid number keeps the billing's own spelling."""
    return tuple(ShownPhone(*_readable(phone.number), phone.comment) for phone in phones)


@lru_cache(maxsize=4096)
def _readable(number: str) -> tuple[str, str]:
    digits = "".join(re.findall(r"[0-9]", number))
    if len(digits) < _SHORTEST:
        return number, ""
    if not _ONLY_A_NUMBER.fullmatch(number):
        # Words in it may be an extension: dialling the digits in one piece would reach somebody else.
        return number, ""
    import phonenumbers  # the metadata is large: only who shows a phone pays for it

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
