"""Typed text is never a pattern, not even where it spells the quotes of one."""

import re

import pytest

from flask_bgbilling.emulator.model.patterns import parse_mask
from flask_bgbilling.wire.ops.search import literal_mail, literal_pattern


@pytest.mark.parametrize(
    "typed", ["\\Q", "\\E", "\\Qa.b\\E", "\\", "\\\\Q", "a|b", "^$", ".*", "(?i)x", "%_", "[[:<:]]"]
)
@pytest.mark.parametrize("escaped", [literal_pattern, literal_mail])
def test_the_billing_looks_for_what_was_typed(typed: str, escaped: object) -> None:
    assert callable(escaped)
    source = parse_mask(escaped(typed)).source
    assert re.fullmatch(source, typed)
    assert not re.search(source, "x" + typed[:-1])
