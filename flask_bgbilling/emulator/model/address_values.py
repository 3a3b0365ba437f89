"""An address value as a call gives it: of a contract parameter or of an object (parameters.md 4.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from flask_bgbilling.emulator.calls import JsonCall, XmlCall
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model import addresses


@dataclass(frozen=True, slots=True)
class AddressValue:
    """A house of the directory, or a place in words (``words``), and what is inside it; ``pod`` and ``floor``
    ``None`` are none."""

    house: int
    flat: str
    room: str
    pod: int | None
    floor: int | None
    comment: str
    format_key: str
    words: str = ""

    def columns(self, db: Connection) -> dict[str, Any]:
        """The columns of a value table, the ready text included."""
        inside = {
            "flat": self.flat,
            "room": self.room,
            "pod": self.pod,
            "floor": self.floor,
            "comment": self.comment,
        }
        house = addresses.houses(db, [self.house]).get(self.house)
        forms = addresses.formats(db)
        template = forms.get(self.format_key, forms[addresses.DEFAULT_VARIANT])
        text = addresses.address_text(template, house, inside)
        if self.words:
            text = ", ".join(part for part in (self.words, text.lstrip(", ")) if part)
        return {"hid": self.house, **inside, "address": text, "format_key": self.format_key}


def address_of_fields(call: XmlCall) -> AddressValue | None:
    """The address in the fields of an XML action; ``None`` clears.

    ``hid`` decides. Without a house the words of index, city, street and house make the address, where a house
    number alone is nothing.
    """
    house = call.integer("hid", 0)
    words = ""
    if house <= 0 and (call.text("cityStr").strip() or call.text("streetStr").strip()):
        parts = (call.text(name).strip() for name in ("index", "cityStr", "streetStr", "houseAndFrac"))
        words = ", ".join(part for part in parts if part)
    format_key = call.text("formatKey")
    return _checked(
        call.db,
        AddressValue(
            house=max(house, 0),
            flat=call.text("flat"),
            room=call.text("room"),
            pod=_above_zero(call.integer("pod", 0)),
            floor=_floor(call.integer("floor", 0)),
            comment=call.text("comment"),
            format_key="" if format_key == addresses.DEFAULT_VARIANT else format_key,
            words=words,
        ),
    )


def address_of_attribute(call: JsonCall, name: str) -> AddressValue | None:
    """The address in an attribute object; ``None`` clears."""
    return _checked(
        call.db,
        AddressValue(
            house=max(call.integer(f"{name}.houseId", 0), 0),
            flat=call.text(f"{name}.flat"),
            room=call.text(f"{name}.room"),
            pod=_above_zero(call.integer(f"{name}.pod", 0)),
            floor=_floor(call.integer(f"{name}.floor", 0)),
            comment=call.text(f"{name}.comment"),
            format_key=call.text(f"{name}.formatKey"),
        ),
    )


def _checked(db: Connection, value: AddressValue) -> AddressValue | None:
    """The value, or none when it is empty; refused for an unknown house, and for a flat without a house."""
    if value.house:
        if value.house not in addresses.houses(db, [value.house]):
            raise Refused(f"Дом не найден: {value.house}")
        return value
    if value.words:
        return value
    if value.flat or value.room or value.pod is not None or value.floor is not None:
        raise Refused("Не указан дом")
    return None


def _above_zero(number: int) -> int | None:
    return number if number > 0 else None


def _floor(number: int) -> int | None:
    """A floor; 0 and -1 mean none (parameters.md 3.1)."""
    return number if number not in (0, -1) else None
