"""The tree of errors."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling import errors
from flask_bgbilling.errors import BGBillingError

KINDS = [
    kind for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, BGBillingError) and kind.__module__ == errors.__name__
]  # fmt: skip


def test_the_docstring_draws_the_tree() -> None:
    drawn: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    for line in (BGBillingError.__doc__ or "").splitlines():
        if "──" in line:
            depth = line.index("──")
            name = line.split("── ")[1].split()[0]
            path = [(known, parent) for known, parent in path if known < depth]
            drawn[name] = path[-1][1] if path else "BGBillingError"
            path.append((depth, name))
    assert drawn == {kind.__name__: kind.__base__.__name__ for kind in KINDS if kind is not BGBillingError}


@pytest.mark.parametrize("kind", KINDS)
def test_each_has_a_code_a_message_and_a_remedy_of_its_own(kind: type[BGBillingError]) -> None:
    assert kind.message
    assert kind.remedy
    assert [other.code for other in KINDS].count(kind.code) == 1


@given(
    kind=st.sampled_from(KINDS),
    text=st.text(),
    extra=st.dictionaries(st.sampled_from(["words", "why", "detail", "billing", "seconds"]), st.text()),
)
def test_building_an_error_never_raises(kind: type[BGBillingError], text: str, extra: dict[str, str]) -> None:
    error = kind(**{"operation": text, **extra} if issubclass(kind, errors.BillingError) else extra)
    assert isinstance(error.text(), str)
    assert error.text() in str(error)


def test_what_a_billing_says_is_never_taken_for_a_template() -> None:
    words = "100 % отказ %(password)s %d"
    assert words in errors.Refused(billing="A", words=words).text()
