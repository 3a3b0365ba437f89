"""From nodes to closures: each part becomes a function of a run that gives its value.

Only the depth of a program, which the parser bounds, decides how deep the closures call each other.
"""

from collections.abc import Callable
from typing import Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr import arithmetic, methods, nodes
from flask_bgbilling.expr.errors import ExpressionError, ExpressionSyntaxError
from flask_bgbilling.expr.java_patterns import JavaPattern
from flask_bgbilling.expr.nodes import Node
from flask_bgbilling.expr.objects import ExpressionObject
from flask_bgbilling.expr.running import Run
from flask_bgbilling.expr.values import ListValue, SetValue, Value, truth, type_name

UNKNOWN_NAME = N_("“%(name)s” is not defined.")
UNKNOWN_FUNCTION = N_("There is no function “%(name)s”.")
NO_ITEMS = N_("A value of the type %(type)s has no items.")
NO_INDEX = N_("The item %(index)s does not exist: there are %(count)s.")
NO_LOOP = N_("“for” needs a list or a set, not %(type)s.")
OUTSIDE_LOOP = N_("“%(found)s” makes sense only in a loop.")

Code = Callable[[Run], Value]
_EXACT: Final = frozenset({str, int, bool})
_RETURN, _BREAK, _CONTINUE = 1, 2, 3
_LEAVING: Final = {"return": _RETURN, "break": _BREAK, "continue": _CONTINUE}


def compiled(node: Node, loops: int = 0) -> Code:
    """The function of a node; ``loops`` says how many loops are around it. May raise :class:`ExpressionError`."""
    match node:
        case nodes.Constant(value=value):
            return lambda _: value
        case nodes.Name(name=name):
            return _name(node.at, name)
        case nodes.Chain():
            return _chain(node)
        case nodes.Compare():
            return _compare(node)
        case nodes.Method():
            return _method(node)
        case nodes.Function():
            return _function(node)
        case nodes.Member():
            return _member(node)
        case nodes.Item():
            return _item(node)
        case nodes.Collection():
            return _collection(node)
        case nodes.Unary():
            return _unary(node)
        case nodes.Logic():
            return _logic(node)
        case nodes.Choice():
            return _choice(node, loops)
        case nodes.Otherwise():
            return _otherwise(node)
        case nodes.Assign():
            return _assign(node)
        case nodes.Leave():
            return _leave(node, loops)
        case nodes.Each():
            return _each(node)
        case nodes.Repeat():
            return _repeat(node)
        case nodes.Block():
            return _block(node, loops)
    raise AssertionError(type(node))


def _name(at: int, name: str) -> Code:
    def read(run: Run) -> Value:
        try:
            return run.variables[name]
        except KeyError:
            pass
        if name in run.named:
            return run.named[name]
        raise ExpressionError(UNKNOWN_NAME, at=at, name=name)

    return read


def _or_null(node: Node) -> Code:
    """The code of a part in which a variable that is not defined counts as null."""
    if isinstance(node, nodes.Name):
        name = node.name
        return lambda run: run.variables.get(name, run.named.get(name))
    return compiled(node)


def _chain(node: nodes.Chain) -> Code:
    first = compiled(node.first)
    if len(node.rest) == 1 and node.rest[0][0] == "+":
        _, at, other = node.rest[0]
        second = compiled(other)

        def add(run: Run) -> Value:
            left, right = first(run), second(run)
            try:
                return arithmetic.add(left, right, run.budget)
            except ExpressionError as error:
                raise error.placed(at) from None

        return add
    rest = [(operator, at, compiled(operand)) for operator, at, operand in node.rest]

    def calculate(run: Run) -> Value:
        value = first(run)
        for operator, at, operand in rest:
            right = operand(run)
            try:
                value = arithmetic.calculate(operator, value, right, run.budget)
            except ExpressionError as error:
                raise error.placed(at) from None
        return value

    return calculate


