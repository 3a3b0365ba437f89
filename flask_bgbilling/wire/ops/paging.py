"""How parts of lists are asked for and how their answers say how much there is (transport.md 2.0, 3)."""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from xml.etree.ElementTree import Element

from flask_bgbilling.wire.codec import integer
from flask_bgbilling.wire.dto.common import Page

T = TypeVar("T")


def page_fields(page: int, size: int) -> dict[str, object]:
    """The two form fields of a paged XML action; pages count from 1."""
    return {"pageIndex": page, "pageSize": size}


def page_object(page: int, size: int) -> dict[str, object]:
    """The page object of a JSON search, with the counters that a server may expect to find."""
    return {"pageIndex": page, "pageSize": size, "pageCount": 0, "recordCount": 0}


def everything() -> dict[str, object]:
    """The page object that asks for the whole list."""
    return page_object(1, 0)


def xml_page(carrier: Element | None, items: Sequence[T]) -> Page[T]:
    """Items with the pager attributes of their carrier; without any the items are the whole list."""
    return _page(carrier.attrib if carrier is not None else {}, items)


def json_page(page: Mapping[str, object], items: Sequence[T]) -> Page[T]:
    """Items with the page object of their answer; without one the items are the whole list."""
    return _page(page, items)


def _page(pager: Mapping[str, object], items: Sequence[T]) -> Page[T]:
    return Page(
        items=tuple(items),
        # A server that forgets to count still has what it sent.
        found=max(integer(pager.get("recordCount")), len(items)),
        index=max(integer(pager.get("pageIndex"), 1), 1),
        size=max(integer(pager.get("pageSize")), 0),
    )
