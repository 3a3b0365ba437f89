"""The checks of ``Processes``: an adapter that keeps its promises passes, one that breaks any is told which."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from flask_bgbilling.ports import Process, ProcessContract, ProcessType, ProcessValue
from flask_bgbilling.testing import ProcessExample, check_processes
from tests.memory_processes import MemoryProcesses, parameters

EVERY_TYPE = parameters(p30="text", p31="blob", p32="date", p33="list", p34="phone", p35="address")


def checked(made: Callable[..., MemoryProcesses]) -> None:
    """Runs every check, each with processes of its own."""

    @contextmanager
    def factory() -> Iterator[MemoryProcesses]:
        port = made({1: "", 2: "a=b"}, EVERY_TYPE)
        for description in ("first", "second"):
            MemoryProcesses.create(port, 1, description, "1")
        yield port

    check_processes(factory, ProcessExample((1, 2), customer_id=7))


def test_processes_in_memory_keep_every_promise() -> None:
    checked(MemoryProcesses)


class SeesAll(MemoryProcesses):
    def visible(self, person_id: str, process_id: int) -> bool:
        return True


class SeesNothing(MemoryProcesses):
    def visible(self, person_id: str, process_id: int) -> bool:
        return False


class MakesOnlyOne(MemoryProcesses):
    def create(self, type_id: int, description: str, person_id: str) -> Process:
        made = [kept.process for kept in self.rows.values() if kept.description == description]
        return made[0] if made else super().create(type_id, description, person_id)


class MakesClosed(MemoryProcesses):
    def create(self, type_id: int, description: str, person_id: str) -> Process:
        made = super().create(type_id, description, person_id)
        self.rows[made.id].process = replace(made, closed_at=made.opened_at)
        return self.rows[made.id].process


class MakesAnything(MemoryProcesses):
    def create(self, type_id: int, description: str, person_id: str) -> Process:
        return super().create(1, description, person_id)


class NoTypes(MemoryProcesses):
    def types(self) -> Mapping[int, ProcessType]:
        return {}


class OneLine(MemoryProcesses):
    def set_description(self, process_id: int, description: str) -> None:
        super().set_description(process_id, description.split("\n")[0])


class ReplacesGroups(MemoryProcesses):
    def add_groups(self, process_id: int, group_ids: Sequence[int]) -> None:
        super().add_groups(process_id, group_ids)
        self.rows[process_id].groups = list(group_ids)


class AnyGroup(MemoryProcesses):
    def add_groups(self, process_id: int, group_ids: Sequence[int]) -> None:
        super().add_groups(process_id, [one for one in group_ids if one < 10])


class TwiceTheExecutor(MemoryProcesses):
    def add_executors(self, process_id: int, person_ids: Sequence[str]) -> None:
        super().add_executors(process_id, person_ids)
        self.rows[process_id].executors.extend(person_ids)


class AnyExecutor(MemoryProcesses):
    def add_executors(self, process_id: int, person_ids: Sequence[str]) -> None:
        super().add_executors(process_id, [one for one in person_ids if one == "1"])


class NoStatus(MemoryProcesses):
    def set_status(self, process_id: int, status_id: int) -> None:
        pass


class NoPriority(MemoryProcesses):
    def set_priority(self, process_id: int, priority: int) -> None:
        self._existing(process_id)


class OtherBillings(MemoryProcesses):
    def rename_contract(self, billing_id: str, cid: int, title: str) -> int:
        return sum(super(OtherBillings, self).rename_contract(one, cid, title) for one in ("check", "other"))


class CountsAll(MemoryProcesses):
    def rename_contract(self, billing_id: str, cid: int, title: str) -> int:
        super().rename_contract(billing_id, cid, title)
        return 2


class EscapesTitles(MemoryProcesses):
    def link_contract(self, process_id: int, contract: ProcessContract) -> bool:
        return super().link_contract(process_id, replace(contract, title=contract.title.replace("<", "&lt;")))


class KeepsNoComments(MemoryProcesses):
    def value(self, process_id: int, parameter_id: int) -> ProcessValue | None:
        value = super().value(process_id, parameter_id)
        return tuple(replace(one, comment="") for one in value) if isinstance(value, tuple) else value


class ClearsNothing(MemoryProcesses):
    def set_value(self, process_id: int, parameter_id: int, value: ProcessValue | None) -> None:
        if value or parameter_id not in self.known:
            super().set_value(process_id, parameter_id, value)


class TakesAnyValue(MemoryProcesses):
    def set_value(self, process_id: int, parameter_id: int, value: ProcessValue | None) -> None:
        if value and parameter_id in self.known:
            self.rows[process_id].values[parameter_id] = value
        else:
            super().set_value(process_id, parameter_id, value)


class AllItems(MemoryProcesses):
    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        found = super().with_list_value(parameter_id, range(1, 10), limit)
        return found if item_ids else ()


class OldestFirst(MemoryProcesses):
    def with_list_value(self, parameter_id: int, item_ids: Sequence[int], limit: int) -> Sequence[int]:
        return sorted(super().with_list_value(parameter_id, item_ids, limit))


BROKEN = (
    (SeesAll, "visible is true for a process that does not exist"),
    (SeesNothing, "visible('1', 1) is false"),
    (MakesOnlyOne, "one process for two equal descriptions"),
    (MakesClosed, "create gives a process that is closed"),
    (MakesAnything, "create of a type that does not exist: LookupError"),
    (NoTypes, "types gives {}"),
    (OneLine, "set_description keeps another text"),
    (ReplacesGroups, "add_groups of [1, 2] to [] made [1]"),
    (AnyGroup, "add_groups of an unknown one: LookupError"),
    (TwiceTheExecutor, "add_executors made"),
    (AnyExecutor, "add_executors of an unknown person: LookupError"),
    (NoStatus, "after set_status of 2 the status is (1, 'open')"),
    (NoPriority, "priority is not the one that was set"),
    (OtherBillings, "rename_contract does not count its links"),
    (CountsAll, "rename_contract counts links that had the title"),
    (EscapesTitles, "titles are kept as"),
    (KeepsNoComments, "phone: set_value of"),
    (ClearsNothing, "set_value of None clears nothing"),
    (TakesAnyValue, "set_value of another type: ValueError"),
    (AllItems, "a process that has the item no more"),
    (OldestFirst, "with_list_value does not give the latest first"),
)


@pytest.mark.parametrize(("adapter", "told"), BROKEN, ids=lambda one: getattr(one, "__name__", ""))
def test_a_broken_promise_is_told(adapter: Callable[..., MemoryProcesses], told: str) -> None:
    with pytest.raises(AssertionError) as raised:
        checked(adapter)
    assert told in str(raised.value)
