"""What a server tells about itself, and its directories of names."""

from collections.abc import Mapping

from msgspec import Struct

from flask_bgbilling.wire.dto.common import IdTitle


class ServerMenu(Struct, frozen=True):
    """The answer to the first call of a session (transport.md 8.1).

    ``version`` is the server's own text. ``gui_settings`` are settings of the billing's client.
    """

    version: str
    gui_settings: Mapping[str, str]
    plugins: frozenset[str]


class InstalledModule(Struct, frozen=True):
    """A module of the server and its build."""

    name: str
    version: str
    build: str


class ServerAbout(Struct, frozen=True):
    """What ``service/About`` tells; ``server_time`` is text with the server's zone."""

    version: str
    build: str
    build_time: str
    server_time: str
    modules: tuple[InstalledModule, ...]


class BillingUser(Struct, frozen=True):
    """An account of the billing. Ids up to 0 are pseudo-users such as the server itself."""

    id: int
    login: str
    name: str


class Names(Struct, frozen=True):
    """A directory of names by id, in the order of the server."""

    entries: tuple[IdTitle, ...]
    titles: Mapping[int, str]

    def title(self, id_: int | None) -> str:
        """The name of an id; ``??? [id]`` when the directory does not have it, empty text for no id."""
        return "" if id_ is None else self.titles.get(id_) or f"??? [{id_}]"

    def __contains__(self, id_: object) -> bool:
        return id_ in self.titles


def names(entries: tuple[IdTitle, ...]) -> Names:
    """A directory of these entries; of several with one id the first counts."""
    titles: dict[int, str] = {}
    for entry in entries:
        titles.setdefault(entry.id, entry.title)
    return Names(entries, titles)


class TypeNode(Struct, frozen=True):
    """A payment or charge type, or a folder of them (money.md 3.6).

    ``editable`` says whether a person may use the type: others are kept for the server.
    """

    id: int
    title: str
    parent_id: int
    children: tuple["TypeNode", ...] = ()
    folder: bool = False
    editable: bool = True

    @property
    def selectable(self) -> bool:
        """Whether it is a type and not a folder, be it an empty one."""
        return not (self.folder or self.children)
