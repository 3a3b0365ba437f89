"""Our plugins that are there only where the host has what they are about."""

from collections.abc import Iterable

from flask_bgbilling.builtin.card.copying import CopyingPlugin
from flask_bgbilling.builtin.card.customer import CustomerPlugin
from flask_bgbilling.builtin.card.importing import ImportPlugin
from flask_bgbilling.builtin.card.processes import ProcessesPlugin
from flask_bgbilling.builtin.processes import ProcessRules
from flask_bgbilling.domain.creation.copying import ParameterCopying
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.review import ImportReview
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.domain.processes.assembly import ProcessWork


def customer_plugins(links: ContractLinks | None, copying: ParameterCopying | None) -> Iterable[object]:
    """Sections of the card that are there only where the host has customers."""
    return (CustomerPlugin(links), CopyingPlugin(copying)) if links is not None and copying is not None else ()


def import_plugins(importing: CustomerImport | None, reviewing: ImportReview | None) -> Iterable[object]:
    """The section of the import, where the host has customers."""
    return (ImportPlugin(importing, reviewing),) if importing is not None and reviewing is not None else ()


def process_plugins(processes: ProcessWork) -> Iterable[object]:
    """Our rules of links, and the section of processes where contracts can be linked to them."""
    return (ProcessRules(),) if processes.card is None else (ProcessRules(), ProcessesPlugin(processes.card))
