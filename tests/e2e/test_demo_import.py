"""The contracts of the demo that wait for the import: every outcome that a person should see is among them."""

from collections import Counter
from pathlib import Path

import pytest

from example_host.__main__ import BILLINGS, CUSTOMER_PARAMETER, configuration
from example_host.customers.demo_import import TWICE, WAITING, add_customer_twice, mark_for_import
from example_host.customers.port import HostCustomers
from flask_bgbilling.domain.customers.importing import CustomerImport
from tests.e2e.host_images import host_image, host_settings, prepared_app
from tests.support import Emulated


def test_waiting_contracts_are_confirmed_doubted_and_new(private_billing: Emulated, tmp_path: Path) -> None:
    emulators = {
        billing.id: private_billing(billing.version, seed=billing.seed, contracts=60) for billing in BILLINGS[:2]
    }
    addresses = {billing_id: emulator.url for billing_id, emulator in emulators.items()}
    config, file = tmp_path / "bgbilling.conf", tmp_path / "crm.sqlite3"
    config.write_text(configuration(BILLINGS[:2], addresses), "utf-8")
    file.write_bytes(host_image(None))
    app = prepared_app(host_settings(file, config))
    with app.app_context():
        add_customer_twice()
        add_customer_twice()
        assert [one.title for one in HostCustomers().find_by_title(TWICE, 5)] == [TWICE]
        mark_for_import(addresses.values(), "admin", "admin", CUSTOMER_PARAMETER)
        importing: CustomerImport = app.extensions["bgbilling"].services.importing
        for billing_id in emulators:
            counted: Counter[str] = Counter()
            while found := importing.next_contracts(billing_id):
                counted += importing.run(billing_id, found)
            assert counted == {"confirmed": 5, "several": 1, "new": len(WAITING) - 6}


def test_a_billing_that_refuses_is_told(private_billing: Emulated) -> None:
    emulator = private_billing("9.2")
    with pytest.raises(RuntimeError, match=f"contract {WAITING[0]} of .* cannot be marked"):
        mark_for_import([emulator.url], "admin", "wrong", CUSTOMER_PARAMETER)
