"""Fifty operators at work: gunicorn as documented, a billing of 20 ms latency, two seconds to think after a page."""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, perf_counter, sleep
from typing import Any

import httpx
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from benchmarks.card import sequential
from benchmarks.host import settings_of, signed_in
from benchmarks.measuring import Result, emulators
from benchmarks.saving import SAVINGS, Saving
from example_host import create_app
from example_host.models import User, database
from flask_bgbilling.emulator import Emulator, EmulatorSettings
from tests.e2e.forms import HTMX, filled
from tests.support import free_port, wait_until

OPERATORS = 50
LATENCY = 20
# Alone and slower: long enough for parallel calls to overlap for certain.
APART = 60
THINKING = (1.0, 3.0)
SECONDS = 20.0
WARM = 5.0
BARE_SECONDS = 10.0
WORKERS, THREADS = 2, 16
FIRST_CONTRACT = 110
ALLOWANCE = 60.0
ASKS = 'name="confirmed"'

# What an operator does with a contract, in this order; saves are posts of a form that was opened before.
READING = {
    "card": "",
    "parameters": "/parameters",
    "balance": "/balance",
    "payments": "/payments",
    "notes": "/notes",
    "tariffs": "/tariffs",
}
EDITING = (*SAVINGS, Saving("note", "/notes/add", lambda turn: {"title": f"Turn {turn}", "text": "Called back"}))


