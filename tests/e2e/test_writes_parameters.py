"""Parameters of a contract are changed and cleared in every band (parameters.md 4, 7)."""

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
from flask_bgbilling.wire.dto.parameters import Email, ListValue, Phone
from flask_bgbilling.wire.operation import Call
from flask_bgbilling.wire.ops.addresses import PARAMETER_ADDRESS, PARAMETER_ADDRESS_FORMAT
from flask_bgbilling.wire.ops.parameter_directories import LIST_VALUES
from flask_bgbilling.wire.ops.parameters import PARAMETER_EMAILS, PARAMETER_LIST, PARAMETER_PHONES, PARAMETERS
from flask_bgbilling.wire.ops.parameters_writes import (
    PARAMETER_ADDRESS_SAVE,
    PARAMETER_DATE_SAVE,
    PARAMETER_EMAILS_SAVE,
    PARAMETER_FLAG_SAVE,
    PARAMETER_GROUP_SAVE,
    PARAMETER_LIST_SAVE,
    PARAMETER_PHONES_SAVE,
    PARAMETER_TEXT_SAVE,
)
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, EMPTY, UNKNOWN = 101, 110, 999999
NAME, ADDRESS, PHONE, EMAIL, BIRTH, SOURCE, NEWSLETTER, MULTILIST = 2, 3, 4, 6, 10, 11, 12, 19
TYPE = "contract_parameter_type_"
FLAT = AddressParts(house_id=103, flat="7", room="2", entrance=1, floor=4, comment="у окна & <двери>")


@contextmanager
def refused(words: str) -> Iterator[None]:
    """The billing refuses what is done inside, with these words among its own."""
    with pytest.raises(Refused) as caught:
        yield
    assert words in str(caught.value.params["words"])


