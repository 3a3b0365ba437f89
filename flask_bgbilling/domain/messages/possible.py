"""Processes that a message may belong to: the union of all searches, each process once (messages.md 6)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from flask_bgbilling.config.message_types import PossibleEntry
from flask_bgbilling.config.settings import DEFAULT_PAGE_SIZE
from flask_bgbilling.hookspecs import PossibleProcessContext, PossibleProcessSearch
from flask_bgbilling.ports import Process

MOST: Final = 300
"""How many of the newest are looked at: each costs the host a look."""

_COLOR = re.compile(r"#[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?|[A-Za-z]{3,30}")


@dataclass(frozen=True)
class PossibleProcess:
    """A process with its place in the host, and why it may be the one.

    ``color`` is a name or ``#rrggbb`` of the block that found it first, empty without one; ``reasons`` are message ids.
    """

    process: Process
    address: str
    color: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PossibleProcesses:
    """A page of them, the newest first; ``index`` counts from 1, ``found`` are those of all pages.

    ``more`` says that there may be older ones which no page has, ``failed`` that a search failed (the log says why).
    """

    rows: tuple[PossibleProcess, ...] = ()
    found: int = 0
    index: int = 1
    count: int = 1
    more: bool = False
    failed: bool = False


@dataclass(frozen=True)
class Place:
    """Which page is wanted: its ``index`` from 1 and ``size``; the one with the process ``chosen`` when it has one."""

    index: int = 1
    size: int = DEFAULT_PAGE_SIZE
    chosen: int = 0


FIRST: Final = Place()


def possible_processes(
    entries: Sequence[PossibleEntry],
    context: PossibleProcessContext,
    visible: Callable[[int], bool],
    failed_at: Callable[[str, Exception], None],
    place: Place = FIRST,
) -> PossibleProcesses:
    """Asks every search in the order of the blocks; ``visible`` says which processes the person may see.

    ``failed_at`` is told the class that has raised, and what; ``place`` says which page of them is wanted.
    """
    wanted = replace(context, limit=MOST + 1)
    why: dict[int, list[PossibleEntry]] = {}
    failed = more = False
    for entry in entries:
        search: PossibleProcessSearch = entry.made
        try:
            found = tuple(search.find(wanted))
        except Exception as error:  # a stranger's search, or a billing: the others stay
            failed_at(entry.class_name, error)
            failed = True
            continue
        more = more or len(found) > MOST
        for process_id in found:
            why.setdefault(process_id, []).append(entry)
    rows = []
    for process_id, entries_of in why.items():
        process = context.processes.get(process_id)
        if process is None or not visible(process_id):
            continue
        if context.open is not None and context.open != (process.closed_at is None):
            continue
        reasons = dict.fromkeys(entry.made.reason or entry.class_name for entry in entries_of)
        address = context.processes.address(process_id)
        rows.append(PossibleProcess(process, address, _color(entries_of[0].color), tuple(reasons)))
    rows.sort(key=lambda row: (row.process.opened_at or datetime.min.replace(tzinfo=UTC), row.process.id), reverse=True)
    more, rows = more or len(rows) > MOST, rows[:MOST]
    count = max(1, -(-len(rows) // place.size))
    at = next((at for at, row in enumerate(rows) if row.process.id == place.chosen), None)
    index = at // place.size + 1 if at is not None else min(max(place.index, 1), count)
    shown = rows[(index - 1) * place.size : index * place.size]
    return PossibleProcesses(tuple(shown), len(rows), index, count, more, failed)


def _color(written: str) -> str:
    return written if _COLOR.fullmatch(written) else ""
