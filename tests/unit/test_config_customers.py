"""What a configuration says of customers, checked against those that the host has."""

from collections.abc import Callable, Mapping

import pytest
from click.testing import Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from flask_bgbilling import BGBilling, PropertyAccounts
from flask_bgbilling.cli import bgbilling
from flask_bgbilling.config.check import check
from flask_bgbilling.config.customers import KnownCustomers
from flask_bgbilling.ports import CustomerGroup, CustomerParameter, CustomerTitlePattern
from tests.memory_customers import MemoryCustomers, parameters
from tests.unit.test_host_mistakes import SERVER, People

C = "bgbilling:creator"
COPYING = "bgbilling:server.1.copyParamMapping"
ACCOUNT = f"{C}.server.1.billingId=ds\n{C}.server.1.user=u\n{C}.server.1.pswd=p\n"
PARAMETERS = parameters(p12="address", p73="date", p115="list")
KNOWN = KnownCustomers(PARAMETERS, group_ids=frozenset({3}), title_pattern_ids=frozenset({2}))


def found(text: str, customers: Callable[[], KnownCustomers] | None = lambda: KNOWN) -> list[tuple[str, str, str]]:
    problems = check(SERVER + text, known_customers=customers)
    assert all(problem.text().startswith(problem.key) for problem in problems)
    return [(problem.code, problem.key, str(problem.params.get("value", ""))) for problem in problems]


@pytest.mark.parametrize(
    ("key", "text", "code", "value"),
    [
        (f"{C}.confirmParameters", "12,98,73,99", "parameter-unknown", "98, 99"),
        (f"{C}.confirmParameters", "12,115", "parameter-type", "115 (list)"),
        (f"{C}.searchParameters", "73", "parameter-type", "73 (date)"),
        (f"{C}.importParameters", "98", "parameter-unknown", "98"),
        (f"{C}.server.1.paramMapping", "12:9;98:4;12:7;98:5", "parameter-unknown", "98"),
        (f"{C}.server.1.paramMapping", "12[1]:9[2]", "mapping-no-list", "12[1]:9[2]"),
        (f"{C}.server.1.paramMapping", "115[1,17]:9[2,3];12:4", "mapping-item", "115[1,17]:9[2,3]"),
        (COPYING, "12:9;98:4;customerTitle:2;99:1", "parameter-unknown", "98, 99"),
        (COPYING, "12[1]:9[2]", "mapping-no-list", "12[1]:9[2]"),
        (COPYING, "115[1,17]:9[2,3]", "mapping-item", "115[1,17]:9[2,3]"),
        (f"{C}.parameterGroupRule.1.paramGroupId", "4", "customer-group", "4"),
        (f"{C}.parameterGroupRule.2.titlePatternId", "7", "customer-title-pattern", "7"),
        (f"{C}.parameterGroupRule.2.titlePatternId", "-2", "customer-title-pattern", "-2"),
    ],
)
def test_what_the_host_does_not_have(key: str, text: str, code: str, value: str) -> None:
    base = {
        f"{C}.confirmParameters": "12",
        f"{C}.server.1.paramMapping": "12:9;73:5;98:4;115:7" if "Parameters" in key else "12:9",
        f"{C}.parameterGroupRule.2.paramGroupId": "3",
    }
    lines = "".join(f"{one}={written}\n" for one, written in {**base, key: text}.items())
    problems = found(ACCOUNT + lines)
    expected = (code, key, value)
    assert expected in problems
    assert {code for code, *_ in problems} <= {code, "parameter-unmapped", "parameter-unknown"}
    assert expected not in found(ACCOUNT + lines, None), "nobody knows without customers"


def test_what_the_host_has_is_right() -> None:
    text = (
        f"{C}.confirmParameters=12,73\n{C}.searchParameters=12\n{C}.importParameters=115\n{ACCOUNT}"
        f"{C}.server.1.paramMapping=12:9,10;73:4;115[1,2]:5[3,4]\n{COPYING}=12:1;customerTitle:2;115[9]:3[1]\n"
    )
    for number, pattern in enumerate((-1, 0, 2), 1):
        rule = f"{C}.parameterGroupRule.{number}"
        text += f"{rule}.paramGroupId=3\n{rule}.titlePatternId={pattern}\n"
    assert found(text) == []


