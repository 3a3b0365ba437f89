"""What a save costs: its wall time against the same billing calls made bare one after another, and how many wait."""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter
from typing import Any, TypeVar

import httpx
from flask.testing import FlaskClient

from benchmarks.card import sequential
from benchmarks.host import signed_in
from benchmarks.measuring import Result, emulators
from benchmarks.served import repeat
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.e2e.forms import HTMX, filled
from tests.support import ALL_BANDS

LATENCY = 100
ROUNDS = 15
ALLOWED = 3  # a look at what is there, the write, a look at what is there now
CONTRACT = "/bgbilling/contract/b/102"
# A parameter of free text and a type of payments that people may enter, in every demo billing.
PARAMETER, PAYMENT_TYPE = 16, 1


T = TypeVar("T")


@dataclass(frozen=True)
class Saving:
    """A save: the form's address below the contract, and what is typed in a round."""

    name: str
    form: str
    typed: Callable[[int], dict[str, str]]


SAVINGS = (
    Saving(
        "parameter",
        f"/parameters/edit?parameter={PARAMETER}&type=1&in=3",
        lambda turn: {"value": f"Turn {turn}"},
    ),
    Saving(
        "payment",
        "/payments/add",
        lambda turn: {"sum": f"{turn % 9000 + 1}.50", "type": str(PAYMENT_TYPE)},
    ),
)


def run() -> Iterator[Result]:
    """The worst of two families of versions for the wall, the worst of all versions for chains of calls."""
    for saving in SAVINGS:
        walls = [_wall(saving, version) for version in ("7.2", "9.2")]
        yield max(walls, key=lambda result: result.ratio)
    for saving in SAVINGS:
        deepest = _deepest(saving)
        yield Result(
            f"save sequential requests {saving.name}", deepest, "requests", ALLOWED, round(deepest / ALLOWED, 3)
        )


def send(client: FlaskClient, saving: Saving, turn: int, note: Callable[[], T]) -> tuple[float, T]:
    """Opens the form, fills it in and answers its question.

    Gives the seconds of the post that saved, and what ``note`` said just before it.
    """
    address = CONTRACT + saving.form
    form = client.get(address, headers=HTMX)
    assert form.status_code == 200, form.text
    fields = filled(form.text, saving.typed(turn))
    while True:
        noted = note()
        started = perf_counter()
        answer = client.post(address, data=fields, headers=HTMX)
        seconds = perf_counter() - started
        if 'name="confirmed"' not in answer.text:
            assert answer.status_code == 200, answer.text
            assert "bgb-changed" in str(answer.headers), answer.text
            return seconds, noted
        fields = filled(answer.text, {})


def _wall(saving: Saving, version: str) -> Result:
    """Saves, each followed by the very calls that it made, bare."""
    own, other = [], []
    with tempfile.TemporaryDirectory() as folder, httpx.Client(trust_env=False, timeout=30) as bare:
        record = Path(folder, "record")
        arguments = ("--latency-ms", str(LATENCY), "--contracts", "120", "--record", str(record))
        with emulators(1, *arguments, version=version) as (address,):
            client = signed_in(Path(folder), {"b": address}, version)
            for turn in range(ROUNDS + 2):
                seconds, since = send(client, saving, turn, lambda: record.stat().st_size)
                calls = _calls(record, since)
                assert calls, "a save makes calls"
                started = perf_counter()
                for call in calls:
                    repeat(bare, address, call)
                if turn >= 2:  # the first ones open connections and read directories
                    own.append(seconds * 1000)
                    other.append((perf_counter() - started) * 1000)
    value, base = median(own), median(other)
    return Result(f"save wall {saving.name}", round(value, 1), "ms", round(base, 1), round(value / base, 3))


def _calls(record: Path, since: int) -> list[dict[str, Any]]:
    with record.open("rb") as file:
        file.seek(since)
        return [json.loads(line) for line in file]


def _deepest(saving: Saving) -> int:
    """The longest chain of calls of one save that waited for each other, over all versions; the form is open then."""
    deepest = 0
    for version in ALL_BANDS:
        settings = EmulatorSettings(version=version, latency_ms=LATENCY)
        with Emulator(settings) as emulator, tempfile.TemporaryDirectory() as folder:
            client = signed_in(Path(folder), {"b": emulator.url}, version)
            for turn in range(2):  # the second one finds the directories read
                since = send(client, saving, turn, monotonic)[1]
            deepest = max(deepest, sequential(emulator, since))
    return deepest
