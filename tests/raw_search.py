"""Searches of an emulated billing as bytes on a socket, and what they find."""

from typing import Any
from xml.etree.ElementTree import Element

from flask_bgbilling.emulator import Emulator
from tests.raw_calls import json_ok, xml_ok

CONTRACTS = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
RICH = 101


def contract(billing: Emulator, cid: int = RICH) -> dict[str, Any]:
    """The row of a contract."""
    return billing.rows("contract", id=cid)[0]


def titled(billing: Emulator, cid: int = RICH) -> str:
    """A contract as a listing names it: number and comment."""
    row = contract(billing, cid)
    return f"{row['title']} [ {row['comment']} ]"


def items(root: Element) -> list[Element]:
    """The found contracts of an answer."""
    return root.findall("./contracts/item")


def found_ids(root: Element) -> set[int]:
    """Their ids."""
    return {int(item.get("id", "0")) for item in items(root)}


def find(billing: Emulator, kind: str, **fields: object) -> Element:
    """A search of the XML form: every contract on one page."""
    return xml_ok(billing, "contract", "FindContract", type=kind, pageIndex=1, page=1, pageSize=0, **fields)


def json_ids(billing: Emulator, **params: object) -> set[int]:
    """Ids that the JSON listing gives for the same wishes."""
    returned = json_ok(billing, CONTRACTS, "contractList", **{"fc": -1, "groupMask": 0, **params})
    rows = returned["list"] if isinstance(returned, dict) else returned
    return {row.get("contractId", row.get("id")) for row in rows}
