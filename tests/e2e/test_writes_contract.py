"""The contract itself is changed in every band: number, days, face, mode, groups, hierarchy (contract.md 7 to 18)."""

from datetime import date
from typing import Any

import pytest

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.errors import Absent, NoRights, Refused, UnsupportedVersion
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.contracts_writes import (
    CONTRACT_END,
    CONTRACT_FACE,
    CONTRACT_HIDDEN,
    CONTRACT_MODE,
    CONTRACT_START,
    CONTRACT_TITLE,
    OPEN_IN_CLIENT,
    SUB_CONTRACT_ADDITION,
    WEB_PASSWORD,
    WEB_PASSWORD_GENERATION,
)
from flask_bgbilling.wire.ops.labels_writes import GROUP_ADDITION, GROUP_REMOVAL, LABELS_REPLACEMENT
from flask_bgbilling.wire.ops.modules import MODULE_INSTANCES
from flask_bgbilling.wire.ops.modules_writes import MODULE_ADDITION, MODULE_REMOVAL
from flask_bgbilling.wire.version import Version
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, FIRM, SUPER, EMPTY, UNKNOWN = 101, 102, 103, 110, 999999
BELOW_9_2 = [band for band in ALL_BANDS if Version(band) < Version("9.2")]
FROM_9_2 = [band for band in ALL_BANDS if Version(band) >= Version("9.2")]
EVERY_CHANGE: list[tuple[Operation[Any], dict[str, object]]] = [
    (CONTRACT_TITLE, {"comment": "х"}),
    (CONTRACT_START, {"day": date(2026, 1, 1)}),
    (CONTRACT_END, {"day": None}),
    (CONTRACT_FACE, {"firm": True}),
    (CONTRACT_MODE, {"debit": False}),
    (CONTRACT_HIDDEN, {"hidden": True}),
    (WEB_PASSWORD, {"password": "х"}),
    (WEB_PASSWORD_GENERATION, {}),
    (SUB_CONTRACT_ADDITION, {"sub_cid": EMPTY, "independent": True}),
    (GROUP_ADDITION, {"group_id": 5}),
    (GROUP_REMOVAL, {"group_id": 3}),
    (LABELS_REPLACEMENT, {"label_ids": ()}),
    (MODULE_ADDITION, {"module_id": 9}),
    (MODULE_REMOVAL, {"module_id": 8}),
]


def contract(emulator: Emulator, cid: int = CID) -> dict[str, Any]:
    return emulator.rows("contract", id=cid)[0]


def changed(emulator: Emulator, before: dict[str, Any], cid: int = CID) -> dict[str, Any]:
    """What differs in the contract's row, by column."""
    return {name: value for name, value in contract(emulator, cid).items() if value != before[name]}


