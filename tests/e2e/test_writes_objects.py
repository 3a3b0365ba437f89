"""Objects of a contract are made, changed, closed and deleted, and their parameters changed (parameters.md 8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from flask_bgbilling.errors import NoRights, Refused
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.objects import ContractObject
from flask_bgbilling.wire.ops.addresses import OBJECT_ADDRESS
from flask_bgbilling.wire.ops.objects import OBJECT_LIST_VALUES, OBJECT_PARAMETERS, OBJECT_TYPES, OBJECTS
from flask_bgbilling.wire.ops.objects_writes import (
    OBJECT_ADDRESS_SAVE,
    OBJECT_DATE_SAVE,
    OBJECT_DELETE,
    OBJECT_LIST_SAVE,
    OBJECT_SAVE,
    OBJECT_TEXT_SAVE,
)
from flask_bgbilling.wire.session import Billing
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, EMPTY, UNKNOWN = 101, 110, 999999
HOME, OFFICE, HIDDEN = 1, 2, 3
NOTE, ADDRESS, LINE, CHECKED = 1, 2, 3, 4
USED = 1
START, END = date(2026, 1, 1), date(2026, 1, 31)
CELLAR = ContractObject(0, "Подвал & <склад>", OFFICE, period=Period(START))
FLAT = AddressParts(house_id=103, flat="7", room="2", entrance=1, floor=4, comment="у окна")


@contextmanager
def refused(words: str) -> Iterator[None]:
    """The billing refuses what is done inside, with these words among its own."""
    with pytest.raises(Refused) as caught:
        yield
    assert words in str(caught.value.params["words"])


def made(billing: Billing, cid: int = EMPTY) -> int:
    """The id of a new object."""
    object_id = billing.call(OBJECT_SAVE, cid=cid, contract_object=CELLAR)
    assert object_id is not None
    return object_id


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_object_is_made_changed_closed_and_deleted(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band, zone="Asia/Yekaterinburg")
    billing = opened(emulator)
    object_id = made(billing)
    (row,) = emulator.rows("object", id=object_id)
    assert (row["cid"], row["title"], row["type_id"]) == (EMPTY, CELLAR.title, OFFICE)
    assert (row["date1"], row["date2"]) == (START, None)

    def read() -> ContractObject:
        return next(item for item in billing.call(OBJECTS, cid=EMPTY) if item.id == object_id)

    closed = structs.replace(read(), period=Period(read().period.since, END))
    assert billing.call(OBJECT_SAVE, cid=EMPTY, contract_object=closed) == object_id
    (row,) = emulator.rows("object", id=object_id)
    assert (row["title"], row["type_id"], row["date1"], row["date2"]) == (CELLAR.title, OFFICE, START, END)

    changed = structs.replace(read(), title="Чердак", type_id=HOME, period=Period())
    billing.call(OBJECT_SAVE, cid=EMPTY, contract_object=changed)
    (row,) = emulator.rows("object", id=object_id)
    assert (row["title"], row["type_id"], row["date1"], row["date2"]) == ("Чердак", HOME, None, None)

    assert billing.call(OBJECT_DELETE, cid=EMPTY, object_id=object_id) is None
    assert emulator.rows("object", id=object_id) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_values_of_an_object(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band, zone="Asia/Yekaterinburg")
    billing = opened(emulator)
    object_id = made(billing)

    def value(kind: str) -> dict[str, Any]:
        rows = emulator.rows(f"object_param_value_{kind}", object_id=object_id)
        return rows[0] if rows else {}

    mine = {"cid": EMPTY, "object_id": object_id}
    billing.call(OBJECT_TEXT_SAVE, **mine, parameter_id=NOTE, text="Вход <со> двора\nключ & код")
    assert value("text")["value"] == "Вход <со> двора\nключ & код"
    lines = billing.call(OBJECT_LIST_VALUES, object_id=object_id, parameter_id=LINE)
    assert [item.title for item in lines] == ["Оптика", "Медь", "Радио"]
    billing.call(OBJECT_LIST_SAVE, **mine, parameter_id=LINE, item_id=lines[1].id)
    assert value("list")["value"] == lines[1].id
    billing.call(OBJECT_DATE_SAVE, **mine, parameter_id=CHECKED, day=date(2026, 5, 5))
    assert value("date")["value"] == date(2026, 5, 5)
    billing.call(OBJECT_ADDRESS_SAVE, **mine, parameter_id=ADDRESS, address=FLAT)
    row = value("address")
    inside = tuple(row[name] for name in ("hid", "flat", "room", "pod", "floor", "comment"))
    assert inside == (103, "7", "2", 1, 4, "у окна")
    shown = {item.id: item.value for item in billing.call(OBJECT_PARAMETERS, cid=EMPTY, object_id=object_id)}
    assert (shown[LINE], shown[CHECKED]) == ("Медь", "05.05.2026")

    read = billing.call(OBJECT_ADDRESS, object_id=object_id, parameter_id=ADDRESS)
    assert read is not None
    billing.call(OBJECT_ADDRESS_SAVE, **mine, parameter_id=ADDRESS, address=structs.replace(read, flat="8"))
    assert (value("address")["flat"], value("address")["room"]) == ("8", "2")

    billing.call(OBJECT_TEXT_SAVE, **mine, parameter_id=NOTE, text="")
    billing.call(OBJECT_LIST_SAVE, **mine, parameter_id=LINE, item_id=0)
    billing.call(OBJECT_DATE_SAVE, **mine, parameter_id=CHECKED, day=None)
    billing.call(OBJECT_ADDRESS_SAVE, **mine, parameter_id=ADDRESS, address=None)
    assert [value(kind) for kind in ("text", "list", "date", "address")] == [{}, {}, {}, {}]


def everything(emulator: Emulator) -> list[list[dict[str, Any]]]:
    names = ("text", "list", "date", "address")
    return [emulator.rows("object"), *(emulator.rows(f"object_param_value_{name}") for name in names)]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_what_is_refused(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, reader = opened(emulator), opened(emulator, "reader")
    object_id = made(billing)
    before = everything(emulator)
    saved = structs.replace(CELLAR, id=object_id)
    for cid, wrong, words in (
        (CID, saved, "не принадлежит"),
        (UNKNOWN, CELLAR, "не найден"),
        (EMPTY, structs.replace(saved, id=UNKNOWN), "не найден"),
        (EMPTY, structs.replace(CELLAR, type_id=9), "Тип объекта"),
        (EMPTY, structs.replace(CELLAR, type_id=0), "Не указан тип"),
        (EMPTY, structs.replace(saved, period=Period(START, date(2020, 1, 1))), "позже"),
    ):
        with refused(words):
            billing.call(OBJECT_SAVE, cid=cid, contract_object=wrong)
    for cid, known, words in ((EMPTY, UNKNOWN, "не найден"), (CID, USED, "используется")):
        with refused(words):
            billing.call(OBJECT_DELETE, cid=cid, object_id=known)
    mine = {"cid": EMPTY, "object_id": object_id}
    with refused("список"):
        billing.call(OBJECT_LIST_SAVE, **mine, parameter_id=LINE, item_id=9)
    with refused("другой тип"):
        billing.call(OBJECT_LIST_SAVE, **mine, parameter_id=NOTE, item_id=1)
    with refused("не найден"):
        billing.call(OBJECT_TEXT_SAVE, cid=EMPTY, object_id=UNKNOWN, parameter_id=NOTE, text="х")
    with refused("Дом не найден"):
        billing.call(OBJECT_ADDRESS_SAVE, **mine, parameter_id=ADDRESS, address=structs.replace(FLAT, house_id=99999))
    for operation, arguments in (
        (OBJECT_SAVE, {"cid": EMPTY, "contract_object": saved}),
        (OBJECT_DELETE, mine),
        (OBJECT_TEXT_SAVE, {**mine, "parameter_id": NOTE, "text": "х"}),
        (OBJECT_LIST_SAVE, {**mine, "parameter_id": LINE, "item_id": 1}),
        (OBJECT_DATE_SAVE, {**mine, "parameter_id": CHECKED, "day": START}),
        (OBJECT_ADDRESS_SAVE, {**mine, "parameter_id": ADDRESS, "address": FLAT}),
    ):
        with pytest.raises(NoRights):
            reader.call(operation, **arguments)
    assert everything(emulator) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_types_for_a_new_object(emulated: Emulated, band: str) -> None:
    billing = opened(emulated(band))
    assert billing.supports(OBJECT_TYPES) == (Version(band) >= "8.2")
    if billing.supports(OBJECT_TYPES):
        assert [kind.id for kind in billing.call(OBJECT_TYPES, visible_only=True)] == [HOME, OFFICE]
        assert {kind.id for kind in billing.call(OBJECT_TYPES)} == {HOME, OFFICE, HIDDEN}
