"""Which versions know each write of a contract, and the right it needs (contract.md, parameters.md, money.md)."""

from pathlib import Path

import flask_bgbilling.emulator.operations  # noqa: F401 - registers the operations
from flask_bgbilling.emulator.registry import OPERATIONS

AREA = "_writes"
WRITES = Path(__file__).with_name("emulator_writes.txt").read_text("utf-8").splitlines()
"""One line each: kind, name, versions, right. A write that is added or moved to other versions belongs here too."""


def test_the_writes_are_those_of_the_reference() -> None:
    declared = {
        f"{operation} {operation.right}"
        for operation in OPERATIONS
        if operation.handler.__module__.endswith(AREA) and ".operations.modules_" not in operation.handler.__module__
    }
    assert declared == set(WRITES)


def test_every_write_needs_more_than_reading() -> None:
    assert {line.rpartition(" ")[2] for line in WRITES} == {"write", "admin"}
    assert sorted(set(WRITES)) == WRITES
