"""Fiscal checks of payments (money.md 12)."""

from decimal import Decimal

from msgspec import Struct

from flask_bgbilling.wire.dto.common import IdTitle


class Registrators(Struct, frozen=True):
    """The fiscal registrators of a billing. ``bound_id`` is the one of the calling account, ``None`` for none."""

    entries: tuple[IdTitle, ...]
    bound_id: int | None = None


class PrintedCheck(Struct, frozen=True):
    """A printed check: its sum, and the change to give back; ``None`` is what the server does not tell."""

    amount: Decimal | None
    change: Decimal | None
