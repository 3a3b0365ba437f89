"""Searching contracts: what is visible, which rows of a page, by which conditions (contract-search.md).

Conditions are SQL; nothing is filtered in Python, so that a base of a hundred thousand contracts answers a
search by number as fast as a small one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select, true

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.model.patterns import mask_condition, parse_mask
from flask_bgbilling.emulator.paging import Page
from flask_bgbilling.emulator.schema import search_index

Condition = ColumnElement[bool]

SELECTIVE_END = 5
"""How much of a number is looked up in the search index: numbers begin alike, their ends tell them apart."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which contracts besides the ordinary ones may be found (contract-search.md 2)."""

    hidden: bool = False
    closed: bool = False
    sub_contracts: bool = False

    def conditions(self, today: date) -> list[Condition]:
        """What keeps the unwanted contracts out; closed is one whose last day has passed.

        SQLite has no statistics and would take the index of ``del``, which nearly every contract satisfies,
        before the one of the number; the addition hides that index from it.
        """
        contract = schema.contract.c
        found: list[Condition] = []
        if not self.hidden:
            found.append(contract["del"] + 0 == 0)
        if not self.closed:
            found.append(or_(contract.date2.is_(None), contract.date2 >= today))
        if not self.sub_contracts:
            found.append(contract.scid + 0 <= 0)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """One page of contracts, ordered by number, and how many there are on all pages."""

    rows: Sequence[RowMapping]
    records: int


def find(db: Connection, conditions: Sequence[Condition], page: Page) -> Found:
    """Contracts that satisfy every condition: whole rows of ``contract``."""
    contract = schema.contract
    where = [condition for condition in conditions if condition is not None]
    records = db.execute(select(func.count()).select_from(contract).where(*where)).scalar_one()
    query = select(contract).where(*where).order_by(contract.c.title, contract.c.id)
    return Found(db.execute(page.limit(query)).mappings().all(), records)


def text_of_contract(db: Connection, field: str, pattern: str) -> Condition:
    """The condition for the number (``title``) or the ``comment`` of a contract to match an expression.

    An empty pattern restricts nothing. An anchored number is looked up in the index of ``contract``, a part
    of one in the search index where there is one.
    """
    mask = parse_mask(pattern)
    dialect = db.dialect.name
    condition = mask_condition(schema.contract.c[field], mask, dialect)
    if mask.exact is not None or not search_index.usable(dialect):
        return condition
    piece = mask.longest_text
    if len(piece) < search_index.PIECE or "\0" in piece:
        return condition
    if field == "title" and piece.isascii():
        piece = piece[-SELECTIVE_END:]
    is_enough = piece == mask.literal and not mask.at_start and not mask.at_end
    candidates = search_index.contains(field, piece)
    return candidates if is_enough else candidates & condition


def of_groups(mask: int) -> Condition:
    """The condition for a contract to be in a group of the mask; 0 is any."""
    return schema.contract.c.gr.bitwise_and(mask) != 0 if mask else true()


def of_face(face: int) -> Condition:
    """The condition for the face of a contract; -1 is any."""
    return schema.contract.c.fc == face if face >= 0 else true()
