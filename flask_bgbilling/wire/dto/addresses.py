"""The parts of an address value (parameters.md 3.1, 4.7). Ids belong to the shared address directory."""

from msgspec import Struct


class AddressParts(Struct, frozen=True):
    """An address taken apart. ``house`` is number with fraction; ``entrance``, ``floor`` may be ``None``.

    What is written of it is the house's id, ``flat``, ``room``, ``entrance``, ``floor``, ``comment`` and
    ``format_key``; the rest is what the directory says of the house. Floors below -1 exist, 0 and -1 do not: the
    billing means none by them. ``format_key`` names the format that the billing displays the value by, ``""`` is the
    usual one; an address is read without it, servers from 9.2 tell it apart.
    """

    house_id: int
    city_id: int = 0
    city: str = ""
    area: str = ""
    quarter: str = ""
    street_id: int = 0
    street: str = ""
    house: str = ""
    flat: str = ""
    room: str = ""
    entrance: int | None = None
    floor: int | None = None
    comment: str = ""
    format_key: str = ""
