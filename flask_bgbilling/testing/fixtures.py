"""Fixtures for a host's tests: its ``conftest.py`` has ``pytest_plugins = ["flask_bgbilling.testing.fixtures"]``."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from flask_bgbilling.testing import emulated
from flask_bgbilling.testing.emulated import EmulatedBilling


@pytest.fixture
def emulated_billing() -> Iterator[Callable[..., EmulatedBilling]]:
    """Starts billings for one test: ``emulated_billing("9.2", contracts=50)``; they stop when it ends."""
    with ExitStack() as running:

        def start(version: str = "10.2", billing_id: str = "demo", **settings: object) -> EmulatedBilling:
            return running.enter_context(emulated.emulated_billing(version, billing_id, **settings))

        yield start
