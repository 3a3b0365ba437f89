"""A search over ten billings against the same search in one: the slowest decides, not the sum."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.host import signed_in
from benchmarks.measuring import Result, compare, emulators

LATENCY = 100
COUNT = 10


def run() -> Iterator[Result]:
    """Ten emulators of 100 ms latency each, every one a process of its own."""
    with (
        emulators(COUNT, "--latency-ms", str(LATENCY), "--contracts", "120") as addresses,
        tempfile.TemporaryDirectory() as folder,
    ):
        executers = {f"b{number}": address for number, address in enumerate(addresses)}
        ten = signed_in(Path(folder, "ten"), executers, "9.2")
        one = signed_in(Path(folder, "one"), {"b0": addresses[0]}, "9.2")
        yield compare("search 10 billings", lambda: _search(ten, COUNT), lambda: _search(one, 1), rounds=20)


def _search(client: FlaskClient, billings: int) -> None:
    answer = client.get("/bgbilling/search?by=number&number=1")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    found = text.count("data-bgb-block=")
    assert found == billings, f"{found} of {billings} billings answered"
