"""Types of contracts as they are configured: what is read, what is left out, what is reported."""

import pytest

from flask_bgbilling.config.check import check
from flask_bgbilling.config.contract_types import ContractType, contract_types
from flask_bgbilling.config.loading import load_text
from flask_bgbilling.config.properties import IdTitle

SERVER = "bgbilling:server.1.id=bitel\nbgbilling:server.1.title=BiTel\nbgbilling:server.1.url=http://h/x\n"
TYPE = "bgbilling:contractType"


def read(text: str) -> tuple[ContractType, ...]:
    return contract_types(load_text(SERVER + text))


def found(text: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.key) for problem in check(SERVER + text)]


def test_the_example_of_the_description() -> None:
    text = (
        f"{TYPE}.{{@inc:cnt}}.title=Интернет\n{TYPE}.{{@cnt}}.billing=bitel\n{TYPE}.{{@cnt}}.patternId=17\n"
        f"{TYPE}.{{@cnt}}.tariffList=3:Домашний 300 (550 р.);4:Домашний 500\n"
        f"{TYPE}.{{@inc:cnt}}.title=Видео\n{TYPE}.{{@cnt}}.billing=bitel\n{TYPE}.{{@cnt}}.tariffPosition=2\n"
    )
    tariffs = (IdTitle(3, "Домашний 300 (550 р.)"), IdTitle(4, "Домашний 500"))
    assert read(text) == (
        ContractType(1, "Интернет", "bitel", 17, tariffs, -1),
        ContractType(2, "Видео", "bitel", 0, (), 2),
    )
    assert found(text) == []
    assert read(text)[0].tariff(4) == tariffs[1]
    assert read(text)[0].tariff(5) is None


@pytest.mark.parametrize("separator", [";", ",", " ; ", ";;"])
def test_separators_of_tariffs(separator: str) -> None:
    (one,) = read(f"{TYPE}.1.title=А\n{TYPE}.1.billing=bitel\n{TYPE}.1.tariffList=3:Три{separator}4:Четыре")
    assert one.tariffs == (IdTitle(3, "Три"), IdTitle(4, "Четыре"))


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (f"{TYPE}.1.title=А", [("required", f"{TYPE}.1.billing")]),
        (f"{TYPE}.1.billing=bitel", [("required", f"{TYPE}.1.title")]),
        (f"{TYPE}.1.title=А\n{TYPE}.1.billing=other", [("billing-unknown", f"{TYPE}.1.billing")]),
        (f"{TYPE}.1.title=А\n{TYPE}.1.billing=bitel\n{TYPE}.1.patternId=x", [("natural", f"{TYPE}.1.patternId")]),
        (
            f"{TYPE}.1.title=А\n{TYPE}.1.billing=bitel\n{TYPE}.1.tariffPosition=first",
            [("integer", f"{TYPE}.1.tariffPosition")],
        ),
        (
            f"{TYPE}.1.title=А\n{TYPE}.1.billing=bitel\n{TYPE}.1.tariffList=3-Три;4:Четыре",
            [("id-titles", f"{TYPE}.1.tariffList")],
        ),
    ],
)
def test_what_cannot_be_used_is_left_out_and_the_others_stay(block: str, expected: list[tuple[str, str]]) -> None:
    text = f"{block}\n{TYPE}.2.title=Б\n{TYPE}.2.billing=bitel\n"
    assert [one.number for one in read(text)] == [2]
    assert found(text) == expected


def test_what_can_be_used_in_part_is_told() -> None:
    text = (
        f"{TYPE}.1.title=А\n{TYPE}.1.billing=bitel\n{TYPE}.1.tariffPosition=-2\n"
        f"{TYPE}.1.tariffList=3:Три;0:Нет;3:Снова;5:;4:Четыре"
    )
    (one,) = read(text)
    assert one.tariff_position == -1
    assert one.tariffs == (IdTitle(3, "Три"), IdTitle(4, "Четыре"))
    assert found(text) == [
        ("tariff-position", f"{TYPE}.1.tariffPosition"),
        *[("tariff-list", f"{TYPE}.1.tariffList")] * 3,
    ], "each tariff that is left out"
