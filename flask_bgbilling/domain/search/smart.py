"""What a text in the smart box can mean.

:func:`recognise` is pure: it looks only at the text. Whether a guessed street exists is decided later, by the address
book. A text with one possible meaning gets one guess, an ambiguous one every plausible guess, most likely first.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct

from flask_bgbilling.domain.search.addresses import AddressText, read_address
from flask_bgbilling.domain.search.criteria import GuessKind
from flask_bgbilling.domain.search.forms import MAX_ID, MIN_PHONE_DIGITS, clean, whole

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

REGION: Final = "RU"
GUESS_KINDS: Final[tuple[GuessKind, ...]] = get_args(GuessKind)

_WORDS: Final[Mapping[GuessKind, str]] = {
    "id": r"id|ид|cid|код",
    "number": r"договор|дог|номер|contract|number|no",
    "phone": r"телефон|тел|моб|phone|tel|mobile",
    "email": r"e-?mail|почта|мейл|mail",
    "name": r"фио|имя|комментарий|name|comment",
    "address": r"адрес|address",
}
_KEYWORDS: Final = {
    kind: re.compile(rf"(?:{words})(?![^\W_])\.?\s*[:=№#]?\s*(?P<value>\S.*)", re.IGNORECASE)
    for kind, words in _WORDS.items()
}
_SIGNS: Final[tuple[tuple[GuessKind, str], ...]] = (("id", "#"), ("number", "№"))

_EXTENSION = re.compile(r"[\s,;]*(?:доб\.?|добавочный|вн\.?|ext\.?|extension|x)\s*:?\s*\d{1,6}\s*$", re.IGNORECASE)
_PHONE_CHARACTERS = re.compile(r"\+?[\d\s().\-]+")
_DATE_OR_ADDRESS = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{1,3}(?:\.\d{1,3}){3}|\d{4}-\d{1,2}-\d{1,2}")
_PAIRS = re.compile(r"\d{1,3}(?:[\s-]\d{2}){2}")
_PHONE_INSIDE = re.compile(r"(?<![\w+])\+?\d[\d\s()\-]{8,}\d(?!\w)")
_MAIL_INSIDE = re.compile(r"[^\s<>,;\"']*@[^\s<>,;\"']*")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_ONE_NUMBER = re.compile(r"[\w./\-]+")
_PREFIXED_NUMBER = re.compile(r"[^\W\d_]{1,3}[\s-]+[\d\s/-]*\d[\d\s/-]*")


class Guess(Struct, frozen=True):
    """One meaning: ``value`` is what to search for, ``shown`` how to tell the person.

    A guess that is not ``sure`` is an address in a text without a house, which is worth a try only when a street has
    exactly this title.
    """

    kind: GuessKind
    value: str
    shown: str
    sure: bool = True
    address: AddressText | None = None


def recognise(text: str, region: str = REGION) -> tuple[Guess, ...]:
    """Every plausible meaning of the text, most likely first; none for an empty text.

    ``region`` is the country whose phones may be written without a country code.
    """
    typed = clean(text).translate(_DASHES)
    if not any(character.isalnum() for character in typed):
        return (_plain("name", typed),) if typed else ()
    named = _named(typed, region)
    if named is not None:
        return (named,)
    if "@" in typed:
        return (_mail(typed),)
    if typed.isascii() and typed.isdigit():
        return _digits(typed, region)
    without_extension = _EXTENSION.sub("", typed)
    if _PHONE_CHARACTERS.fullmatch(without_extension):
        return _punctuated(without_extension, region)
    if not any(character.isalpha() for character in typed):
        return (_plain("number", typed),)
    return _words(typed, region)


def as_kind(text: str, kind: GuessKind, region: str = REGION) -> Guess | None:
    """The text taken as this kind, or ``None`` when it cannot be."""
    typed = clean(text).translate(_DASHES)
    if kind == "id":
        number = whole(typed.lstrip("#"))
        return _plain("id", str(number)) if number is not None and 0 < number <= MAX_ID else None
    if kind == "phone":
        phone = _phone(typed, region)
        return phone if _count_digits(phone.value) >= MIN_PHONE_DIGITS else None
    if kind == "email":
        return _mail(typed) if typed and _mail(typed).value.isascii() else None
    if kind == "address":
        address = read_address(typed)
        return _address(address, sure=True) if address else None
    return _plain(kind, typed) if typed else None


def _named(typed: str, region: str) -> Guess | None:
    """The meaning that a leading word or sign demands: ``тел. 123-45-67``, ``ID 501``, ``№ 17``."""
    for kind, sign in _SIGNS:
        if typed.startswith(sign):
            return as_kind(typed.removeprefix(sign).strip(), kind, region)
    for kind, pattern in _KEYWORDS.items():
        match = pattern.fullmatch(typed)
        if match and _fits(kind, match["value"]):
            return as_kind(match["value"], kind, region)
    return None


def _fits(kind: GuessKind, value: str) -> bool:
    """Whether the rest of the text is such that the keyword was meant as one: "Код Иван" may be a firm."""
    if kind in ("name", "address"):
        return True
    return value.isascii() if kind == "email" else any(character.isdigit() for character in value)


def _digits(typed: str, region: str) -> tuple[Guess, ...]:
    phone, number = _phone(typed, region), _plain("number", typed)
    if _is_phone(typed, region):
        return phone, number
    guesses = [number]
    if len(typed) <= 9 and not typed.startswith("0"):
        guesses.append(_plain("id", typed))
    if 5 <= len(typed) <= 9:
        guesses.append(phone)
    return tuple(guesses)


def _punctuated(typed: str, region: str) -> tuple[Guess, ...]:
    count = _count_digits(typed)
    number, phone = _plain("number", typed), _phone(typed, region)
    if count < 5 or count > 15 or _DATE_OR_ADDRESS.fullmatch(typed):
        return (number,)
    if typed.startswith("+") or "(" in typed or _is_phone(typed, region):
        return (phone,)
    if _PAIRS.fullmatch(typed):
        return phone, number
    return (number, phone) if count <= 9 else (number,)


def _words(typed: str, region: str) -> tuple[Guess, ...]:
    name, number = _plain("name", typed), _plain("number", typed)
    has_digits = any(character.isdigit() for character in typed)
    if has_digits and _ONE_NUMBER.fullmatch(typed) and not _is_explicit(typed):
        return (number,)
    inside = _PHONE_INSIDE.search(typed)
    if inside and _is_phone(inside[0], region):
        rest = clean(f"{typed[: inside.start()]} {typed[inside.end() :]}").strip(" ,;:-")
        phone = _phone(inside[0], region)
        return (phone, _plain("name", rest)) if any(map(str.isalpha, rest)) else (phone,)
    address = read_address(typed)
    if address and address.explicit:
        return (_address(address, sure=True),)
    if _PREFIXED_NUMBER.fullmatch(typed):
        return number, name
    if address and address.house:
        return _address(address, sure=True), name
    guesses = [name]
    if " " not in typed and (typed.isascii() or (len(typed) <= 3 and typed.isupper())):
        guesses.append(number)
    if address and not typed.isascii():
        guesses.append(_address(address, sure=False))
    return tuple(guesses)


def _is_explicit(typed: str) -> bool:
    address = read_address(typed)
    return address is not None and address.explicit and bool(address.house)


def _plain(kind: GuessKind, value: str) -> Guess:
    return Guess(kind, value, value)


def _mail(typed: str) -> Guess:
    match = _MAIL_INSIDE.search(typed)
    return _plain("email", match[0].strip("<>") if match and len(match[0]) > 1 else typed)


def _address(address: AddressText, *, sure: bool) -> Guess:
    return Guess("address", address.shown, address.shown, sure, address)


def _count_digits(typed: str) -> int:
    return sum(character in "0123456789" for character in typed)


def _phone(typed: str, region: str) -> Guess:
    """The digits that a stored phone contains however it is written: without country code and trunk prefix."""
    import phonenumbers

    without_extension = _EXTENSION.sub("", typed)
    digits = "".join(character for character in without_extension if character in "0123456789")
    try:
        parsed = phonenumbers.parse(without_extension, region)
    except phonenumbers.NumberParseException:
        return Guess("phone", digits, digits)
    if not phonenumbers.is_valid_number(parsed):
        return Guess("phone", digits, digits)
    return Guess("phone", phonenumbers.national_significant_number(parsed), _written(parsed, region))


def _written(parsed: "PhoneNumber", region: str) -> str:
    import phonenumbers

    own = phonenumbers.region_code_for_number(parsed) == region
    international = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return international.split(" ", 1)[1] if own and " " in international else international


def _is_phone(typed: str, region: str) -> bool:
    import phonenumbers

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(typed, region))
    except phonenumbers.NumberParseException:
        return False
