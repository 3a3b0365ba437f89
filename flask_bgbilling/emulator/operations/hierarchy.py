"""Super-contracts and sub-contracts (contract.md 14)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from sqlalchemy import select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.answers import element
from flask_bgbilling.emulator.model.contracts import bean, sub_contracts
from flask_bgbilling.emulator.model.presence import contract_of
from flask_bgbilling.emulator.registry import JsonCall, XmlCall, json_rpc, xml


@xml("contract.hierarchy", "ContractInfo")
def hierarchy_info(call: XmlCall) -> Element:
    """The sub-contracts of a contract and its super-contract; an independent one has neither."""
    contract = contract_of(call, "cid")
    data = call.data()
    family = element(data, "contract")
    for sub in sub_contracts(call.db, contract["id"]):
        element(family, "sub", id=sub["id"], title=sub["title"])
    if contract["scid"] > 0:
        owner = schema.contract.c
        query = select(owner.id, owner.title).where(owner.id == contract["scid"])
        for found in call.db.execute(query):
            element(family, "super", id=found.id, title=found.title)
    return data


@json_rpc("ru.bitel.bgbilling.kernel.contract.api", "ContractService", "contractSubList", since="7.1")
def contract_sub_list(call: JsonCall) -> object:
    """Beans of the sub-contracts of one kind, ``subMode`` -1 of both; ``withSuperCid`` adds the
    super-contract in front."""
    contract = contract_of(call, "contractId")
    subs = [bean(sub) for sub in sub_contracts(call.db, contract["id"], call.integer("subMode", -1))]
    return [bean(contract), *subs] if call.flag("withSuperCid") else subs
