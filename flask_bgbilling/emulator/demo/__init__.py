"""Demo data: a believable Russian provider, the same for the same seed, size and day."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from random import Random

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.database import Database
from flask_bgbilling.emulator.demo.addresses import TEMPLATE, add_addresses
from flask_bgbilling.emulator.demo.cabinet import add_cabinet
from flask_bgbilling.emulator.demo.catalogue import add_catalogue
from flask_bgbilling.emulator.demo.contracts import World, add_ordinary
from flask_bgbilling.emulator.demo.hostile import add_hostile
from flask_bgbilling.emulator.demo.modules import add_service_modules
from flask_bgbilling.emulator.demo.parameters import add_parameter_directories
from flask_bgbilling.emulator.demo.providers import provider
from flask_bgbilling.emulator.demo.rich import add_rich
from flask_bgbilling.emulator.demo.rows import Rows
from flask_bgbilling.emulator.demo.showcase import FIRST_ORDINARY, add_showcase
from flask_bgbilling.emulator.settings import EmulatorSettings

DETAILED = 1000
"""How many contracts get the full detail; beyond, only recent months."""
IMAGES_KEPT = 4
LARGEST_IMAGE = 5000
"""Contracts of the largest base that is worth keeping in memory for the next emulator of the process."""
CLOSED_MONTHS = 14


def fill(database: Database, settings: EmulatorSettings) -> None:
    """Writes the demo data of the settings into an empty database.

    ``settings.contracts`` is the number of contracts in all, except the hostile ones; the fixed ones are
    always there. Numbers count from 101.
    """
    _fill(database, settings.contracts, settings.seed, settings.hostile, settings.now())


def image(settings: EmulatorSettings) -> bytes:
    """A filled SQLite database as bytes; made once per process for equal settings and the same day.

    Without a frozen clock the data is that of the day's first minutes, so that nothing lies in the future.
    """
    moment = settings.frozen_at or settings.now().replace(hour=0, minute=30, second=0)
    return _image(settings.contracts, settings.seed, settings.hostile, moment)


@lru_cache(maxsize=IMAGES_KEPT)
def _image(contracts: int, seed: int, hostile: bool, moment: datetime) -> bytes:
    database = Database()
    try:
        _fill(database, contracts, seed, hostile, moment)
        return database.image()
    finally:
        database.close()


def _fill(database: Database, contracts: int, seed: int, hostile: bool, moment: datetime) -> None:
    with database.transaction() as connection:
        rows = Rows(connection)
        owner = provider(seed)
        add_catalogue(rows, owner, moment)
        add_parameter_directories(rows, moment)
        houses = add_addresses(rows)
        world = World(rows, owner, houses, Random(seed), moment)
        rows.add(schema.setup, id="addrs.format", value=TEMPLATE)
        rows.add(schema.setup, id="closed_date_1", value=_closed_date(world))
        rows.add(schema.setup, id="address.time", value="0")
        add_rich(world)
        add_showcase(world)
        add_cabinet(world)
        for cid in range(FIRST_ORDINARY, 101 + contracts):
            add_ordinary(world, cid, brief=cid > DETAILED)
        if hostile:
            add_hostile(world)
        rows.write()
        add_service_modules(world, connection, last=max(FIRST_ORDINARY - 1, 100 + min(contracts, DETAILED)))
        rows.write()


def _closed_date(world: World) -> str:
    """The end of the closed period: before the written history."""
    year, month = divmod(world.today.year * 12 + world.today.month - 1 - CLOSED_MONTHS, 12)
    return f"01.{month + 1:02}.{year}"
