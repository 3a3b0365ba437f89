"""How many billing requests the contract card needs before it shows, and how many a section makes one after another."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.host import signed_in
from benchmarks.measuring import Result
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.support import ALL_BANDS


def run() -> Iterator[Result]:
    """Cold: the first card of a process, with detection of the version. Warm: every further one."""
    cold, warm = [], []
    for version in ALL_BANDS:
        with Emulator(EmulatorSettings(version=version)) as emulator, tempfile.TemporaryDirectory() as folder:
            client = signed_in(Path(folder), {"b": emulator.url})
            for counts in (cold, warm):
                emulator.calls.clear()
                assert client.get("/bgbilling/contract/b/101").status_code == 200
                counts.append(len(emulator.calls))
    yield Result("card first paint requests", max(warm), "requests", 1, max(warm) / 1)
    yield Result("card first paint requests cold", max(cold), "requests", 3, round(max(cold) / 3, 3))
    deepest = max(_depths())
    yield Result("section sequential requests", deepest, "requests", 2, deepest / 2)


def _depths() -> Iterator[int]:
    """For every section and band: the time that a section takes, in latencies of the billing."""
    for version in ("7.2", "8.2", "9.2", "9.2410", "10.2"):
        with Emulator(EmulatorSettings(version=version)) as emulator, tempfile.TemporaryDirectory() as folder:
            client = signed_in(Path(folder), {"b": emulator.url}, version)
            app = client.application
            for section in app.extensions["bgbilling"].services.plugins.card_sections():
                address = f"/bgbilling/contract/b/101/{section.key}"
                emulator.calls.clear()
                answer = client.get(address, headers={"HX-Request": "true"})
                assert answer.status_code == 200, (version, section.key)
                yield sequential(emulator)


def sequential(emulator: Emulator) -> int:
    """The longest chain of calls of which each began after the one before had ended."""
    chain: dict[float, int] = {}
    spans = sorted((call.started, call.started + call.seconds) for call in emulator.calls)
    longest = 0
    for started, ended in spans:
        depth = 1 + max((known for end, known in chain.items() if end <= started), default=0)
        chain[ended] = max(depth, chain.get(ended, 0))
        longest = max(longest, depth)
    return longest
