"""Search by number in 100 000 contracts against the same search in 1 000."""

import json
from collections.abc import Iterator
from urllib.request import Request, urlopen

import httpx

from benchmarks.measuring import Result, compare, emulators

MANY, FEW = 100_000, 1_000
SERVICE = "/json/ru.bitel.bgbilling.kernel.contract.api/ContractService"
USER = {"user": "admin", "pswd": "admin"}


def run() -> Iterator[Result]:
    """Exact number and part of a number, as operators type them."""
    with emulators(1, "--contracts", str(MANY)) as (many,), emulators(1, "--contracts", str(FEW)) as (few,):
        client = httpx.Client(trust_env=False, timeout=30)
        numbers = {address: _a_number(address) for address in (many, few)}

        def search(address: str) -> None:
            for mask in (f"^{numbers[address]}$", numbers[address][-5:]):
                found = _contracts(client, address, mask)
                assert found, mask

        yield compare("emulator 100k", lambda: search(many), lambda: search(few), rounds=100)


def _contracts(client: httpx.Client, address: str, mask: str) -> list[object]:
    body = {
        "method": "contractList",
        "user": USER,
        "params": {
            "title": mask, "comment": None, "fc": -1, "groupMask": 0, "entityFilter": None,
            "subContracts": False, "closed": False, "hidden": False, "page": {"pageIndex": 1, "pageSize": 30},
        },
    }  # fmt: skip
    found: list[object] = client.post(address + SERVICE, json=body).json()["data"]["return"]
    return found


def _a_number(address: str) -> str:
    body = {"method": "contractGet", "user": USER, "params": {"contractId": 101}}
    request = Request(address + SERVICE, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        number: str = json.load(answer)["data"]["return"]["title"]
        return number
