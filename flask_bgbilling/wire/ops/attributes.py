"""Values of parameters as requests carry them, of contracts and of objects alike (parameters.md 4 and 5).

JSON takes attribute objects: ``entityId`` is the contract or the object, ``entitySpecAttrId`` the parameter.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Email, ListValue, Phone

NO_HOUSE = AddressParts(house_id=0)
NO_ITEM = ListValue()
NO_ENTRANCE = -1
"""An XML form says so; an empty field is known of floors only (parameters.md 4.7)."""

_FORMATTING = re.compile(r"[\s()+\u00a0\u202f\u2010-\u2015-]+")
_SPECIAL = re.compile(r'[]"(),:;<>@\[\\]')
_ESCAPED = re.compile(r'["\\]')


def attribute(owner_id: int, parameter_id: int, **value: object) -> Mapping[str, object]:
    """An attribute object: whose value of which parameter, and the value."""
    return {"entityId": owner_id, "entitySpecAttrId": parameter_id, **value}


def list_attribute(owner_id: int, parameter_id: int, value: ListValue) -> Mapping[str, object]:
    """An item, or a text of one's own under ``customValue``; the title is the server's."""
    return attribute(owner_id, parameter_id, value=value.id, title=None, customValue=own_text(value) or None)


def address_fields(address: AddressParts | None) -> Mapping[str, object]:
    """The form fields of an address; ``None`` clears it, without a house and with nothing inside.

    The texts of the place are not sent: the house decides.
    """
    parts = address or NO_HOUSE
    return {
        "hid": parts.house_id,
        "flat": parts.flat,
        "room": parts.room,
        "pod": NO_ENTRANCE if parts.entrance is None else parts.entrance,
        "floor": "" if parts.floor is None else parts.floor,
        "comment": parts.comment,
        "formatKey": parts.format_key or None,
    }


def address_attribute(owner_id: int, parameter_id: int, address: AddressParts | None) -> Mapping[str, object]:
    """The attribute object of an address; here 0 is no entrance and no floor."""
    parts = address or NO_HOUSE
    return attribute(
        owner_id,
        parameter_id,
        houseId=parts.house_id,
        pod=parts.entrance or 0,
        floor=parts.floor or 0,
        flat=parts.flat,
        room=parts.room,
        comment=parts.comment,
        title=None,
        formatKey=parts.format_key or None,
    )


def phone_fields(phones: Sequence[Phone]) -> Mapping[str, object]:
    """``count`` and a pair of fields for each number; ``count`` is mandatory, none at all clears the value."""
    fields: dict[str, object] = {"count": len(phones)}
    for place, phone in enumerate(phones, 1):
        fields[f"phone{place}"] = dialled(phone.number)
        fields[f"comment{place}"] = phone.comment
    return fields


def phone_attribute(owner_id: int, parameter_id: int, phones: Sequence[Phone]) -> Mapping[str, object]:
    """The numbers with their comments; none at all is null."""
    contacts = [{"phone": dialled(phone.number), "comment": phone.comment} for phone in phones]
    return attribute(owner_id, parameter_id, contactList=contacts or None, data=None)


def email_attribute(owner_id: int, parameter_id: int, emails: Sequence[Email]) -> Mapping[str, object]:
    """The addresses with their names; none at all is an empty list."""
    contacts = [{"name": email.name, "address": email.address} for email in emails]
    return attribute(owner_id, parameter_id, contactList=contacts)


def email_lines(emails: Sequence[Email]) -> str:
    """A line ``name <address>`` each; without a name it begins with the space."""
    return "\n".join(f"{_written_name(email.name)} <{_on_one_line(email.address)}>" for email in emails)


def dialled(number: str) -> str:
    """A number without what only makes it readable; servers from 9.2 give ``+7 (999) 000-00-01`` and store digits.

    Letters stay: whether they are a number the billing says.
    """
    return _FORMATTING.sub("", number)


def day_text(day: date | None) -> date | str:
    """A day of a form field; an empty field clears it, an absent one might not."""
    return "" if day is None else day


def own_text(value: ListValue) -> str:
    """The text of one's own of a list value: it counts only where no item is chosen."""
    return "" if value.id > 0 else value.custom


def _on_one_line(value: str) -> str:
    return " ".join(value.split())


def _written_name(name: str) -> str:
    # A comma or a bracket in a name would end it; in quotes it belongs to the name.
    name = _on_one_line(name)
    if _SPECIAL.search(name) is None:
        return name
    escaped = _ESCAPED.sub(r"\\\g<0>", name)
    return f'"{escaped}"'
