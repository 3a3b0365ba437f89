"""An emulated billing with the configuration that leads to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask_bgbilling.emulator import Emulator, EmulatorSettings


@dataclass(frozen=True)
class EmulatedBilling:
    """A running emulator. ``configuration`` is what a host's ``BGBILLING_CONFIG`` takes.

    Its accounts ``admin`` (may everything), ``operator`` and ``reader`` have their login as password.
    """

    id: str
    emulator: Emulator
    configuration: dict[str, str]


@contextmanager
def emulated_billing(version: str = "10.2", billing_id: str = "demo", **settings: object) -> Iterator[EmulatedBilling]:
    """A billing of a version with some demo contracts, number 101 among them, while the context lasts.

    Further settings are those of ``EmulatorSettings``: ``contracts=``, ``seed=``, ``latency_ms=``.
    """
    usual: dict[str, object] = {"contracts": 20, **settings}
    with Emulator(EmulatorSettings(version=version, **usual)) as emulator:  # type: ignore[arg-type]
        block = "bgbilling:server.1"
        configuration = {
            "bgbilling:enable": "1",
            f"{block}.id": billing_id,
            f"{block}.title": billing_id,
            f"{block}.url": emulator.url,
        }
        yield EmulatedBilling(billing_id, emulator, configuration)
