"""Which billings a person may use, and under which account."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_bgbilling.config.settings import DisabledServer, Server, Settings
from flask_bgbilling.errors import AccountMissing, Forbidden, UnknownBilling
from flask_bgbilling.ports import Accounts, Grant, Person, Users
from flask_bgbilling.wire.session import Billing, Billings


@dataclass(frozen=True)
class Viewer:
    """A person at work, with the grant of what they are doing right now."""

    person: Person
    grant: Grant
    users: Users

    def may(self, permission: str, billing_id: str) -> bool:
        """Whether the host also grants another permission, and for this billing."""
        grant = self.users.grant(self.person, permission)
        return grant is not None and grant.covers_billing(billing_id)

    def with_permission(self, permission: str) -> "Viewer":
        """The same person with the grant of another permission; raises ``Forbidden`` without one."""
        grant = self.users.grant(self.person, permission)
        if grant is None:
            raise Forbidden(permission=permission)
        return Viewer(self.person, grant, self.users)


class BillingAccess:
    """Opens billings for people: configured, allowed by the host, under the person's own account."""

    def __init__(self, settings: Callable[[], Settings], billings: Billings, accounts: Accounts) -> None:
        self._settings = settings
        self._billings = billings
        self._accounts = accounts

    def servers(self, viewer: Viewer) -> tuple[Server, ...]:
        """The billings that the viewer's grant covers, in configured order."""
        return tuple(server for server in self._settings().servers if viewer.grant.covers_billing(server.id))

    def configured(self, billing_id: str) -> Server | None:
        """A working server, whoever may use it; ``None`` when there is none of this id."""
        return self._settings().server(billing_id)

    def switched_off(self, viewer: Viewer) -> tuple[DisabledServer, ...]:
        """Servers whose configuration is wrong, with the reason, as far as the viewer's grant covers them."""
        disabled = self._settings().disabled_servers
        return tuple(server for server in disabled if viewer.grant.covers_billing(server.id))

    def server(self, viewer: Viewer, billing_id: str) -> Server:
        """One configured server; ``UnknownBilling`` or ``Forbidden`` otherwise."""
        for server in self._settings().servers:
            if server.id == billing_id:
                if not viewer.grant.covers_billing(billing_id):
                    raise Forbidden(permission=f"billing {billing_id}")
                return server
        raise UnknownBilling(billing=billing_id[:60])

    def open(self, viewer: Viewer, billing_id: str) -> Billing:
        """A session of one billing under the viewer's account; ``AccountMissing`` when there is none."""
        server = self.server(viewer, billing_id)
        credentials = self._accounts.credentials(viewer.person.id, server.id)
        if credentials is None:
            raise AccountMissing(billing=server.title)
        return self._billings.open(server.id, credentials, viewer.person.id)

    def open_for(self, person_id: str, billing_id: str) -> Billing:
        """A session for work that goes on without the person: what they may do was asked when it was begun.

        Raises ``UnknownBilling`` and ``AccountMissing``.
        """
        server = self._settings().server(billing_id)
        if server is None:
            raise UnknownBilling(billing=billing_id[:60])
        credentials = self._accounts.credentials(person_id, server.id)
        if credentials is None:
            raise AccountMissing(billing=server.title)
        return self._billings.open(server.id, credentials, person_id)
