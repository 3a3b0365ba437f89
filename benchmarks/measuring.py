"""How things are measured: many short rounds of both sides in turn, so that the machine's moods hit both alike."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter, sleep
from typing import Any, Literal
from urllib.error import URLError
from urllib.request import urlopen

from tests.support import free_port


@dataclass(frozen=True)
class Result:
    """One line of the results."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float
    better: Literal["lower", "higher"] = "lower"

    def as_json(self) -> dict[str, Any]:
        """The form of ``results.json``."""
        return asdict(self)


def compare(
    name: str, ours: Callable[[], object], baseline: Callable[[], object], *, rounds: int, warm: int = 3
) -> Result:
    """Median milliseconds of both, measured in turn."""
    for _ in range(warm):
        ours()
        baseline()
    own, other = [], []
    for turn in range(rounds):
        pair = ((own, ours), (other, baseline)) if turn % 2 else ((other, baseline), (own, ours))
        for times, work in pair:
            started = perf_counter()
            work()
            times.append((perf_counter() - started) * 1000)
    value, base = median(own), median(other)
    return Result(name, round(value, 3), "ms", round(base, 3), round(value / base, 3))


@contextmanager
def emulators(count: int, *arguments: str, version: str = "9.2") -> Iterator[list[str]]:
    """Emulators as processes of their own; gives the addresses of their executers."""
    children, addresses = [], []
    try:
        for _ in range(count):
            port = free_port()
            addresses.append(f"http://127.0.0.1:{port}/bgbilling/executer")
            command = [sys.executable, "-m", "flask_bgbilling.emulator", "--host", "127.0.0.1", "--port", str(port)]
            children.append(
                subprocess.Popen(
                    [*command, "--version", version, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
        for address in addresses:
            _wait(address)
        yield addresses
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=30)


def _wait(address: str, seconds: float = 180) -> None:
    deadline = perf_counter() + seconds
    while True:
        try:
            with urlopen(f"{address}?module=admin&action=MenuAndToolBar&user=admin&pswd=admin", timeout=30):
                return
        except (URLError, OSError):
            if perf_counter() > deadline:
                raise
            sleep(0.1)