def _compare(node: nodes.Compare) -> Code:
    left, right, decide, at = compiled(node.left), compiled(node.right), arithmetic.COMPARISONS[node.operator], node.at
    exact, wanted = node.operator in ("==", "!="), node.operator == "=="
    if node.operator in ("=~", "!~"):
        _known_pattern(node.right)

    def compare(run: Run) -> Value:
        first, second = left(run), right(run)
        if exact and type(first) is type(second) and type(first) in _EXACT:
            return (first == second) is wanted
        try:
            return decide(first, second, run.budget)
        except ExpressionError as error:
            raise error.placed(at) from None

    return compare


def _known_pattern(node: Node) -> None:
    """Refuses a wrong pattern before the program runs."""
    if isinstance(node, nodes.Constant) and isinstance(node.value, str):
        try:
            JavaPattern.of(node.value)
        except ExpressionError as error:
            raise error.placed(node.at) from None


def _method(node: nodes.Method) -> Code:
    target, name, at = compiled(node.target), node.name, node.at
    arguments = [compiled(argument) for argument in node.arguments]
    if name in methods.PATTERN_METHODS and node.arguments:
        _known_pattern(node.arguments[0])
    of_texts = methods.METHODS[str].get(name)
    if of_texts is not None and not of_texts.needed <= len(arguments) <= len(of_texts.arguments):
        of_texts = None  # refused when it is called
    types = of_texts.types[: len(arguments)] if of_texts is not None else ()

    def call(run: Run) -> Value:
        value = target(run)
        given = [argument(run) for argument in arguments]
        budget = run.budget
        try:
            budget.spend(1)
            if of_texts is not None and type(value) is str and (*map(type, given),) == types:
                return of_texts.run(budget, value, *given)  # what happens nearly always
            if type(value) is ExpressionObject:
                return run.call_object(value, name, given)
            return methods.call(value, name, given, budget)
        except ExpressionError as error:
            raise error.placed(at) from error.__cause__

    return call


def _function(node: nodes.Function) -> Code:
    name, at = node.name, node.at
    arguments = [compiled(argument) for argument in node.arguments]

    def call(run: Run) -> Value:
        function = run.functions.get(name)
        if function is None:
            raise ExpressionError(UNKNOWN_FUNCTION, at=at, name=name)
        given = [argument(run) for argument in arguments]
        try:
            return run.call(name, function, given)
        except ExpressionError as error:
            raise error.placed(at) from error.__cause__

    return call


def _member(node: nodes.Member) -> Code:
    target, name, at = compiled(node.target), node.name, node.at

    def read(run: Run) -> Value:
        value = target(run)
        try:
            return run.member(value, name)
        except ExpressionError as error:
            raise error.placed(at) from error.__cause__

    return read


def _item(node: nodes.Item) -> Code:
    target, index, at = compiled(node.target), compiled(node.index), node.at

    def read(run: Run) -> Value:
        value, place = target(run), index(run)
        if type(value) is not ListValue:
            raise ExpressionError(NO_ITEMS, at=at, type=type_name(value))
        try:
            whole = arithmetic.number(place, "[]")
        except ExpressionError as error:
            raise error.placed(at) from None
        if type(whole) is not int or not 0 <= whole < len(value):
            raise ExpressionError(NO_INDEX, at=at, index=place, count=len(value))
        return value.items[whole]

    return read


def _collection(node: nodes.Collection) -> Code:
    items, at = [compiled(item) for item in node.items], node.at
    make = SetValue if node.is_set else ListValue

    def collect(run: Run) -> Value:
        values = [item(run) for item in items]
        try:
            return make(values, run.budget)
        except ExpressionError as error:
            raise error.placed(at) from None

    return collect


def _unary(node: nodes.Unary) -> Code:
    at = node.at
    if node.operator == "!":
        denied = compiled(node.operand)
        return lambda run: not truth(denied(run))
    if node.operator == "empty":
        asked = _or_null(node.operand)
        return lambda run: arithmetic.is_empty(asked(run))
    operand = _or_null(node.operand) if node.operator == "size" else compiled(node.operand)
    operator = node.operator

    def apply(run: Run) -> Value:
        value = operand(run)
        try:
            if operator == "size":
                return arithmetic.size(value)
            return arithmetic.negative(value, run.budget) if operator == "-" else arithmetic.number(value, "+")
        except ExpressionError as error:
            raise error.placed(at) from None

    return apply


