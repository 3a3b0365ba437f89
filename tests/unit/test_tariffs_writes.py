"""Requests and answers of saving tariffs and options, literally (money.md 7.3 to 10)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.tariffs import (
    ContractTariff,
    GroupPlan,
    PersonalTariff,
    TariffGroup,
    TariffGroupEntry,
)
from flask_bgbilling.wire.ops import tariff_options_writes, tariffs, tariffs_writes
from flask_bgbilling.wire.spelling import form_fields, json_body
from flask_bgbilling.wire.version import Version

MOSCOW = ZoneInfo("Europe/Moscow")
FROM_MARCH = Period(date(2025, 3, 10))


def xml(text: str) -> XmlAnswer:
    return XmlAnswer(ElementTree.fromstring(text), MOSCOW, Version("7.2"))


def returned(value: Any) -> JsonAnswer:
    return JsonAnswer({"return": value}, MOSCOW, Version("9.2"))


def spelled(params: Mapping[str, object]) -> str:
    return json_body(params, MOSCOW).decode()


def test_a_plan_in_a_form_sends_everything() -> None:
    assert form_fields(tariffs_writes.plan_fields(cid=77, tariff=ContractTariff(0, 5, FROM_MARCH)), MOSCOW) == [
        ("cid", "77"),
        ("id", "new"),
        ("tpid", "5"),
        ("pos", "0"),
        ("date1", "10.03.2025"),
        ("date2", ""),
        ("comment", ""),
    ]


def test_a_plan_as_a_bean() -> None:
    assert spelled(tariffs_writes.plan_bean(cid=77, tariff=ContractTariff(0, 5, FROM_MARCH, "", 1))) == (
        '{"contractTariff":{"id":0,"contractId":77,"tariffPlanId":5,'
        '"period":{"dateFrom":"2025-03-10T00:00:00+03:00","dateTo":null},"title":null,"comment":"","position":1}}'
    )


def test_a_personal_tariff_in_a_form_and_as_a_bean() -> None:
    tariff = PersonalTariff(0, "VIP (900 р.)", FROM_MARCH)
    fields = dict(form_fields(tariffs_writes.personal_fields(cid=77, tariff=tariff), MOSCOW))
    assert fields == {"cid": "77", "id": "0", "title": "VIP (900 р.)", "pos": "0", "date1": "10.03.2025", "date2": ""}
    assert spelled(tariffs_writes.personal_bean(cid=77, tariff=tariff)) == (
        '{"contractId":77,"personalTariff":{"id":0,"contractId":77,"title":"VIP (900 р.)","titleWeb":null,'
        '"useTitleInWeb":false,"treeId":0,"pos":0,"date1":"2025-03-10T00:00:00+03:00","date2":null,"config":""}}'
    )


def test_a_tariff_group_in_a_form() -> None:
    fields = dict(form_fields(tariffs_writes.group_fields(cid=77, group=TariffGroup(0, "", Period(), "к", 2)), MOSCOW))
    assert fields == {"cid": "77", "id": "new", "tariff_group": "2", "date1": "", "date2": "", "comment": "к"}


def test_what_the_directory_of_plans_is_asked_for() -> None:
    usual = dict(form_fields(tariffs.offered(cid=77), MOSCOW))
    assert usual == {"cid": "77", "id": "new", "showUsed": "1", "useFilter": "1", "tariffGroupFilter": "0"}
    every = tariffs.offered(cid=77, module_id=6, used_only=False, by_contract=False, by_group=True)
    assert dict(form_fields(every, MOSCOW)) == {
        "cid": "77",
        "id": "new",
        "mid": "6",
        "showUsed": "0",
        "useFilter": "0",
        "tariffGroupFilter": "1",
    }


def test_an_activation_always_says_that_it_is_by_staff() -> None:
    assert spelled(tariff_options_writes.option_and_mode(cid=77, option_id=2, mode_id=5)) == (
        '{"contractId":77,"optionId":2,"modeId":5,"web":false}'
    )
    priced = tariff_options_writes.option_mode_and_sum(cid=77, option_id=2, mode_id=5, amount=Decimal("12.50"))
    assert spelled(priced) == '{"contractId":77,"optionId":2,"modeId":5,"web":false,"chargeSum":12.5}'


def test_one_personal_tariff() -> None:
    element = '<tariff date1="10.03.2025" date2="" pos="1" title="VIP" tree_id="5001"/>'
    assert tariffs.read_personal_element(xml(f'<data status="ok"><x>{element}</x></data>')) == PersonalTariff(
        0, "VIP", FROM_MARCH, 1, 5001
    )
    assert tariffs.read_personal_element(xml('<data status="ok"/>')) is None
    bean = {"id": 3, "contractId": 77, "title": "VIP", "titleWeb": None, "useTitleInWeb": True, "treeId": 5001}
    days = {"pos": 1, "date1": "2025-03-10", "date2": None, "config": "a=1"}
    assert tariffs.read_personal(returned({**bean, **days})) == PersonalTariff(
        3, "VIP", FROM_MARCH, 1, 5001, "", True, "a=1"
    )
    assert tariffs.read_personal(returned(None)) is None


def test_one_tariff_group_of_a_contract() -> None:
    element = '<contract_tariff_group tariff_group="2" date1="10.03.2025" date2="" comment="к"/>'
    read = tariffs.read_group_element(xml(f'<data status="ok"><x>{element}</x></data>'))
    assert read == TariffGroup(0, "", FROM_MARCH, "к", 2)
    assert tariffs.read_group_element(xml('<data status="ok"/>')) is None


def test_the_directory_of_tariff_groups() -> None:
    plans = [{"id": 4, "title": "Домашний", "date1": "2025-03-10", "date2": None}, "noise"]
    group = {"id": 1, "title": "Смена", "daysForward": 3, "pos": 2, "transferMode": 0, "planList": plans}
    empty = {"id": 2, "title": "Пусто", "planList": None}
    assert tariffs.read_groups(returned([group, empty])) == (
        TariffGroupEntry(1, "Смена", (GroupPlan(4, "Домашний", FROM_MARCH),), 2, 3),
        TariffGroupEntry(2, "Пусто"),
    )
