"""``--list`` shows every read operation of the reference, in its versions, and nothing else that reads."""

from pathlib import Path

import pytest

import flask_bgbilling.emulator.operations  # noqa: F401 - registers the operations
from flask_bgbilling.emulator.__main__ import main
from flask_bgbilling.emulator.registry import OPERATIONS

# One line each as ``--list`` prints it, gone through with transport.md, contract.md, contract-search.md, parameters.md,
# money.md, addresses.md, modules.md and helpdesk.md. A read that is added or moved to other versions belongs here too.
READS = Path(__file__).with_name("emulator_reads.txt").read_text("utf-8").splitlines()


def test_the_reads_are_those_of_the_reference() -> None:
    declared = sorted(str(operation) for operation in OPERATIONS if operation.right == "read")
    missing, unexpected = set(READS) - set(declared), set(declared) - set(READS)
    assert (sorted(missing), sorted(unexpected)) == ([], [])


def test_list_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) in (0, None)
    printed = capsys.readouterr().out.splitlines()
    assert set(READS) <= set(printed)
    assert printed == sorted(printed)
    assert len(set(printed)) == len(printed)
