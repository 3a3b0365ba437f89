"""Facts of changes."""

import msgspec
import pytest

from flask_bgbilling.facts import Fact


@pytest.mark.parametrize(
    "fact", [Fact.secret("Password"), Fact("Password", "qwerty", "secret"), Fact("Password", kind="secret", value="q")]
)
def test_the_value_of_a_secret_is_never_kept(fact: Fact) -> None:
    assert fact == Fact.secret("Password")
    assert fact.value == ""
    assert b"q" not in msgspec.json.encode(fact)


def test_a_fact_is_plain_data() -> None:
    fact = Fact("Sum", "-80.10", "money")
    assert msgspec.json.decode(msgspec.json.encode(fact), type=Fact) == fact
    assert Fact("Comment", "ё").kind == "text"
    with pytest.raises(AttributeError):
        fact.value = "1"  # type: ignore[misc]


def test_an_unknown_kind_is_refused_when_read() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"label":"Sum","value":"1","kind":"float"}', type=Fact)
