"""What follows from a link of a contract to a process: groups and the contract's customer (customers-and-links.md 5).

The decisions are pure; the links are made, and the groups are given, by :mod:`flask_bgbilling.domain.processes.links`.
"""

from flask_bgbilling.config.process_types import process_type_settings
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.hookspecs import ContractLinked, LinkEffects


def groups_by_contract(linked: ContractLinked) -> LinkEffects | None:
    """The groups of the first rule ``bgbilling:processLinkedContract.<N>`` that is for the contract."""
    settings = process_type_settings(_properties(linked))
    rule = settings.rule(linked.contract.billing_id, linked.contract.title)
    return LinkEffects(group_ids=rule.group_ids) if rule is not None else None


def customer_of_contract(linked: ContractLinked) -> LinkEffects | None:
    """The contract's customer, unless ``bgbilling:linkCustomerOnContractLink`` says no."""
    if linked.customer_id is None or not process_type_settings(_properties(linked)).link_customer:
        return None
    return LinkEffects(customer_ids=(linked.customer_id,))


def _properties(linked: ContractLinked) -> Properties:
    return linked.keys if isinstance(linked.keys, Properties) else Properties.of(linked.keys)
