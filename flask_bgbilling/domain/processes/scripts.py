"""What expressions of process rules know: the process, its values and links, the person, functions that change it.

Every function that changes something does so in a transaction of its own. Changes by scripts cause no further rules.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from flask_bgbilling.domain.processes.errors import ScriptMistake
from flask_bgbilling.errors import N_
from flask_bgbilling.expr import ExpressionObject, Namespace
from flask_bgbilling.hookspecs import ScriptContext, ScriptObject
from flask_bgbilling.ports import (
    CustomerPhone,
    Process,
    Processes,
    ProcessParameter,
    ProcessParameterType,
    ProcessValue,
    Users,
    UserValues,
)
from flask_bgbilling.store.unit_of_work import UnitOfWork

NO_PARAMETER = N_("There is no parameter %(number)s of processes.")
NOT_A_VALUE = N_("“%(value)s” is no value of the parameter %(number)s.")
NO_NUMBER = N_("“%(value)s” is no whole number.")

Function = Callable[..., object]


def script_namespace(
    context: ScriptContext, objects: Sequence[ScriptObject], unit_of_work: UnitOfWork, users: Users
) -> Namespace:
    """The names of one event; of an object that several plugins give, the functions of all."""
    process, values, links = _process(context), _values(context), _links(context)
    user = ExpressionObject(
        "user", properties={"id": context.event.person.id, "login": context.event.person.login,
                            "name": context.event.person.name},
    )  # fmt: skip
    own = ExpressionObject("userParam", {"val": lambda key: _user_value(users, context, key)})
    functions: dict[str, Function] = dict(_changes(context, unit_of_work))
    further: dict[str, dict[str, Function]] = {}
    for given in objects:
        for name, function in given.functions.items():
            kept = _kept(unit_of_work, partial(function, context))
            (further.setdefault(given.name, {}) if given.name else functions).setdefault(name, kept)
    named = {
        **{name: ExpressionObject(name, some) for name, some in further.items()},
        "process": process, "p": process, "processParam": values, "pp": values,
        "processLink": links, "pl": links, "user": user, "userParam": own, "up": own,
        "event": _event(context),
    }  # fmt: skip
    return Namespace(named, functions)


def shown(parameter: ProcessParameter | None, value: ProcessValue | None) -> str:
    """A value as scripts read it: one line, several members between semicolons."""
    if parameter is None or value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, frozenset):
        return "; ".join(parameter.items.get(item, str(item)) for item in sorted(value))
    return "; ".join(one.number if isinstance(one, CustomerPhone) else one.text for one in value)


def _user_value(users: Users, context: ScriptContext, key: object) -> str:
    return users.value(context.event.person, _text(key)) if isinstance(users, UserValues) else ""


def _process(context: ScriptContext) -> ExpressionObject:
    processes, number = context.processes, context.event.process_id

    def read(field: str) -> object:
        found: Process | None = processes.get(number)
        return getattr(found, field, None)

    return ExpressionObject(
        "process",
        properties={
            "id": number,
            "title": partial(read, "title"),
            "typeId": partial(read, "type_id"),
            "typeTitle": partial(read, "type"),
            "statusId": partial(read, "status_id"),
            "statusTitle": partial(read, "status"),
            "closed": lambda: read("closed_at") is not None,
            "description": lambda: processes.description(number),
            "priority": lambda: processes.priority(number),
            "groupIds": lambda: list(processes.groups(number)),
            "executorIds": lambda: list(processes.executors(number)),
        },
    )


def _values(context: ScriptContext) -> ExpressionObject:
    processes, process_id = context.processes, context.event.process_id

    def read(number: object) -> tuple[ProcessParameter, ProcessValue | None]:
        parameter = _parameter(processes, number)
        return parameter, processes.value(process_id, parameter.id)

    def items(number: object) -> object:
        value = read(number)[1]
        return sorted(value) if isinstance(value, frozenset) else []

    def count(number: object) -> int:
        value = read(number)[1]
        return len(value) if isinstance(value, tuple | frozenset) else int(value is not None)

    functions: Mapping[str, Function] = {
        "val": lambda number: shown(*read(number)),
        "filled": lambda number: read(number)[1] is not None,
        "itemIds": items,
        "count": count,
    }
    return ExpressionObject("processParam", functions)


def _links(context: ScriptContext) -> ExpressionObject:
    processes, process_id = context.processes, context.event.process_id

    def titles(billing_id: object = None) -> object:
        linked = processes.contracts(process_id)
        return [one.title for one in linked if billing_id is None or one.billing_id == billing_id]

    functions: Mapping[str, Function] = {
        "contracts": titles,
        "contractIds": lambda: [f"{one.billing_id}:{one.cid}" for one in processes.contracts(process_id)],
        "customerIds": lambda: list(processes.customers(process_id)),
    }
    return ExpressionObject("processLink", functions)


def _event(context: ScriptContext) -> ExpressionObject:
    event, contract = context.event, context.event.contract
    return ExpressionObject(
        "event",
        properties={
            "name": event.kind.value,
            "number": event.number,
            "text": event.text,
            "billingId": contract.billing_id if contract is not None else None,
            "contractId": contract.cid if contract is not None else None,
            "contractTitle": contract.title if contract is not None else None,
            "customerId": event.customer_id,
        },
    )


def _changes(context: ScriptContext, unit_of_work: UnitOfWork) -> Mapping[str, Function]:
    processes, process_id = context.processes, context.event.process_id

    def describe(text: object) -> None:
        lines = (processes.description(process_id), _text(text))
        processes.set_description(process_id, "\n".join(filter(None, lines)))

    def put(number: object, value: object) -> None:
        parameter = _parameter(processes, number)
        try:
            processes.set_value(process_id, parameter.id, _value(parameter, value))
        except ValueError as error:
            raise ScriptMistake(NOT_A_VALUE, value=_text(value)[:60], number=parameter.id) from error

    functions: Mapping[str, Function] = {
        "setStatus": lambda status: processes.set_status(process_id, _whole(status)),
        "setPriority": lambda priority: processes.set_priority(process_id, max(_whole(priority), 0)),
        "addGroups": lambda *groups: processes.add_groups(process_id, [_whole(one) for one in _each(groups)]),
        "addExecutors": lambda *people: processes.add_executors(process_id, [_text(one) for one in _each(people)]),
        "setDescription": lambda text: processes.set_description(process_id, _text(text)),
        "addDescription": describe,
        "setParam": put,
    }
    return {name: _kept(unit_of_work, function) for name, function in functions.items()}


def _kept(unit_of_work: UnitOfWork, function: Function) -> Function:
    """The function, with a transaction of its own around what it changes."""

    def call(*arguments: object) -> object:
        try:
            result = function(*arguments)
            unit_of_work.commit()
        except BaseException:
            unit_of_work.rollback()
            raise
        return result

    return call


def _value(parameter: ProcessParameter, value: object) -> ProcessValue | None:
    if value is None or value == "":
        return None
    if parameter.type is ProcessParameterType.LIST:
        return frozenset(_whole(one) for one in _each((value,)))
    if parameter.type is ProcessParameterType.PHONE:
        return tuple(CustomerPhone(_text(one)) for one in _each((value,)))
    if parameter.type is ProcessParameterType.DATE:
        day, _, rest = _text(value).partition(".")
        month, _, year = rest.partition(".")
        return date.fromisoformat(f"{year}-{month:0>2}-{day:0>2}" if rest else _text(value))
    return _text(value)


def _parameter(processes: Processes, number: object) -> ProcessParameter:
    parameter = processes.parameters().get(_whole(number))
    if parameter is None:
        raise ScriptMistake(NO_PARAMETER, number=number)
    return parameter


def _each(values: Sequence[object]) -> Sequence[object]:
    """Arguments one by one, those of lists and sets, and texts with commas between, too."""
    found: list[object] = []
    for value in values:
        if isinstance(value, list | tuple | set | frozenset):
            found.extend(value)
        elif isinstance(value, str):
            found.extend(filter(None, map(str.strip, value.split(","))))
        else:
            found.append(value)
    return found


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 10):
        raise ScriptMistake(NO_NUMBER, value=text[:40])
    return int(text)


def _text(value: object) -> str:
    return "" if value is None else str(value)
