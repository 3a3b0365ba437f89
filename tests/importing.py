"""An import between emulated billings and customers in memory, over a database of its own."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

from flask_bgbilling.config.loading import load_text
from flask_bgbilling.domain.billings import BillingAccess
from flask_bgbilling.domain.customers.account import ImportAccounts
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import Credentials, Customers, SystemClock
from flask_bgbilling.store import migrations
from flask_bgbilling.store.import_cases import ImportCases
from flask_bgbilling.store.jobs import Jobs
from flask_bgbilling.store.journal import Journal
from flask_bgbilling.store.links import Links
from flask_bgbilling.store.secret_box import SecretBox
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from flask_bgbilling.wire.session import Billings
from tests.memory_customers import MemoryCustomers
from tests.sessions import opened

MARKER = 17
"""The demo billing's parameter for the customer."""

RULES = (
    "bgbilling:creator.confirmParameters=73,12,14,74\nbgbilling:creator.searchParameters=74,12,14\n"
    "bgbilling:creator.importParameters=73,74,14,12\n"
)
MAPPING = "73:10;74:9;14:4;12:3"


class NoAccounts:
    """Nobody has an account."""

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        return None


def configuration(billings: Mapping[str, Emulator], rules: str = RULES, mapping: str = MAPPING) -> str:
    """A text with these billings and the same rules for each; the import works as ``admin``."""
    lines = [rules]
    for number, (name, emulator) in enumerate(billings.items(), start=1):
        server = f"bgbilling:server.{number}"
        lines += [f"{server}.id={name}", f"{server}.title={name}", f"{server}.url={emulator.url}"]
        lines += [f"{server}.customerIdParam={MARKER}", f"{server}.timezone={emulator.settings.zone}"]
        block = f"bgbilling:creator.server.{number}"
        lines += [f"{block}.billingId={name}", f"{block}.user=admin", f"{block}.pswd=admin"]
        lines += [f"{block}.paramMapping={mapping}"]
    return "\n".join(lines)


class Installation:
    """Everything that an import needs, and the database behind it."""

    def __init__(self, url: str | Path, customers: Customers, text: str) -> None:
        address = url if isinstance(url, str) else f"sqlite:///{url / 'host.sqlite3'}"
        options: dict[str, Any] = {"connect_args": {"timeout": 20}} if address.startswith("sqlite") else {}
        self.engine = create_engine(address, **options)
        migrations.upgrade(self.engine)
        self.settings = load_text(text)
        self.sessions = scoped_session(sessionmaker(self.engine))
        self.unit = UnitOfWork(SimpleNamespace(session=self.sessions))
        if isinstance(customers, MemoryCustomers):
            customers.join(self.sessions.session_factory)
        clock = SystemClock()
        box = SecretBox([SecretBox.new_key()])
        current = lambda: self.settings  # noqa: E731 - a test may put others there
        billings = Billings(current, before_call=self.unit.release)
        access = BillingAccess(current, billings, ImportAccounts(NoAccounts(), current))
        self.journal = Journal(self.unit, box, clock)
        self.links = ContractLinks(Links(self.unit), self.unit, access, customers, current, self.journal, clock)
        self.cases = ImportCases(self.unit, box, clock)
        self.jobs = Jobs(self.unit)
        self.importing = CustomerImport(customers, self.links, self.cases, self.jobs, self.unit, access, current, clock)

    def close(self) -> None:
        """Gives the database back."""
        self.sessions.remove()
        self.engine.dispose()


def mark(emulator: Emulator, *cids: int, value: str = "0") -> None:
    """Has contracts imported, by the parameter of the customer."""
    billing = opened(emulator)
    for cid in cids:
        billing.call(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=MARKER, text=value)


def marker(emulator: Emulator, cid: int) -> str | None:
    """What the billing's parameter holds; ``None`` when it is not set."""
    rows = emulator.rows("contract_parameter_type_1", cid=cid, pid=MARKER)
    return rows[0]["val"] if rows else None
