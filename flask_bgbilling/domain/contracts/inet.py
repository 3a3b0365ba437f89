"""Internet access of a contract: its services and the sessions that are under way (modules.md 2)."""

from typing import TYPE_CHECKING

from flask_bgbilling.errors import N_
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.inet import InetService, InetSession
from flask_bgbilling.wire.ops.inet import INET_SERVICES, INET_SESSIONS

if TYPE_CHECKING:
    from flask_bgbilling.domain.contracts.contract import Contract

READING = (INET_SERVICES, INET_SESSIONS)

PAGE = 30

SERVICE_STATES = {0: (N_("open"), "good"), 1: (N_("closed"), ""), 2: (N_("locked"), "warn")}
"""How the status of a service is told: a message id and a tone."""


def read_inet_services(contract: "Contract", module_id: int) -> tuple[InetService, ...]:
    """The services of a module's instance, nested ones below their parents."""
    return contract.billing.call(INET_SERVICES, module_id=module_id, cid=contract.cid)


def read_inet_sessions(contract: "Contract", module_id: int) -> Page[InetSession]:
    """The sessions under way, the first page of them."""
    return contract.billing.call(INET_SESSIONS, module_id=module_id, cid=contract.cid, page=1, size=PAGE)
