"""An import whose worker is killed: whoever goes on finishes it, and nothing is there twice."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from example_host import create_app
from example_host.customers.models import CustomerRow
from example_host.models import database
from flask_bgbilling.domain.services import Services
from flask_bgbilling.store.links import LinkRecord
from tests.e2e.conftest import hosts
from tests.e2e.test_import_pages import RULES
from tests.importing import mark, marker
from tests.support import Emulated, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = "IMPORT_HOST_SETTINGS"
CIDS = range(101, 141)
COMMAND = (sys.executable, "-m", "flask", "--app", "tests.e2e.test_import_killed:worker_app", "bgbilling", "worker")


def worker_app() -> Flask:
    """The application of the worker, by the settings that the test has written down."""
    return create_app(json.loads(Path(os.environ[SETTINGS]).read_text("utf-8")))


def test_a_killed_import_is_finished_by_another_process(private_billing: Emulated, tmp_path: Path) -> None:
    host = hosts(lambda version: private_billing(version, contracts=60, latency_ms=40), tmp_path)(
        extra=RULES, bitel="9.2"
    )
    emulator = host.emulators["bitel"]
    mark(emulator, *CIDS)
    names = ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "BGBILLING_CONFIG", "BGBILLING_SECRET_KEYS", "TESTING")
    (tmp_path / "settings.json").write_text(json.dumps({name: host.app.config[name] for name in names}), "utf-8")
    with host.app.app_context(), (tmp_path / "worker.log").open("wb") as log:
        services: Services = host.app.extensions["bgbilling"].services
        assert services.jobs is not None
        before = customers()
        number = services.jobs.run_now("import").id
        worker = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env={**os.environ, SETTINGS: str(tmp_path / "settings.json")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: len(links(services)) >= 3, 120, "the worker")
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        done = len(links(services))
        running = [
            shown.record for shown in services.jobs.list(parent_id=number).jobs if shown.record.state == "running"
        ]
        assert running, "it was killed in the middle"
        expire_leases()
        services.jobs.run_all()
        shown = services.jobs.get(number)
        assert shown is not None
        assert shown.record.state == "done", shown
        assert {one.record.state for one in services.jobs.list(parent_id=number).jobs} == {"done"}
        # What the killed one had told the billing without noting it is noted by the writer of links.
        assert services.links is not None
        while late := services.links.rows.due(datetime(2100, 1, 1, tzinfo=UTC), 1):
            assert services.links.tell(late[0]).problem is None
        found = links(services)
        assert done <= len(found)
        assert len({(one.billing_id, one.contract_id) for one in found}) == len(found)
        assert customers() - before <= {one.customer_id for one in found}, "nobody was made twice"
        assert all(one.written == one.value for one in found)
        held = {cid: marker(emulator, cid) for cid in CIDS}
        linked = {one.contract_id: one.value for one in found}
        assert {cid: value for cid, value in held.items() if cid in linked} == linked
        assert services.importing is not None
        assert services.importing.next_contracts("bitel") == []
        database.session.remove()


def customers() -> set[int]:
    """The numbers of all customers."""
    database.session.rollback()
    return set(database.session.scalars(database.select(CustomerRow.id)))


def links(services: Services) -> tuple[LinkRecord, ...]:
    """All links, as they are now."""
    assert services.links is not None
    database.session.rollback()
    return services.links.rows.after(0, 1000)


def expire_leases() -> None:
    """As if the killed process had been silent for longer than any lease runs."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE bgb_job SET lease_until = '2000-01-01' WHERE lease_until IS NOT NULL"))
        connection.execute(text("DELETE FROM bgb_lease"))
