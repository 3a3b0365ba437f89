"""One check of a port: a promise, and the code that sees whether an adapter keeps it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

Port = TypeVar("Port")

Factory = Callable[[], AbstractContextManager[Port]]
"""Gives a context that yields a port and forgets, when it ends, what was written through it."""

Check = Callable[[Any], None]


@dataclass(frozen=True)
class Case:
    """A check of one port; calling it raises ``AssertionError`` when the adapter breaks the promise."""

    port: str
    name: str
    factory: Factory[Any]
    check: Check

    def __str__(self) -> str:
        return f"{self.port}-{self.name}"

    def __call__(self) -> None:
        """Runs the check in a context of its own."""
        told, cause = "", None
        # Raised only after the factory's context has ended as usual: what it takes back must not depend on the check.
        with self.factory() as port:
            try:
                self.check(port)
            except AssertionError as broken:
                told = f"{self.port}: {broken}"
            except Exception as error:
                told = f"{self.port}, {self.name.replace('-', ' ')}: {type(error).__name__}: {error}"
                cause = error
        if told:
            raise AssertionError(told) from cause


def cases(port: str, factory: Factory[Any], checks: Iterable[Check]) -> tuple[Case, ...]:
    """A case of every check; a check is named by its function."""
    return tuple(Case(port, check.__name__.replace("_", "-"), factory, check) for check in checks)


def run(together: Sequence[Case]) -> None:
    """Runs all of them and raises one ``AssertionError`` that names every broken promise."""
    broken = []
    for case in together:
        try:
            case()
        except AssertionError as error:
            broken.append(str(error))
    if broken:
        raise AssertionError("\n".join(broken))


def promise(kept: object, told: str) -> None:
    """Raises ``AssertionError`` with the text when a promise is not kept."""
    if not kept:
        raise AssertionError(told)


def raises(errors: type[Exception] | tuple[type[Exception], ...], call: Callable[[], object], told: str) -> None:
    """Raises ``AssertionError`` with the text when the call does not raise one of the errors."""
    try:
        call()
    except errors:
        return
    except Exception as error:
        _instead(told, error)
    raise AssertionError(told)


def _instead(told: str, error: Exception) -> NoReturn:
    raise AssertionError(f"{told} (it raised {type(error).__name__}: {error})") from error
