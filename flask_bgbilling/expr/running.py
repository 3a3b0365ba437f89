"""One run of an expression: its variables, what it can reach, what it has left."""

import inspect
from collections.abc import Callable, Mapping
from time import monotonic

from flask_bgbilling.errors import N_, BGBillingError
from flask_bgbilling.expr.budget import Budget
from flask_bgbilling.expr.errors import ExpressionError
from flask_bgbilling.expr.methods import ARGUMENT_COUNT, COMMON, call
from flask_bgbilling.expr.objects import ExpressionObject
from flask_bgbilling.expr.values import Value, admit, release, type_name, weight

NO_FUNCTION = N_("“%(object)s” has no function “%(name)s”.")
NO_PROPERTY = N_("“%(object)s” has no property “%(name)s”.")
NO_PROPERTIES = N_("A value of the type %(type)s has no property “%(name)s”.")
FAILED = N_("“%(name)s” failed: %(why)s")


class Run:
    """What the closures of an expression work on; belongs to one evaluation in one thread."""

    __slots__ = ("budget", "functions", "leaving", "named", "variables")

    def __init__(
        self,
        variables: dict[str, Value],
        named: Mapping[str, Value],
        functions: Mapping[str, Callable[..., object]],
        budget: Budget,
    ) -> None:
        self.variables = variables
        self.named = named
        self.functions = functions
        self.budget = budget
        self.leaving = 0

    def call(
        self, name: str, function: Callable[..., object], arguments: list[Value], *, counted: bool = False
    ) -> Value:
        """Calls a function of the namespace; its time counts only if it is ``counted``, else its calls do.

        Errors of ours pass as they are, others become an :class:`ExpressionError` with the cause.
        """
        budget = self.budget
        budget.spend(10)
        for argument in arguments:
            budget.spend(1 + (weight(argument) >> 3))
        given = [release(argument) for argument in arguments]
        if not fits(function, len(given)):
            raise ExpressionError(ARGUMENT_COUNT, name=name, count=len(given))
        if not counted:
            budget.call()
        started = monotonic()
        try:
            result = function(*given)
        except BGBillingError:
            raise
        except Exception as error:
            raise ExpressionError(FAILED, name=name, why=type(error).__name__) from error
        finally:
            if not counted:
                budget.give_back(monotonic() - started)
        return admit(result, budget)

    def call_object(self, target: ExpressionObject, name: str, arguments: list[Value]) -> Value:
        """Calls a function of an object; ``getName()`` and ``isName()`` read properties."""
        function = target.functions.get(name)
        if function is not None:
            return self.call(f"{target.name}.{name}", function, arguments, counted=target.counted)
        if not arguments:
            for prefix in ("get", "is"):
                read = name[len(prefix) :]
                if name.startswith(prefix) and read[:1].isupper():
                    property_name = read[0].lower() + read[1:]
                    if property_name in target.properties:
                        return self.member(target, property_name)
        if name in COMMON:
            return call(target, name, arguments, self.budget)
        raise ExpressionError(NO_FUNCTION, object=target.name, name=name)

    def member(self, value: Value, name: str) -> Value:
        """Reads a property of an object; other values have none."""
        if type(value) is not ExpressionObject:
            raise ExpressionError(NO_PROPERTIES, type=type_name(value), name=name)
        if name not in value.properties:
            raise ExpressionError(NO_PROPERTY, object=value.name, name=name)
        found = value.properties[name]
        if callable(found):
            return self.call(f"{value.name}.{name}", found, [], counted=value.counted)
        self.budget.spend(1)
        return admit(found, self.budget)


def fits(function: Callable[..., object], count: int) -> bool:
    """Whether a function can be called with so many arguments; those that do not tell will say so themselves."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True