def labels(emulator: Emulator) -> set[int]:
    return {row["label_id"] for row in emulator.rows("contract_label_link", contract_id=CID)}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_number_and_comment(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), contract(emulator)
    billing.call(CONTRACT_TITLE, cid=CID, comment="Ёлкина & <сын> 📞")
    assert changed(emulator, before) == {"comment": "Ёлкина & <сын> 📞", "title_pattern_id": 0}
    billing.call(CONTRACT_TITLE, cid=CID, title="Новый-1", comment="")
    assert changed(emulator, before) == {"title": "Новый-1", "comment": "", "title_pattern_id": 0}
    with pytest.raises(Refused, match="пуст"):
        billing.call(CONTRACT_TITLE, cid=CID, title=" ", comment="")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_first_and_last_day(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), contract(emulator)
    billing.call(CONTRACT_END, cid=CID, day=date(2026, 11, 30))
    assert changed(emulator, before) == {"date2": date(2026, 11, 30)}
    billing.call(CONTRACT_START, cid=CID, day=date(2026, 11, 30))
    assert changed(emulator, before) == {"date1": date(2026, 11, 30), "date2": date(2026, 11, 30)}
    with pytest.raises(Refused, match="позже"):
        billing.call(CONTRACT_END, cid=CID, day=date(2026, 11, 29))
    with pytest.raises(Refused, match="позже"):
        billing.call(CONTRACT_START, cid=CID, day=date(2026, 12, 1))
    billing.call(CONTRACT_END, cid=CID, day=None)
    assert changed(emulator, before) == {"date1": date(2026, 11, 30)}
    info = billing.call(CONTRACT_INFO, cid=CID)
    assert info is not None
    assert (info.period.since, info.period.until) == (date(2026, 11, 30), None)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_face_mode_and_visibility(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), contract(emulator)
    for operation, argument, column, values in (
        (CONTRACT_FACE, "firm", "fc", (True, False)),
        (CONTRACT_MODE, "debit", "mode", (False, True)),
        (CONTRACT_HIDDEN, "hidden", "del", (True, False)),
    ):
        for value in values:
            billing.call(operation, cid=CID, **{argument: value})
            assert contract(emulator)[column] == int(value), operation.name
    assert changed(emulator, before) == {}
    for log, values in (("log_contract_fc", [1, 0]), ("log_contract_mode", [0, 1])):
        assert [row["value"] for row in emulator.rows(log, cid=CID)][-2:] == values


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_password_of_self_care(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, before = opened(emulator), contract(emulator)
    for password in ("пароль & 1 <2>", ""):
        billing.call(WEB_PASSWORD, cid=CID, password=password)
        assert changed(emulator, before) == {"pswd": password}
    billing.call(WEB_PASSWORD_GENERATION, cid=CID)
    assert contract(emulator)["pswd"].isdigit()
    assert list(changed(emulator, before)) == ["pswd"]


@pytest.mark.parametrize("band", BELOW_9_2)
def test_groups_one_by_one(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, mask = opened(emulator), contract(emulator)["gr"]
    billing.call(GROUP_ADDITION, cid=CID, group_id=5)
    assert contract(emulator)["gr"] == mask | 1 << 5
    billing.call(GROUP_REMOVAL, cid=CID, group_id=62)
    assert contract(emulator)["gr"] == mask & ~(1 << 62) | 1 << 5
    with pytest.raises(Absent):
        billing.call(GROUP_ADDITION, cid=CID, group_id=40)
    with pytest.raises(Refused, match="не может быть изменена"):
        opened(emulator, "operator").call(GROUP_REMOVAL, cid=CID, group_id=0)
    with pytest.raises(UnsupportedVersion):
        billing.call(LABELS_REPLACEMENT, cid=CID, label_ids=(100,))


@pytest.mark.parametrize("band", FROM_9_2)
def test_labels_as_a_set(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    billing.call(LABELS_REPLACEMENT, cid=CID, label_ids={201, 100, 105})
    assert labels(emulator) == {100, 105, 201}
    with pytest.raises(Refused, match="папка"):
        billing.call(LABELS_REPLACEMENT, cid=CID, label_ids={100, 1})
    with pytest.raises(Refused, match="не может быть изменена"):
        opened(emulator, "operator").call(LABELS_REPLACEMENT, cid=CID, label_ids={105})
    billing.call(LABELS_REPLACEMENT, cid=CID, label_ids=())
    assert labels(emulator) == set()
    for operation in (GROUP_ADDITION, GROUP_REMOVAL):
        with pytest.raises(UnsupportedVersion):
            billing.call(operation, cid=CID, group_id=5)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_modules_come_and_go(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    instances = billing.call(MODULE_INSTANCES)
    assert {(module.id, module.title) for module in instances} == {
        (row["id"], row["title"]) for row in emulator.rows("module")
    }
    for operation, module_id, attached in (
        (MODULE_ADDITION, 2, [2]),
        (MODULE_ADDITION, 9, [2, 9]),
        (MODULE_REMOVAL, 2, [9]),
    ):
        billing.call(operation, cid=EMPTY, module_id=module_id)
        assert sorted(row["mid"] for row in emulator.rows("contract_module", cid=EMPTY)) == attached
    with pytest.raises(Refused, match="Модуль не найден"):
        billing.call(MODULE_ADDITION, cid=EMPTY, module_id=77)
    with pytest.raises(Refused, match="не подключен"):
        billing.call(MODULE_REMOVAL, cid=EMPTY, module_id=2)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_contract_becomes_a_sub_contract(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    billing.call(SUB_CONTRACT_ADDITION, cid=EMPTY, sub_cid=FIRM, independent=True)
    assert (contract(emulator, FIRM)["scid"], contract(emulator, FIRM)["sub_mode"]) == (EMPTY, 1)
    billing.call(SUB_CONTRACT_ADDITION, cid=EMPTY, sub_cid=CID, independent=False)
    assert (contract(emulator)["scid"], contract(emulator)["sub_mode"]) == (EMPTY, 0)
    assert contract(emulator, EMPTY)["sub_list"] == str(CID)
    with pytest.raises(Refused, match="уже является"):
        billing.call(SUB_CONTRACT_ADDITION, cid=SUPER, sub_cid=FIRM, independent=True)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_client_of_the_same_account_is_told_to_open_the_contract(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    opened(emulator, "operator").call(OPEN_IN_CLIENT, cid=CID)
    (command,) = emulator.rows("user_command")
    assert (command["uid"], command["command"], command["value"]) == (2, "put", f"openContract:{CID}")


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_contract_that_is_not_there_and_an_account_that_may_not(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing, reader = opened(emulator), opened(emulator, "reader")
    tables = ("contract", "contract_module", "contract_label_link", "user_command")
    before = [emulator.rows(table) for table in tables]
    for operation, arguments in EVERY_CHANGE:
        if billing.supports(operation):
            with pytest.raises(Absent):
                billing.call(operation, cid=UNKNOWN, **arguments)
            with pytest.raises(NoRights):
                reader.call(operation, cid=CID, **arguments)
    with pytest.raises(NoRights):
        reader.call(OPEN_IN_CLIENT, cid=CID)
    assert [emulator.rows(table) for table in tables] == before
