"""Decoded answers as the readers of operations see them.

Readers are tolerant: an absent element reads as an empty list, an unparsable number as its default; what a reader
cannot do without it asks for with ``require…`` and gets :class:`Unreadable`, which the session turns into ``Garbled``
with the request id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from flask_bgbilling.wire.version import Version


class Unreadable(ValueError):
    """An answer of the right kind lacks what its reader cannot do without."""


@dataclass(frozen=True)
class XmlAnswer:
    """The ``data`` element of an accepted XML answer."""

    root: Element
    zone: ZoneInfo
    version: Version

    def rows(self, path: str = "table/data/row") -> list[Element]:
        """Elements at exactly this path below the root."""
        return self.root.findall(path)

    def anywhere(self, tag: str) -> Iterator[Element]:
        """Elements of this name at any depth, in document order."""
        return (element for element in self.root.iter(tag) if element is not self.root)

    def first(self, path: str) -> Element | None:
        """The first element at exactly this path, if there is one."""
        return self.root.find(path)


@dataclass(frozen=True)
class JsonAnswer:
    """The ``data`` object of an accepted JSON answer."""

    data: Mapping[str, Any]
    zone: ZoneInfo
    version: Version

    @property
    def returned(self) -> Any:
        """The method's return value; ``None`` when it is void or absent."""
        return self.data.get("return")

    def items(self) -> list[Mapping[str, Any]]:
        """The returned list, whether bare or wrapped in ``{list: …}``; anything that is not an object is dropped."""
        returned = self.returned
        if isinstance(returned, Mapping):
            returned = returned.get("list")
        return [item for item in returned if isinstance(item, Mapping)] if isinstance(returned, list) else []

    def page(self) -> Mapping[str, Any]:
        """The page object: inside the return value, or beside it as ``page`` or ``pageHolder``."""
        returned = self.returned
        inside = returned.get("page") if isinstance(returned, Mapping) else None
        for candidate in (inside, self.data.get("page"), self.data.get("pageHolder")):
            if isinstance(candidate, Mapping):
                return candidate
        return {}


@dataclass(frozen=True)
class RawAnswer:
    """Bytes that came instead of a document, with their declared type."""

    body: bytes
    content_type: str
    version: Version
