"""Who may write: a denied write says so and changes nothing, whatever the operation (transport.md 10)."""

from typing import Any

import pytest
from sqlalchemy import insert

from flask_bgbilling.emulator import Emulator, schema
from flask_bgbilling.emulator.registry import OPERATIONS, Operation
from flask_bgbilling.emulator.version import Version
from tests.raw_calls import ask_json, ask_xml, xml_ok
from tests.support import ALL_BANDS, Emulated

DENIED = "Нет прав на выполнение операции"
OPERATOR = 2
PAYMENT = {"cid": 101, "id": "new", "date": "23.11.2026", "pt": 1, "summa": "10"}


def changes(band: str, *rights: str) -> list[Operation]:
    """The operations of a band that need one of the rights."""
    return [one for one in OPERATIONS if one.covers(Version(band)) and one.right in rights]


def refusal(billing: Emulator, operation: Operation, login: str) -> str:
    """The text of the answer to an operation without parameters, empty when it succeeded."""
    if operation.kind == "xml":
        module, action = operation.name.split("/")
        root = ask_xml(billing, module, action, login=login)
        return "" if root.get("status") == "ok" else root.text or ""
    service, method = operation.name.rsplit(".", 1)
    answer = ask_json(billing, service, method, login=login)
    return "" if answer["status"] == "ok" else str(answer["message"])


def everything(billing: Emulator) -> dict[str, list[dict[str, Any]]]:
    return {name: billing.rows(name) for name in schema.METADATA.tables}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_a_reader_writes_nothing(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    before = everything(billing)
    for operation in changes(band, "write", "admin"):
        assert refusal(billing, operation, "reader") == DENIED, operation
    assert everything(billing) == before


@pytest.mark.parametrize("band", ALL_BANDS)
def test_an_operator_administers_nothing(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    for operation in changes(band, "admin"):
        assert refusal(billing, operation, "operator") == DENIED, operation
    xml_ok(billing, "contract", "UpdateContractPayment", login="operator", **PAYMENT)
    assert billing.rows("contract_payment", cid=101, uid=OPERATOR, pt=1)[-1]["summa"] == 10


@pytest.mark.parametrize("band", ["7.2", "9.2", "10.2"])
def test_a_single_write_can_be_taken_away(private_billing: Emulated, band: str) -> None:
    billing = private_billing(band)
    with billing.database.transaction() as connection:
        names = ("contract/UpdateContractPayment", "contract/DeleteContract*")
        rows = [{"uid": OPERATOR, "name": name, "allowed": 0} for name in names]
        connection.execute(insert(schema.user_right), rows)
    for action, fields in (
        ("UpdateContractPayment", PAYMENT),
        ("DeleteContractPayment", {"cid": 101, "id": 15}),
        ("DeleteContract", {"cid": 101}),
    ):
        assert ask_xml(billing, "contract", action, login="operator", **fields).text == DENIED
    xml_ok(billing, "contract", "SetFcContract", login="operator", cid=101, value=1)
    assert billing.rows("contract", id=101)[0]["fc"] == 1