def value(billing: Emulator, kind: str, pid: int, cid: int = CID) -> dict[str, Any]:
    """The row of a value, empty when there is none."""
    rows = billing.rows(f"{TYPE}{kind}", cid=cid, pid=pid)
    return rows[0] if rows else {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_texts_flags_and_days(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band, zone="Asia/Yekaterinburg")
    billing = opened(emulator)
    for text in ("Ёлкина <b> & «сын»\nвторая строка 📞", " x+y=%20 "):
        assert billing.call(PARAMETER_TEXT_SAVE, cid=CID, parameter_id=NAME, text=text) is None
        assert value(emulator, "1", NAME)["val"] == text
    billing.call(PARAMETER_TEXT_SAVE, cid=CID, parameter_id=NAME, text="")
    assert value(emulator, "1", NAME) == {}

    for on in (True, False, True):
        billing.call(PARAMETER_FLAG_SAVE, cid=CID, parameter_id=NEWSLETTER, on=on)
        assert value(emulator, "5", NEWSLETTER)["val"] == on

    # On the first two days the clocks of the zone were changed at midnight.
    for day in (date(1982, 4, 1), date(1982, 10, 1), date(2026, 3, 1)):
        billing.call(PARAMETER_DATE_SAVE, cid=CID, parameter_id=BIRTH, day=day)
        assert value(emulator, "6", BIRTH)["val"] == day
    billing.call(PARAMETER_DATE_SAVE, cid=CID, parameter_id=BIRTH, day=None)
    assert value(emulator, "6", BIRTH) == {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_list(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    source = {"cid": EMPTY, "parameter_id": SOURCE}
    assert billing.call(PARAMETER_LIST, **source) is None
    site = next(item for item in billing.call(LIST_VALUES, parameter_id=SOURCE) if item.title == "Сайт")
    billing.call(PARAMETER_LIST_SAVE, **source, value=ListValue(site.id))
    assert value(emulator, "7", SOURCE, EMPTY)["val"] == site.id
    chosen = billing.call(PARAMETER_LIST, **source)
    assert chosen == ListValue(site.id, "Сайт")

    billing.call(PARAMETER_LIST_SAVE, **source, value=ListValue(custom="Сосед <снизу>"))
    row = value(emulator, "7", SOURCE, EMPTY)
    assert (row["val"], row["custom_value"]) == (0, "Сосед <снизу>")
    own = billing.call(PARAMETER_LIST, **source)
    assert own == ListValue(custom="Сосед <снизу>")

    for again, stored in ((chosen, (site.id, None)), (own, (0, "Сосед <снизу>"))):
        billing.call(PARAMETER_LIST_SAVE, **source, value=again)
        row = value(emulator, "7", SOURCE, EMPTY)
        assert (row["val"], row["custom_value"] or None) == stored
    for nothing in (None, ListValue()):
        billing.call(PARAMETER_LIST_SAVE, **source, value=ListValue(site.id))
        billing.call(PARAMETER_LIST_SAVE, **source, value=nothing)
        assert value(emulator, "7", SOURCE, EMPTY) == {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_address(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    place = {"cid": CID, "parameter_id": ADDRESS}

    def stored() -> tuple[object, ...]:
        row = value(emulator, "2", ADDRESS)
        return tuple(row[name] for name in ("hid", "flat", "room", "pod", "floor", "comment"))

    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=FLAT)
    assert stored() == (103, "7", "2", 1, 4, "у окна & <двери>")
    assert value(emulator, "2", ADDRESS)["address"] == "450044, г. Уфа, ул. Гоголя, д. 34, кв. 7, ком. 2, 1 под., 4 эт."

    read = billing.call(PARAMETER_ADDRESS, **place)
    assert read is not None
    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=structs.replace(read, flat="8"))
    assert stored() == (103, "8", "2", 1, 4, "у окна & <двери>"), "the room stays"

    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=structs.replace(read, entrance=None, floor=-2))
    assert stored() == (103, "7", "2", None, -2, "у окна & <двери>")
    cellar = billing.call(PARAMETER_ADDRESS, **place)
    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=cellar)
    assert stored() == (103, "7", "2", None, -2, "у окна & <двери>")

    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=AddressParts(house_id=103))
    assert stored() == (103, "", "", None, None, "")
    with refused("Дом не найден"):
        billing.call(PARAMETER_ADDRESS_SAVE, **place, address=structs.replace(FLAT, house_id=99999))
    with refused("Не указан дом"):
        billing.call(PARAMETER_ADDRESS_SAVE, **place, address=structs.replace(FLAT, house_id=0))
    assert stored() == (103, "", "", None, None, "")
    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=None)
    assert value(emulator, "2", ADDRESS) == {}
    assert billing.call(PARAMETER_ADDRESS, **place) is None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_format_of_an_address_survives_where_it_can_be_read(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    place = {"cid": CID, "parameter_id": ADDRESS}
    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=structs.replace(FLAT, format_key="short"))
    assert value(emulator, "2", ADDRESS)["format_key"] == "short"
    assert billing.supports(PARAMETER_ADDRESS_FORMAT) == (Version(band) >= "9.2")
    if billing.supports(PARAMETER_ADDRESS_FORMAT):
        read = billing.call(PARAMETER_ADDRESS, **place)
        assert read is not None
        key = billing.call(PARAMETER_ADDRESS_FORMAT, **place)
        billing.call(PARAMETER_ADDRESS_SAVE, **place, address=structs.replace(read, flat="8", format_key=key))
        row = value(emulator, "2", ADDRESS)
        assert (row["flat"], row["format_key"]) == ("8", "short")
    billing.call(PARAMETER_ADDRESS_SAVE, **place, address=FLAT)
    assert value(emulator, "2", ADDRESS)["format_key"] == ""


