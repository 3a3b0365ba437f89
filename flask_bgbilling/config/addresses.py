"""Who may read the host's address directory, and from which billing it is read: ``bgbilling:addressFeed.*`` and
``bgbilling:addressImport.*``.

A block that cannot be used is left out and reported: a feed is never opened by a key that is half right.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from flask_bgbilling.config.loading import noted, server_sections
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.config.values import Mistake, feed_keys, integers

FEED_PREFIX: Final = "bgbilling:addressFeed."
IMPORT_PREFIX: Final = "bgbilling:addressImport."


@dataclass(frozen=True, slots=True)
class AddressFeed:
    """What one billing may read. ``keys`` are one or, while it is being changed, two; ``city_ids`` ``None`` is all."""

    billing_id: str
    keys: tuple[str, ...] = field(repr=False)
    city_ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class AddressImportAccount:
    """The billing that the schedule reads the directory from, and the account that reads.

    With ``delete`` what the billing does not have is deleted here, as far as nobody uses it.
    """

    billing_id: str
    user: str
    password: str = field(repr=False)
    delete: bool = False


def address_feeds(settings: Settings) -> tuple[AddressFeed, ...]:
    """The feeds that are open: those with usable keys, of working servers."""
    found = []
    for billing_id, block in settings.properties.keyed(FEED_PREFIX).items():
        if settings.server(billing_id) is None:
            continue
        try:
            keys, city_ids = feed_keys(block.text("key")), integers(block.text("cityIds"))
        except Mistake:
            continue
        found.append(AddressFeed(billing_id, keys, frozenset(city_ids) or None))
    return tuple(found)


def address_import(settings: Settings) -> AddressImportAccount | None:
    """Where the schedule reads the directory from; ``None`` where nothing is said, or the server does not work."""
    block = settings.properties.sub(IMPORT_PREFIX)
    billing_id, user, password = (block.text(key).strip() for key in ("billingId", "user", "pswd"))
    if not user or settings.server(billing_id) is None:
        return None
    return AddressImportAccount(billing_id, user, password, block.boolean("delete", False))


def problems(properties: Properties) -> Iterator[Problem]:
    """What is wrong in the blocks beyond the form of their values."""
    known = {section.text("id").strip() for section in server_sections(properties)[0].values()}
    for billing_id, block in properties.keyed(FEED_PREFIX).items():
        if billing_id not in known:
            yield noted(block, next(iter(block)), "billing-unknown", FEED_PREFIX, value=billing_id)
        elif not block.text("key").strip():
            yield noted(block, "key", "required", f"{FEED_PREFIX}{billing_id}.")
    block = properties.sub(IMPORT_PREFIX)
    if list(block):
        for key in ("billingId", "user", "pswd"):
            if not block.text(key).strip():
                yield noted(block, key, "required", IMPORT_PREFIX)
