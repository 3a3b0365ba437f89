"""Types of payments and charges as a person chooses them: grouped by folder, with what is not for hands marked."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from flask_bgbilling.wire.dto.server import TypeNode

PATH = " / "


class TypeChoice(Struct, frozen=True):
    """A type of a list. ``usable`` is false for types that only the billing itself may use."""

    id: int
    title: str
    usable: bool = True


class TypeGroup(Struct, frozen=True):
    """Types of one folder in the billing's order. ``label`` is the path of folders, empty at the top."""

    label: str
    types: tuple[TypeChoice, ...]


def grouped(nodes: Sequence[TypeNode], covers: Callable[[int], bool]) -> tuple[TypeGroup, ...]:
    """The types of a tree that ``covers`` allows, by folder; folders without any are left out."""
    leaves = [(path, leaf) for path, leaf in _leaves(nodes, ()) if covers(leaf.id)]
    return tuple(
        TypeGroup(PATH.join(path), tuple(leaf for _, leaf in members))
        for path, members in groupby(leaves, key=lambda found: found[0])
    )


def chosen_type(groups: Sequence[TypeGroup], type_id: int) -> TypeChoice | None:
    """The type of a number among those that may be chosen from; ``None`` when it is not there."""
    return next((choice for group in groups for choice in group.types if choice.id == type_id), None)


def only_type(groups: Sequence[TypeGroup]) -> int:
    """The type that can be chosen when there is exactly one, else 0."""
    usable = [choice.id for group in groups for choice in group.types if choice.usable]
    return usable[0] if len(usable) == 1 else 0


def _leaves(nodes: Sequence[TypeNode], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], TypeChoice]]:
    for node in nodes:
        if node.selectable:
            yield path, TypeChoice(node.id, node.title, node.editable)
        else:
            yield from _leaves(node.children, (*path, node.title))
