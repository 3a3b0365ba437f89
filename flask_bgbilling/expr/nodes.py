"""The parts of a parsed expression. Each knows where it stands, how deep it is and how many parts it has."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """A part: ``at`` is its place in characters from the beginning, ``depth`` its height, ``size`` its parts."""

    at: int
    depth: int
    size: int


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A literal."""

    value: str | int | float | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, or a name of the namespace."""

    name: str


@dataclass(frozen=True, slots=True)
class Function(Node):
    """A call without an object: ``setStatus(3)``."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Method(Node):
    """A call on a value: ``numberFrom.substring(1)``."""

    target: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Member(Node):
    """A property of an object: ``process.typeId``."""

    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Item(Node):
    """An item of a list: ``parts[0]``."""

    target: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Collection(Node):
    """A list ``[a, b]``, or a set ``{a, b}``."""

    items: tuple[Node, ...]
    is_set: bool


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-x``, ``!x``, ``empty(x)``, ``size(x)``; ``operator`` is the sign or the word."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operators of one rank from left to right: ``a + b - c``; ``rest`` has operator, its place and operand."""

    first: Node
    rest: tuple[tuple[str, int, Node], ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison of two values."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``a && b && c`` when ``every``, else ``a || b || c``."""

    every: bool
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """The first value whose condition holds, else ``other``; ternaries and ``if`` alike.

    A ``strict`` choice fails when its condition is a variable that is not defined, as ``if`` does.
    """

    branches: tuple[tuple[Node, Node], ...]
    other: Node | None
    strict: bool


@dataclass(frozen=True, slots=True)
class Otherwise(Node):
    """``a ?: b``: the first when it counts as true, else the second."""

    value: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """``x = value``, ``x += value`` (with its ``operator``), ``var x``."""

    name: str
    operator: str
    value: Node | None


@dataclass(frozen=True, slots=True)
class Leave(Node):
    """``return value``, ``break`` or ``continue``."""

    how: str
    value: Node | None


@dataclass(frozen=True, slots=True)
class Each(Node):
    """``for (name : collection) body``."""

    name: str
    collection: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Repeat(Node):
    """``while (condition) body``."""

    condition: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Block(Node):
    """Statements one after another; the value is that of the last."""

    statements: tuple[Node, ...]
