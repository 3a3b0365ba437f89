"""Importing customers: 1 000 contracts into a base of 200 000 customers, and the decision about one contract.

The baseline is the import of one contract after another: the same reading, decision and transactions, nothing side by
side. What is measured runs in a process of its own, like a worker, so that its memory is its own.

python -m benchmarks.importing [--customers N] [--contracts N] measures fewer, to see that it works.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import insert

from benchmarks.feed import peak
from benchmarks.measuring import Result, emulators
from example_host import create_app
from example_host.customers.models import CustomerRow, PhoneValue, TextValue, TitleTail
from example_host.customers.titles import INDEXED, fold, tails
from example_host.models import database
from flask_bgbilling import SecretBox
from flask_bgbilling.domain.customers.asking import Asking
from flask_bgbilling.domain.customers.importing import CHUNK, CustomerImport
from flask_bgbilling.domain.customers.matching import decide, queries
from flask_bgbilling.domain.customers.reading import read_one
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE
from tests.servers import mariadb_server

CUSTOMERS, CONTRACTS, BASELINE = 200_000, 1_000, 60
DECIDED = 24
LATENCY_MS, MARKER = 10, 17
FIRST, ROWS = 101, 5_000
MOST_MEMORY = 300.0
SETTINGS = "BENCH_SETTINGS"
"""The variable with the path of a process's settings, a JSON document."""

FAMILY = ("Иванов", "Петров", "Сидоров", "Кузнецов", "Смирнов", "Попов", "Соколов", "Лебедев", "Козлов", "Новиков")
GIVEN = ("Иван", "Пётр", "Семён", "Илья", "Олег", "Павел", "Антон", "Роман", "Денис", "Глеб")
FATHER = ("Иванович", "Петрович", "Семёнович", "Ильич", "Олегович", "Павлович", "Антонович", "Романович")


