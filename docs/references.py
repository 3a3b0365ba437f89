"""The tables of operations and permissions, from what sections and actions declare."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.builtin.card.contract_documents import ContractDocumentsPlugin
from flask_bgbilling.builtin.card.copying import CopyingPlugin
from flask_bgbilling.builtin.card.customer import CustomerPlugin
from flask_bgbilling.builtin.card.importing import ImportPlugin
from flask_bgbilling.builtin.card.processes import ProcessesPlugin
from flask_bgbilling.builtin.messages.section import contacts_section
from flask_bgbilling.domain.creation.copying import ParameterCopying
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.review import ImportReview
from flask_bgbilling.domain.documents.service import ContractDocuments
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.messages.configured import MessageTypes
from flask_bgbilling.domain.messages.contacts import ContactSaving
from flask_bgbilling.domain.processes.card import ContractProcesses
from flask_bgbilling.domain.processes.links import ProcessLinks
from flask_bgbilling.hookspecs import CardSection
from flask_bgbilling.ports import Customers, Messages, Users
from flask_bgbilling.wire import ops
from flask_bgbilling.wire.operation import Form, JsonRpc, Operation
from flask_bgbilling.wire.ops.contracts_writes import CONTRACT_TITLE
from flask_bgbilling.wire.ops.creation_writes import CONTRACT_CREATE
from flask_bgbilling.wire.ops.tariffs_writes import CONTRACT_TARIFF_SAVE

# An action declares what it cannot do without. These it calls too: one instead of another, depending on the version,
# or only when somebody asks for it.
FURTHER: Mapping[str, tuple[str, ...]] = {
    "groups.edit": ("labels_writes.LABELS_REPLACEMENT", "labels_writes.GROUP_ADDITION", "labels_writes.GROUP_REMOVAL"),
    "contacts.save": ("parameters.PARAMETER_PHONES", "parameters_writes.PARAMETER_PHONES_SAVE"),
    "payments.print": ("cash_check.REGISTRATOR_BIND",),
}

# What is read beside the card: who asks for it, by the module of the declaration.
ELSEWHERE: Mapping[str, str] = {
    "search": "the search (`contract.search`)",
    "address_directory": "address directories: comparing (`addresses.read`), reading (`addresses.update`)",
    "server": "every session: version, rights, plugins",
    "directories": "names in lists, kept per account",
    "parameter_directories": "choices of forms and of the search",
}


@dataclass(frozen=True)
class Use:
    """Who needs an operation: the stable name of a section or an action, and its permission."""

    name: str
    permission: str


def operations() -> dict[str, Operation[object]]:
    """Every declared operation by the place where it stands: ``notes_writes.NOTE_SAVE``."""
    found: dict[int, tuple[str, Operation[object]]] = {}
    for module in pkgutil.iter_modules(ops.__path__):
        for name, value in vars(importlib.import_module(f"{ops.__name__}.{module.name}")).items():
            if isinstance(value, Operation):
                found.setdefault(id(value), (f"{module.name}.{name}", value))
    return dict(found.values())


def sections() -> Mapping[str, CardSection]:
    """The built-in sections by key, in the order of the tree."""
    customer = CustomerPlugin(cast(ContractLinks, None))  # made of links, which its declarations do not touch
    copying = CopyingPlugin(ParameterCopying(cast(Customers, None), cast(ContractLinks, None)))
    importing = ImportPlugin(cast(CustomerImport, None), cast(ImportReview, None))
    processes = ProcessesPlugin(ContractProcesses(cast(ProcessLinks, None), cast(Users, None)))
    documents = ContractDocumentsPlugin(cast(ContractDocuments, None))
    saving = ContactSaving(cast(Messages, None), cast(MessageTypes, None), cast(Users, None))
    found = sorted(
        [
            *CardPlugin().bgbilling_card_sections(),
            *customer.bgbilling_card_sections(),
            *copying.bgbilling_card_sections(),
            *importing.bgbilling_card_sections(),
            *processes.bgbilling_card_sections(),
            *documents.bgbilling_card_sections(),
            contacts_section(saving),
        ],
        key=lambda section: section.order,
    )
    return {section.key: section for section in found}


def uses() -> dict[str, tuple[Use, ...]]:
    """Who needs an operation, by the operation's name."""
    found: dict[str, dict[Use, None]] = {}
    declared = operations()
    for name, use, needed in _needs():
        for operation in (*needed, *(declared[place] for place in FURTHER.get(name, ()))):
            found.setdefault(operation.name, {})[use] = None
    return {name: tuple(users) for name, users in found.items()}


def _needs() -> Iterator[tuple[str, Use, Iterable[Operation[object]]]]:
    yield "creation", Use("creation", "contract.create"), (CONTRACT_CREATE, CONTRACT_TARIFF_SAVE, CONTRACT_TITLE)
    for section in sections().values():
        yield section.key, Use(section.key, section.permission), section.operations
        for action in section.actions:
            name = f"{section.key}.{action.key}"
            yield name, Use(name, action.permission), action.operations


