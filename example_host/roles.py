"""What each role may do. Names are the extension's permissions; ``*`` ends a prefix."""

from fnmatch import fnmatchcase

ROLES = ("operator", "accountant", "viewer", "administrator")

# What a role may do in the extension. Order does not matter: one fitting pattern is enough, unless it is denied.
GRANTED = {
    "operator": (
        "contract.*",
        "customer.import",
        "process.*",
        "message.*",
        "addresses.read",
        "crm.customers.*",
        "crm.messages.*",
        "crm.processes.*",
    ),
    "accountant": (
        "contract.search",
        "contract.read",
        "contract.parameters.read",
        "contract.balance.*",
        "contract.payments.*",
        "contract.charges.*",
        "contract.accounts.*",
        "contract.tariffs.read",
        "contract.pay_until.*",
        "contract.status.read",
        "contract.limit.*",
        "contract.cards.*",
        "contract.notes.*",
        "contract.hierarchy.read",
        "contract.journal.read",
        "process.read",
        "crm.processes.read",
    ),
    "viewer": (
        "contract.search",
        "contract.read",
        "contract.*.read",
        "process.read",
        "message.read",
        "addresses.read",
        "crm.*.read",
    ),
    "administrator": ("*",),
}
DENIED: dict[str, tuple[str, ...]] = {
    "operator": ("contract.web.*",),
    "accountant": (),
    "viewer": ("contract.web.*",),
    "administrator": (),
}


def role_allows(role: str, permission: str) -> bool:
    """Whether the role has the permission."""
    if any(fnmatchcase(permission, pattern) for pattern in DENIED.get(role, ())):
        return False
    return any(fnmatchcase(permission, pattern) for pattern in GRANTED.get(role, ()))
