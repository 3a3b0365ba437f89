"""What an adapter of ``Processes`` promises, check by check."""

from dataclasses import dataclass

from flask_bgbilling.ports import ProcessContract, Processes
from flask_bgbilling.testing.cases import Check, promise, raises

NOBODY = 2_000_000_000
FEW = 50


@dataclass(frozen=True)
class ProcessExample:
    """Two processes, the later one second, and a customer who is linked to neither."""

    process_ids: tuple[int, int]
    customer_id: int


def checks(example: ProcessExample) -> tuple[Check, ...]:
    """Every check."""
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

    return (
        processes_can_be_read,
        a_contract_is_linked_once,
        a_link_is_taken_away,
        processes_of_a_contract,
        processes_of_a_customer,
    )
