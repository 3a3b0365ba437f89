"""Demo data of the service modules and plugins, made for contracts that are already written."""

from __future__ import annotations

from random import Random

from sqlalchemy import Connection, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo import catalogue
from flask_bgbilling.emulator.demo.contracts import World
from flask_bgbilling.emulator.demo.modules_bill import add_bills
from flask_bgbilling.emulator.demo.modules_cards import add_cards
from flask_bgbilling.emulator.demo.modules_fees import add_fees
from flask_bgbilling.emulator.demo.modules_inet import add_inet
from flask_bgbilling.emulator.demo.modules_inet_network import add_network
from flask_bgbilling.emulator.demo.modules_plugins import add_plugins
from flask_bgbilling.emulator.demo.modules_subscribers import Subscriber
from flask_bgbilling.emulator.demo.modules_voice import add_voice
from flask_bgbilling.emulator.demo.showcase import RICH

SEED_OFFSET = 4004
ATTACHED_TO_RICH = (catalogue.VOICE, catalogue.BILL, catalogue.CERBERCRYPT)
"""Modules that contract 101 has besides those of its tariffs."""


def add_service_modules(world: World, db: Connection, last: int) -> None:
    """Writes what the modules know of the contracts up to id ``last``; their rows must be in the database."""
    for module in ATTACHED_TO_RICH:
        world.rows.add(schema.contract_module, cid=RICH, mid=module)
    subscribers = _subscribers(db, last)
    subscribers[RICH].modules.update(ATTACHED_TO_RICH)
    random = Random(world.random.random() * SEED_OFFSET)
    network = add_network(world)
    add_inet(world, network, subscribers.values(), random)
    add_fees(world, subscribers.values())
    add_voice(world, subscribers)
    add_cards(world)
    add_bills(world, subscribers)
    add_plugins(world)


def _subscribers(db: Connection, last: int) -> dict[int, Subscriber]:
    contract, links = schema.contract, schema.contract_module
    query = select(
        contract.c.id,
        contract.c.title,
        contract.c.fc,
        contract.c.date1,
        contract.c.date2,
        contract.c.status,
        contract.c.status_date,
    )
    found = {
        row.id: Subscriber(
            cid=row.id,
            number=row.title,
            is_firm=bool(row.fc),
            start=row.date1,
            end=row.date2,
            status=row.status,
            status_date=row.status_date,
        )
        for row in db.execute(query.where(contract.c.id <= last).order_by(contract.c.id))
    }
    for link in db.execute(select(links).where(links.c.cid <= last)):
        found[link.cid].modules.add(link.mid)
    return found
