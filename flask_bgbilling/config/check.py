"""The linter behind ``flask bgbilling config check``: every mistake of a configuration text, with its line.

It reads the text with the same parser, settings and kinds as the running application, and adds what the
application forgives: unknown keys, numbers that fall back to a default, blocks that lack what they need.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from flask_bgbilling.config import (
    addresses,
    contract_types,
    creator,
    customers,
    document_types,
    message_types,
    process_types,
    wizard,
)
from flask_bgbilling.config.customers import COPYING_KEY, KnownCustomers
from flask_bgbilling.config.keys import (
    CLASSES,
    LONGEST_COMPARED,
    Key,
    is_ours,
    known,
    misplaced_index,
    nearest,
)
from flask_bgbilling.config.loading import SERVER_PREFIX, load, noted, problems_of, server_sections
from flask_bgbilling.config.mapping import readable_pairs
from flask_bgbilling.config.message_types import MessageClasses
from flask_bgbilling.config.messages import Problem, shown
from flask_bgbilling.config.properties import Properties, parse
from flask_bgbilling.config.values import (
    SERVER_ID_COMFORTABLE_LENGTH,
    SERVER_ID_LENGTH,
    Mistake,
    commands,
    split_words,
)

_HELPDESK_REQUIRED: Final = (
    "billingId",
    "user",
    "pswd",
    "processTypeId",
    "openStatusId",
    "closeStatusId",
    "statusParamId",
)
_CITY_CLASS: Final = "BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity"


def check(
    text: str,
    *,
    includes: Mapping[int, str] = MappingProxyType({}),
    jobs: Collection[str] | None = None,
    messages: MessageClasses | None = None,
    known_customers: Callable[[], KnownCustomers] | None = None,
) -> list[Problem]:
    """Every mistake of a text, in the order of its lines; empty when there is none. Never raises.

    ``jobs`` are the classes that a schedule may name in this application, ``messages`` those that types of messages
    may name, ``known_customers`` gives what may be named of customers; ``None`` when nobody knows.
    """
    return check_properties(parse(text, includes=includes), jobs, messages, known_customers)


def check_process_type(text: str, billing_ids: Collection[str], group_ids: Collection[int]) -> list[Problem]:
    """Every mistake of the text of a process type, given the billings and groups that there are. Never raises."""
    properties = parse(text)
    found = [*check_properties(properties), *process_types.problems(properties, billing_ids, group_ids)]
    return _in_order(found)


def check_properties(
    properties: Properties,
    jobs: Collection[str] | None = None,
    messages: MessageClasses | None = None,
    known_customers: Callable[[], KnownCustomers] | None = None,
) -> list[Problem]:
    """Every mistake of properties that are already read, for example of a mapping."""
    found = [*properties.findings, *load(properties).problems]
    for part in (
        _keys,
        _server_ids,
        _copying,
        addresses.problems,
        contract_types.problems,
        creator.problems,
        document_types.problems,
        _message_types,
        process_types.problems,
        wizard.problems,
        _tasks,
    ):
        found.extend(part(properties))
    if jobs is not None:
        found.extend(_classes_of_tasks(properties, jobs))
    if messages is not None:
        found.extend(_refused_blocks(message_types.problems(properties, messages), found))
    if known_customers is not None:
        found.extend(customers.problems(properties, known_customers))
    return _in_order(found)


def _in_order(found: Iterable[Problem]) -> list[Problem]:
    """Problems by their lines, each once; those of one key stay as they were found."""
    once = {(one.source, one.line, one.key, one.code, str(sorted(one.params.items()))): one for one in found}
    return sorted(once.values(), key=lambda problem: (problem.source, problem.line or 0, problem.key))


def _keys(properties: Properties) -> Iterator[Problem]:
    billings = {section.text("id").strip() for section in server_sections(properties)[0].values()}
    for key in properties:
        one = known(key)
        if one is None:
            yield from _unknown(properties, key)
            continue
        if one.obsolete:
            yield noted(properties, key, "key-obsolete")
        if one.successor:
            yield noted(properties, key, "key-deprecated", near=f"{key.rpartition('.')[0]}.{one.successor}")
        if not properties[key].strip():
            continue
        try:
            one.kind(properties[key])
        except Mistake as mistake:
            yield from problems_of(mistake, properties, key)
            continue
        # A text without servers belongs to a user, a process type or a permission.
        if billings:
            yield from _references(properties, key, one, billings)
        if key.endswith(".class"):
            yield from _class(properties, key)


def _unknown(properties: Properties, key: str) -> Iterator[Problem]:
    if key != key.strip() and known(key.strip()):
        yield noted(properties, key, "key-spaces")
        return
    misplaced = misplaced_index(key)
    if misplaced is not None:
        form, index = misplaced
        yield noted(properties, key, "key-index", form=form, index=index)
    elif is_ours(key):
        near = nearest(key)
        if near is None:
            yield noted(properties, key, "key-unknown")
        else:
            yield noted(properties, key, "key-unknown-near", near=near)


def _references(properties: Properties, key: str, one: Key, billings: set[str]) -> Iterator[Problem]:
    if one.references == "none":
        return
    named = split_words(properties[key]) if one.references == "servers" else (properties[key].strip(),)
    for billing in named:
        if billing not in billings:
            yield noted(properties, key, "billing-unknown", value=shown(key, billing))


def _class(properties: Properties, key: str) -> Iterator[Problem]:
    name = properties[key].strip()
    # A name that is far from every known one was probably registered by the host; a near one is a slip.
    if "." not in name and len(name) <= LONGEST_COMPARED and name not in CLASSES:
        near = get_close_matches(name, CLASSES, n=1, cutoff=0.9)
        if near:
            yield noted(properties, key, "class-near", near=near[0])


def _server_ids(properties: Properties) -> Iterator[Problem]:
    for section in server_sections(properties)[0].values():
        if SERVER_ID_COMFORTABLE_LENGTH < len(section.text("id").strip()) <= SERVER_ID_LENGTH:
            yield noted(section, "id", "server-id-tight", most=SERVER_ID_COMFORTABLE_LENGTH)


def _copying(properties: Properties) -> Iterator[Problem]:
    for number, section in server_sections(properties)[0].items():
        for pair in readable_pairs(section.text(COPYING_KEY)):
            # On import several parameters are sources in their order; copying has one place to write to.
            if len(set(pair.contract_ids)) > 1:
                written = shown(COPYING_KEY, pair.text)
                yield noted(section, COPYING_KEY, "copy-several", f"{SERVER_PREFIX}{number}.", value=written)


def _message_types(properties: Properties) -> Iterator[Problem]:
    yield from _required(properties, "messageType.", "title", "class")
    for number, block in properties.indexed("messageType.").items():
        prefix = f"messageType.{number}."
        if block.text("class").strip() == "MessageTypeHelpDesk":
            yield from _missing(block, prefix, *_HELPDESK_REQUIRED)
        if block.text("saver.class").strip() == "BGBillingMessageTypeContactSaverPhone":
            yield from _missing(block, prefix, "saver.paramId")
        for search_number, search in block.indexed("search.").items():
            yield from _search(search, f"{prefix}search.{search_number}.")
    prefix = "message.possible.process."
    yield from _required(properties, prefix, "class")
    for number, block in properties.indexed(prefix).items():
        if block.text("class").strip() == _CITY_CLASS:
            yield from _missing(block, f"{prefix}{number}.", "processCityParamId")
            if not block.sub("contractAddressParamId"):
                yield noted(block, "contractAddressParamId", "required", f"{prefix}{number}.")


def _search(search: Properties, prefix: str) -> Iterator[Problem]:
    needed = {
        "BGBillingMessageTypeSearchContractByTitleAndComment": ("billingId",),
        "BGBillingMessageTypeSearchContractByAddress": ("billingId",),
        "BGBillingMessageTypeSearchCall": ("billingId", "commands"),
        "BGBillingMessageTypeSearchEmail": ("billingId", "paramIds"),
    }
    name = search.text("class").strip()
    yield from _missing(search, prefix, "class", *needed.get(name, ()))
    # The customer search of the host has commands of its own, so the kind depends on the class.
    if name == "BGBillingMessageTypeSearchCall":
        yield from _kind(search, prefix, "commands", commands)


def _tasks(properties: Properties) -> Iterator[Problem]:
    for name, task in properties.keyed("scheduler.task.").items():
        yield from _missing(task, f"scheduler.task.{name}.", "class")


def _classes_of_tasks(properties: Properties, jobs: Collection[str]) -> Iterator[Problem]:
    for name, task in properties.keyed("scheduler.task.").items():
        named = task.text("class").strip()
        if named and named not in jobs:
            yield noted(
                task, "class", "class-none", f"scheduler.task.{name}.", value=named[:60], near=", ".join(sorted(jobs))
            )


def _refused_blocks(refused: Iterable[Problem], known: Sequence[Problem]) -> list[Problem]:
    """What classes say about their blocks; where a key of the block is named already, that tells it better."""
    errors = [problem.key for problem in known if problem.severity == "error"]
    return [
        problem
        for problem in refused
        if problem.code != "block-refused" or not any(key.startswith(problem.key[: -len("class")]) for key in errors)
    ]


def _required(properties: Properties, prefix: str, *keys: str) -> Iterator[Problem]:
    for number, block in properties.indexed(prefix).items():
        yield from _missing(block, f"{prefix}{number}.", *keys)


def _missing(block: Properties, prefix: str, *keys: str) -> Iterator[Problem]:
    for key in keys:
        if not block.text(key).strip():
            yield noted(block, key, "required", prefix)


def _kind(block: Properties, prefix: str, key: str, kind: Callable[[str], object]) -> Iterator[Problem]:
    if not block.text(key).strip():
        return
    try:
        kind(block[key])
    except Mistake as mistake:
        yield from problems_of(mistake, block, key, prefix)