@dataclass
class Measured:
    """Milliseconds of every page by its kind, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        """The times of all pages."""
        return [time for times in self.times.values() for time in times]


class Operator:
    """One person with a browser of their own, who works on one contract."""

    def __init__(self, number: int, address: str, cookie: str, measured: Measured) -> None:
        self._random = random.Random(number)
        self._number = number
        self._turn = 1000 * number
        self._measured = measured
        self._contract = f"/bgbilling/contract/b/{FIRST_CONTRACT + number}"
        self._client = httpx.Client(
            base_url=address, trust_env=False, verify=False, timeout=60, cookies={"session": cookie}
        )

    def work(self, until: float) -> None:
        """Reads and changes until the moment."""
        sleep(self._random.uniform(0, THINKING[1]))
        pages = self.pages()
        while perf_counter() < until:
            try:
                next(pages)
            except Exception as error:  # whatever it is, it is counted
                self._measured.errors.append(f"{type(error).__name__}: {error}"[:500])
                pages = self.pages()
            sleep(self._random.uniform(*THINKING))
        self._client.close()

    def pages(self) -> Iterator[object]:
        """Does one page after another, for ever; everybody begins with another kind."""
        steps: list[Callable[[], Iterator[object]]] = [
            partial(self._read, "search", "/bgbilling/search?by=number&number=1", whole=True),
            *(partial(self._read, kind, self._contract + path, whole=not path) for kind, path in READING.items()),
            *(partial(self._edit, saving) for saving in EDITING),
        ]
        first = self._number % len(steps)
        for step in cycle(steps[first:] + steps[:first]):
            yield from step()

    def _read(self, kind: str, path: str, *, whole: bool) -> Iterator[object]:
        yield self._timed(partial(self._get, path, whole=whole), kind)

    def _edit(self, saving: Saving) -> Iterator[object]:
        form = self._contract + saving.form
        opened = self._timed(partial(self._get, form), f"form {saving.name}")
        yield opened
        self._turn += 1
        fields = filled(opened, saving.typed(self._turn))
        said = self._timed(partial(self._post, form, fields), f"save {saving.name}", f"ask {saving.name}")
        yield said
        if ASKS in said:
            yield self._timed(partial(self._post, form, filled(said, {})), f"save {saving.name}")

    def _timed(self, page: Callable[[], str], kind: str, kind_of_question: str = "") -> str:
        started = perf_counter()
        text = page()
        self._note(kind_of_question if ASKS in text else kind, started)
        return text

    def _note(self, kind: str, started: float) -> None:
        self._measured.times[kind].append((perf_counter() - started) * 1000)

    def _get(self, path: str, *, whole: bool = False) -> str:
        return read(self._client.get(path, headers={} if whole else HTMX), path)

    def _post(self, path: str, fields: Mapping[str, Any]) -> str:
        return read(self._client.post(path, data=fields, headers=HTMX), path)


def read(answer: httpx.Response | TestResponse, path: str) -> str:
    if answer.status_code != 200 or 'role="alert"' in answer.text.replace('bgb-question" role="alert"', ""):
        raise AssertionError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return answer.text


def run() -> Iterator[Result]:
    """Errors; how long pages, forms and saves take of what they may; the median against empty views.

    A page may take twice the time that its billing calls take one after another, and 60 ms.
    """
    with tempfile.TemporaryDirectory() as folder, emulators(1, "--latency-ms", str(LATENCY)) as (address,):
        pages, depths = _pages_alone()
        calls = Path(folder, "calls.json")
        calls.write_text(json.dumps({"address": address, "pages": pages}), "utf-8")
        config = Path(folder, "config.json")
        settings = settings_of(Path(folder), {"b": address}, "9.2")
        config.write_text(json.dumps(settings), "utf-8")
        environment = {"BENCH_CONFIG": str(config), "BENCH_CALLS": str(calls)}
        cookies = _people(settings)
        with _gunicorn("host", environment) as served:
            ours = _load(served, cookies, SECONDS)
        with _gunicorn("bare", environment) as served:
            base = _load_bare(served, pages, ours)
    assert ours.times, ours.errors
    if ours.errors:
        print("\n".join(ours.errors[:5]), file=sys.stderr)
    yield Result("operators errors", len(ours.errors), "errors", len(ours.all), len(ours.errors))
    groups: dict[str, list[float]] = defaultdict(list)
    for kind, times in ours.times.items():
        allowed = 2 * depths[kind] * LATENCY + ALLOWANCE
        groups[kind.partition(" ")[0] if " " in kind else "page"] += (time / allowed for time in times)
    worst = max(p95(shares) for shares in groups.values())
    yield Result("operators p95", round(worst, 3), "of allowed", 1, round(worst, 3))
    value, bottom = median(ours.all), median(base.all)
    yield Result("operators median", round(value, 1), "ms", round(bottom, 1), round(value / bottom, 3))


def p95(times: list[float]) -> float:
    """What 95 of a hundred pages do not exceed."""
    return quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def _pages_alone() -> tuple[dict[str, list[dict[str, Any]]], dict[str, int]]:
    """The calls of every kind of page, and how many of them waited for each other, when one person works alone."""
    pages: dict[str, list[dict[str, Any]]] = {}
    depths: dict[str, int] = {}
    with (
        Emulator(EmulatorSettings(version="9.2", latency_ms=APART), keep_records=True) as emulator,
        tempfile.TemporaryDirectory() as folder,
    ):
        client = signed_in(Path(folder), {"b": emulator.url}, "9.2")

        class Alone(Operator):
            """Notes calls instead of times."""

            def _note(self, kind: str, started: float) -> None:
                known = [call for call in emulator.calls if call.started >= last[0]]
                pages[kind] = emulator.records[-len(known) :] if known else []
                depths[kind] = sequential(emulator, last[0])
                last[0] = monotonic()

            def _get(self, path: str, *, whole: bool = False) -> str:
                return read(client.get(path, headers={} if whole else HTMX), path)

            def _post(self, path: str, fields: Mapping[str, Any]) -> str:
                return read(client.post(path, data=fields, headers=HTMX), path)

        last = [monotonic()]
        steps = Alone(0, "http://127.0.0.1", "", Measured()).pages()
        for _ in range(2 * (1 + len(READING) + 3 * len(EDITING))):  # the second time directories are known
            next(steps)
    return pages, depths


def _people(settings: Mapping[str, Any]) -> list[str]:
    """As many operators as wanted, each with a session of their own; gives their cookies."""
    app = create_app(settings)
    cookies = []
    with app.app_context():
        model = database.session.scalars(select(User).where(User.login == "operator")).one()
        columns = {column.name: getattr(model, column.name) for column in User.__table__.columns if column.name != "id"}
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        for number in range(OPERATORS):
            found = database.session.scalars(
                insert(User).returning(User.id), {**columns, "login": f"operator{number}"}
            ).one()
            cookies.append(str(signer.dumps({"user_id": found})))
        database.session.commit()
    return cookies


@contextmanager
def _gunicorn(what: str, environment: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    arguments = ["--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)]
    # Longer than anybody thinks: a connection that is closed while a form is being sent over it looks like an error.
    arguments += ["--keep-alive", "30"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments, "--bind", f"127.0.0.1:{port}", "--log-level", "error",
         f"benchmarks.served:{what}()"],
        env={**os.environ, **environment},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address), what="gunicorn")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address + "/no/such/page", trust_env=False).status_code == 404
    except httpx.TransportError:
        return False


def _load(address: str, cookies: Sequence[str], seconds: float) -> Measured:
    """All operators at once; the first seconds, in which connections and directories come in, do not count."""
    measured = Measured()
    until = perf_counter() + WARM + seconds
    people = [Operator(number, address, cookie, measured) for number, cookie in enumerate(cookies)]
    threads = [threading.Thread(target=person.work, args=(until,)) for person in people]
    for thread in threads:
        thread.start()
    sleep(WARM)
    measured.times.clear()
    for thread in threads:
        thread.join()
    return measured


def _load_bare(address: str, pages: Mapping[str, object], ours: Measured) -> Measured:
    """The same kinds of pages as often as they came, from as many people with the same pauses."""
    measured = Measured()
    until = perf_counter() + BARE_SECONDS
    kinds = [kind for kind, times in ours.times.items() if kind in pages for _ in times]

    def work(number: int) -> None:
        chance = random.Random(number)
        with httpx.Client(base_url=address, trust_env=False, verify=False, timeout=60) as client:
            sleep(chance.uniform(0, THINKING[1]))
            while perf_counter() < until:
                kind = chance.choice(kinds)
                started = perf_counter()
                assert client.get(f"/{kind}").status_code == 200
                measured.times[kind].append((perf_counter() - started) * 1000)
                sleep(chance.uniform(*THINKING))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(OPERATORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured
