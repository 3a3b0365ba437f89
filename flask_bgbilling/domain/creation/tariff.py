"""The tariff of a new contract: in the place of the first current one, or added (configuration.md 2.3)."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from flask_bgbilling.config.contract_types import REPLACE_FIRST
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, Step
from flask_bgbilling.wire.dto.common import Period
from flask_bgbilling.wire.dto.tariffs import ContractTariff
from flask_bgbilling.wire.ops.tariffs import CONTRACT_TARIFF_LIST
from flask_bgbilling.wire.ops.tariffs_writes import CONTRACT_TARIFF_SAVE

TITLE: Final = N_("Tariff of the new contract")


def plan_tariff(context: ActionContext) -> Change:
    """Gives the contract the plan of the field ``tariff`` at the ``position``.

    The position -1 replaces the first current plan in place: it keeps its record and its first day. Where there is
    none, and at a position of 0 and above, the plan is added from ``day`` on.
    """
    contract, fields = context.contract, context.fields
    plan_id = fields.integer("tariff", 1, 2**31 - 1)
    position = fields.integer("position", REPLACE_FIRST, 2**31 - 1)
    day = fields.day("day")
    title = fields.text("title")
    present = contract.billing.call(CONTRACT_TARIFF_LIST, cid=contract.cid)
    current = first_current(present, context)
    after = (Fact(N_("Tariff plan"), title or f"ID {plan_id}"),)
    if position == REPLACE_FIRST and current is not None:
        if current.plan_id == plan_id:
            return Change(steps=())
        changed = replace(current, plan_id=plan_id, title="")
        before = (Fact(N_("Tariff plan"), current.title or f"ID {current.plan_id}"),)
        return Change((Step(TITLE, lambda: _save(contract, changed)),), before, after, title)
    added = ContractTariff(0, plan_id, Period(day), position=max(position, 0))

    def alike() -> list[int]:
        found = contract.billing.call(CONTRACT_TARIFF_LIST, cid=contract.cid)
        return [one.id for one in found if (one.plan_id, one.position) == (plan_id, added.position)]

    identity = ("tariff of a new contract", contract.cid, plan_id, added.position)
    step = Step(TITLE, lambda: _save(contract, added))
    return Change((step,), (), after, title, creation=Creation(identity, alike))


def first_current(tariffs: Sequence[ContractTariff], context: ActionContext) -> ContractTariff | None:
    """The plan that comes first of those that are in force today."""
    current = [tariff for tariff in tariffs if context.today in tariff.period]
    return min(current, key=lambda tariff: (tariff.position, tariff.id), default=None)


def _save(contract: Contract, tariff: ContractTariff) -> object:
    return contract.billing.call(CONTRACT_TARIFF_SAVE, cid=contract.cid, tariff=tariff)
