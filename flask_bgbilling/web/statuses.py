"""The HTTP status of each error of ours."""

from collections.abc import Sequence

from flask_bgbilling.domain.contracts.actions import ReadOnly, UnknownAction, UnknownChange
from flask_bgbilling.domain.contracts.service import UnknownSection
from flask_bgbilling.domain.creation.chain import UnknownCreation
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.messages.contacts import UnknownMessage
from flask_bgbilling.domain.messages.service import CannotProcess
from flask_bgbilling.domain.processes.errors import UnknownProcess
from flask_bgbilling.domain.processes.wizard import UnknownStep
from flask_bgbilling.errors import (
    Absent,
    AccountMissing,
    BGBillingError,
    ConfigurationError,
    Forbidden,
    InputError,
    NoRights,
    Unavailable,
    UnknownAddress,
    UnknownBilling,
)
from flask_bgbilling.hookspecs import Gone
from flask_bgbilling.jobs.definitions import NoJobs, UnknownKind

# The first class that fits decides the status of the page.
_STATUSES: Sequence[tuple[type[BGBillingError], int]] = (
    (Forbidden, 403),
    (UnknownBilling, 404),
    (UnknownAddress, 404),
    (UnknownSection, 404),
    (UnknownAction, 404),
    (UnknownChange, 404),
    (UnknownCreation, 404),
    (UnknownCustomer, 404),
    (UnknownProcess, 404),
    (UnknownStep, 404),
    (UnknownKind, 404),
    (UnknownMessage, 404),
    (CannotProcess, 403),
    (NoJobs, 403),
    (ReadOnly, 403),
    (Gone, 410),
    (InputError, 400),
    (NoRights, 403),
    (AccountMissing, 403),
    (Absent, 404),
    (Unavailable, 503),
    (ConfigurationError, 500),
    (BGBillingError, 502),
)


def status_of(error: BGBillingError) -> int:
    """The status line of a page that shows the error."""
    return next(status for kind, status in _STATUSES if isinstance(error, kind))