def run(customers: int = CUSTOMERS, contracts: int = CONTRACTS) -> Iterator[Result]:
    """Decisions, the import and its memory: over SQLite, then over MariaDB."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measured(Path(folder), f"sqlite:///{Path(folder) / 'crm.sqlite3'}", customers, contracts)
    with tempfile.TemporaryDirectory() as folder, mariadb_server() as url:
        yield from measured(Path(folder), url, customers, contracts, " mariadb")


def measured(folder: Path, url: str, customers: int, contracts: int, name: str = "") -> Iterator[Result]:
    """The results over one database; ``name`` ends theirs."""
    every = ("--contracts", str(contracts + BASELINE + DECIDED + 50), "--latency-ms", str(LATENCY_MS))
    with emulators(1, *every) as (executer,):
        settings = settings_of(folder, url, executer, contracts)
        app = create_app(settings)
        with app.app_context():
            fill(customers)
            database.session.remove()
            database.engine.dispose()
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.importing", "--measure", str(contracts)],
            env={**os.environ, SETTINGS: str(kept(folder, settings))},
            check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        found = json.loads(told.stdout.splitlines()[-1])
    yield Result(f"match one{name}", found["decision"], "ms", 1.0, found["decision"])
    ours, base = found["ours"], found["base"]
    yield Result(f"import 1000{name}", ours, "ms", base, round(ours / base, 3))
    memory = found["memory"]
    yield Result(f"import 1000 memory{name}", memory, "MB", MOST_MEMORY, round(memory / MOST_MEMORY, 3))


def settings_of(folder: Path, url: str, executer: str, page: int, **more: Any) -> dict[str, Any]:
    """Settings of the example host with the rules of the import; a page is ``page`` contracts."""
    config = folder / "bgbilling.conf"
    config.write_text(
        "\n".join(
            [
                "bgbilling:server.1.id=bench\nbgbilling:server.1.title=bench\nbgbilling:server.1.version=9.2",
                f"bgbilling:server.1.url={executer}\nbgbilling:server.1.timezone=Europe/Moscow",
                f"bgbilling:server.1.customerIdParam={MARKER}\nbgbilling:server.1.requestTimeOut=20000",
                "bgbilling:creator.confirmParameters=73,12,14,74\nbgbilling:creator.searchParameters=74,12,14",
                "bgbilling:creator.importParameters=73,74,14,12\nbgbilling:creator.server.1.billingId=bench",
                "bgbilling:creator.server.1.user=admin\nbgbilling:creator.server.1.pswd=admin",
                f"bgbilling:creator.server.1.paramMapping=73:10;74:9;14:4;12:3\n"
                f"bgbilling:creator.server.1.pageSize={page}",
            ]
        ),
        "utf-8",
    )
    return {
        "TESTING": True,
        "SECRET_KEY": "bench",
        "SQLALCHEMY_DATABASE_URI": url,
        "BGBILLING_CONFIG": str(config),
        "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
        **more,
    }


def kept(folder: Path, settings: dict[str, Any]) -> Path:
    """Writes settings down for other processes."""
    path = folder / "settings.json"
    path.write_text(json.dumps(settings), "utf-8")
    return path


def kept_app() -> Flask:
    """The example host by the settings that another process has written down."""
    return create_app(json.loads(Path(os.environ[SETTINGS]).read_text("utf-8")))


def measure(contracts: int) -> None:
    """In a process of its own: prints what it took."""
    app = kept_app()
    with app.app_context():
        importing: CustomerImport = app.extensions["bgbilling"].services.importing
        marked(importing, range(FIRST, FIRST + contracts + BASELINE + DECIDED))
        found = importing.next_contracts("bench", contracts + BASELINE + DECIDED)
        decided, one_by_one, together = (
            found[:DECIDED],
            found[DECIDED : DECIDED + BASELINE],
            found[DECIDED + BASELINE :],
        )
        numbers = {"decision": decision(importing, decided)}
        numbers["base"] = one_after_another(importing, one_by_one)
        numbers["ours"] = at_once(importing, together)
    print(json.dumps({**numbers, "memory": peak()}))


def fill(customers: int) -> None:
    """Customers with names that meet each other often, a passport and a phone each."""
    for start in range(0, customers, ROWS):
        rows, beginnings, texts, phones = [], [], [], []
        for number in range(start, min(start + ROWS, customers)):
            customer_id = 1_000_000 + number
            words = (FAMILY[number % 10], GIVEN[number // 10 % 10], FATHER[number // 100 % 8])
            title = f"{' '.join(words)} {number:06}"
            folded = fold(title)
            rows.append(
                {"id": customer_id, "title": title, "folded": folded, "sorted_by": folded[:INDEXED],
                 "group_id": 3, "title_pattern_id": -1, "own_pattern": ""}
            )  # fmt: skip
            beginnings += [
                {"customer_id": customer_id, "position": at, "tail": tail, "previous": previous}
                for at, (tail, previous) in enumerate(dict.fromkeys(tails(folded)))
            ]
            passport = f"8001 {number:06}"
            texts.append(
                {"customer_id": customer_id, "parameter_id": 74, "position": 0, "value": passport,
                 "beginning": passport}
            )  # fmt: skip
            digits = f"7917{number:07}"
            phones.append(
                {"customer_id": customer_id, "parameter_id": 14, "position": 0, "number": digits, "digits": digits,
                 "comment": ""}
            )  # fmt: skip
        for table, values in ((CustomerRow, rows), (TitleTail, beginnings), (TextValue, texts), (PhoneValue, phones)):
            database.session.execute(insert(table), values)
        database.session.commit()


def marked(importing: CustomerImport, cids: Sequence[int]) -> None:
    """Has contracts wait for their import."""
    billing = importing.open("bench")
    pending: list[Pending[None]] = []
    for cid in cids:
        pending.append(billing.start(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=MARKER, text="0"))
        if len(pending) > 12:
            pending.pop(0).result()
    for one in pending:
        one.result()


def decision(importing: CustomerImport, found: Sequence[FoundContract]) -> float:
    """Milliseconds of a decision, the median: one of the few that are taken together, with its share of searches."""
    rules, billing = importing.rules("bench"), importing.open("bench")
    read = [read_one(billing, one, importing.wanted(rules)) for one in found]
    times = []
    for _ in range(20):
        for start in range(0, len(read), CHUNK):
            few = read[start : start + CHUNK]
            started = perf_counter()
            asking = Asking(importing.customers)
            asking.ahead(query for contract in few for query in queries(contract, rules))
            for contract in few:
                decide(contract, rules, asking)
            times.append((perf_counter() - started) * 1000 / len(few))
    database.session.rollback()
    return round(median(times), 3)


def one_after_another(importing: CustomerImport, found: Sequence[FoundContract]) -> float:
    """Milliseconds for each contract when each waits for the one before it."""
    started = perf_counter()
    for one in found:
        importing.run("bench", [one])
    return round((perf_counter() - started) * 1000 / len(found), 3)


def at_once(importing: CustomerImport, found: Sequence[FoundContract]) -> float:
    """Milliseconds for each contract of a page."""
    started = perf_counter()
    counted = importing.run("bench", found)
    taken = round((perf_counter() - started) * 1000 / len(found), 3)
    assert not counted["failed"], counted
    return taken


def main() -> None:
    """Measures and prints; with ``--measure`` as the process that is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--contracts", type=int, default=CONTRACTS)
    parser.add_argument("--measure", type=int, metavar="N", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    for result in run(options.customers, options.contracts):
        print(result, flush=True)


if __name__ == "__main__":
    main()
