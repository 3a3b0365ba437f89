"""How many billing requests the contract card needs before it shows, and how many a section makes one after another."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from benchmarks.host import signed_in
from benchmarks.measuring import Result
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.support import ALL_BANDS

# Long enough for parallel calls to overlap for certain.
LATENCY = 40


def run() -> Iterator[Result]:
    """Cold: the first card of a process, with detection of the version. Warm: every further one."""
    cold, warm = [], []
    for version in ALL_BANDS:
        with Emulator(EmulatorSettings(version=version)) as emulator, tempfile.TemporaryDirectory() as folder:
            client = signed_in(Path(folder), {"b": emulator.url})
            for counts in (cold, warm):
                emulator.recorder.clear()
                assert client.get("/bgbilling/contract/b/101").status_code == 200
                counts.append(len(emulator.calls))
    yield Result("card first paint requests", max(warm), "requests", 1, max(warm) / 1)
    yield Result("card first paint requests cold", max(cold), "requests", 3, round(max(cold) / 3, 3))
    deepest = max(_depths())
    yield Result("section sequential requests", deepest, "requests", 2, deepest / 2)


def _depths() -> Iterator[int]:
    """The longest chain of waiting in every section and band, with nothing in memory yet."""
    for version in ("7.2", "8.2", "9.2", "9.2410", "10.2"):
        with Emulator(EmulatorSettings(version=version, latency_ms=LATENCY)) as emulator:
            for key in _keys(emulator, version):
                with tempfile.TemporaryDirectory() as folder:
                    client = signed_in(Path(folder), {"b": emulator.url}, version)
                    since = monotonic()
                    answer = client.get(f"/bgbilling/contract/b/101/{key}", headers={"HX-Request": "true"})
                    assert answer.status_code == 200, (version, key)
                    yield sequential(emulator, since)


def _keys(emulator: Emulator, version: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        app = signed_in(Path(folder), {"b": emulator.url}, version).application
        return [section.key for section in app.extensions["bgbilling"].services.plugins.card_sections()]


def sequential(emulator: Emulator, since: float) -> int:
    """The longest chain of calls since a moment of which each began after the one before had ended."""
    spans = sorted((call.started, call.started + call.seconds) for call in emulator.calls if call.started >= since)
    depths: dict[float, int] = {}
    for started, ended in spans:
        depths[ended] = 1 + max((depth for end, depth in depths.items() if end <= started), default=0)
    return max(depths.values(), default=0)
