"""What a person typed into a form, read into values; what cannot be read says which field and why."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from flask_bgbilling.errors import N_, InputError

LONGEST_TEXT = 4000
GREATEST_SUM = Decimal("9999999999.99")
GREATEST_ID = 2**31 - 1
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)

_GROUPED = re.compile(r"[0-9]{1,3}(?:[ \u00a0\u202f\u2009'][0-9]{3})+(?=[.,]|$)")
_GROUPING = re.compile(r"[ \u00a0\u202f\u2009']")
_SUM = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,2})?")
_MORE_DECIMALS = re.compile(r"[0-9]+[.,][0-9]{3,}")
_WRITTEN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class InvalidField(InputError):
    """One field of a form cannot be used as it was typed.

    ``field`` is the field's name in the form. ``message`` is an English template for the other parameters; it belongs
    to this one error.
    """

    code = "invalid field"
    remedy = N_("Correct the marked field.")

    def __init__(self, field: str, message: str, **params: object) -> None:
        self.field = field
        self.message = message  # type: ignore[misc]
        super().__init__(**params)


class FormFields:
    """The fields of a posted form.

    A field that was not posted reads as blank. Readers raise :class:`InvalidField`.
    """

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self._fields = {name: tuple(values) for name, values in (fields or {}).items()}

    def __bool__(self) -> bool:
        return bool(self._fields)

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def as_mapping(self) -> Mapping[str, tuple[str, ...]]:
        """All fields as they were posted."""
        return self._fields

    def raw(self, name: str, default: str = "") -> str:
        """A field exactly as it was typed, to be shown again; ``default`` when it was not posted."""
        values = self._fields.get(name)
        return values[0] if values else default

    def raws(self, name: str) -> tuple[str, ...]:
        """All values of a repeated field as they were typed."""
        return self._fields.get(name, ())

    def text(self, name: str, longest: int = LONGEST_TEXT, *, required: bool = False) -> str:
        """One line without blanks around it."""
        line = " ".join(self.multiline(name, longest, required=required).split("\n"))
        return line.strip()

    def multiline(self, name: str, longest: int = LONGEST_TEXT, *, required: bool = False) -> str:
        """Text that may have several lines; line ends become ``\\n``."""
        return self._clean(name, self.raw(name), longest, required)

    def texts(self, name: str, longest: int = LONGEST_TEXT) -> tuple[str, ...]:
        """All values of a repeated field, in order, blank ones included: they keep their place."""
        return tuple(self._clean(name, value, longest, required=False) for value in self.raws(name))

    def _clean(self, name: str, value: str, longest: int, required: bool) -> str:
        found = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if _CONTROL.search(found):
            raise InvalidField(name, N_("The text has characters that no billing can store."))
        if len(found) > longest:
            raise InvalidField(
                name,
                N_("The text is too long: %(length)s characters of %(longest)s."),
                length=len(found),
                longest=longest,
            )
        if required and not found:
            raise InvalidField(name, N_("This must not be empty."))
        return found

    def flag(self, name: str) -> bool:
        """A ticked box."""
        return self.raw(name) in {"1", "on", "true"}

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """One of the given values."""
        value = self.raw(name)
        if value not in choices:
            raise InvalidField(name, N_("Choose one of the list."))
        return value

    def identifier(self, name: str, *, required: bool = True) -> int:
        """A positive number of a record of the billing; 0 when it is blank and not required."""
        value = self.raw(name).strip()
        if not value and not required:
            return 0
        found = record_number(value)
        if not found:
            raise InvalidField(name, N_("Choose one of the list."))
        return found

    def identifiers(self, name: str) -> tuple[int, ...]:
        """Numbers of a repeated field, each once; blank ones are left out. Numbers below zero are no records."""
        found: dict[int, None] = {}
        for value in self.raws(name):
            if value.strip():
                number = record_number(value.strip())
                if number is None:
                    raise InvalidField(name, N_("Choose one of the list."))
                found[number] = None
        return tuple(found)

    def integer(self, name: str, least: int, greatest: int, *, default: int | None = None) -> int:
        """A whole number between two bounds; ``default`` when it is blank."""
        value = self.raw(name).strip().replace("−", "-")
        if not value and default is not None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,12}", value) or not least <= int(value) <= greatest:
            raise InvalidField(
                name, N_("A whole number from %(least)s to %(greatest)s is needed."), least=least, greatest=greatest
            )
        return int(value)

    def day(self, name: str) -> date:
        """A calendar day that must be given."""
        found = self.optional_day(name)
        if found is None:
            raise InvalidField(name, N_("A date is needed."))
        return found

    def optional_day(self, name: str) -> date | None:
        """A calendar day, ISO as browsers send it or ``05.06.2026`` as people type it; ``None`` when blank."""
        value = self.raw(name).strip()
        if not value:
            return None
        try:
            written = _WRITTEN_DAY.fullmatch(value)
            found = (
                date(int(written[3]), int(written[2]), int(written[1]))
                if written
                else datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
            )
        except ValueError:
            raise InvalidField(name, N_("“%(value)s” is not a date."), value=value[:40]) from None
        if not EARLIEST <= found <= LATEST:
            raise InvalidField(name, N_("“%(value)s” is not a date."), value=value[:40])
        return found

    def days(self, since: str, until: str) -> tuple[date | None, date | None]:
        """Two days of which either may be blank; the second must not be before the first."""
        first, last = self.optional_day(since), self.optional_day(until)
        if first is not None and last is not None and last < first:
            raise InvalidField(until, N_("The end is before the beginning."))
        return first, last

    def amount(self, name: str, *, signed: bool = False, zero: bool = False) -> Decimal:
        """A sum of money with at most two decimals: ``1200.5``, ``1 200,50``.

        ``signed`` lets it be below zero, ``zero`` be nothing.
        """
        typed = self.raw(name).strip()
        value = typed.replace("−", "-")
        below = value.startswith("-")
        value = value.removeprefix("-").strip()
        grouped = _GROUPED.match(value)
        if grouped:
            value = _GROUPING.sub("", grouped[0]) + value[grouped.end() :]
        if not value:
            raise InvalidField(name, N_("A sum is needed."))
        if _MORE_DECIMALS.fullmatch(value):
            raise InvalidField(name, N_("A sum has at most two decimals: “%(value)s”."), value=typed[:40])
        if not _SUM.fullmatch(value):
            raise InvalidField(name, N_("“%(value)s” is not a sum."), value=typed[:40])
        found = Decimal(value.replace(",", ".")).quantize(Decimal("0.01"))
        if below and found and not signed:
            raise InvalidField(name, N_("The sum must be above zero."))
        if not found and not zero:
            raise InvalidField(name, N_("The sum must not be zero."))
        if found > GREATEST_SUM:
            raise InvalidField(name, N_("The sum is too large."))
        return -found if below else found


def record_number(text: str) -> int | None:
    """The number of a record of the billing that ``text`` is; ``None`` for anything else, however long it is."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    number = int(text)
    return number if number <= GREATEST_ID else None


def refuse(field: str, message: str, **params: object) -> NoReturn:
    """Raises :class:`InvalidField` for a field; ``message`` is an English template marked by ``N_``."""
    raise InvalidField(field, message, **params)
