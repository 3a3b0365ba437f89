"""Reading of single values: what a number, a zone, a version or an address looks like in a configuration.

A *kind* is a function that takes the written text and returns the value, or raises `Mistake` with the code of
the message. Settings use kinds to read, the linter uses the same ones to check, so both always agree.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

SUPPORTED_VERSIONS: Final = ("10.2", "9.2", "8.2", "8.0", "7.2", "7.1", "7.0")
MARKER_VALUE: Final = "BGERP"
# Hosts that keep link types in 30 characters must fit "contract:<id>", better also "bgbilling-helpdesk:<id>".
SERVER_ID_LENGTH: Final = 21
SERVER_ID_COMFORTABLE_LENGTH: Final = 11

_INTEGER = re.compile(r"[+-]?0{0,20}[0-9]{1,10}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_SEPARATOR = re.compile(r"[,;]")
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no"})
_WORD = re.compile(r"\w+", re.ASCII)
_VERSION = re.compile(r"[0-9]+\.[0-9]+")
_JAVA_OFFSET = re.compile(r"GMT([+-])(?:0?([1-9])|(1[0-2]))(?::?00)?")
_MARKER_NAME = re.compile(r"[\w.\-]+", re.ASCII)
# The names that carry the call itself: a marker of such a name would replace them.
_RESERVED_PARAMETERS = frozenset(
    {"action", "authtosession", "cid", "id", "mid", "module", "pageindex", "pagesize", "pswd", "user"}
)
_PHONE_COMMAND = re.compile(r"contractByPhoneParam:\s*[0-9]+")
SCHEDULE_FIELDS: Final[Mapping[str, tuple[int, int]]] = {
    "minutes": (0, 59),
    "hours": (0, 23),
    "dm": (1, 31),
    "month": (1, 12),
    "dw": (0, 7),
}
"""The fields of a scheduled task with their bounds; day 1 of the week is Monday, 7 and 0 are Sunday."""

_CRON_PART = re.compile(r"(?:\*|([0-9]{1,9})(?:-([0-9]{1,9}))?)(?:/([0-9]{1,9}))?")
_PHONE_MASK = re.compile(r"[0-9X+() .\-]{3,40}")
_FEED_KEY = re.compile(r"[A-Za-z0-9_-]{16,200}")
_JDBC = re.compile(r"jdbc:(?:mysql|mariadb)://\S*", re.IGNORECASE)


class Mistake(ValueError):
    """A value that is not of its kind.

    ``code`` names the message, ``value`` is the part that is wrong (``None`` for the whole text), ``params``
    is what else the message needs. ``further`` are the other mistakes of the same text, where its kind looks for all.
    """

    further: "tuple[Mistake, ...]" = ()

    def __init__(self, code: str, value: str | None = None, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.params = params


def parse_integer(text: str) -> int | None:
    """A decimal whole number of 32 bits, spaces around it allowed; ``None`` when it is none."""
    trimmed = text.strip()
    if not _INTEGER.fullmatch(trimmed):
        return None
    number = int(trimmed)
    return number if -(2**31) <= number < 2**31 else None


def parse_boolean(text: str) -> bool | None:
    """``1 true yes on`` or ``0 false no`` in any case; ``None`` for anything else, ``off`` too."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def parse_decimal(text: str) -> Decimal | None:
    """A finite decimal number, spaces around it allowed; ``None`` when it is none."""
    trimmed = text.strip()
    if not _DECIMAL.fullmatch(trimmed):
        return None
    try:
        return Decimal(trimmed)
    except InvalidOperation:
        return None


def split_words(text: str) -> Iterator[str]:
    """The trimmed tokens between commas and semicolons, without empty ones."""
    return (token for part in _SEPARATOR.split(text) if (token := part.strip()))


def plain(text: str) -> str:
    """Any text, spaces included."""
    return text


def integer(text: str) -> int:
    """A whole number."""
    return _whole(text, "integer", least=-(2**31))


def positive(text: str) -> int:
    """A whole number greater than 0: an id or a duration."""
    return _whole(text, "positive", least=1)


def natural(text: str) -> int:
    """A whole number, 0 or greater: an id where 0 means none."""
    return _whole(text, "natural", least=0)


def page_size(text: str) -> int:
    """How many rows one billing shows at once."""
    number = parse_integer(text)
    if number is None or not 1 <= number <= 500:
        raise Mistake("range", least=1, most=500)
    return number


def days(text: str) -> int:
    """How many days something is kept; a century is for ever."""
    number = parse_integer(text)
    if number is None or not 1 <= number <= 36500:
        raise Mistake("range", least=1, most=36500)
    return number


def boolean(text: str) -> bool:
    """A yes or no."""
    flag = parse_boolean(text)
    if flag is None:
        raise Mistake("boolean")
    return flag


def integers(text: str) -> tuple[int, ...]:
    """A list of whole numbers."""
    numbers = []
    for token in split_words(text):
        number = parse_integer(token)
        if number is None:
            raise Mistake("integers", token)
        numbers.append(number)
    return tuple(dict.fromkeys(numbers))


