"""What a plugin adds to processes: rules at the linking of contracts, what happens, functions of expressions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_bgbilling.ports import Customers, Grant, Person, Process, ProcessContract, Processes, ProcessEvent

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing


@dataclass(frozen=True)
class ContractLinked:
    """A contract that has just been linked to a process, in the same transaction.

    ``keys`` are the keys of the process's type. ``customer_id`` is the contract's customer, ``None`` without one. Rules
    must not call a billing.
    """

    process: Process
    contract: ProcessContract
    person: Person
    keys: Mapping[str, str]
    processes: Processes
    customers: Customers | None = None
    customer_id: int | None = None


@dataclass(frozen=True)
class LinkEffects:
    """What follows from a link: groups that the process gets beside its own, customers that are linked to it."""

    group_ids: Sequence[int] = ()
    customer_ids: Sequence[int] = ()


@dataclass(frozen=True)
class ProcessLinkRule:
    """A rule that is asked when a contract is linked to a process (customers-and-links.md 5).

    ``decide`` gives the effects, or ``None``; it changes nothing itself. Rules are asked by ``order``; one that raises
    loses its effects, the link stays.
    """

    key: str
    order: int
    decide: Callable[[ContractLinked], LinkEffects | None]


@dataclass(frozen=True)
class ScriptContext:
    """What functions of a process's scripts may use: the event, and billings under the account of the person.

    ``grant`` tells what the person may do under a permission, ``None`` for nothing.
    """

    event: ProcessEvent
    processes: Processes
    customers: Customers | None
    billing: Callable[[str], "Billing"]
    grant: Callable[[str], Grant | None]


@dataclass(frozen=True)
class ScriptObject:
    """An object that scripts of process rules know, such as ``bgbilling`` with its function ``cp``.

    ``functions`` get the context and the arguments of the script, which are texts, numbers, truth values, lists or
    ``None``; they return such a value. With an empty ``name`` they are called without a prefix.
    """

    name: str
    functions: Mapping[str, Callable[..., object]]
