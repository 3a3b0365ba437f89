"""``python -m flask_bgbilling.emulator``: runs one emulated billing until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

from flask_bgbilling.emulator.emulator import Emulator
from flask_bgbilling.emulator.faults import NAMES
from flask_bgbilling.emulator.registry import OPERATIONS
from flask_bgbilling.emulator.settings import DEFAULT_ZONE, EmulatorSettings
from flask_bgbilling.emulator.version import SUPPORTED, Version

RECORD_VARIABLE = "BGBILLING_EMULATOR_RECORD"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    options = argparse.ArgumentParser(prog="python -m flask_bgbilling.emulator", description=__doc__)
    options.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    options.add_argument("--port", type=int, default=8080, help="port, 0 takes a free one (default 8080)")
    options.add_argument(
        "--version",
        type=_version,
        help=f"server version, one of {', '.join(map(str, SUPPORTED))} or another build (default 9.2)",
    )
    options.add_argument("--db", default="", help="SQLAlchemy URL; without it a private SQLite file")
    options.add_argument("--contracts", type=int, default=300, help="how many demo contracts (default 300)")
    options.add_argument("--seed", type=int, default=1, help="which demo provider (default 1)")
    options.add_argument("--zone", default=DEFAULT_ZONE, help=f"time zone (default {DEFAULT_ZONE})")
    options.add_argument("--latency-ms", type=int, default=0, help="delay of every call")
    options.add_argument("--fault", default="", choices=("", *NAMES), help="misbehave from the start")
    options.add_argument(
        "--record", default=os.environ.get(RECORD_VARIABLE, ""), help="append received requests, one JSON a line"
    )
    options.add_argument("--access-log", default="", help="append the access log to a file")
    options.add_argument("--invert-closed", action="store_true", help="the JSON search inverts closed")
    options.add_argument("--illegal-references", action="store_true", help="&#0; in the texts of XML answers")
    options.add_argument("--nested-status-names", action="store_true", help="nested Inet services name their status")
    options.add_argument("--hostile", action="store_true", help="add contracts with hostile texts")
    options.add_argument("--list", action="store_true", help="print every operation and its versions")
    options.add_argument("--quiet", action="store_true", help="no access log on standard error")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    chosen = parser().parse_args(arguments)
    if chosen.list:
        for line in listing(chosen.version):
            print(line)
        return 0
    settings = EmulatorSettings(
        version=chosen.version or "9.2",
        host=chosen.host,
        port=chosen.port,
        db=chosen.db,
        contracts=chosen.contracts,
        seed=chosen.seed,
        zone=chosen.zone,
        latency_ms=chosen.latency_ms,
        fault=chosen.fault,
        record=chosen.record,
        access_log=chosen.access_log,
        invert_closed=chosen.invert_closed,
        illegal_references=chosen.illegal_references,
        nested_status_names=chosen.nested_status_names,
        hostile=chosen.hostile,
    )
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with Emulator(settings) as emulator:
        if not chosen.quiet:
            emulator.server.on_log = lambda line: print(line, file=sys.stderr, flush=True)
        print(f"BGBilling {settings.version} at {emulator.url} (admin/admin)", flush=True)
        stopped.wait()
    return 0


def listing(version: str | None = None) -> list[str]:
    """Every operation with its versions, sorted; only those of one version when it is given."""
    chosen = Version(version) if version else None
    return sorted(str(operation) for operation in OPERATIONS if chosen is None or operation.covers(chosen))


def _version(text: str) -> str:
    try:
        return str(Version(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
