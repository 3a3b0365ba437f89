"""Processes in memory, for tests of what reads and writes them; nothing is ever rolled back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerPhone,
    Process,
    ProcessContract,
    ProcessParameter,
    ProcessParameterType,
    ProcessType,
    ProcessValue,
)

STATUSES = {1: "open", 2: "in work", 3: "closed"}
GROUPS = {number: f"group {number}" for number in range(1, 10)}
OF_TYPE = {
    ProcessParameterType.TEXT: str,
    ProcessParameterType.BLOB: str,
    ProcessParameterType.DATE: date,
    ProcessParameterType.LIST: frozenset,
    ProcessParameterType.PHONE: tuple,
    ProcessParameterType.ADDRESS: tuple,
}


def parameters(**types: str) -> dict[int, ProcessParameter]:
    """Parameters by ``p35="address"``; lists have the items 1 to 9."""
    read = {int(name.removeprefix("p")): ProcessParameterType(kind) for name, kind in types.items()}
    items = {number: f"item {number}" for number in range(1, 10)}
    return {number: ProcessParameter(number, kind, f"parameter {number}", items) for number, kind in read.items()}


@dataclass
class Kept:
    """What there is of a process."""

    process: Process
    description: str = ""
    priority: int = 0
    contracts: list[ProcessContract] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    executors: list[str] = field(default_factory=list)
    values: dict[int, ProcessValue] = field(default_factory=dict)


class MemoryProcesses:
    """The port ``Processes`` over a dictionary; ``hidden`` are the ids that nobody may see."""

    def __init__(
        self,
        configurations: Mapping[int, str] | None = None,
        known: Mapping[int, ProcessParameter] | None = None,
        persons: Sequence[str] = ("1", "2"),
    ) -> None:
        texts = {1: ""} if configurations is None else configurations
        self.kinds = {key: ProcessType(key, f"type {key}", text) for key, text in texts.items()}
        self.known = dict(known or {})
        self.persons = persons
        self.rows: dict[int, Kept] = {}
        self.hidden: set[int] = set()

    def get(self, process_id: int) -> Process | None:
        kept = self.rows.get(process_id)
        return kept.process if kept else None

    def visible(self, person_id: str, process_id: int) -> bool:
        return process_id in self.rows and process_id not in self.hidden

    def create(self, type_id: int, description: str, person_id: str) -> Process:
        if type_id not in self.kinds:
            raise LookupError(type_id)
        number = len(self.rows) + 1
        opened = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number)
        title = description.split("\n")[0]
        process = Process(number, title, type_id, self.kinds[type_id].title, 1, STATUSES[1], opened)
        self.rows[number] = Kept(process, description)
        return process

    def of_contract(self, billing_id: str, cid: int, limit: int) -> Sequence[Process]:
        return self._latest(limit, lambda kept: any(_is(one, billing_id, cid) for one in kept.contracts))

    def of_customer(self, customer_id: int, limit: int) -> Sequence[Process]:
        return self._latest(limit, lambda kept: customer_id in kept.customers)

    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        def holds(kept: Kept) -> bool:
            value = kept.values.get(parameter_id)
            return isinstance(value, frozenset) and not value.isdisjoint(item_ids)

        return [process.id for process in self._latest(limit, holds)]

    def contracts(self, process_id: int) -> Sequence[ProcessContract]:
        kept = self.rows.get(process_id)
        return tuple(kept.contracts) if kept else ()

    def customers(self, process_id: int) -> Sequence[int]:
        kept = self.rows.get(process_id)
        return tuple(kept.customers) if kept else ()

    def link_contract(self, process_id: int, contract: ProcessContract) -> bool:
        kept = self._existing(process_id)
        if any(_is(one, contract.billing_id, contract.cid) for one in kept.contracts):
            return False
        kept.contracts.append(contract)
        return True

    def unlink_contract(self, process_id: int, billing_id: str, cid: int) -> bool:
        kept = self.rows.get(process_id)
        found = [one for one in kept.contracts if _is(one, billing_id, cid)] if kept else []
        for one in found:
            self.rows[process_id].contracts.remove(one)
        return bool(found)

    def unlink_customer(self, process_id: int, customer_id: int) -> bool:
        kept = self.rows.get(process_id)
        if kept is None or customer_id not in kept.customers:
            return False
        kept.customers.remove(customer_id)
        return True

    def rename_contract(self, billing_id: str, cid: int, title: str) -> int:
        changed = 0
        for kept in self.rows.values():
            for place, one in enumerate(kept.contracts):
                if _is(one, billing_id, cid) and one.title != title:
                    kept.contracts[place] = replace(one, title=title)
                    changed += 1
        return changed

    def link_customer(self, process_id: int, customer_id: int) -> bool:
        kept = self._existing(process_id)
        if customer_id in kept.customers:
            return False
        kept.customers.append(customer_id)
        return True

    def types(self) -> Mapping[int, ProcessType]:
        return self.kinds

    def statuses(self) -> Mapping[int, str]:
        return STATUSES

    def all_groups(self) -> Mapping[int, str]:
        return GROUPS

    def groups(self, process_id: int) -> Sequence[int]:
        kept = self.rows.get(process_id)
        return tuple(kept.groups) if kept else ()

    def add_groups(self, process_id: int, group_ids: Sequence[int]) -> None:
        kept = self._existing(process_id)
        if set(group_ids) - GROUPS.keys():
            raise LookupError(group_ids)
        kept.groups.extend(one for one in dict.fromkeys(group_ids) if one not in kept.groups)

    def executors(self, process_id: int) -> Sequence[str]:
        kept = self.rows.get(process_id)
        return tuple(kept.executors) if kept else ()

    def add_executors(self, process_id: int, person_ids: Sequence[str]) -> None:
        kept = self._existing(process_id)
        if set(person_ids) - set(self.persons):
            raise LookupError(person_ids)
        kept.executors.extend(one for one in dict.fromkeys(person_ids) if one not in kept.executors)

    def set_status(self, process_id: int, status_id: int) -> None:
        kept = self._existing(process_id)
        if status_id not in STATUSES:
            raise LookupError(status_id)
        closed = kept.process.opened_at if status_id == 3 else None
        kept.process = replace(kept.process, status_id=status_id, status=STATUSES[status_id], closed_at=closed)

    def priority(self, process_id: int) -> int:
        kept = self.rows.get(process_id)
        return kept.priority if kept else 0

    def set_priority(self, process_id: int, priority: int) -> None:
        self._existing(process_id).priority = priority

    def description(self, process_id: int) -> str:
        kept = self.rows.get(process_id)
        return kept.description if kept else ""

    def set_description(self, process_id: int, description: str) -> None:
        self._existing(process_id).description = description

    def parameters(self) -> Mapping[int, ProcessParameter]:
        return self.known

    def value(self, process_id: int, parameter_id: int) -> ProcessValue | None:
        kept = self.rows.get(process_id)
        return kept.values.get(parameter_id) if kept else None

    def set_value(self, process_id: int, parameter_id: int, value: ProcessValue | None) -> None:
        kept = self._existing(process_id)
        if parameter_id not in self.known:
            raise LookupError(parameter_id)
        if value:
            kept.values[parameter_id] = _checked(self.known[parameter_id], value)
        else:
            kept.values.pop(parameter_id, None)

    def address(self, process_id: int) -> str:
        return f"/processes/{process_id}"

    def _existing(self, process_id: int) -> Kept:
        kept = self.rows.get(process_id)
        if kept is None:
            raise LookupError(process_id)
        return kept

    def _latest(self, limit: int, wanted: Callable[[Kept], bool]) -> list[Process]:
        found = [kept.process for kept in self.rows.values() if wanted(kept)]
        return sorted(found, key=lambda process: process.opened_at, reverse=True)[:limit]


def _is(contract: ProcessContract, billing_id: str, cid: int) -> bool:
    return (contract.billing_id, contract.cid) == (billing_id, cid)


def _checked(parameter: ProcessParameter, value: ProcessValue) -> ProcessValue:
    kind = parameter.type
    if not isinstance(value, OF_TYPE[kind]) or (isinstance(value, frozenset) and value - parameter.items.keys()):
        raise ValueError(value)
    if isinstance(value, str):
        return value.strip()
    if not isinstance(value, tuple):
        return value
    member = CustomerPhone if kind is ProcessParameterType.PHONE else CustomerAddress
    if not all(isinstance(one, member) for one in value):
        raise ValueError(value)
    once: dict[object, object] = {}
    for one in value:
        key = one.place if isinstance(one, CustomerAddress) else "".join(filter(str.isdigit, one.number))
        once.setdefault(key, one)
    return tuple(once.values())  # type: ignore[return-value]