def unused() -> list[str]:
    """Operations that alter something and that no action uses, and names in ``FURTHER`` that mean nothing."""
    used, declared = uses(), operations()
    idle = [place for place, one in declared.items() if not one.safe and one.name not in used]
    known = {name for name, _, _ in _needs()}
    strange = [name for name in FURTHER if name not in known]
    return idle + strange + [place for places in FURTHER.values() for place in places if place not in declared]


def call_of(form: Form[object]) -> str:
    """How a form is called, in the billing's own words."""
    call = f"{form.service.name}.{form.method}" if isinstance(form, JsonRpc) else f"{form.module}/{form.action}"
    return f"`{call}` ({form.bands})"


def operations_page() -> str:
    """Every operation with its calls, versions and users."""
    used = uses()
    rows = []
    for place, one in operations().items():
        who = "<br>".join(f"`{use.name}`: `{use.permission}`" for use in used.get(one.name, ()))
        rows.append(
            (
                one.name,
                "reads" if one.safe else "**alters**",
                "<br>".join(call_of(form) for form in one.forms),
                who or ELSEWHERE.get(place.partition(".")[0], "forms and changes of the same area"),
            )
        )
    return f"""# Operations

Written by `python -m docs.generate`; do not edit.

What is asked of a billing, how, in which versions, and by which section (`payments`) or action (`payments.add`) of the
card under which permission. `module/Action` is an XML call, `Service.method` a JSON-RPC call; `below 8.0` does not
include 8.0, `8.0+` does. Where no call fits the server's version, what needs the operation is not offered. What reads
may be repeated when a connection breaks; what alters is sent once.

{table(("operation", "does", "calls", "needed by"), sorted(rows))}
"""


def permissions_page() -> str:
    """Every permission with what it allows."""
    rows = [
        ("contract.search", "the search, and the start page", "`/search`"),
        ("contract.read", "opening cards: head and tree; without it no section opens either", "`/contract/…`"),
        (
            "contract.create",
            "making contracts of the configured types for customers, with link, comment, parameters, tariff",
            "`/customer/…/contracts/new`",
        ),
        ("journal.read", "the journal of all contracts of the granted billings", "`/journal`"),
        ("addresses.read", "what there is in address directories, and how those of billings differ", "`/addresses…`"),
        ("addresses.update", "reading the directory of a billing into the application's own", "`/addresses/import`"),
        ("status.read", "how billings, plugins and the configuration are", "`/status`"),
        ("message.read", "messages with what is found for them", "`/messages/…`"),
        (
            "message.process",
            "putting messages into processes and out of them, saving senders in contracts",
            "`/messages/…`",
        ),
        ("jobs.read", "the schedule, and all long work with its progress and log", "`/jobs`, `/pulse`"),
        ("jobs.run", "starting tasks now, stopping jobs and going on with them; a kind may ask for more", "`/jobs/…`"),
    ]
    found: dict[str, list[tuple[str, str]]] = {
        "process.read": [("processes and their contracts", "processes/<id>/contracts")],
        "process.link.update": [("contracts linked to a process, links taken away", "processes/<id>/contracts")],
    }
    for section in sections().values():
        found.setdefault(section.permission, []).append((f"section “{section.title}”", section.key))
        for action in section.actions:
            told = (f"{section.title}: {action.title}", f"{section.key}/{action.key}")
            found.setdefault(action.permission, []).append(told)
    for item in CardPlugin().bgbilling_card_menu():
        found.setdefault(item.permission, []).append((f"{item.title} (menu)", f"menu/{item.key}"))
    rows += [
        (
            permission,
            "; ".join(dict.fromkeys(title for title, _ in places)),
            ", ".join(f"`…/{path}`" for _, path in places),
        )
        for permission, places in found.items()
    ]
    return f"""# Permissions

Written by `python -m docs.generate`; do not edit.

The host's `Users.grant` is asked by these names and answers a `Grant`, or `None`. An action needs `contract.read` and
its section's permission, too: what may not be seen cannot be changed. What is not granted is neither offered nor
accepted. The rights of the person's own account in the billing apply all the same.

{table(("permission", "allows", "address"), ((f"`{name}`", told, where) for name, told, where in rows))}

## Options of a grant

| option | narrows | to |
|---|---|---|
| `billing_ids` | every permission | some billings |
| `parameter_ids` | reading and changing parameters, and searching by them | some parameters, by number |
| `payment_type_ids` | adding, changing and deleting payments | some types, by billing |
| `charge_type_ids` | adding, changing and deleting charges | some types, by billing |
| `message_type_ids` | reading and processing messages | some types, by number: `allowedTypeIds` of the configuration |

`None` means all, an empty set none; a billing that is not named in the options of types allows them all.

The journal is not narrowed by parameters and types: who may read it sees before and after of every change of the
granted
billings. Without it, who is granted only some parameters or types sees the pages of their own unfinished changes alone.
"""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    titles = list(heads)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
