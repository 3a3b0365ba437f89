"""Processes that a message may belong to: the union of all searches, each process once (messages.md 6)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from flask_bgbilling.config.message_types import PossibleEntry
from flask_bgbilling.hookspecs import PossibleProcessContext, PossibleProcessSearch
from flask_bgbilling.ports import Process

MOST: Final = 50

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
    """The newest first; ``more`` says that there are others, ``failed`` that a search failed (the log says why)."""

    rows: tuple[PossibleProcess, ...] = ()
    more: bool = False
    failed: bool = False


def possible_processes(
    entries: Sequence[PossibleEntry],
    context: PossibleProcessContext,
    visible: Callable[[int], bool],
    failed_at: Callable[[str, Exception], None],
) -> PossibleProcesses:
    """Asks every search in the order of the blocks; ``visible`` says which processes the person may see.

    ``failed_at`` is told the class that has raised, and what.
    """
    wanted = replace(context, limit=MOST + 1)
    why: dict[int, list[PossibleEntry]] = {}
    failed = False
    for entry in entries:
        search: PossibleProcessSearch = entry.made
        try:
            found = tuple(search.find(wanted))
        except Exception as error:  # a stranger's search, or a billing: the others stay
            failed_at(entry.class_name, error)
            failed = True
            continue
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
    return PossibleProcesses(tuple(rows[:MOST]), len(rows) > MOST, failed)


def _color(written: str) -> str:
    return written if _COLOR.fullmatch(written) else ""
