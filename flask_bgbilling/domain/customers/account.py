"""The account that the import works under: that of ``bgbilling:creator.server.<N>``, no person's."""

from collections.abc import Callable
from typing import Final

from flask_bgbilling.config.creator import creator_settings
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.ports import Accounts, Credentials

CREATOR: Final = "@creator"
"""Stands for the import where a person's id is asked for; no host's id begins so."""


class ImportAccounts:
    """The host's accounts, and that of the import."""

    def __init__(self, accounts: Accounts, settings: Callable[[], Settings]) -> None:
        self._accounts = accounts
        self._settings = settings

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        """Login and password of this person, or of the import."""
        if person_id != CREATOR:
            return self._accounts.credentials(person_id, billing_id)
        server = creator_settings(self._settings()).server(billing_id)
        return Credentials(server.user, server.password) if server is not None else None
