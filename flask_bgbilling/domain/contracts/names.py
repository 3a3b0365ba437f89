"""Names of users, types and statuses beside lists that have only their numbers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.wire.dto.server import Names
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.directories import LOGINS

if TYPE_CHECKING:
    from flask_bgbilling.wire.session import Billing

_NOBODY: Mapping[int, str] = {}


class NameBook:
    """A directory that is read while the list is: asked for its names when both are there.

    A directory that cannot be read must not hide the list: its names are empty then, and the page shows numbers.
    ``None`` stands for a list that brings its names itself.
    """

    def __init__(self, pending: Pending[Names] | None) -> None:
        names = part(pending.result).value if pending is not None else None
        self._titles = names.titles if names is not None else _NOBODY

    def name(self, number: int | None, given: str = "") -> str:
        """The name that the list itself gave, else the directory's; empty when neither has one."""
        if given or number is None:
            return given
        return self._titles.get(number, "")


def own_user_id(billing: "Billing") -> int | None:
    """The number of the account under which the billing is used, as far as its list of users tells."""
    login = billing.login.casefold()
    users = part(lambda: billing.directory(LOGINS)).otherwise(())
    return next((user.id for user in users if user.login.casefold() == login), None)
