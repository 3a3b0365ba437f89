"""Importing customers: 1 000 contracts into a base of 200 000 customers, and the decision about one contract.

The baseline is the import as it is done by hand: one contract after another, one request at a time, the same decision
and the same transactions.
"""

import resource
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import insert

from benchmarks.measuring import Result, emulators
from example_host import create_app
from example_host.customers.models import CustomerRow, PhoneValue, TextValue, TitleTail
from example_host.customers.titles import INDEXED, fold, tails
from example_host.models import database
from flask_bgbilling import SecretBox
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.matching import decide
from flask_bgbilling.domain.customers.reading import read_one
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.parameters_writes import PARAMETER_TEXT_SAVE

CUSTOMERS, CONTRACTS, BASELINE = 200_000, 1_000, 60
LATENCY_MS, MARKER = 10, 17
FIRST, CHUNK = 101, 5_000
MEGABYTE = 1024

FAMILY = ("Иванов", "Петров", "Сидоров", "Кузнецов", "Смирнов", "Попов", "Соколов", "Лебедев", "Козлов", "Новиков")
GIVEN = ("Иван", "Пётр", "Семён", "Илья", "Олег", "Павел", "Антон", "Роман", "Денис", "Глеб")
FATHER = ("Иванович", "Петрович", "Семёнович", "Ильич", "Олегович", "Павлович", "Антонович", "Романович")


def run() -> Iterator[Result]:
    """Decisions, the import, and the memory that it took."""
    with tempfile.TemporaryDirectory() as folder:
        yield from measured(Path(folder), f"sqlite:///{Path(folder) / 'crm.sqlite3'}")


def measured(folder: Path, url: str, name: str = "") -> Iterator[Result]:
    """The same over any database."""
    arguments = ("--contracts", str(CONTRACTS + BASELINE + 50), "--latency-ms", str(LATENCY_MS))
    with emulators(1, *arguments) as (executer,), host(folder, url, executer) as app, app.app_context():
        fill()
        importing: CustomerImport = app.extensions["bgbilling"].services.importing
        found = contracts(importing)
        yield decision(importing, found[-20:], name)
        yield imported(importing, found, name)
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        yield Result(f"import memory{name}", round(used, 1), "MB", 300.0, round(used / 300, 3))


@contextmanager
def host(folder: Path, url: str, executer: str) -> Iterator[Flask]:
    """The example host with the rules of the import."""
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
                f"bgbilling:creator.server.1.pageSize={CONTRACTS}",
            ]
        ),
        "utf-8",
    )
    settings: dict[str, Any] = {
        "TESTING": True,
        "SECRET_KEY": "bench",
        "SQLALCHEMY_DATABASE_URI": url,
        "BGBILLING_CONFIG": str(config),
        "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
    }
    yield create_app(settings)


def fill() -> None:
    """Customers with names that meet each other often, a passport and a phone each."""
    for start in range(0, CUSTOMERS, CHUNK):
        rows, beginnings, texts, phones = [], [], [], []
        for number in range(start, start + CHUNK):
            customer_id = 1_000_000 + number
            words = (FAMILY[number % 10], GIVEN[number // 10 % 10], FATHER[number // 100 % 8])
            title = f"{' '.join(words)} {number:06}"
            folded = fold(title)
            rows.append(
                {"id": customer_id, "title": title, "folded": folded, "sorted_by": folded[:INDEXED],
                 "group_id": 3, "title_pattern_id": -1, "own_pattern": ""}
            )  # fmt: skip
            beginnings += [
                {"customer_id": customer_id, "position": at, "tail": tail}
                for at, tail in enumerate(dict.fromkeys(tails(folded)))
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


def contracts(importing: CustomerImport) -> list[FoundContract]:
    """The billing's contracts, all of them marked."""
    billing = importing.open("bench")
    pending: list[tuple[int, Pending[None]]] = []
    for cid in range(FIRST, FIRST + CONTRACTS + BASELINE + 20):
        pending.append((cid, billing.start(PARAMETER_TEXT_SAVE, cid=cid, parameter_id=MARKER, text="0")))
        if len(pending) > 12:
            pending.pop(0)[1].result()
    for _, one in pending:
        one.result()
    return importing.next_contracts("bench", CONTRACTS + BASELINE + 20)


def decision(importing: CustomerImport, found: Sequence[FoundContract], name: str) -> Result:
    """Milliseconds of one decision against the wanted one."""
    rules, billing = importing.rules("bench"), importing.open("bench")
    read = [read_one(billing, one, importing.wanted(rules)) for one in found]
    times = []
    for _ in range(20):
        for contract in read:
            started = perf_counter()
            decide(contract, rules, importing.customers)
            times.append((perf_counter() - started) * 1000)
    database.session.rollback()
    value = median(times)
    return Result(f"match one{name}", round(value, 3), "ms", 1.0, round(value, 3))


def imported(importing: CustomerImport, found: Sequence[FoundContract], name: str) -> Result:
    """Milliseconds for each contract, ours and one after another; a fifth is the limit."""
    started = perf_counter()
    for one in found[:BASELINE]:
        importing.import_one("bench", one.cid, person_name="by hand")
    base = (perf_counter() - started) * 1000 / BASELINE
    started = perf_counter()
    counted = importing.run("bench", found[BASELINE : BASELINE + CONTRACTS])
    value = (perf_counter() - started) * 1000 / CONTRACTS
    assert not counted["failed"], counted
    return Result(f"import 1000{name}", round(value, 3), "ms", round(base, 3), round(value / base, 3))


if __name__ == "__main__":
    for result in run():
        print(result)
