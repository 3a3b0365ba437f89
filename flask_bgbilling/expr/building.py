"""From rules of the grammar to nodes: the parser calls the method of each rule with its parts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr import nodes
from flask_bgbilling.expr.budget import DEEPEST_PROGRAM, MOST_DIGITS, TOO_DEEP, TOO_LARGE_NUMBER
from flask_bgbilling.expr.errors import ExpressionLimitError, ExpressionSyntaxError
from flask_bgbilling.expr.nodes import Node
from flask_bgbilling.expr.values import decimal

NO_SEMICOLON = N_("“;” is missing before this statement.")

SIGNS: Final = {
    "and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
    "div": "/", "mod": "%",
}  # fmt: skip
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement; ``open`` when nothing marks its end, so that an expression after it would be a surprise."""

    node: Node
    is_expression: bool = False
    open: bool = False


class Builder:
    """One method a rule. ``items`` are nodes, statements and those tokens that have a name in the grammar."""

    def start(self, items: list[Any]) -> Node:
        return self._block(0, items)

    def block(self, items: list[Any]) -> Statement:
        return Statement(self._block(items[0].start_pos, items[1:]))

    def _block(self, at: int, items: list[Any]) -> Node:
        statements: list[Node] = []
        open_before = False
        for item in items:
            if item is None:  # a lone “;”
                open_before = False
                continue
            if open_before and item.is_expression:
                raise ExpressionSyntaxError(NO_SEMICOLON, at=_beginning(item.node))
            open_before = item.open
            statements.append(item.node)
        return nodes.Block(*_grown(at, *statements), tuple(statements))

    def nothing(self, items: list[Any]) -> None:
        return None

    def opened(self, items: list[Any]) -> Statement:
        return Statement(items[0], is_expression=True, open=True)

    def closed(self, items: list[Any]) -> Statement:
        return Statement(items[0], is_expression=True)

    def declare(self, items: list[Any]) -> Statement:
        _, name, value = items
        children = () if value is None else (value,)
        return Statement(nodes.Assign(*_grown(name.start_pos, *children), str(name), "", value), open=True)

    def give(self, items: list[Any]) -> Statement:
        word, value = items
        return Statement(nodes.Leave(*_grown(word.start_pos, value), "return", value), open=True)

    def leave(self, items: list[Any]) -> Statement:
        return Statement(nodes.Leave(items[0].start_pos, 1, 1, str(items[0]), None), open=True)

    again = leave

    def when(self, items: list[Any]) -> Statement:
        word, condition, body = items
        return self._when(word.start_pos, condition, body, None)

    def when_else(self, items: list[Any]) -> Statement:
        word, condition, body, _, other = items
        return self._when(word.start_pos, condition, body, other or Statement(nodes.Block(word.start_pos, 1, 1, ())))

    def _when(self, at: int, condition: Node, body: Statement | None, other: Statement | None) -> Statement:
        branches = ((condition, body.node if body else nodes.Block(at, 1, 1, ())),)
        last = other or body
        node = self._choice(at, branches, other.node if other else None, strict=True)
        return Statement(node, open=bool(last and last.open))

    def _choice(self, at: int, branches: tuple[tuple[Node, Node], ...], other: Node | None, *, strict: bool) -> Node:
        """A choice; a chain of them (``else if``) becomes one."""
        if isinstance(other, nodes.Choice) and other.strict == strict:
            branches, other = branches + other.branches, other.other
        children = [part for branch in branches for part in branch]
        return nodes.Choice(*_grown(at, *children, *([other] if other else [])), branches, other, strict)

    def each(self, items: list[Any]) -> Statement:
        word, _, name, collection, body = items
        block = body.node if body else nodes.Block(word.start_pos, 1, 1, ())
        node = nodes.Each(*_grown(word.start_pos, collection, block), str(name), collection, block)
        return Statement(node, open=bool(body and body.open))

    def repeat(self, items: list[Any]) -> Statement:
        word, condition, body = items
        block = body.node if body else nodes.Block(word.start_pos, 1, 1, ())
        node = nodes.Repeat(*_grown(word.start_pos, condition, block), condition, block)
        return Statement(node, open=bool(body and body.open))

    def assign(self, items: list[Any]) -> Node:
        name, value = items
        return nodes.Assign(*_grown(name.start_pos, value), str(name), "", value)

    def change(self, items: list[Any]) -> Node:
        name, sign, value = items
        return nodes.Assign(*_grown(name.start_pos, value), str(name), str(sign)[0], value)

    def choose(self, items: list[Any]) -> Node:
        condition, value, other = items
        return self._choice(condition.at, ((condition, value),), other, strict=False)

    def otherwise(self, items: list[Any]) -> Node:
        value, sign, other = items
        return nodes.Otherwise(*_grown(sign.start_pos, value, other), value, other)

    def any_of(self, items: list[Any]) -> Node:
        return self._logic(items, every=False)

    def all_of(self, items: list[Any]) -> Node:
        return self._logic(items, every=True)

    def _logic(self, items: list[Any], *, every: bool) -> Node:
        left, sign, right = items
        operands = left.operands if isinstance(left, nodes.Logic) and left.every == every else (left,)
        operands += (right,)
        return nodes.Logic(*_joined(sign.start_pos, left, right, len(operands)), every, operands)

    def compare(self, items: list[Any]) -> Node:
        left, sign, right = items
        operator = SIGNS.get(str(sign), str(sign))
        return nodes.Compare(*_grown(sign.start_pos, left, right), operator, left, right)

    def chain(self, items: list[Any]) -> Node:
        left, sign, right = items
        operator = SIGNS.get(str(sign), str(sign))
        step = (operator, sign.start_pos, right)
        if isinstance(left, nodes.Chain):
            grown = _joined(left.at, left, right, len(left.rest) + 2)
            return nodes.Chain(*grown, left.first, (*left.rest, step))
        return nodes.Chain(*_grown(left.at, left, right), left, (step,))

    def signed(self, items: list[Any]) -> Node:
        sign, operand = items
        return nodes.Unary(*_grown(sign.start_pos, operand), str(sign), operand)

    def negated(self, items: list[Any]) -> Node:
        return nodes.Unary(*_grown(items[0].start_pos, items[1]), "!", items[1])

    def is_empty(self, items: list[Any]) -> Node:
        return nodes.Unary(*_grown(items[0].start_pos, items[1]), "empty", items[1])

    def size_of(self, items: list[Any]) -> Node:
        return nodes.Unary(*_grown(items[0].start_pos, items[1]), "size", items[1])

    def method(self, items: list[Any]) -> Node:
        target, name, arguments = items
        return nodes.Method(*_grown(name.start_pos, target, *arguments), target, str(name), arguments)

    def member(self, items: list[Any]) -> Node:
        target, name = items
        return nodes.Member(*_grown(name.start_pos, target), target, str(name))

    def item_of(self, items: list[Any]) -> Node:
        target, bracket, index = items
        return nodes.Item(*_grown(bracket.start_pos, target, index), target, index)

    def arguments(self, items: list[Any]) -> tuple[Node, ...]:
        return tuple(item for item in items if item is not None)

    def function(self, items: list[Any]) -> Node:
        name, arguments = items
        return nodes.Function(*_grown(name.start_pos, *arguments), str(name), arguments)

    def list_of(self, items: list[Any]) -> Node:
        return nodes.Collection(*_grown(items[0].start_pos, *items[1]), items[1], is_set=False)

    def set_of(self, items: list[Any]) -> Node:
        return nodes.Collection(*_grown(items[0].start_pos, *items[1]), items[1], is_set=True)

    def name(self, items: list[Any]) -> Node:
        return nodes.Name(items[0].start_pos, 1, 1, str(items[0]))

    def text(self, items: list[Any]) -> Node:
        return nodes.Constant(items[0].start_pos, 1, 1, unquoted(str(items[0])))

    def integer(self, items: list[Any]) -> Node:
        digits = items[0].rstrip("lLhH")
        if len(digits) > MOST_DIGITS:
            raise ExpressionLimitError(TOO_LARGE_NUMBER, at=items[0].start_pos, limit=MOST_DIGITS)
        return nodes.Constant(items[0].start_pos, 1, 1, int(digits))

    def decimal(self, items: list[Any]) -> Node:
        digits = items[0].rstrip("dDfFbB")
        if len(digits) > MOST_DIGITS:
            raise ExpressionLimitError(TOO_LARGE_NUMBER, at=items[0].start_pos, limit=MOST_DIGITS)
        value = decimal(Decimal(digits)) if items[0][-1] in "bB" else float(digits)
        return nodes.Constant(items[0].start_pos, 1, 1, value)

    def true(self, items: list[Any]) -> Node:
        return nodes.Constant(items[0].start_pos, 1, 1, True)

    def false(self, items: list[Any]) -> Node:
        return nodes.Constant(items[0].start_pos, 1, 1, False)

    def null(self, items: list[Any]) -> Node:
        return nodes.Constant(items[0].start_pos, 1, 1, None)


