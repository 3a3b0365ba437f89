"""What gunicorn serves for the load of operators: the example host, or empty views that make the same billing calls.

``gunicorn "benchmarks.served:host()"`` and ``gunicorn "benchmarks.served:bare()"``, both told by the environment:
``BENCH_CONFIG`` is a JSON file with the application's settings, ``BENCH_CALLS`` one with the calls of every page.
"""

import json
import os
from pathlib import Path
from typing import Any

import httpx
from flask import Flask

from example_host import create_app

ACCOUNT = {"user": "admin", "pswd": "admin"}


def host() -> Flask:
    """The example host."""
    return create_app(json.loads(Path(os.environ["BENCH_CONFIG"]).read_text("utf-8")))


def bare() -> Flask:
    """Views without anything of ours: ``/<page>`` makes that page's calls one after another and says nothing."""
    app = Flask(__name__)
    client = httpx.Client(trust_env=False, timeout=30)
    known: dict[str, Any] = json.loads(Path(os.environ["BENCH_CALLS"]).read_text("utf-8"))

    @app.get("/<page>")
    def calls(page: str) -> str:
        for call in known["pages"][page]:
            repeat(client, known["address"], call)
        return "done"

    return app


def repeat(client: httpx.Client, address: str, call: dict[str, Any]) -> None:
    """Makes a recorded call once more and reads its answer."""
    if call["kind"] == "xml":
        answer = client.post(address, data={**call["body"], **ACCOUNT})
        assert b'status="ok"' in answer.content, answer.text
    else:
        answer = client.post(address + call["path"], json={**call["body"], "user": ACCOUNT})
        assert answer.json()["status"] == "ok", answer.text
