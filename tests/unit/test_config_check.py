"""The linter: every kind of mistake with its line and what was expected, and silence about what is right."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.config.check import check, check_properties
from flask_bgbilling.config.keys import KEYS, known, nearest
from flask_bgbilling.config.messages import MESSAGES, WARNINGS, Problem, shown
from flask_bgbilling.config.properties import Properties

SERVER = "bgbilling:server.1.id=bitel\nbgbilling:server.1.title=BiTel\nbgbilling:server.1.url=http://h/x\n"

RUSSIAN = {"%(key)s is not known and has no effect.": "Ключ %(key)s не известен."}

MISTAKES = {
    "no sign": ("abc", "line-without-equals", ""),
    "unknown key": ("bgbilling:foo=1", "key-unknown", "bgbilling:foo"),
    "misspelt key": (
        "bgbilling:server.1.requestTimeout=9",
        "key-unknown-near",
        "bgbilling:server.1.requestTimeout",
    ),
    "misspelt beginning": ("bgbiling:enable=1", "key-unknown-near", "bgbiling:enable"),
    "space before the sign": ("bgbilling:enable =1", "key-spaces", "bgbilling:enable "),
    "no number": ("bgbilling:server.one.id=x", "key-index", "bgbilling:server.one.id"),
    "bad switch": ("bgbilling:enable=off", "boolean", "bgbilling:enable"),
    "bad number": ("bgbilling:server.1.customerIdParam=1O", "natural", "bgbilling:server.1.customerIdParam"),
    "bad list": (
        "bgbilling:creator.confirmParameters=1,x",
        "integers",
        "bgbilling:creator.confirmParameters",
    ),
    "bad page size": ("bgbilling:search.pageSize=0", "range", "bgbilling:search.pageSize"),
    "bad days": ("bgbilling:journal.keepDays=36501", "range", "bgbilling:journal.keepDays"),
    "bad zone": ("bgbilling:server.1.timezone=Mars", "zone", "bgbilling:server.1.timezone"),
    "bad version": ("bgbilling:server.1.version=6.2", "version", "bgbilling:server.1.version"),
    "bad marker": (
        "bgbilling:server.1.markerRequestParam=x",
        "marker",
        "bgbilling:server.1.markerRequestParam",
    ),
    "bad mapping": (
        "bgbilling:server.1.copyParamMapping=1",
        "mapping",
        "bgbilling:server.1.copyParamMapping",
    ),
    "bad JDBC": ("bgbilling:server.1.db.url=h", "jdbc", "bgbilling:server.1.db.url"),
    "bad cron": ("scheduler.task.x.class=A\nscheduler.task.x.hours=often", "cron", "scheduler.task.x.hours"),
    "hour 24": ("scheduler.task.x.class=A\nscheduler.task.x.hours=1,22-24", "cron-range", "scheduler.task.x.hours"),
    "month 0": ("scheduler.task.x.class=A\nscheduler.task.x.month=0", "cron-range", "scheduler.task.x.month"),
    "hours backwards": ("scheduler.task.x.class=A\nscheduler.task.x.hours=5-3", "cron-range", "scheduler.task.x.hours"),
    "step of nothing": ("scheduler.task.x.class=A\nscheduler.task.x.hours=*/0", "cron", "scheduler.task.x.hours"),
    "task without class": ("scheduler.task.x.minutes=*/4", "required", "scheduler.task.x.class"),
    "unknown billing": (
        "bgbilling:contractType.1.title=A\nbgbilling:contractType.1.billing=bitell",
        "billing-unknown",
        "bgbilling:contractType.1.billing",
    ),
    "unknown billing in a list": ("billingIds=bitel,ds", "billing-unknown", "billingIds"),
    "bad billing in a list": ("billingIds=bi-tel", "identifiers", "billingIds"),
    "type without billing": (
        "bgbilling:contractType.1.title=A",
        "required",
        "bgbilling:contractType.1.billing",
    ),
    "bad tariffs": (
        "bgbilling:contractType.1.title=A\nbgbilling:contractType.1.billing=bitel\n"
        "bgbilling:contractType.1.tariffList=1:A;2:b:c",
        "id-titles",
        "bgbilling:contractType.1.tariffList",
    ),
    "rule without group": (
        "bgbilling:creator.confirmParameters=1\nbgbilling:creator.parameterGroupRule.1.contractTitlePattern=x",
        "rule-ignored",
        "bgbilling:creator.parameterGroupRule.1.paramGroupId",
    ),
    "no confirmation": (
        "bgbilling:creator.titleDistance=2",
        "confirm-empty",
        "bgbilling:creator.confirmParameters",
    ),
    "obsolete key": (
        "bgbilling:processShowLinkedContractsInfo=1",
        "key-obsolete",
        "bgbilling:processShowLinkedContractsInfo",
    ),
    "near class": (
        "messageType.1.title=A\nmessageType.1.class=MessageTypeHelpdesk",
        "class-near",
        "messageType.1.class",
    ),
    "e-mail search without parameters": (
        "messageType.1.title=A\nmessageType.1.class=MessageTypeEmail\n"
        "messageType.1.search.1.class=BGBillingMessageTypeSearchEmail\nmessageType.1.search.1.billingId=bitel",
        "required",
        "messageType.1.search.1.paramIds",
    ),
    "unknown command": (
        "messageType.1.title=A\nmessageType.1.class=MessageTypeCall\n"
        "messageType.1.search.1.class=BGBillingMessageTypeSearchCall\nmessageType.1.search.1.billingId=bitel\n"
        "messageType.1.search.1.commands=contractByComment:1",
        "commands",
        "messageType.1.search.1.commands",
    ),
    "saver without parameter": (
        "messageType.1.title=A\nmessageType.1.class=MessageTypeCall\n"
        "messageType.1.saver.class=BGBillingMessageTypeContactSaverPhone",
        "required",
        "messageType.1.saver.paramId",
    ),
    "old key of a search": (
        "messageType.1.title=A\nmessageType.1.class=MessageTypeCall\n"
        "messageType.1.search.1.class=Own\nmessageType.1.search.1.stringExpressionNumberPreprocess=x",
        "key-deprecated",
        "messageType.1.search.1.stringExpressionNumberPreprocess",
    ),
    "process rule without groups": (
        "bgbilling:processLinkedContract.1.titleRegexp=x",
        "rule-ignored",
        "bgbilling:processLinkedContract.1.groupIds",
    ),
    "process rule without condition": (
        "bgbilling:processLinkedContract.1.groupIds=1",
        "rule-condition",
        "bgbilling:processLinkedContract.1.titleRegexp",
    ),
    "city search without address": (
        "message.possible.process.1.class=BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity\n"
        "message.possible.process.1.processCityParamId=5",
        "required",
        "message.possible.process.1.contractAddressParamId",
    ),
}


@pytest.mark.parametrize(("text", "code", "key"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_found_once_and_nothing_else(text: str, code: str, key: str) -> None:
    (problem,) = check(SERVER + text)
    assert (problem.code, problem.key) == (code, key)
    assert (problem.line or 0) > 3
    places = set(re.findall(r"%\((\w+)\)s", problem.message))
    assert places <= {"key", *problem.params}


def test_what_was_meant_is_suggested_with_the_numbers_that_were_written() -> None:
    assert nearest("bgbilling:server.12.titel") == "bgbilling:server.12.title"
    assert nearest("bgbilling:server.12.dbuser") == "bgbilling:server.12.db.user"
    assert nearest("bgbilling:logn.bitel") == "bgbilling:login.<BILLING>"
    assert nearest("bgbilling:server.12.colour") is None
    assert nearest("bgbilling:" + "x" * 100_000) is None


def test_problems_come_in_the_order_of_their_lines() -> None:
    text = "bgbilling:a=1\nabc\nbgbilling:enable=x\nbgbilling:server.7.id=a b\n"
    lines = [problem.line for problem in check(text)]
    assert lines == sorted(line for line in lines if line)
    assert set(lines) == {1, 2, 3, 4}


def test_keys_of_other_parts_of_the_host_are_none_of_our_business() -> None:
    assert (
        check("some.host.key=1\nmessageType.5.title=A\nmessageType.5.class=org.host.OwnType\nmessageType.5.x=1") == []
    )


def test_a_text_without_servers_is_not_asked_for_them() -> None:
    assert check("bgbilling:login.bitel=me\nbgbilling:password.bitel=word\nbgbilling:userId.bitel=5") == []
    assert check("billingIds=bitel,ds\nparameterIds=1,2\npaymentTypeIds=bitel:1,2;\nallowedTypeIds=1") == []


def test_a_long_server_id_is_accepted_with_a_warning() -> None:
    (problem,) = check(SERVER.replace("bitel", "moscow_region"))
    assert (problem.code, problem.severity) == ("server-id-tight", "warning")


def test_a_mapping_has_problems_without_lines() -> None:
    (problem,) = check_properties(Properties.of({"bgbilling:enable": "maybe"}))
    assert (problem.code, problem.line) == ("boolean", None)
    assert str(problem).startswith("error: bgbilling:enable is “maybe”")


def test_passwords_never_appear() -> None:
    text = (
        SERVER
        + "bgbilling:server.1.db.url=mysql://root:hunter2@h/x?password=hunter2\n"
        + "bgbilling:server.1.db.pswd =hunter2\n"
        + "bgbilling:server.2.url=http://me:hunter2@h/\n"
        + "bgbilling:pasword=hunter2\n"
        + "bgbilling:password=a{@hunter2}\n"
        + "hunter2\n"
        + "messageType.1.pswd=<<hunter2\n"
    )
    problems = check(text)
    assert len(problems) > 6
    assert "hunter2" not in "".join(repr(problem) + str(problem) for problem in problems)


def test_shown_values_are_short_and_on_one_line() -> None:
    assert shown("a", "x\ny\u200b") == "x·y·"
    assert len(shown("a", "x" * 1000)) == 80


def test_every_message_fits_its_parameters() -> None:
    params = {"value", "near", "form", "index", "first", "most", "least", "versions", "macro", "terminator"}
    params |= {"path", "reason", "type", "types", "items", "detail", "known", "ending", "kind"}
    for code, message in MESSAGES.items():
        problem = Problem(code, "a.key", 1, "", dict.fromkeys(params, "shown"))
        assert "%(" not in problem.text()
        assert set(re.findall(r"%\((\w+)\)s", message)) <= params | {"key"}
    assert set(MESSAGES) >= WARNINGS


def test_a_message_can_be_translated() -> None:
    text = Problem("key-unknown", "a").text(lambda message: RUSSIAN[message])
    assert text == "Ключ a не известен."


def test_a_place_stands_before_the_text() -> None:
    problem = Problem("key-unknown", "a", 5, "include.3")
    assert str(problem) == "include.3, line 5: warning: a is not known and has no effect."


def test_every_key_of_the_table_knows_itself() -> None:
    for key in KEYS:
        written = key.form.removesuffix("*").replace("<N>", "7").replace("<NAME>", "n").replace("<BILLING>", "b")
        assert known(written + ("x" if key.form.endswith("*") else "")) is not None
    forms = [key.form for key in KEYS]
    assert len(forms) == len(set(forms))


LINES = st.lists(
    st.tuples(
        st.sampled_from([key.form.replace("<N>", "1").replace("<NAME>", "n") for key in KEYS]) | st.text(max_size=20),
        st.text(max_size=30),
    ),
    max_size=10,
)


@given(LINES)
def test_checking_never_raises(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{key}={value}" for key, value in lines)
    for problem in check(text):
        assert str(problem)
        assert problem.line is not None
