"""What an application can do with address directories."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_bgbilling.config.settings import Settings
from flask_bgbilling.domain.addresses.comparing import DirectoryComparison
from flask_bgbilling.domain.addresses.feed import AddressFeeds
from flask_bgbilling.domain.addresses.importing import AddressImport
from flask_bgbilling.domain.billings import BillingAccess
from flask_bgbilling.ports import AddressDirectory, AddressLevel, Clock
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.session import Billings


@dataclass(frozen=True)
class Addresses:
    """Comparing needs nothing but billings; ``feeds`` needs a directory of the host's, ``importing`` a database too."""

    comparison: DirectoryComparison
    directory: AddressDirectory | None = None
    feeds: AddressFeeds | None = None
    importing: AddressImport | None = None

    def counts(self) -> dict[AddressLevel, int]:
        """How many records the host's directory has on every level; nothing without a directory."""
        return {} if self.directory is None else {level: self.directory.count(level) for level in AddressLevel}


def addresses_of(
    directory: AddressDirectory | None,
    unit_of_work: UnitOfWork,
    access: BillingAccess,
    billings: Billings,
    settings: Callable[[], Settings],
    clock: Clock,
    *,
    writable: bool,
) -> Addresses:
    """Puts together what there can be; ``writable`` says that the application has a database."""
    comparison = DirectoryComparison(directory, access, unit_of_work.release)
    if directory is None:
        return Addresses(comparison)
    return Addresses(
        comparison,
        directory,
        AddressFeeds(directory, settings, clock, unit_of_work.release),
        AddressImport(directory, unit_of_work, access, billings, settings) if writable else None,
    )
