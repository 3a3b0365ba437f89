"""Tariffs and options written by the client into emulated billings of every band (money.md 7 to 10)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from flask_bgbilling.emulator import Emulator
from flask_bgbilling.emulator.version import Version
from flask_bgbilling.errors import Absent, NoRights, Refused
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.tariffs import ContractTariff, PersonalTariff, TariffGroup
from flask_bgbilling.wire.ops.tariff_options import AVAILABLE_OPTIONS, OPTION_HISTORY, OPTION_MODES
from flask_bgbilling.wire.ops.tariff_options_writes import (
    OPTION_ACTIVATE,
    OPTION_ACTIVATE_WITH_SUM,
    OPTION_DEACTIVATE,
    OPTION_DELETE,
    OPTION_REACTIVATE,
)
from flask_bgbilling.wire.ops.tariffs import (
    CONTRACT_TARIFF_LIST,
    OFFERED_TARIFF_PLANS,
    PERSONAL_TARIFF,
    PERSONAL_TARIFF_LIST,
    TARIFF_GROUP,
    TARIFF_GROUPS,
)
from flask_bgbilling.wire.ops.tariffs_writes import (
    CONTRACT_TARIFF_DELETE,
    CONTRACT_TARIFF_SAVE,
    PERSONAL_TARIFF_DELETE,
    PERSONAL_TARIFF_SAVE,
    TARIFF_GROUP_DELETE,
    TARIFF_GROUP_SAVE,
)
from tests.conftest import NOON
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

CID, FIRM, EMPTY, UNKNOWN = 101, 102, 110, 999999
TURBO, STATIC_ADDRESS, WEEK, MONTHLY = 1, 2, 2, 3
TV_MODULE = 6
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))
FROM_DECEMBER = Period(date(2026, 12, 1))


def newest(emulator: Emulator, table: str) -> dict[str, Any]:
    return max(emulator.rows(table), key=lambda row: row["id"])


def told(emulator: Emulator, number: int) -> int | None:
    """The id that the band tells of a saved plan."""
    return number if Version(emulator.settings.version) >= "9.2" else None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_plan_is_added_changed_and_deleted(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    saved = billing.call(CONTRACT_TARIFF_SAVE, cid=CID, tariff=ContractTariff(0, 5, DECEMBER, "", 3, "акция & «х»"))
    row = newest(emulator, "contract_tariff")
    assert saved == told(emulator, row["id"])
    assert (row["cid"], row["tpid"], row["pos"], row["comment"]) == (CID, 5, 3, "акция & «х»")
    assert (row["date1"], row["date2"]) == (DECEMBER.since, DECEMBER.until)

    (read,) = [tariff for tariff in billing.call(CONTRACT_TARIFF_LIST, cid=CID) if tariff.id == row["id"]]
    billing.call(CONTRACT_TARIFF_SAVE, cid=CID, tariff=read)
    assert emulator.rows("contract_tariff", id=row["id"]) == [row], "what was read is written back the same"

    opened_end = replace(read, plan_id=4, period=FROM_DECEMBER, position=0, comment="")
    billing.call(CONTRACT_TARIFF_SAVE, cid=CID, tariff=opened_end)
    (changed,) = emulator.rows("contract_tariff", id=row["id"])
    assert (changed["tpid"], changed["date2"], changed["pos"], changed["comment"]) == (4, None, 0, "")
    billing.call(CONTRACT_TARIFF_SAVE, cid=CID, tariff=replace(opened_end, period=Period()))
    (changed,) = emulator.rows("contract_tariff", id=row["id"])
    assert (changed["date1"], changed["date2"]) == (None, None)

    for wrong in ({"cid": UNKNOWN, "tariff": read}, {"cid": FIRM, "tariff": read}):
        with pytest.raises(Absent):
            billing.call(CONTRACT_TARIFF_SAVE, **wrong)
    with pytest.raises(Refused, match="позже"):
        billing.call(CONTRACT_TARIFF_SAVE, cid=CID, tariff=replace(read, period=Period(NOON.date(), date(2026, 1, 1))))
    with pytest.raises(NoRights):
        opened(emulator, "reader").call(CONTRACT_TARIFF_SAVE, cid=CID, tariff=read)
    with pytest.raises(Absent):
        billing.call(CONTRACT_TARIFF_DELETE, cid=FIRM, tariff_id=row["id"])
    assert emulator.rows("contract_tariff", id=row["id"]) == [changed]
    billing.call(CONTRACT_TARIFF_DELETE, cid=CID, tariff_id=row["id"])
    assert emulator.rows("contract_tariff", id=row["id"]) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_plans_that_a_contract_may_be_given(emulated: Emulated, band: str) -> None:
    billing = opened(emulated(band))

    def ids(**filters: object) -> set[int]:
        return {plan.id for plan in billing.call(OFFERED_TARIFF_PLANS, cid=CID, **filters).entries}

    everything = ids(used_only=False, by_contract=False)
    assert everything == set(range(1, 15))
    assert everything - ids(by_contract=False) == {1, 13}, "out of use"
    assert ids(by_contract=False) - ids() >= {8, 9}, "for legal entities"
    assert ids(by_group=True) < ids()
    assert ids(by_contract=False, module_id=TV_MODULE) == {10, 11}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_personal_tariff_is_added_changed_and_deleted(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    number = billing.call(PERSONAL_TARIFF_SAVE, cid=CID, tariff=PersonalTariff(0, "VIP (900 р.)", DECEMBER, 2))
    row = newest(emulator, "contract_tree_link")
    assert (number, row["cid"], row["title"], row["pos"]) == (row["id"], CID, "VIP (900 р.)", 2)
    assert (row["date1"], row["date2"]) == (DECEMBER.since, DECEMBER.until)

    with emulator.database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE contract_tree_link SET config = 'a=1', title_web = 'Для вас', use_title_in_web = 1"
        )
    (row,) = emulator.rows("contract_tree_link", id=number)
    read = billing.call(PERSONAL_TARIFF, tariff_id=number)
    assert read is not None
    (listed,) = [tariff for tariff in billing.call(PERSONAL_TARIFF_LIST, cid=CID) if tariff.id == number]
    assert replace(read, id=listed.id) == listed
    billing.call(PERSONAL_TARIFF_SAVE, cid=CID, tariff=listed)
    assert emulator.rows("contract_tree_link", id=number) == [row], "nothing is lost by saving"

    billing.call(PERSONAL_TARIFF_SAVE, cid=CID, tariff=replace(listed, title="VIP", period=Period(), position=0))
    (changed,) = emulator.rows("contract_tree_link", id=number)
    assert (changed["title"], changed["pos"], changed["date1"], changed["date2"]) == ("VIP", 0, None, None)
    assert (changed["tree_id"], changed["config"]) == (row["tree_id"], "a=1")

    with pytest.raises(Refused, match="название"):
        billing.call(PERSONAL_TARIFF_SAVE, cid=CID, tariff=replace(listed, title=" "))
    for operation, arguments in (
        (PERSONAL_TARIFF_SAVE, {"tariff": listed}),
        (PERSONAL_TARIFF_DELETE, {"tariff_id": number}),
    ):
        with pytest.raises(Absent):
            billing.call(operation, cid=FIRM, **arguments)
    billing.call(PERSONAL_TARIFF_DELETE, cid=CID, tariff_id=number)
    assert emulator.rows("contract_tree_link", id=number) == []
    assert billing.call(PERSONAL_TARIFF, tariff_id=number) is None


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_tariff_group_is_added_changed_and_deleted(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    directory = billing.directory(TARIFF_GROUPS)
    assert [(group.id, group.title, group.days_ahead) for group in directory] == [
        (1, "Смена тарифа в кабинете", 1),
        (2, "Бизнес", 30),
    ]
    assert all(plan.title for group in directory for plan in group.plans)
    number = billing.call(TARIFF_GROUP_SAVE, cid=EMPTY, group=TariffGroup(0, "", DECEMBER, "к", 2))
    assert number is not None
    (row,) = emulator.rows("contract_tariff_group", id=number)
    assert (row["cid"], row["gid"], row["date1"], row["date2"], row["comment"]) == (
        EMPTY,
        2,
        DECEMBER.since,
        DECEMBER.until,
        "к",
    )
    read = billing.call(TARIFF_GROUP, contract_group_id=number)
    assert read == TariffGroup(0, "", DECEMBER, "к", 2)
    changed = TariffGroup(number, "", Period(), "", 1)
    assert billing.call(TARIFF_GROUP_SAVE, cid=EMPTY, group=changed) == number
    (row,) = emulator.rows("contract_tariff_group", id=number)
    assert (row["gid"], row["date1"], row["date2"], row["comment"]) == (1, None, None, "")
    with pytest.raises(Absent):
        billing.call(TARIFF_GROUP_SAVE, cid=EMPTY, group=replace(changed, group_id=77))
    with pytest.raises(Absent):
        billing.call(TARIFF_GROUP_SAVE, cid=FIRM, group=changed)
    billing.call(TARIFF_GROUP_DELETE, contract_group_id=number)
    assert emulator.rows("contract_tariff_group", id=number) == []
    assert billing.call(TARIFF_GROUP, contract_group_id=number) is None
    with pytest.raises(Absent):
        billing.call(TARIFF_GROUP_DELETE, contract_group_id=number)


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_is_activated_ended_begun_again_and_deleted(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    assert TURBO in {option.id for option in billing.call(AVAILABLE_OPTIONS, cid=CID)}
    assert WEEK in {mode.id for mode in billing.call(OPTION_MODES, cid=CID, option_id=TURBO)}
    billing.call(OPTION_ACTIVATE, cid=CID, option_id=TURBO, mode_id=WEEK)
    row = newest(emulator, "contract_tariff_option")
    assert (row["cid"], row["option_id"], row["activated_mode"], row["summa"]) == (CID, TURBO, WEEK, Decimal(200))
    assert (row["time_from"], row["time_to"]) == (NOON, datetime(2026, 11, 30, 12))
    again = {"cid": CID, "option_id": TURBO, "mode_id": WEEK}
    with pytest.raises(Refused, match="уже активна"):
        billing.call(OPTION_ACTIVATE, **again)
    with pytest.raises(Refused, match="недоступна"):
        billing.call(OPTION_ACTIVATE, **{**again, "cid": EMPTY})
    with pytest.raises(NoRights):
        opened(emulator, "reader").call(OPTION_ACTIVATE, **again)

    mine = {"cid": CID, "contract_option_id": row["id"]}
    for operation in (OPTION_DEACTIVATE, OPTION_REACTIVATE, OPTION_DELETE):
        with pytest.raises(Absent):
            billing.call(operation, **{**mine, "cid": FIRM})
    billing.call(OPTION_REACTIVATE, **mine)
    (prolonged,) = emulator.rows("contract_tariff_option", id=row["id"])
    assert (prolonged["time_to"], prolonged["summa"]) == (datetime(2026, 12, 7, 12), Decimal(400))
    billing.call(OPTION_DEACTIVATE, **mine)
    (ended,) = emulator.rows("contract_tariff_option", id=row["id"])
    assert (ended["time_to"], ended["deactivated_time"]) == (NOON, NOON)
    assert row["id"] in {option.id for option in billing.call(OPTION_HISTORY, cid=CID)}
    billing.call(OPTION_REACTIVATE, **mine)
    begun = newest(emulator, "contract_tariff_option")
    assert begun["id"] > row["id"]
    billing.call(OPTION_DELETE, cid=CID, contract_option_id=begun["id"])
    assert emulator.rows("contract_tariff_option", id=begun["id"]) == []
    assert emulator.rows("contract_charge", id=begun["charge_id"]) == []


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_option_for_a_sum(private_billing: Emulated, band: str) -> None:
    emulator = private_billing(band)
    billing = opened(emulator)
    number = billing.call(OPTION_ACTIVATE_WITH_SUM, cid=CID, option_id=TURBO, mode_id=WEEK, amount=Decimal("12.5"))
    (row,) = emulator.rows("contract_tariff_option", id=number)
    assert (row["summa"], row["activated_mode"]) == (Decimal("12.50"), WEEK)
    assert emulator.rows("contract_charge", id=row["charge_id"])[0]["summa"] == Decimal("12.50")
    with pytest.raises(ValueError, match="two digits"):
        billing.call(OPTION_ACTIVATE_WITH_SUM, cid=CID, option_id=TURBO, mode_id=WEEK, amount=Decimal("0.001"))