def _logic(node: nodes.Logic) -> Code:
    operands = [compiled(operand) for operand in node.operands]
    if node.every:
        return lambda run: all(truth(operand(run)) for operand in operands)
    return lambda run: any(truth(operand(run)) for operand in operands)


def _choice(node: nodes.Choice, loops: int) -> Code:
    condition_code = compiled if node.strict else _or_null
    branches = [(condition_code(condition), compiled(value, loops)) for condition, value in node.branches]
    other: Code = compiled(node.other, loops) if node.other is not None else lambda _: None
    if len(branches) == 1:
        condition, value = branches[0]
        return lambda run: value(run) if truth(condition(run)) else other(run)

    def choose(run: Run) -> Value:
        for condition, value in branches:
            if truth(condition(run)):
                return value(run)
        return other(run)

    return choose


def _otherwise(node: nodes.Otherwise) -> Code:
    first, other = _or_null(node.value), compiled(node.other)

    def either(run: Run) -> Value:
        value = first(run)
        return value if truth(value) else other(run)

    return either


def _assign(node: nodes.Assign) -> Code:
    name, at = node.name, node.at
    value: Code = compiled(node.value) if node.value is not None else lambda _: None
    if not node.operator:

        def assign(run: Run) -> Value:
            run.variables[name] = found = value(run)
            return found

        return assign
    read, operator = _name(at, name), node.operator

    def change(run: Run) -> Value:
        before, other = read(run), value(run)
        try:
            run.variables[name] = found = arithmetic.calculate(operator, before, other, run.budget)
        except ExpressionError as error:
            raise error.placed(at) from None
        return found

    return change


def _leave(node: nodes.Leave, loops: int) -> Code:
    if node.how != "return" and not loops:
        raise ExpressionSyntaxError(OUTSIDE_LOOP, at=node.at, found=node.how)
    value: Code = compiled(node.value) if node.value is not None else lambda _: None
    how = _LEAVING[node.how]

    def leave(run: Run) -> Value:
        found = value(run)
        run.leaving = how
        return found

    return leave


def _each(node: nodes.Each) -> Code:
    collection, body, name, at, cost = compiled(node.collection), compiled(node.body, 1), node.name, node.at, 0
    cost = 1 + node.body.size

    def each(run: Run) -> Value:
        items = collection(run)
        if items is None:
            return None
        if type(items) not in (ListValue, SetValue):
            raise ExpressionError(NO_LOOP, at=at, type=type_name(items))
        value = None
        for item in items:
            _spend(run, cost, at)
            run.variables[name] = item
            value = body(run)
            if run.leaving:
                if run.leaving == _RETURN:
                    return value
                leaving, run.leaving = run.leaving, 0
                if leaving == _BREAK:
                    break
        return value

    return each


def _repeat(node: nodes.Repeat) -> Code:
    condition, body, at = compiled(node.condition), compiled(node.body, 1), node.at
    cost = 1 + node.condition.size + node.body.size

    def repeat(run: Run) -> Value:
        value = None
        while truth(condition(run)):
            _spend(run, cost, at)
            value = body(run)
            if run.leaving:
                if run.leaving == _RETURN:
                    return value
                leaving, run.leaving = run.leaving, 0
                if leaving == _BREAK:
                    break
        return value

    return repeat


def _spend(run: Run, cost: int, at: int) -> None:
    try:
        run.budget.spend(cost)
    except ExpressionError as error:
        raise error.placed(at) from None


def _block(node: nodes.Block, loops: int) -> Code:
    statements = [compiled(statement, loops) for statement in node.statements]
    if len(statements) == 1:
        return statements[0]

    def block(run: Run) -> Value:
        value = None
        for statement in statements:
            value = statement(run)
            if run.leaving:
                return value
        return value

    return block
