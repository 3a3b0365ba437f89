"""Readers of tariff plans, personal tariffs, groups and options with literal answers of money.md 7 to 10."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.tariffs import (
    ActivationMode,
    ContractOption,
    ContractTariff,
    PersonalTariff,
    TariffGroup,
    TariffOption,
)
from flask_bgbilling.wire.operation import JsonRpc
from flask_bgbilling.wire.ops import tariff_options, tariffs
from flask_bgbilling.wire.version import Version
from tests.support import ALL_BANDS

MOSCOW = ZoneInfo("Europe/Moscow")
FEBRUARY_ON = Period(date(2025, 2, 1))


def xml(text: str) -> XmlAnswer:
    return XmlAnswer(ElementTree.fromstring(text), MOSCOW, Version("7.2"))


def returned(value: Any, version: str = "9.2") -> JsonAnswer:
    return JsonAnswer({"return": value}, MOSCOW, Version(version))


@pytest.mark.parametrize(
    "row",
    [
        '<row comment="к" date1="01.02.2025" date2="" f0="15" f1="4" f2="Интернет" f3="01.02.2025-…" f4="к"'
        ' f5="2" id="15" period="01.02.2025-…" pos="2" title="Интернет" tpid="4"/>',
        '<row f0="15" f1="4" f2="Интернет" f3="01.02.2025-…" f4="к" f5="2"/>',
        '<row id="15" tpid="4" title="Интернет" period="01.02.2025-…" comment="к" pos="2"/>',
        '<row id="15" f1="4" f2="Интернет" date1="01.02.2025" date2="" comment="к" pos="2"/>',
    ],
)
def test_tariff_rows_are_spelled_by_name_or_by_place(row: str) -> None:
    read = tariffs.read_tariff_rows(xml(f'<data status="ok"><deep>{row}</deep></data>'))
    assert read == (ContractTariff(15, 4, FEBRUARY_ON, "Интернет", 2, "к"),)


@pytest.mark.parametrize(
    "dates",
    [
        {"period": {"dateFrom": "2025-02-01", "dateTo": None}},
        {"dateFrom": "2025-02-01T00:00:00+03:00", "dateTo": None},
        {"period": None, "dateFrom": "2025-02-01"},
    ],
)
def test_tariff_dates_are_nested_or_flat(dates: dict[str, object]) -> None:
    item = {"id": 15, "contractId": 77, "tariffPlanId": 4, "comment": None, "position": 2, **dates}
    assert tariffs.read_tariff_list(returned([item])) == (ContractTariff(15, 4, FEBRUARY_ON, "", 2, ""),)


def test_a_tariff_without_dates_is_open() -> None:
    (tariff,) = tariffs.read_tariff_list(returned([{"id": 15, "tariffPlanId": 4}]))
    assert tariff.period == Period()


@pytest.mark.parametrize("version", ALL_BANDS)
def test_the_entity_parameter_is_renamed_at_92410(version: str) -> None:
    form = tariffs.CONTRACT_TARIFF_LIST.form(Version(version))
    if Version(version) < Version("9.2"):
        assert str(form) == "contract/ContractTariffPlans"
        return
    assert isinstance(form, JsonRpc)
    name = "entityMid" if Version(version) < Version("9.2410") else "entityModuleId"
    assert form.method == "contractTariffList"
    assert form.params(cid=77) == {"contractId": 77, name: 0, "entityId": 0}


def test_personal_tariffs() -> None:
    rows = xml(
        '<data status="ok"><table><data>'
        '<row id="5" period="01.02.2025-…" pos="1" title="VIP (900 р.)" tree_id="77"/></data></table></data>'
    )
    item = {
        "id": 5,
        "title": "VIP (900 р.)",
        "treeId": 77,
        "pos": 1,
        "date1": "2025-02-01T00:00:00+03:00",
        "date2": None,
    }
    expected = (PersonalTariff(5, "VIP (900 р.)", FEBRUARY_ON, 1, 77),)
    assert tariffs.read_personal_rows(rows) == expected
    assert tariffs.read_personal_list(returned([item])) == expected


@pytest.mark.parametrize("version", ALL_BANDS)
def test_tariff_groups_end_with_92(version: str) -> None:
    assert (tariffs.TARIFF_GROUP_LIST.form(Version(version)) is None) == (Version(version) >= Version("9.2"))
    personal = str(tariffs.PERSONAL_TARIFF_LIST.form(Version(version)))
    assert personal.startswith("contract.tariff/") == (Version(version) < Version("9.2"))


def test_tariff_groups() -> None:
    answer = xml(
        '<data status="ok"><x><row id="5" tariff_group="Группа" period="01.02.2025-…" comment="к"/></x></data>'
    )
    assert tariffs.read_group_rows(answer) == (TariffGroup(5, "Группа", FEBRUARY_ON, "к"),)


def test_titles_of_plans() -> None:
    answer = xml('<data status="ok"><tariffPlans><item id="4" title="Интернет"/></tariffPlans></data>')
    assert tariffs.read_plan_titles(answer).titles == {4: "Интернет"}
    assert tariffs.read_plan(returned({"id": 4, "title": "Интернет"})) == IdTitle(4, "Интернет")
    assert tariffs.read_plan(returned(None)) is None


def test_options_of_a_contract() -> None:
    item = {
        "id": 31,
        "contractId": 77,
        "optionId": 2,
        "optionTitle": "Турбо",
        "summa": Decimal("50.00"),
        "chargeId": 903,
        "activatedMode": 5,
        "activatedTime": "2025-03-10T11:59:00",
        "deactivatedTime": None,
        "timeFrom": "2025-03-10T11:59:00",
        "timeTo": "2025-03-11T11:59:00+03:00",
        "userId": 9,
        "userTitle": "Иванова О.",
    }
    begun = datetime(2025, 3, 10, 11, 59, tzinfo=MOSCOW)
    assert tariff_options.read_contract_options(returned([item])) == (
        ContractOption(
            id=31,
            option_id=2,
            title="Турбо",
            price=Decimal("50.00"),
            since=begun,
            until=datetime(2025, 3, 11, 11, 59, tzinfo=MOSCOW),
            activated_at=begun,
            user_name="Иванова О.",
        ),
    )


def test_available_options_and_their_modes() -> None:
    option = {"id": 2, "title": "Турбо", "comment": "к", "description": "о", "dateFrom": "2025-02-01"}
    assert tariff_options.read_options(returned([option])) == (TariffOption(2, "Турбо", "к", "о", FEBRUARY_ON),)
    modes = [
        {"id": 5, "title": "Сутки", "chargeSumma": "50.00", "chargeTypeTitle": "Опции"},
        {"id": 6, "modeTitle": "Месяц"},
    ]
    assert tariff_options.read_modes(returned(modes)) == (
        ActivationMode(5, "Сутки", Decimal("50.00"), "Опции"),
        ActivationMode(6, "Месяц"),
    )


def test_parameters_of_option_calls() -> None:
    now = datetime(2025, 3, 10, 12, tzinfo=MOSCOW)
    assert tariff_options.active_at(cid=77, moment=now) == {"contractId": 77, "date": now}
    assert tariff_options.for_staff(cid=77) == {"contractId": 77, "web": False}
    assert tariff_options.offered_to_staff(cid=77) == {
        "contractId": 77,
        "onlyAvailable": False,
        "web": False,
    }
    assert tariff_options.by_option(cid=77, option_id=2) == {"contractId": 77, "optionId": 2}