def phone_masks(text: str) -> tuple[str, ...]:
    """Spellings of phone numbers, ``+7 (XXX) XXX-XX-XX``: an ``X`` is any digit, of which there are 3 to 20."""
    masks = tuple(mask for part in text.split(",") if (mask := part.strip()))
    for mask in masks:
        if not ("X" in mask and _PHONE_MASK.fullmatch(mask) and 3 <= len(re.findall("[0-9X]", mask)) <= 20):
            raise Mistake("phone-masks", mask)
    return masks


def feed_keys(text: str) -> tuple[str, ...]:
    """One or two keys of an address feed, which travel in an address."""
    keys = tuple(dict.fromkeys(split_words(text)))
    if not 1 <= len(keys) <= 2 or not all(_FEED_KEY.fullmatch(key) for key in keys):
        raise Mistake("feed-key")
    return keys


def id_titles(text: str) -> str:
    """A list of ``number:title``."""
    for token in split_words(text):
        number, colon, title = token.partition(":")
        if not colon or ":" in title or parse_integer(number) is None:
            raise Mistake("id-titles", token)
    return text


def identifiers(text: str) -> tuple[str, ...]:
    """A list of billing ids."""
    words = tuple(dict.fromkeys(split_words(text)))
    for word in words:
        if not _WORD.fullmatch(word):
            raise Mistake("identifiers", word)
    return words


def server_id(text: str) -> str:
    """The short id of a billing, made so that it fits into addresses and link types."""
    trimmed = text.strip()
    if not _WORD.fullmatch(trimmed):
        raise Mistake("server-id")
    if len(trimmed) > SERVER_ID_LENGTH:
        raise Mistake("server-id-long", most=SERVER_ID_LENGTH)
    return trimmed


def url(text: str) -> str:
    """The address of the executer, without a slash at its end, because everything else is appended to it."""
    trimmed = text.strip()
    try:
        parts = urlsplit(trimmed)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Mistake("url") from None
    if parts.username is not None or parts.password is not None:
        raise Mistake("url-credentials")
    written_badly = any(character.isspace() or not character.isprintable() for character in trimmed)
    if parts.scheme not in {"http", "https"} or not host or port == 0 or parts.query or parts.fragment or written_badly:
        raise Mistake("url")
    return trimmed.rstrip("/?#")


def zone(text: str) -> ZoneInfo:
    """A time zone by its name; ``GMT+5`` is understood too, because Java administrators write it."""
    name = text.strip()
    offset = _JAVA_OFFSET.fullmatch(name)
    if offset:
        # In the zone database the signs of Etc/GMT are those of POSIX, opposite to the common ones.
        name = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{offset[2] or offset[3]}"
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Mistake("zone") from None


def version(text: str) -> str:
    """A server version as a plain decimal; the build after it (``9.2501-2510171811``) is cut off."""
    trimmed = text.strip()
    decimal = _VERSION.match(trimmed)
    if decimal is None or not trimmed.startswith(SUPPORTED_VERSIONS):
        raise Mistake("version", versions=", ".join(SUPPORTED_VERSIONS))
    return decimal[0]


def marker(text: str) -> tuple[str, str]:
    """The name and value of the parameter that marks our requests in the billing's log."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not _MARKER_NAME.fullmatch(name):
        raise Mistake("marker")
    if name.lower() in _RESERVED_PARAMETERS:
        raise Mistake("marker-reserved", name)
    return name, value or MARKER_VALUE


def jdbc(text: str) -> str:
    """The address of the billing's database in the form of Java, kept as it is."""
    if not _JDBC.fullmatch(text.strip()):
        raise Mistake("jdbc")
    return text.strip()


def commands(text: str) -> str:
    """Commands of the call search; a number alone is a further parameter of the command before it."""
    known = False
    for token in split_words(text):
        if _PHONE_COMMAND.fullmatch(token):
            known = True
        elif not known or parse_integer(token) is None:
            raise Mistake("commands", token)
    return text


def cron(text: str, least: int, most: int) -> frozenset[int]:
    """The numbers of one field of a cron line: ``*``, ``*/10``, ``1-5``, ``1-20/3``, ``2,12,22``; empty means all."""
    found: set[int] = set()
    for part in (text.strip() or "*").split(","):
        fitting = _CRON_PART.fullmatch(part.strip())
        if fitting is None:
            raise Mistake("cron")
        start, end, step = (None if number is None else int(number) for number in fitting.groups())
        first = least if start is None else start
        last = most if start is None or (end is None and step) else (first if end is None else end)
        if step == 0:
            raise Mistake("cron")
        if not least <= first <= last <= most:
            raise Mistake("cron-range", part.strip(), least=least, most=most)
        found.update(range(first, last + 1, step or 1))
    return frozenset(found)


def cron_field(least: int, most: int) -> Callable[[str], frozenset[int]]:
    """The kind of a field of a cron line with its bounds."""
    return lambda text: cron(text, least, most)


def _whole(text: str, code: str, *, least: int) -> int:
    number = parse_integer(text)
    if number is None or number < least:
        raise Mistake(code)
    return number
