"""Facts: what stood somewhere and what stands there now, in a form that is stored as data and told in words later.

Features and plugins build them, the journal keeps them encrypted, pages render them when they are read.
"""

from typing import Literal, Self

from msgspec import Struct, field
from msgspec.structs import force_setattr

FactKind = Literal["text", "word", "money", "day", "moment", "secret"]


class Fact(Struct, frozen=True):
    """One named value, such as ``Fact("Sum", "80.10", "money")``.

    ``label`` is an English message id, translated when it is shown. ``value`` is always text, empty for "nothing
    there", and means by ``kind``:

    - ``text``: shown verbatim; the billing's own words and what people typed;
    - ``word``: a message id, translated when shown;
    - ``money``: a decimal number with a point (``-80.10``);
    - ``day``: an ISO date (``2026-11-23``);
    - ``moment``: an ISO moment with its offset (``2026-11-23T12:00:00+00:00``);
    - ``secret``: shown as "changed". Its value is never kept: one that is given is dropped.
    """

    label: str
    value: str
    kind: FactKind = "text"

    def __post_init__(self) -> None:
        if self.kind == "secret":
            force_setattr(self, "value", "")

    @classmethod
    def secret(cls, label: str) -> Self:
        """Something that changed and whose value nobody may read: a password, a PIN."""
        return cls(label, "", "secret")


class Note(Struct, frozen=True):
    """What a person is told beside a result, such as what a rule had to say to a link.

    ``message`` is a message id with places for ``values``. ``reason`` is the message id of the error behind it, which
    stands at the place ``reason``, with ``reason_values`` in its own places; empty when no error of ours is.
    """

    message: str
    values: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    reason_values: dict[str, str] = field(default_factory=dict)
