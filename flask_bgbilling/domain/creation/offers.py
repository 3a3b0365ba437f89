"""Types of contracts that a person may make for a customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_bgbilling.config.contract_types import ContractType, contract_types
from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import N_, BGBillingError, InputError


class UnknownType(InputError):
    """No contract type of this number is configured for the person's billings."""

    code = "unknown contract type"
    message = N_("There is no such type of contract.")
    remedy = N_("Choose one of the list; the administrator may have changed it.")


@dataclass(frozen=True)
class OfferedType:
    """A type of contracts that a person may make. ``problem`` is why none can be made now."""

    type: ContractType
    server: Server
    problem: BGBillingError | None = None

    @property
    def numbering(self) -> str:
        """The pattern of numbers that is configured for it; empty when the billing numbers by its own."""
        return self.server.contract_patterns.get(self.type.pattern_id, "")


def offered_types(
    viewer: Viewer,
    settings: Settings,
    access: BillingAccess,
    links: ContractLinks,
    types: Sequence[ContractType] | None = None,
) -> tuple[OfferedType, ...]:
    """The types whose billings the viewer's grant covers; those whose contracts cannot be linked have a problem.

    ``types`` are those of a wizard's step; without it they are the configured ones.
    """
    offered = []
    for one in contract_types(settings) if types is None else types:
        if viewer.grant.covers_billing(one.billing_id) and settings.server(one.billing_id) is not None:
            server = access.server(viewer, one.billing_id)
            try:
                links.server(one.billing_id)
            except BGBillingError as problem:
                offered.append(OfferedType(one, server, problem))
            else:
                offered.append(OfferedType(one, server))
    return tuple(offered)
