"""What a host or plugin lets expressions reach: objects with functions and properties, and functions of their own.

Only what is named here can be reached. An expression never touches an attribute of a Python object.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_WORDS: Final = (
    "and break continue div do else empty eq false for function ge gt if le lt mod ne new not null or return size true"
    " var while"
)
RESERVED: Final = frozenset(_WORDS.split())


@dataclass(frozen=True, eq=False)
class ExpressionObject:
    """An object that expressions know by a name: ``process``, ``bgbilling``.

    ``functions`` are called with the arguments in the expression: ``bgbilling.cp(4, 'address', 7)``. They get and give
    ``None``, ``bool``, ``int``, ``float``, ``Decimal``, ``str``, ``list``, ``set`` and other expression objects,
    nothing else; tuples are taken for lists. Their own errors of :class:`~flask_bgbilling.errors.BGBillingError` pass
    through, others become an :class:`~flask_bgbilling.expr.ExpressionError`. The time that they take is not the
    expression's, but how often it may call is limited; ``counted`` turns it round for functions that only calculate.

    ``properties`` are read without brackets, ``process.typeId``, or as Java reads them, ``process.getTypeId()``. A
    property is a value, or a function without arguments that is called each time it is read.

    Raises ``ValueError`` for names that no expression could write.
    """

    name: str
    functions: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)
    counted: bool = False

    def __post_init__(self) -> None:
        _check(self.name, *self.functions, *self.properties)
        object.__setattr__(self, "functions", MappingProxyType(dict(self.functions)))
        object.__setattr__(self, "properties", MappingProxyType(dict(self.properties)))


@dataclass(frozen=True)
class Namespace:
    """The names that an expression finds besides its variables.

    ``objects`` maps names to objects; one object may have several: ``{"process": p, "p": p}``. ``functions`` are
    called without an object before them: ``setStatus(3)``. ``constants`` are plain values. A variable hides what has
    the same name.
    """

    objects: Mapping[str, ExpressionObject] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(*self.objects, *self.functions, *self.constants)
        for part in ("objects", "functions", "constants"):
            object.__setattr__(self, part, MappingProxyType(dict(getattr(self, part))))

    def __or__(self, other: "Namespace") -> "Namespace":
        """Both together; what both have is taken from the right one."""
        return Namespace(
            {**self.objects, **other.objects},
            {**self.functions, **other.functions},
            {**self.constants, **other.constants},
        )


def _check(*names: str) -> None:
    for name in names:
        if not _NAME.fullmatch(name) or name in RESERVED:
            raise ValueError(f"“{name}” is no name for expressions")
