"""The handle of one contract in one billing, as every section of the card gets it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from flask_bgbilling.errors import BillingError

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing

T = TypeVar("T")


@dataclass(frozen=True)
class Contract:
    """A contract number ``cid`` in a billing opened under one person's account.

    It holds nothing that was read: reading functions of ``flask_bgbilling.domain.contracts`` take it and ask
    ``billing``. Making one sends nothing, so an id that the billing does not know shows only when it is read.
    """

    billing: "Billing"
    cid: int


class Part(Generic[T]):
    """A piece of a section that may fail alone: either a ``value`` or the ``problem`` that took its place."""

    def __init__(self, value: T | None = None, problem: BillingError | None = None) -> None:
        self.value = value
        self.problem = problem

    def otherwise(self, default: T) -> T:
        """The value, or ``default`` when the piece failed."""
        return default if self.problem is not None or self.value is None else self.value


def part(read: Callable[[], T]) -> Part[T]:
    """Reads one piece of a section so that a billing's refusal or fault stays inside it.

    ``read`` is usually the ``result`` of a started call. What is not an error of the billing is raised.
    """
    try:
        return Part(read())
    except BillingError as error:
        return Part(problem=error)
