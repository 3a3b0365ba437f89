"""A person's billing account: keys of the person, else the host's own, login and password each for itself."""

from collections.abc import Mapping

import pytest

from flask_bgbilling import PropertyAccounts
from flask_bgbilling.ports import Credentials

KEYS = {
    "bgbilling:login": "anna",
    "bgbilling:password": "word",
    "bgbilling:login.ds": "anna_ds",
    "bgbilling:password.tks": "word_tks",
    "bgbilling:login.empty": "",
}


def found(properties: Mapping[str, str], billing: str, own: Credentials | None = None) -> tuple[str, str] | None:
    credentials = PropertyAccounts(lambda person: properties, lambda person: own).credentials("7", billing)
    return (credentials.login, credentials.password) if credentials else None


@pytest.mark.parametrize(
    ("billing", "expected"),
    [
        ("bitel", ("anna", "word")),
        ("ds", ("anna_ds", "word")),
        ("tks", ("anna", "word_tks")),
        ("empty", ("anna", "word")),
        ("DS", ("anna", "word")),
    ],
)
def test_login_and_password_fall_back_independently(billing: str, expected: tuple[str, str]) -> None:
    assert found(KEYS, billing) == expected


@pytest.mark.parametrize(
    ("properties", "own", "expected"),
    [
        ({}, Credentials("host", "secret"), ("host", "secret")),
        ({"bgbilling:login": "anna"}, Credentials("host", "secret"), ("anna", "secret")),
        ({"bgbilling:password.ds": "word"}, Credentials("host", "secret"), ("host", "word")),
        ({"bgbilling:login": "anna"}, None, None),
        ({"bgbilling:password": "word"}, None, None),
        ({}, None, None),
        ({"bgbilling:login": "", "bgbilling:password": "word"}, None, None),
    ],
)
def test_what_the_person_has_not_the_host_may_have(
    properties: Mapping[str, str], own: Credentials | None, expected: tuple[str, str] | None
) -> None:
    assert found(properties, "ds", own) == expected


def test_without_the_hosts_own_accounts_nothing_is_asked() -> None:
    assert PropertyAccounts(lambda person: {}).credentials("7", "ds") is None


def test_the_person_asked_for_is_the_person_looked_up() -> None:
    people = {"7": {"bgbilling:login": "a", "bgbilling:password": "b"}, "8": {}}
    accounts = PropertyAccounts(lambda person: people[person])
    assert accounts.credentials("7", "ds") == Credentials("a", "b")
    assert accounts.credentials("8", "ds") is None


def test_a_password_is_never_shown() -> None:
    assert "word" not in f"{Credentials('anna', 'word')!r} {Credentials('anna', 'word')}"
