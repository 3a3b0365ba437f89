"""What a call costs beyond the bare HTTP request and the parsing of its answer."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import httpx

from benchmarks.measuring import Result, compare
from flask_bgbilling.config.source import ConfigurationSource
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from flask_bgbilling.wire.ops.payments import PAYMENT_LIST
from flask_bgbilling.wire.session import Billing, Billings
from tests.support import free_port, wait_until

ROUNDS = 400
USER = {"user": "admin", "pswd": "admin"}
SERVICE = "/json/ru.bitel.bgbilling.kernel.contract.api/ContractService"


def run() -> Iterator[Result]:
    """JSON against httpx and JSON decoding, XML against httpx and ElementTree."""
    with canned(contract_info(), "application/json") as address:
        client, billing = httpx.Client(trust_env=False), session(address, "9.2")
        body = {"method": "contractInfoGet", "user": USER, "params": {"contractId": 101}}

        def bare_json() -> object:
            return json.loads(client.post(address + SERVICE, json=body).json()["data"]["return"]["json"])

        yield compare("overhead json", lambda: billing.call(CONTRACT_INFO, cid=101), bare_json, rounds=ROUNDS)

    with canned(payments(200), "text/xml") as address:
        client, billing = httpx.Client(trust_env=False), session(address, "7.2")
        fields = {"module": "contract", "action": "ContractPayments", "cid": "101", "date1": "01.01.2026", **USER}

        def bare_xml() -> object:
            return [row.attrib for row in ElementTree.fromstring(client.post(address, data=fields).content).iter("row")]

        period = Period(date(2026, 1, 1), date(2026, 12, 31))
        rows = billing.call(PAYMENT_LIST, cid=101, period=period)
        assert len(rows.own) == 200, "the canned answer must be read in full"
        yield compare(
            "overhead xml", lambda: billing.call(PAYMENT_LIST, cid=101, period=period), bare_xml, rounds=ROUNDS
        )


def session(address: str, version: str) -> Billing:
    """Our client, with everything that it does in production."""
    source = ConfigurationSource(
        {
            "bgbilling:server.1.id": "b",
            "bgbilling:server.1.title": "B",
            "bgbilling:server.1.url": address,
            "bgbilling:server.1.version": version,
        }
    )
    return Billings(source.current).open("b", Credentials("admin", "admin"), "1")


@contextmanager
def canned(body: bytes, content_type: str) -> Iterator[str]:
    """A process that answers everything with ``body``."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(body)
        port = free_port()
        command = [sys.executable, "-m", "benchmarks.canned", str(port), file.name, content_type]
        process = subprocess.Popen(command)
        address = f"http://127.0.0.1:{port}/executer"
        try:
            wait_until(lambda: _answers(address), what="the canned server")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=10)


def _answers(address: str) -> bool:
    try:
        return httpx.post(address, content=b"x", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def contract_info() -> bytes:
    """An info card of the usual size (contract.md 6)."""
    document = {
        "contract": {
            "title": "A-24-0101", "comment": "Иванов Иван Петрович", "date1": "15.01.2024", "date2": "",
            "status": "Активен", "fc": 0, "mode": 1, "limit": "0.00", "del": 0, "gr": "9", "objects": "0/1",
            "hierarchy": "independent", "comments": 2,
        },
        "info": {
            "groups": [{"id": 3, "title": "VIP"}], "tariff": [{"id": 73, "title": "Дом 100 (400 р.)"}], "script": [],
            "modules": [
                {"id": 8, "title": "Inet", "package": "ru.bitel.bgbilling.modules.inet.client", "status": "1 / 1"},
                {"id": 9, "title": "NPay", "package": "ru.bitel.bgbilling.modules.npay.client", "status": "2"},
            ],
            "balance": {"yy": 2026, "mm": 6, "summa1": "10.00", "summa2": "500.00", "summa3": "300.00",
                        "summa4": "0.00", "summa5": "210.00"},
        },
    }  # fmt: skip
    answer = {"status": "ok", "exception": None, "message": "", "tag": None,
              "data": {"return": {"json": json.dumps(document, ensure_ascii=False)}}}  # fmt: skip
    return json.dumps(answer, ensure_ascii=False).encode()


def payments(count: int) -> bytes:
    """A list of payments as servers below 9.2 write it (money.md 3.1)."""
    rows = []
    for number in range(count):
        day = date(2026, 1, 1) + timedelta(days=number)
        rows.append(
            f'<row f0="{number + 1}" f1="1" f2="{day:%d.%m.%Y}" f3="{Decimal(40000 + number) / 100}" f4="Наличные"'
            f' f5="касса {number}" f6="{day:%d.%m.%Y} 10:11:12" f7="Иванова О."/>'
        )
    table = f'<table summa="0"><data>{"".join(rows)}</data></table>'
    return f'<?xml version="1.0" encoding="UTF-8"?><data status="ok">{table}</data>'.encode()
