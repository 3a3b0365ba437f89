"""From the arrival of a call to its candidates: three billings against one, the slowest decides."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask

from benchmarks.host import settings_of
from benchmarks.measuring import Result, compare, emulators
from example_host import create_app
from example_host.messages.models import MessageRow
from example_host.models import database

LATENCY = 100
COUNT = 3


def run() -> Iterator[Result]:
    """Three emulators of 100 ms latency each, every one a process of its own; every call is a new message."""
    with (
        emulators(COUNT, "--latency-ms", str(LATENCY), "--contracts", "120") as addresses,
        tempfile.TemporaryDirectory() as folder,
    ):
        executers = {f"b{number}": address for number, address in enumerate(addresses)}
        three = _calls(Path(folder, "three"), executers)
        one = _calls(Path(folder, "one"), {"b0": addresses[0]})
        yield compare("call to candidates", three, one, rounds=20)


def _calls(folder: Path, executers: dict[str, str]) -> Callable[[], None]:
    """A call arrives, is opened and has its candidates on the page."""
    settings = settings_of(folder, executers, "9.2")
    lines = ["messageType.1.title=Calls", "messageType.1.class=MessageTypeCall"]
    for number, billing_id in enumerate(executers, 1):
        prefix = f"messageType.1.search.{number}."
        lines += [
            f"{prefix}class=BGBillingMessageTypeSearchCall",
            f"{prefix}billingId={billing_id}",
            f"{prefix}commands=contractByPhoneParam:4",
        ]
    config = Path(settings["BGBILLING_CONFIG"])
    config.write_text(config.read_text("utf-8") + "\n".join(lines) + "\n", "utf-8")
    app = create_app(settings)
    client = app.test_client()
    client.post("/sign-in", data={"login": "admin", "password": "admin"})

    def call() -> None:
        message_id = _arrived(app, "+7 (916) 123-45-67")
        text = client.get(f"/bgbilling/messages/{message_id}").get_data(as_text=True)
        found = text.count("data-bgb-tick")
        assert found >= len(executers), f"{found} candidates of {len(executers)} billings"

    return call


def _arrived(app: Flask, sender: str) -> int:
    with app.app_context():
        row = MessageRow(type_id=1, sender=sender)
        database.session.add(row)
        database.session.commit()
        return row.id
