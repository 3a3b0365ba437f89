"""Changes of processes by people: what the extension's rules say is asked before and told afterwards."""

from collections.abc import Callable, Sequence

from sqlalchemy import delete

from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.processes.models import ExecutorRow, GroupOfProcessRow
from example_host.processes.port import CLOSED, HostProcesses
from flask_bgbilling.errors import InputError
from flask_bgbilling.ports import Person, Process, ProcessEvent, ProcessEventKind

port = HostProcesses()


class Refused(Exception):
    """A rule does not let a change happen; the text is the rule's own."""


def change_process(
    user: User,
    process: Process,
    *,
    status: int | None = None,
    description: str | None = None,
    executors: Sequence[int] | None = None,
    groups: Sequence[int] | None = None,
) -> list[str]:
    """Makes what is given so and commits it; what is so already is no change. Gives what the rules have to tell.

    Raises ``Refused`` when a rule says no - nothing is changed then - and ``LookupError`` for unknown numbers.
    """
    told: list[str] = []
    kinds, number = ProcessEventKind, process.id
    if status is not None and status != process.status_id:
        after = [kinds.STATUS_CHANGED, *([kinds.CLOSED] if status == CLOSED else [])]
        event = _event(user, process, number=status)
        told += _reported(event, kinds.STATUS_CHANGING, after, lambda: port.set_status(number, status))
    if description is not None and description != port.description(number):
        event = _event(user, process, text=description)
        write = lambda: port.set_description(number, description)  # noqa: E731 - one call, done between two reports
        told += _reported(event, kinds.DESCRIPTION_CHANGING, [kinds.DESCRIPTION_CHANGED], write)
    if groups is not None and set(groups) == set(port.groups(number)):
        groups = None
    if executors is not None and set(executors) != {int(one) for one in port.executors(number)}:
        event = _event(user, process)
        write_staff = lambda: _replace_staff(number, executors, groups)  # noqa: E731 - as above
        told += _reported(event, kinds.EXECUTORS_CHANGING, [kinds.EXECUTORS_CHANGED], write_staff)
    elif groups is not None:
        _replace_staff(number, None, groups)
        database.session.commit()
    return told


def _event(
    user: User, process: Process, *, number: int = 0, text: str = ""
) -> Callable[[ProcessEventKind], ProcessEvent]:
    person = Person(str(user.id), user.login, user.name)
    return lambda kind: ProcessEvent(kind, process.id, person, number=number, text=text)


def _reported(
    event: Callable[[ProcessEventKind], ProcessEvent],
    before: ProcessEventKind,
    after: Sequence[ProcessEventKind],
    write: Callable[[], None],
) -> list[str]:
    """Asks, writes and commits, tells: the order that the extension wants (``BGBilling.process_changing``)."""
    database.session.commit()
    try:
        told = list(bgbilling.process_changing(event(before)))
    except InputError as refused:
        raise Refused(str(refused.params.get("words") or refused)) from refused
    write()
    database.session.commit()
    for kind in after:
        told += bgbilling.process_changed(event(kind))
    return told


def _replace_staff(process_id: int, user_ids: Sequence[int] | None, group_ids: Sequence[int] | None) -> None:
    """Replaces executors and groups in one transaction; ``None`` stays as it is."""
    if group_ids is not None:
        database.session.execute(delete(GroupOfProcessRow).where(GroupOfProcessRow.process_id == process_id))
        port.add_groups(process_id, group_ids)
    if user_ids is not None:
        database.session.execute(delete(ExecutorRow).where(ExecutorRow.process_id == process_id))
        port.add_executors(process_id, [str(number) for number in user_ids])
