"""A BGBilling server for development, tests and demos.

``python -m flask_bgbilling.emulator`` runs one; ``Emulator`` does the same inside a program. It speaks the
protocol of every supported version over its own database in the billing's layout.
"""

from __future__ import annotations

from flask_bgbilling.emulator.emulator import Emulator
from flask_bgbilling.emulator.settings import EmulatorSettings

__all__ = ["Emulator", "EmulatorSettings"]
