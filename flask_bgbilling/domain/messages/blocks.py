"""Reading the keys of a block that a configuration gives to a class of searches, savers or possible processes."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask_bgbilling.config import values
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.values import Mistake
from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.hookspecs import Keys
from flask_bgbilling.wire.ops.search import PAGE_SIZE

T = TypeVar("T")


def required(keys: Keys, name: str, kind: Callable[[str], T]) -> T:
    """The value of a key without which the block is of no use; raises ``ConfigurationError``."""
    written = keys.get(name, "")
    if not written.strip():
        raise ConfigurationError(detail=Problem("required", name).text())
    return _read(name, written, kind)


def optional(keys: Keys, name: str, kind: Callable[[str], T], default: T) -> T:
    """The value of a key, ``default`` where it is blank; raises ``ConfigurationError`` for a bad one."""
    written = keys.get(name, "")
    return _read(name, written, kind) if written.strip() else default


def billing_of(keys: Keys) -> str:
    """The billing that the block names; whether there is one shows when it is asked."""
    return required(keys, "billingId", str.strip)


def numbers_of(keys: Keys, name: str) -> tuple[int, ...]:
    """A list of ids that must not be empty."""
    found = required(keys, name, values.integers)
    if not found:
        raise ConfigurationError(detail=Problem("required", name).text())
    return found


def parameter_of(keys: Keys, name: str) -> int:
    """The id of a parameter, above 0."""
    return required(keys, name, values.positive)


def search_options(keys: Keys) -> dict[str, Any]:
    """Which contracts a search looks at: without keys none that is closed, hidden or a sub-contract."""
    return {
        "closed": optional(keys, "closed", values.boolean, default=False),
        "hidden": optional(keys, "hidden", values.boolean, default=False),
        "subcontracts": optional(keys, "subContracts", values.boolean, default=False),
        "page": 1,
        "page_size": PAGE_SIZE,
    }


def _read(name: str, written: str, kind: Callable[[str], T]) -> T:
    try:
        return kind(written)
    except Mistake as mistake:
        value = mistake.value if mistake.value is not None else written.strip()
        problem = Problem(mistake.code, name, params={**mistake.params, "value": value[:60]})
        raise ConfigurationError(detail=problem.text()) from mistake
