"""The table of operations: which names exist, in which versions, with which right, and who answers them.

A handler is declared once per name; the same function may carry several decorators. ``since`` is inclusive
and ``below`` exclusive. Two handlers of one name whose versions overlap are an error when the module is
imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from xml.etree.ElementTree import Element

from flask_bgbilling.emulator.calls import JsonCall, User, XmlCall
from flask_bgbilling.emulator.errors import NotImplementedCall
from flask_bgbilling.emulator.paging import Page
from flask_bgbilling.emulator.version import SUPPORTED, Version

__all__ = [
    "OPERATIONS",
    "Holders",
    "JsonCall",
    "Operation",
    "Page",
    "Raw",
    "Registry",
    "User",
    "XmlCall",
    "json_rpc",
    "xml",
]

Kind = Literal["xml", "json-rpc"]
Right = Literal["read", "write", "admin"]


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer that is not wrapped: a card as HTML, a document as PDF (transport.md 2)."""

    body: bytes
    content_type: str


class Holders:
    """A JSON result with out-parameters beside ``return``, for example ``Holders(rows, page={...})``."""

    def __init__(self, returned: object, **beside: object) -> None:
        self.returned = returned
        self.beside = beside


XmlHandler = Callable[[XmlCall], Element | Raw]
JsonHandler = Callable[[JsonCall], object]
AnyXml = TypeVar("AnyXml", bound=XmlHandler)
AnyJson = TypeVar("AnyJson", bound=JsonHandler)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a range of versions. ``name`` is also the name of the right to run it."""

    kind: Kind
    name: str
    since: Version
    below: Version | None
    right: Right
    handler: Callable[[Any], Any]

    def covers(self, version: Version) -> bool:
        """Whether a server of this version knows the operation."""
        return self.since <= version and (self.below is None or version < self.below)

    def overlaps(self, other: Operation) -> bool:
        """Whether some version would know both operations."""
        return (other.below is None or self.since < other.below) and (self.below is None or other.since < self.below)

    @property
    def versions(self) -> str:
        """The versions as people write them: ``7.0-8.0``, ``8.2-``; the end is the last band that has it."""
        if self.below is None:
            return f"{self.since}-"
        return f"{self.since}-{max(band for band in SUPPORTED if band < self.below)}"

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.versions}"


class Registry:
    """All operations by kind and name."""

    def __init__(self) -> None:
        self._operations: dict[tuple[Kind, str], list[Operation]] = {}

    def add(self, operation: Operation) -> None:
        """Takes an operation; ``ValueError`` when a version would have two handlers for the name."""
        same_name = self._operations.setdefault((operation.kind, operation.name), [])
        for known in same_name:
            if known.overlaps(operation):
                raise ValueError(f"{operation} overlaps {known}")
        same_name.append(operation)

    def find(self, kind: Kind, name: str, version: Version) -> Operation:
        """The operation of this version; ``NotImplementedCall`` when there is none."""
        for operation in self._operations.get((kind, name), ()):
            if operation.covers(version):
                return operation
        raise NotImplementedCall(name)

    def __iter__(self) -> Iterator[Operation]:
        for same_name in self._operations.values():
            yield from same_name


OPERATIONS = Registry()
"""Every operation of the emulator, filled when ``flask_bgbilling.emulator.operations`` is imported."""


def xml(
    module: str, action: str, *, since: str = "7.0", below: str | None = None, right: Right = "read"
) -> Callable[[AnyXml], AnyXml]:
    """Declares the handler of an XML action."""

    def declare(handler: AnyXml) -> AnyXml:
        end = Version(below) if below else None
        OPERATIONS.add(Operation("xml", f"{module}/{action}", Version(since), end, right, handler))
        return handler

    return declare


def json_rpc(
    package: str,
    service: str,
    method: str,
    *,
    since: str = "7.0",
    below: str | None = None,
    right: Right = "read",
) -> Callable[[AnyJson], AnyJson]:
    """Declares the handler of a JSON-RPC method; the same for the kernel and for instances of a module."""

    def declare(handler: AnyJson) -> AnyJson:
        end = Version(below) if below else None
        name = f"{package}/{service}.{method}"
        OPERATIONS.add(Operation("json-rpc", name, Version(since), end, right, handler))
        return handler

    return declare
