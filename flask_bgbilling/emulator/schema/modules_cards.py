"""Tables of prepaid cards and of conditional access cards (database.md 1, modules.md 6 and 7).

The billing's own tables of conditional access are not known: theirs are own layout.
"""

from __future__ import annotations

from sqlalchemy import Column, Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask,
    mask_type,
    moment,
    money,
    number,
    small,
    title,
)
from flask_bgbilling.emulator.schema.modules_instances import CARD, CERBERCRYPT

card_series = Table(f"card_series_{CARD}", METADATA, key(), number("sid"), title())
"""A series of cards belongs to a type of cards: the service ``sid``."""
card_data = Table(
    f"card_data_{CARD}",
    METADATA,
    key(),
    Column("card_code", mask_type(), nullable=False, unique=True),
    number("cs_id", index=True),
    title("card_pin_code", 50),
    money("summa"),
    day("date1"),
    day("date2"),
    small("status"),
    number("cid", index=True),
    moment("date"),
)
"""``status`` 0 free, 1 activated, 2 blocked; ``cid`` and ``date`` tell who activated the card and when."""

cerbercrypt_user_card = Table(
    f"cerbercrypt_user_card_{CERBERCRYPT}",
    METADATA,
    key(),
    number("baseCardId", -1),
    number("contractId", index=True),
    mask("number"),
    day("dateFrom"),
    day("dateTo"),
    day("subscrDate"),
    small("needSync"),
    title("comment", 255),
)
"""``baseCardId`` is the card that a slave card depends on, −1 for none."""
cerbercrypt_packet = Table(
    f"cerbercrypt_packet_{CERBERCRYPT}", METADATA, key(), title(), small("virtual_cinema"), number("pos")
)
cerbercrypt_card_packet = Table(
    f"cerbercrypt_card_packet_{CERBERCRYPT}",
    METADATA,
    key(),
    number("usercard_id", index=True),
    number("packet_id"),
    number("object_id"),
    small("status", 1),
    day("date1"),
    day("date2"),
    moment("change_date"),
    title("comment", 255),
)
"""``status`` 0 off, 1 on, 2 waits for the head end."""
cerbercrypt_dealer = Table(f"cerbercrypt_dealer_{CERBERCRYPT}", METADATA, key(), title())