@pytest.mark.parametrize("band", ALL_BANDS)
def test_phones(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    mine = {"cid": CID, "parameter_id": PHONE}

    def stored() -> list[tuple[object, ...]]:
        rows = sorted(emulator.rows(f"{TYPE}phone_item", cid=CID, pid=PHONE), key=lambda row: row["n"])
        return [(row["phone"], row["comment"]) for row in rows]

    phones = (Phone("+7 (999) 000-00-01", "офис & <склад>"), Phone("112"), Phone("79990000001", "он же"))
    billing.call(PARAMETER_PHONES_SAVE, **mine, phones=phones)
    assert stored() == [("79990000001", "офис & <склад>"), ("112", ""), ("79990000001", "он же")]

    read = billing.call(PARAMETER_PHONES, **mine)
    billing.call(PARAMETER_PHONES_SAVE, **mine, phones=(*read[:1], *read[2:], Phone("83472000000", "новый")))
    assert stored() == [("79990000001", "офис & <склад>"), ("79990000001", "он же"), ("83472000000", "новый")]
    with refused("длинный"):
        billing.call(PARAMETER_PHONES_SAVE, **mine, phones=[Phone("1" * 15)])
    billing.call(PARAMETER_PHONES_SAVE, **mine, phones=())
    assert stored() == []
    assert value(emulator, "phone", PHONE) == {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_e_mails_keep_their_names(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    mine = {"cid": CID, "parameter_id": EMAIL}
    mails = (
        Email("User@Example.com", "Имя О. Ф."),
        Email("b@example.com"),
        Email("мир@пример.рф", 'ООО "Мир", офис'),
        Email("not an address", "Как есть"),
    )
    billing.call(PARAMETER_EMAILS_SAVE, **mine, emails=mails)
    stored = value(emulator, "3", EMAIL)["email"].split("\n")
    assert stored == [
        "Имя О. Ф. <User@Example.com>",
        "b@example.com",
        'ООО "Мир", офис <мир@пример.рф>',
        "Как есть <not an address>",
    ]
    read = billing.call(PARAMETER_EMAILS, **mine)
    assert read == mails
    billing.call(PARAMETER_EMAILS_SAVE, **mine, emails=(*read[:3], Email("c@example.com", "<новый>")))
    assert value(emulator, "3", EMAIL)["email"].split("\n") == [*stored[:3], "<новый> <c@example.com>"]
    billing.call(PARAMETER_EMAILS_SAVE, **mine, emails=())
    assert value(emulator, "3", EMAIL) == {}
    assert billing.call(PARAMETER_EMAILS, **mine) == ()


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_group_of_parameters(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    for group_id in (2, 0):
        assert billing.call(PARAMETER_GROUP_SAVE, cid=CID, group_id=group_id) is None
        assert emulator.rows("contract", id=CID)[0]["pgid"] == group_id
        assert billing.call(PARAMETERS, cid=CID).group_id == group_id
    with refused("Группа параметров не найдена"):
        billing.call(PARAMETER_GROUP_SAVE, cid=CID, group_id=7)


def every_change(cid: int, parameter_id: int | None = None) -> Iterator[tuple[int, Call[None]]]:
    """The parameter that each change is meant for, and the change, of that parameter or of another."""
    changes: list[tuple[int, Any, dict[str, object]]] = [
        (NAME, PARAMETER_TEXT_SAVE, {"text": "х"}),
        (NEWSLETTER, PARAMETER_FLAG_SAVE, {"on": False}),
        (BIRTH, PARAMETER_DATE_SAVE, {"day": date(2000, 1, 1)}),
        (SOURCE, PARAMETER_LIST_SAVE, {"value": ListValue(104)}),
        (ADDRESS, PARAMETER_ADDRESS_SAVE, {"address": FLAT}),
        (PHONE, PARAMETER_PHONES_SAVE, {"phones": (Phone("112"),)}),
        (EMAIL, PARAMETER_EMAILS_SAVE, {"emails": (Email("a@b.ru"),)}),
    ]
    for own, operation, what in changes:
        yield own, operation(cid=cid, parameter_id=parameter_id or own, **what)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_what_cannot_be_written(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, reader = opened(emulator), opened(emulator, "reader")
    kinds = ("1", "2", "3", "5", "6", "7", "phone_item", "multilist_item")

    def everything() -> list[list[dict[str, Any]]]:
        return [emulator.rows(f"{TYPE}{kind}") for kind in kinds]

    before = everything()
    for own, call in every_change(CID):
        with pytest.raises(NoRights):
            reader.call(call.operation, **call.arguments)
        for wrong in every_change(UNKNOWN), every_change(CID, UNKNOWN), every_change(CID, MULTILIST):
            change = next(found for meant, found in wrong if meant == own)
            with pytest.raises(Refused):
                billing.call(change.operation, **change.arguments)
    with pytest.raises(NoRights):
        reader.call(PARAMETER_GROUP_SAVE, cid=CID, group_id=1)
    with refused("не входит в список"):
        billing.call(PARAMETER_LIST_SAVE, cid=CID, parameter_id=SOURCE, value=ListValue(111))
    assert everything() == before
    for _, call in every_change(CID):
        billing.call(call.operation, **call.arguments)
    assert [now == then for now, then in zip(everything(), before, strict=True)] == [False] * 7 + [True]


@pytest.mark.parametrize("band", ALL_BANDS)
def test_only_flags_are_xml_from_9_2_on(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    for _, call in every_change(CID):
        billing.call(call.operation, **call.arguments)
    forms = [record.form for record in billing.requests.records if "saving" in record.operation]
    xml = ["contract/UpdateParameterType5"] if Version(band) >= "9.2" else forms
    assert [form for form in forms if form.startswith("contract/")] == xml
    assert len(forms) == 7
