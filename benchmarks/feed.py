"""The feed of addresses with 500 000 houses against one with 50 000: memory stays, time grows with the houses."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert

from benchmarks.host import settings_of
from benchmarks.measuring import Result
from example_host import create_app
from example_host.models import HouseRow, database

MANY, FEW = 500_000, 50_000
STREETS, PART = 5000, 10_000
KEY = "benchmark-0123456789"


def run() -> Iterator[Result]:
    """Each size in a process of its own, so that the peak of its memory is its own."""
    many, few = _measured(MANY), _measured(FEW)
    yield Result("feed 500k memory", many[0], "MB", few[0], round(many[0] / few[0], 3))
    per_house = few[1] / FEW * MANY
    yield Result("feed 500k", round(many[1], 2), "s", round(per_house, 2), round(many[1] / per_house, 3))


def _measured(houses: int) -> tuple[float, float]:
    """Peak megabytes, and the seconds of the quickest of three pulls of everything."""
    with tempfile.TemporaryDirectory() as folder:
        for step in ("fill", "pull"):
            told = subprocess.run(
                [sys.executable, "-m", "benchmarks.feed", step, folder, str(houses)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
        memory, seconds = told.stdout.split()[-2:]
        return float(memory), float(seconds)


def _fill(folder: Path, houses: int) -> None:
    with create_app(_settings(folder)).app_context():
        for start in range(0, houses, PART):
            rows = [
                {"id": n, "street_id": n % STREETS + 1, "number": n // STREETS + 1, "fraction": "/2",
                 "post_index": "450000", "comment": "вход со двора"}
                for n in range(start + 1, start + PART + 1)
            ]  # fmt: skip
            database.session.execute(insert(HouseRow), rows)
        database.session.commit()


def _pull(folder: Path, houses: int) -> None:
    client = create_app(_settings(folder)).test_client()
    times = []
    for _ in range(3):
        started, count = perf_counter(), 0
        answer = client.get(f"/bgbilling/getUpdatedAddressObjects?key={KEY}", buffered=False)
        for piece in answer.iter_encoded():
            count += piece.count(b"<record ")
        times.append(perf_counter() - started)
        assert count == houses, count
    print(peak(), round(min(times), 3))


def peak(process: int | str = "self") -> float:
    """The most megabytes that a process has held; what its parent held before the start does not count."""
    for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise RuntimeError("this system does not tell the memory of a process")


def _settings(folder: Path) -> dict[str, object]:
    settings = settings_of(folder, {"bitel": "http://127.0.0.1:1/executer"})
    with Path(settings["BGBILLING_CONFIG"]).open("a", encoding="utf-8") as config:
        config.write(f"bgbilling:addressFeed.bitel.key={KEY}\n")
    return settings


if __name__ == "__main__":
    step, place, size = sys.argv[1:]
    (_fill if step == "fill" else _pull)(Path(place), int(size))