def unquoted(literal: str) -> str:
    """The text of a literal. As in JEXL a backslash before anything else than a quote, itself or ``u`` stays."""
    quote, inner = literal[0], literal[1:-1]
    if "\\" not in inner:
        return inner
    out = []
    place = 0
    while place < len(inner):
        character = inner[place]
        if character == "\\" and place + 1 < len(inner):
            place += 1
            character = inner[place]
            digits = inner[place + 1 : place + 5]
            if character == "u" and len(digits) == 4 and _HEXADECIMAL.issuperset(digits):
                character = chr(int(digits, 16))
                place += 4
            elif character not in ("\\", quote):
                character = f"\\{character}"
        out.append(character)
        place += 1
    return "".join(out)


def _grown(at: int, *children: Node) -> tuple[int, int, int]:
    """Place, depth and size of a node over these; refuses what is too deep."""
    depth = 1 + max((child.depth for child in children), default=0)
    if depth > DEEPEST_PROGRAM:
        raise ExpressionLimitError(TOO_DEEP, at=at, limit=DEEPEST_PROGRAM)
    return at, depth, 1 + sum(child.size for child in children)


def _joined(at: int, left: Node, right: Node, count: int) -> tuple[int, int, int]:
    """The same for a node that grows to the right by ``right`` and is evaluated without going deeper."""
    if count == 2:
        return _grown(at, left, right)
    depth = max(left.depth, right.depth + 1)
    if depth > DEEPEST_PROGRAM:
        raise ExpressionLimitError(TOO_DEEP, at=at, limit=DEEPEST_PROGRAM)
    return at, depth, left.size + right.size + 1


def _beginning(node: Node) -> int:
    """Where a node's text begins."""
    while True:
        match node:
            case nodes.Compare(left=first) | nodes.Otherwise(value=first) | nodes.Chain(first=first):
                node = first
            case nodes.Method(target=first) | nodes.Member(target=first) | nodes.Item(target=first):
                node = first
            case nodes.Logic(operands=(first, *_)) | nodes.Choice(branches=((first, _), *_), strict=False):
                node = first
            case _:
                return node.at
