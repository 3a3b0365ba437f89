"""Everything that is stored sealed, sealed anew with the newest key, so that older keys can be dropped.

What jobs that are not over yet carry sealed stays under the key of its time.
"""

from typing import Final

from msgspec import Struct
from sqlalchemy import Column, select, update

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.store.creations import BARE
from flask_bgbilling.store.creations import ROWS as CREATIONS
from flask_bgbilling.store.import_cases import CASES
from flask_bgbilling.store.journal import CHANGES
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UnitOfWork

BATCH: Final = 200
SEALED: Final[tuple[Column[str], ...]] = (CHANGES.c.sealed_details, CASES.c.sealed_details, CREATIONS.c.sealed_plan)


class Rotation(Struct, frozen=True):
    """How many sealed texts are under the newest key now, and how many no key could open."""

    rotated: int
    unreadable: int


def rotate(unit_of_work: UnitOfWork, secret_box: SecretBox) -> Rotation:
    """Encrypts all sealed texts with the newest key. What no key opens stays as it is and is counted."""
    found = [_rotated(unit_of_work, secret_box, column) for column in SEALED]
    return Rotation(sum(one.rotated for one in found), sum(one.unreadable for one in found))


def _rotated(unit_of_work: UnitOfWork, secret_box: SecretBox, column: Column[str]) -> Rotation:
    table, number = column.table, column.table.c.id
    rotated = unreadable = last = 0
    while True:
        # What was emptied is no secret any more: nothing of it, or bare JSON.
        wanted = select(number, column).where(number > last, column != "", ~column.startswith(BARE))
        rows = unit_of_work.session.execute(wanted.order_by(number).limit(BATCH)).all()
        if not rows:
            unit_of_work.release()
            return Rotation(rotated, unreadable)
        with unit_of_work.alone() as session:
            for row_id, sealed in rows:
                try:
                    token = secret_box.rotate(sealed)
                except ConfigurationError:
                    unreadable += 1
                    continue
                # What was written meanwhile is under the newest key already.
                unchanged = update(table).where(number == row_id, column == sealed)
                session.execute(unchanged.values({column.name: token}))
                rotated += 1
        last = rows[-1][0]
