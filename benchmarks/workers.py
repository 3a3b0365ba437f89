"""An import of 1 000 contracts by two workers of a fleet against one: Redis, MariaDB, a billing of 100 ms latency.

python -m benchmarks.workers [--contracts N] imports fewer, to see that it works.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.feed import peak
from benchmarks.importing import CONTRACTS, FIRST, MOST_MEMORY, SETTINGS, fill, kept, marked, settings_of
from benchmarks.measuring import Result, emulators
from example_host import create_app
from example_host.models import database
from flask_bgbilling.domain.services import Services
from flask_bgbilling.jobs.fleet import FleetEngine
from tests.servers import mariadb_server, redis_server

LATENCY_MS = 100
CUSTOMERS = 20_000
CONCURRENCY = 4
TURNS = (1, 2)
LONGEST = 600.0


def run(contracts: int = CONTRACTS) -> Iterator[Result]:
    """Seconds of both, and the most that a worker has held in memory."""
    every = ("--contracts", str(len(TURNS) * contracts + 50), "--latency-ms", str(LATENCY_MS))
    with (
        tempfile.TemporaryDirectory() as folder,
        mariadb_server() as url,
        redis_server() as broker,
        emulators(1, *every) as (executer,),
    ):
        settings = settings_of(Path(folder), url, executer, contracts, BGBILLING_BROKER=broker)
        app = create_app(settings)
        with app.app_context():
            fill(CUSTOMERS)
            services: Services = app.extensions["bgbilling"].services
            taken, memory = {}, []
            for turn, count in enumerate(TURNS):
                first = FIRST + turn * contracts
                with workers(count, kept(Path(folder), settings)) as running:
                    until_ready(services, count)
                    assert services.importing is not None
                    marked(services.importing, range(first, first + contracts))
                    taken[count] = imported(services, contracts)
                    memory += [peak(worker.pid) for worker in running]
            database.session.remove()
            database.engine.dispose()
    most = max(memory)
    yield Result("two workers", taken[2], "s", taken[1], round(taken[2] / taken[1], 3))
    yield Result("worker memory", most, "MB", MOST_MEMORY, round(most / MOST_MEMORY, 3))


@contextmanager
def workers(count: int, settings: Path) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Workers as processes of their own, until the end of the block."""
    words = ["--app", "benchmarks.importing:kept_app", "bgbilling", "worker", "--concurrency", str(CONCURRENCY)]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "flask", *words],
            env={**os.environ, SETTINGS: str(settings)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(count)
    ]
    try:
        yield running
    finally:
        for worker in running:
            worker.send_signal(signal.SIGTERM)
        for worker in running:
            worker.wait(timeout=60)


def until_ready(services: Services, count: int) -> None:
    """All workers answer: their start is not measured."""
    assert isinstance(services.jobs.engine, FleetEngine)
    deadline = perf_counter() + LONGEST
    while len(services.jobs.engine.celery.control.ping(timeout=1.0) or ()) < count:
        assert perf_counter() < deadline, "the workers do not start"


def imported(services: Services, contracts: int) -> float:
    """Seconds of an import of everything that is marked."""
    started = perf_counter()
    number = services.jobs.start("CustomerCreator").id
    while (shown := services.jobs.get(number)) is None or shown.open:
        assert perf_counter() < started + LONGEST, shown
        database.session.remove()
        sleep(0.1)
    taken = perf_counter() - started
    assert shown.record.state == "done", shown.record
    counted = [number for number in (shown.record.result or {}).values() if isinstance(number, int)]
    assert sum(counted) > contracts * 0.9, shown.record.result  # hidden contracts are not imported
    return round(taken, 2)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contracts", type=int, default=CONTRACTS)
    for result in run(parser.parse_args().contracts):
        print(result, flush=True)


if __name__ == "__main__":
    main()
