"""What the product can ask of a billing, as data.

An :class:`Operation` has a name, says whether repeating it is harmless, and lists its :class:`Form` s: how the call
looks on the wire in which band of versions and how its answer is read. Everything else — account, version choice,
retries, breaker, log, limits — is applied in one place, :mod:`flask_bgbilling.wire.session`.

Form functions take the keyword arguments of the call and return plain Python values (``date``, ``Decimal``, ``bool``,
lists of ints, ``None``): the codec spells them for the form at hand. Reader functions take the decoded answer and
return the struct; they are pure and tested alone with literal answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask_bgbilling.wire.answers import JsonAnswer, RawAnswer, XmlAnswer
from flask_bgbilling.wire.version import ALL, Band, Version

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Fields = Callable[..., Mapping[str, object]]


@dataclass(frozen=True)
class Service:
    """A JSON-RPC service: package and class name. ``of_module`` services take a module instance id in the path."""

    package: str
    name: str
    of_module: bool = False


@dataclass(frozen=True)
class XmlAction(Generic[T_co]):
    """A form post ``module=…&action=…`` answered by an XML document (transport.md 2)."""

    module: str
    action: str
    fields: Fields
    read: Callable[[XmlAnswer], T_co]
    bands: Band = ALL

    def __str__(self) -> str:
        return f"{self.module}/{self.action}"


@dataclass(frozen=True)
class RawAction(Generic[T_co]):
    """A form post answered by bytes of another type: a PDF or an HTML card (contract.md 17)."""

    module: str
    action: str
    fields: Fields
    read: Callable[[RawAnswer], T_co]
    bands: Band = ALL

    def __str__(self) -> str:
        return f"{self.module}/{self.action}"


@dataclass(frozen=True)
class JsonRpc(Generic[T_co]):
    """A JSON-RPC call of ``method`` (transport.md 3).

    For services of a module instance the call's argument ``module_id`` goes into the path and is not passed to
    ``params``.
    """

    service: Service
    method: str
    params: Fields
    read: Callable[[JsonAnswer], T_co]
    bands: Band = ALL

    def __str__(self) -> str:
        return f"{self.service.package}/{self.service.name}.{self.method}"


Form = XmlAction[T_co] | RawAction[T_co] | JsonRpc[T_co]


@dataclass(frozen=True)
class Operation(Generic[T_co]):
    """One thing that can be asked of a billing, in every form its versions know.

    ``safe`` operations change nothing and may be repeated. ``large`` ones may answer with a big listing and get longer
    limits. Bands of the forms must not overlap: the test of the declarations sees to it.
    """

    name: str
    forms: tuple[Form[T_co], ...]
    safe: bool = True
    large: bool = False

    def form(self, version: Version) -> Form[T_co] | None:
        """The form for this version, or ``None`` when the version cannot do it."""
        return next((form for form in self.forms if version in form.bands), None)

    def __call__(self, **arguments: object) -> "Call[T_co]":
        """This operation with its arguments, to be started by a billing session."""
        return Call(self, arguments)


@dataclass(frozen=True)
class Call(Generic[T_co]):
    """An operation with its arguments."""

    operation: Operation[T_co]
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Directory(Generic[T]):
    """A list of the billing that changes rarely and is kept per account (transport.md 11).

    ``item_class`` is the server's class name for the version probe; ``None`` means there is none and the list is kept
    for a minute. ``load`` takes no arguments and answers with the whole directory. ``public`` directories are shared
    between accounts of one billing.
    """

    name: str
    load: Operation[T]
    item_class: str | None = None
    public: bool = False
