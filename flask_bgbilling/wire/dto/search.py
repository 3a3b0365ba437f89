"""What a contract search answers with and which list values it can ask for."""

from typing import Literal

from msgspec import Struct

ListType = Literal["List", "MultiList"]


class FoundContract(Struct, frozen=True):
    """A row of a search result; ``address`` is known only to address searches."""

    cid: int
    number: str
    comment: str
    address: str = ""


class ListFilter(Struct, frozen=True):
    """A list parameter (``type`` is its kind) whose value is the list item ``item_id``."""

    type: ListType
    parameter_id: int
    item_id: int
