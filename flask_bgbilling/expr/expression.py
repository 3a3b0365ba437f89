"""An expression: read once, run as often as needed, in any thread."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.budget import DEFAULT_LIMITS, NO_STACK, Budget, Limits
from flask_bgbilling.expr.compiling import Code, compiled
from flask_bgbilling.expr.errors import ExpressionError, ExpressionLimitError
from flask_bgbilling.expr.helpers import HELPERS
from flask_bgbilling.expr.objects import Namespace
from flask_bgbilling.expr.parsing import parse
from flask_bgbilling.expr.running import Run
from flask_bgbilling.expr.values import Value, admit, release, truth, type_name

NOT_TEXT = N_("The result must be a text, not %(type)s.")

_KEPT: Final = 256
_KEPT_LENGTH: Final = 1_000


class Expression:
    """A program of the expression language, ready to run.

    Raises :class:`~flask_bgbilling.expr.ExpressionSyntaxError` for a text that is no program, with line and column.
    Reading the same short text again is cheap. An expression never changes and belongs to no thread.
    """

    __slots__ = ("_code", "_size", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._code, self._size = (_kept if len(text) <= _KEPT_LENGTH else _read)(text)

    def __repr__(self) -> str:
        return f"Expression({self.text[:60]!r})"

    def evaluate(
        self,
        variables: Mapping[str, object] | None = None,
        namespace: Namespace | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> object:
        """The value of ``return``, else of the last statement.

        ``variables`` are values by name; the mapping is not changed. ``namespace`` has the objects and functions
        besides the helpers (``u``, ``su``, ``tu``, ``cu``, ``log``, ``NEW_LINE``), which it may replace. The result is
        ``None``, ``bool``, ``int``, ``float``, ``Decimal``, ``str``, ``list``, ``set`` or an expression object.

        Raises :class:`~flask_bgbilling.expr.ExpressionError` with line and column when the expression fails,
        :class:`~flask_bgbilling.expr.ExpressionLimitError` when it goes beyond the limits; errors of
        :class:`~flask_bgbilling.errors.BGBillingError` that a function raises pass as they are.
        """
        return release(self._value(variables, namespace, limits))

    def evaluate_text(
        self,
        variables: Mapping[str, object] | None = None,
        namespace: Namespace | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> str:
        """The same for expressions that must give a text; anything else is an :class:`ExpressionError`."""
        found = self._value(variables, namespace, limits)
        if type(found) is not str:
            raise ExpressionError(NOT_TEXT, type=type_name(found))
        return found

    def evaluate_flag(
        self,
        variables: Mapping[str, object] | None = None,
        namespace: Namespace | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> bool:
        """The same for conditions: whether the result counts as true, as in ``if``."""
        return truth(self._value(variables, namespace, limits))

    def _value(self, variables: Mapping[str, object] | None, namespace: Namespace | None, limits: Limits) -> Value:
        budget = Budget(limits)
        try:
            budget.spend(self._size)
            reach = HELPERS if namespace is None else HELPERS | namespace
            named = _named(reach, budget) if namespace is not None else _HELPERS_NAMED
            run = Run({name: admit(value, budget) for name, value in (variables or {}).items()},
                      named, reach.functions, budget)  # fmt: skip
            return self._code(run)
        except ExpressionError as error:
            error.locate(self.text)
            raise
        except RecursionError:
            raise ExpressionLimitError(NO_STACK) from None


def _named(namespace: Namespace, budget: Budget) -> dict[str, Value]:
    return {**{name: admit(value, budget) for name, value in namespace.constants.items()}, **namespace.objects}


_HELPERS_NAMED: Final = _named(HELPERS, Budget(DEFAULT_LIMITS))


def _read(text: str) -> tuple[Code, int]:
    program = parse(text)
    try:
        return compiled(program), program.size
    except ExpressionError as error:
        error.locate(text)
        raise


_kept = lru_cache(maxsize=_KEPT)(_read)  # long ones are not kept, so that they cannot fill memory


def compile_expression(text: str) -> Expression:
    """The expression of a text; see :class:`Expression`."""
    return Expression(text)
