"""The default way to find a person's billing account: keys of the person, else what the host itself knows."""

from collections.abc import Callable, Mapping

from flask_bgbilling.config.settings import account
from flask_bgbilling.ports import Credentials


class PropertyAccounts:
    """Accounts from texts in the properties language that belong to people (configuration.md 2.2).

    ``properties_of`` gives a person's keys, ``own`` the login and password with which the person signs in to the host,
    where the host keeps them. Login and password are found independently of each other.
    """

    def __init__(
        self,
        properties_of: Callable[[str], Mapping[str, str]],
        own: Callable[[str], Credentials | None] | None = None,
    ) -> None:
        self._properties_of = properties_of
        self._own = own

    def credentials(self, person_id: str, billing_id: str) -> Credentials | None:
        """Login and password of this person in this billing; ``None`` when either is missing."""
        own = self._own(person_id) if self._own else None
        found = account(
            self._properties_of(person_id),
            billing_id,
            host_login=own.login if own else None,
            host_password=own.password if own else None,
        )
        if found.login is None or found.password is None:
            return None
        return Credentials(found.login, found.password)
