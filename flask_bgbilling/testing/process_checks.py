"""What an adapter of ``Processes`` promises, check by check."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from flask_bgbilling.ports import (
    CustomerAddress,
    CustomerPhone,
    ProcessContract,
    Processes,
    ProcessParameterType,
    ProcessValue,
    UnlinksCustomers,
)
from flask_bgbilling.testing.cases import Check, promise, raises

NOBODY = 2_000_000_000
FEW = 50

TITLES = ("101*", '«Д» "1"', "<i>7</i> & %_", "№" * 100)
"""Numbers of contracts as billings have them."""


@dataclass(frozen=True)
class ProcessExample:
    """Two processes, the later one second, and a customer who is linked to neither.

    ``person_id`` is somebody who may see both; ``houses`` are two that addresses may be in.
    """

    process_ids: tuple[int, int]
    customer_id: int
    person_id: str = "1"
    houses: tuple[int, int] = (1, 2)


def checks(example: ProcessExample) -> tuple[Check, ...]:
    """Every check."""
    return *_of_links(example), *_of_what_can_be_changed(example), *_of_values(example)


def _of_links(example: ProcessExample) -> tuple[Check, ...]:
    first, second = example.process_ids
    contract = ProcessContract("check", 101, "A-24-0101")

    def processes_can_be_read(processes: Processes) -> None:
        process = processes.get(first)
        promise(process is not None and process.id == first, f"get({first}) gave {process!r}")
        if process is not None:
            promise(process.opened_at.tzinfo is not None, "get: opened_at has no time zone")
        promise(processes.get(NOBODY) is None, "get gives a process that does not exist")
        promise(processes.address(first) != processes.address(second), "address gives one path for two processes")
        promise(processes.address(first).startswith("/"), f"address gives {processes.address(first)!r}, not a path")

    def a_contract_is_linked_once(processes: Processes) -> None:
        before = list(processes.contracts(first))
        promise(processes.link_contract(first, contract), "link_contract of a new link gave False")
        again = processes.link_contract(first, ProcessContract("check", 101, "другой номер"))
        promise(not again, "link_contract of a contract that is linked already gave True")
        promise(
            list(processes.contracts(first)) == [*before, contract], "contracts does not give what was linked, once"
        )
        same_id = ProcessContract("other", 101, "B-1")
        promise(
            processes.link_contract(first, same_id), "link_contract takes equal ids of two billings for one contract"
        )
        raises(LookupError, lambda: processes.link_contract(NOBODY, contract), "link_contract of nothing: LookupError")

    def a_link_is_taken_away(processes: Processes) -> None:
        processes.link_contract(first, contract)
        promise(processes.unlink_contract(first, "check", 101), "unlink_contract of a link gave False")
        promise(contract not in processes.contracts(first), "after unlink_contract the contract is still linked")
        promise(not processes.unlink_contract(first, "check", 101), "unlink_contract of no link gave True")

    def processes_of_a_contract(processes: Processes) -> None:
        for process_id in (first, second):
            processes.link_contract(process_id, contract)
        found = [process.id for process in processes.of_contract("check", 101, FEW)]
        promise(found == [second, first], f"of_contract does not give the latest first: {found}, not {[second, first]}")
        promise(len(processes.of_contract("check", 101, 1)) == 1, "of_contract does not keep its limit")
        promise(len(processes.of_contract("other", 101, FEW)) == 0, "of_contract gives processes of another billing")

    def processes_of_a_customer(processes: Processes) -> None:
        promise(processes.link_customer(first, example.customer_id), "link_customer of a new link gave False")
        promise(not processes.link_customer(first, example.customer_id), "link_customer of a link gave True")
        promise(example.customer_id in processes.customers(first), "customers does not give who was linked")
        found = [process.id for process in processes.of_customer(example.customer_id, FEW)]
        promise(found == [first], f"of_customer gave {found}, not {[first]}")
        raises(LookupError, lambda: processes.link_customer(NOBODY, 1), "link_customer of nothing: LookupError")
        if isinstance(processes, UnlinksCustomers):
            gone = [processes.unlink_customer(first, example.customer_id) for _ in range(2)]
            promise(gone == [True, False], f"unlink_customer gave {gone} for a link and none, not {[True, False]}")
            promise(example.customer_id not in processes.customers(first), "unlink_customer takes no link away")

    def processes_are_seen(processes: Processes) -> None:
        promise(processes.visible(example.person_id, first), f"visible({example.person_id!r}, {first}) is false")
        promise(not processes.visible(example.person_id, NOBODY), "visible is true for a process that does not exist")

    def links_follow_the_number(processes: Processes) -> None:
        for process_id in (first, second):
            processes.link_contract(process_id, contract)
        processes.link_contract(first, ProcessContract("other", 101, "B-1"))
        promise(processes.rename_contract("check", 101, "N-24/7") == 2, "rename_contract does not count its links")
        promise(
            processes.rename_contract("check", 101, "N-24/7") == 0, "rename_contract counts links that had the title"
        )
        titles = {(one.billing_id, one.title) for one in processes.contracts(first) if one.cid == 101}
        promise(titles == {("check", "N-24/7"), ("other", "B-1")}, f"after rename_contract the titles are {titles}")

    def titles_are_kept_as_they_are(processes: Processes) -> None:
        for number, title in enumerate(TITLES, 201):
            processes.link_contract(first, ProcessContract("check", number, title))
        kept = [one.title for one in processes.contracts(first) if one.billing_id == "check"]
        promise(kept == list(TITLES), f"titles are kept as {kept}, not as {list(TITLES)}")

    return (
        processes_can_be_read,
        processes_are_seen,
        a_contract_is_linked_once,
        a_link_is_taken_away,
        processes_of_a_contract,
        processes_of_a_customer,
        links_follow_the_number,
        titles_are_kept_as_they_are,
    )


def _of_what_can_be_changed(example: ProcessExample) -> tuple[Check, ...]:
    first, second = example.process_ids

    def processes_are_created(processes: Processes) -> None:
        kinds = processes.types()
        promise(kinds and all(kind.id == key for key, kind in kinds.items()), f"types gives {dict(kinds)!r}")
        kind = next(iter(kinds.values()))
        made = processes.create(kind.id, "Нет связи\n<b>и давно</b>", example.person_id)
        promise(made.id not in example.process_ids, "create gives a process that there was")
        promise(processes.get(made.id) == made, "create gives another process than get")
        promise(made.type_id == kind.id and made.type == kind.title, f"create of type {kind.id} made {made!r}")
        promise(made.closed_at is None, "create gives a process that is closed")
        promise(processes.description(made.id) == "Нет связи\n<b>и давно</b>", "description is not the one of create")
        promise(not processes.contracts(made.id), "create gives a process that has contracts")
        again = processes.create(kind.id, "Нет связи\n<b>и давно</b>", example.person_id)
        promise(again.id != made.id, "create gives one process for two equal descriptions")
        unknown = "create of a type that does not exist: LookupError"
        raises(LookupError, lambda: processes.create(NOBODY, "", example.person_id), unknown)

    def descriptions_are_changed(processes: Processes) -> None:
        processes.set_description(first, "Первая строка\nвторая «строка»")
        promise(processes.description(first) == "Первая строка\nвторая «строка»", "set_description keeps another text")
        promise(processes.description(NOBODY) == "", "description of nothing is not empty")
        raises(LookupError, lambda: processes.set_description(NOBODY, "x"), "set_description of nothing: LookupError")

    def groups_are_added(processes: Processes) -> None:
        known = list(processes.all_groups())
        if not known:
            return
        before = list(processes.groups(first))
        processes.add_groups(first, known[:2])
        processes.add_groups(first, known[:1])
        now = list(processes.groups(first))
        promise(sorted(now) == sorted({*before, *known[:2]}), f"add_groups of {known[:2]} to {before} made {now}")
        raises(LookupError, lambda: processes.add_groups(NOBODY, known[:1]), "add_groups of nothing: LookupError")
        raises(LookupError, lambda: processes.add_groups(first, [NOBODY]), "add_groups of an unknown one: LookupError")

    def executors_are_added(processes: Processes) -> None:
        before = list(processes.executors(second))
        for _ in range(2):
            processes.add_executors(second, [example.person_id])
        now = list(processes.executors(second))
        promise(sorted(now) == sorted({*before, example.person_id}), f"add_executors made {now} of {before}")
        told = "add_executors of an unknown person: LookupError"
        raises(LookupError, lambda: processes.add_executors(second, [str(NOBODY)]), told)

    def statuses_are_changed(processes: Processes) -> None:
        known = processes.statuses()
        for status_id, title in known.items():
            processes.set_status(first, status_id)
            process = processes.get(first)
            told = (process.status_id, process.status) if process else None
            promise(told == (status_id, title), f"after set_status of {status_id} the status is {told}")
        raises(LookupError, lambda: processes.set_status(first, NOBODY), "set_status of an unknown one: LookupError")

    def priorities_are_changed(processes: Processes) -> None:
        processes.set_priority(first, 3)
        promise(processes.priority(first) == 3, "priority is not the one that was set")
        promise(processes.priority(NOBODY) == 0, "priority of nothing is not 0")
        raises(LookupError, lambda: processes.set_priority(NOBODY, 1), "set_priority of nothing: LookupError")

    return (
        processes_are_created,
        descriptions_are_changed,
        groups_are_added,
        executors_are_added,
        statuses_are_changed,
        priorities_are_changed,
    )


def _of_values(example: ProcessExample) -> tuple[Check, ...]:
    first, second = example.process_ids

    def values_of_every_type(processes: Processes) -> None:
        for parameter in processes.parameters().values():
            value, other = _examples(parameter.type, tuple(parameter.items), example)
            if value is None:
                continue
            processes.set_value(first, parameter.id, value)
            kept = processes.value(first, parameter.id)
            promise(_plain(kept) == value, f"{parameter.type}: set_value of {value!r} is read as {kept!r}")
            promise(processes.value(NOBODY, parameter.id) is None, "value of nothing is not None")
            mistaken = f"{parameter.type}: set_value of another type: ValueError"
            raises(ValueError, partial(processes.set_value, first, parameter.id, other), mistaken)
            processes.set_value(first, parameter.id, None)
            promise(processes.value(first, parameter.id) is None, f"{parameter.type}: set_value of None clears nothing")
        raises(LookupError, lambda: processes.set_value(first, NOBODY, "x"), "set_value of no parameter: LookupError")

    def equal_members_stay_once(processes: Processes) -> None:
        for parameter in processes.parameters().values():
            if parameter.type is ProcessParameterType.PHONE:
                one = CustomerPhone("+7 347 200-10-20", "первый")
                processes.set_value(first, parameter.id, (one, CustomerPhone("73472001020")))
                promise(processes.value(first, parameter.id) == (one,), "equal phones are kept twice")
            if parameter.type is ProcessParameterType.ADDRESS:
                place = CustomerAddress(example.houses[0], "7")
                processes.set_value(first, parameter.id, (place, place))
                kept = _plain(processes.value(first, parameter.id))
                promise(kept == (place,), f"equal addresses are kept as {kept!r}")

    def processes_of_a_list_value(processes: Processes) -> None:
        kinds = processes.parameters().values()
        lists = [one for one in kinds if one.type is ProcessParameterType.LIST and len(one.items) > 1]
        for parameter in lists[:1]:
            item, another = list(parameter.items)[:2]
            for process_id in (first, second):
                processes.set_value(process_id, parameter.id, frozenset({item}))
            found = list(processes.with_list_value(parameter.id, [another, item], FEW))
            promise(found[:2] == [second, first], f"with_list_value does not give the latest first: {found}")
            promise(len(processes.with_list_value(parameter.id, [item], 1)) == 1, "with_list_value keeps no limit")
            promise(not processes.with_list_value(parameter.id, [], FEW), "with_list_value of no items gives something")
            processes.set_value(second, parameter.id, frozenset({another}))
            found = list(processes.with_list_value(parameter.id, [item], FEW))
            promise(second not in found, "with_list_value gives a process that has the item no more")

    return (values_of_every_type, equal_members_stay_once, processes_of_a_list_value)


def _examples(
    kind: ProcessParameterType, items: tuple[int, ...], example: ProcessExample
) -> tuple[ProcessValue | None, ProcessValue]:
    """A value of a type and one of another; ``None`` for a list without items."""
    day = date(2026, 2, 28)
    phones = (CustomerPhone("+7 347 200-10-20", "дом"), CustomerPhone("79161234567"))
    addresses = tuple(CustomerAddress(house, "7", "2", 1, 3, "код 15") for house in example.houses)
    values: dict[ProcessParameterType, tuple[ProcessValue | None, ProcessValue]] = {
        ProcessParameterType.TEXT: ("«Кавычки» & <b>", day),
        ProcessParameterType.BLOB: ("первая\nвторая * %", day),
        ProcessParameterType.DATE: (day, "28.02.2026"),
        ProcessParameterType.LIST: (frozenset(items[:2]) or None, "x"),
        ProcessParameterType.PHONE: (phones, day),
        ProcessParameterType.ADDRESS: (addresses, phones),
    }
    return values[kind]


def _plain(value: ProcessValue | None) -> ProcessValue | None:
    """A value without the texts that a host makes of addresses."""
    if not isinstance(value, tuple):
        return value
    places = [one for one in value if isinstance(one, CustomerAddress)]
    if not places:
        return value
    return tuple(
        CustomerAddress(one.house_id, one.flat, one.room, one.entrance, one.floor, one.comment) for one in places
    )
