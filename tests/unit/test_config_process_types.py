"""The keys of a process type: rules of linked contracts as the product description has them, and mistakes in them."""

import pytest

from flask_bgbilling.config.process_types import ProcessTypeSettings, problems, process_type_settings
from flask_bgbilling.config.properties import parse

SNIPPET = """
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=<groupIds>
bgbilling:processLinkedContract.{@cnt}.titleRegexp=<titleRegexp>
bgbilling:processLinkedContract.{@cnt}.billingIds=<billingIds>
"""
"""Word for word from the product description, section «Конфигурация типа процесса»."""


def settings(text: str) -> ProcessTypeSettings:
    return process_type_settings(parse(text))


def filled(groups: str, title: str, billings: str) -> str:
    text = SNIPPET.replace("<groupIds>", groups).replace("<titleRegexp>", title)
    return text.replace("<billingIds>", billings)


def found(text: str, billings: set[str] | None = None, groups: set[int] | None = None) -> list[tuple[str, str]]:
    return [(problem.key.rpartition(".")[2], problem.code) for problem in problems(parse(text), billings, groups)]


def test_the_snippet_of_the_description() -> None:
    rules = settings(filled("3,5", "[ДK]\\d{4}", "bitel, ds") + filled("7", "9.*", "")).rules
    assert [(rule.number, rule.group_ids) for rule in rules] == [(1, (3, 5)), (2, (7,))]
    first, second = rules
    assert first.fits("bitel", "x")
    assert first.fits("ds", "")
    assert first.fits("tks", "Д1234")
    assert not first.fits("tks", "Д12345"), "the whole number"
    assert not second.fits("bitel", "19")


def test_the_other_keys_of_the_description() -> None:
    assert settings("") == ProcessTypeSettings(link_customer=True, show_processes=False)
    text = "bgbilling:linkCustomerOnContractLink=0\nbgbilling:processShowLinkContractProcess=1"
    assert settings(text) == ProcessTypeSettings(link_customer=False, show_processes=True)
    assert not settings("bgbilling:processShowLinkContractProcess=0").show_processes, "a yes or no, not any text"


def test_patterns_are_those_of_java_and_never_hang() -> None:
    assert settings(filled("1", "[\\p{L}&&[^x]]+\\d++", "")).rules[0].fits("bitel", "Д7")
    assert not settings(filled("1", "(a+)+b", "")).rules[0].fits("bitel", "a" * 100)
    assert not settings(filled("1", "(.*,){20}(x+x+)+y", "")).rules[0].fits("bitel", "x," * 50)


def test_rules_go_by_their_numbers() -> None:
    text = "bgbilling:processLinkedContract.10.groupIds=1\nbgbilling:processLinkedContract.10.titleRegexp=.*\n"
    text += "bgbilling:processLinkedContract.9.groupIds=2\nbgbilling:processLinkedContract.9.titleRegexp=.*\n"
    rule = settings(text).rule("bitel", "101")
    assert rule is not None
    assert rule.group_ids == (2,)


@pytest.mark.parametrize(
    ("groups", "title", "billings", "codes"),
    [
        ("1", "1.*", "bitel", []),
        ("1,9", "", "bitel,no", [("groupIds", "group-unknown"), ("billingIds", "billing-unknown")]),
        ("1", "(", "", [("titleRegexp", "pattern")]),
        ("1", "a{999999999999}", "", [("titleRegexp", "pattern")]),
        ("", "1", "", [("groupIds", "rule-ignored")]),
        ("1", "", "", [("titleRegexp", "rule-condition")]),
    ],
)
def test_mistakes_are_told(groups: str, title: str, billings: str, codes: list[tuple[str, str]]) -> None:
    text = filled(groups, title, billings)
    assert found(text, {"bitel"}, {1}) == codes
    assert all(rule.group_ids for rule in settings(text).rules), "what cannot be used is left out"


def test_without_a_host_nobody_knows_groups_and_billings() -> None:
    assert found(filled("9", "", "no")) == []