def test_all_mistakes_are_told_together() -> None:
    text = (
        f"{COPYING}=12:9:1;98:4;115[1,17]:9[2,3]\n{C}.confirmParameters=12,99\n{ACCOUNT}"
        f"{C}.server.1.paramMapping=115[1,2]:4[1];12:7;97:1\n{C}.parameterGroupRule.1.paramGroupId=8\n"
    )
    assert found(text) == [
        ("mapping", COPYING, "12:9:1"),
        ("parameter-unknown", COPYING, "98"),
        ("mapping-item", COPYING, "115[1,17]:9[2,3]"),
        ("parameter-unmapped", f"{C}.confirmParameters", "99"),
        ("parameter-unknown", f"{C}.confirmParameters", "99"),
        ("mapping-lengths", f"{C}.server.1.paramMapping", "115[1,2]:4[1]"),
        ("parameter-unknown", f"{C}.server.1.paramMapping", "97"),
        ("customer-group", f"{C}.parameterGroupRule.1.paramGroupId", "8"),
    ]


def test_the_host_is_asked_only_where_customers_are_named() -> None:
    def never() -> KnownCustomers:
        raise AssertionError

    assert check(SERVER, known_customers=never) == []
    assert check(f"{SERVER}{COPYING}=\n", known_customers=never) == []


class Customers(MemoryCustomers):
    """A host's customers with a group and a title pattern."""

    def groups(self) -> Mapping[int, CustomerGroup]:
        return {3: CustomerGroup(3, "Жители")}

    def title_patterns(self) -> Mapping[int, CustomerTitlePattern]:
        return {2: CustomerTitlePattern(2, "ФИО", "${param_1}")}


class Broken(Customers):
    """Customers whose tables are not there."""

    def parameters(self) -> Mapping[int, CustomerParameter]:
        raise OperationalError("SELECT secret", {}, Exception("no such table"))


TEXT = (
    f"{SERVER}{COPYING}=98:4\n{C}.confirmParameters=12\n{ACCOUNT}{C}.server.1.paramMapping=12:9\n"
    f"{C}.parameterGroupRule.1.paramGroupId=3\n{C}.parameterGroupRule.1.titlePatternId=5\n"
)


def command(customers: MemoryCustomers | None, text: str = TEXT) -> Result:
    app = Flask("host")
    accounts = PropertyAccounts(lambda person_id: {})
    BGBilling(app, users=People(), accounts=accounts, customers=customers, configuration=text)
    script = ScriptInfo(create_app=lambda: app)
    return app.test_cli_runner().invoke(bgbilling, ("config", "check"), obj=script)


def test_the_command_asks_the_hosts_customers() -> None:
    result = command(Customers(PARAMETERS))
    assert result.exit_code == 1
    assert result.output == (
        f"line 4: error: {COPYING} names parameters that customers do not have: 98.\n"
        f"line 11: error: {C}.parameterGroupRule.1.titlePatternId names the title pattern 5: expected -1, 0 or the"
        " number of a pattern of customers' titles.\n"
        "2 errors, 0 warnings\n"
    )


def test_a_host_without_customers_is_fine() -> None:
    assert (command(None).exit_code, command(None).output) == (0, "0 errors, 0 warnings\n")


def test_customers_that_cannot_be_read_are_told_and_the_rest_is_checked() -> None:
    result = command(Broken(PARAMETERS), TEXT + "nonsense\n")
    assert result.exit_code == 0
    assert "warning: The customers of this application cannot be read (OperationalError)" in result.output
    assert "line 12: warning" in result.output
    assert "secret" not in result.output
    assert result.output.endswith("0 errors, 2 warnings\n")
    assert command(Broken(PARAMETERS), SERVER).output == "0 errors, 0 warnings\n"
