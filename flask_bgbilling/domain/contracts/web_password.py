"""The subscriber's password for self-care: set, or made by the billing (contract.md 18).

Nobody can tell afterwards whether an unconfirmed password has arrived: passwords are neither kept nor compared.
"""

from dataclasses import dataclass, field

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.errors import N_
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext, Change, Step
from flask_bgbilling.wire.ops.contracts import WEB_PASSWORD_READING
from flask_bgbilling.wire.ops.contracts_writes import WEB_PASSWORD, WEB_PASSWORD_GENERATION

SETTING = (WEB_PASSWORD,)
GENERATING = (WEB_PASSWORD_GENERATION,)

LONGEST_PASSWORD = 32


@dataclass(frozen=True)
class NewPassword:
    """A password that the billing has made; empty when it could not be read. Its repr does not show it."""

    password: str = field(repr=False)


def plan_setting(context: ActionContext) -> Change:
    """Sets the password that was typed."""
    contract = context.contract
    password = context.fields.text("password", LONGEST_PASSWORD, required=True)

    def save() -> object:
        return contract.billing.call(WEB_PASSWORD, cid=contract.cid, password=password)

    fact = Fact.secret(N_("Password"))
    return Change((Step(N_("Password"), save),), after=(fact,), said=N_("The password is set"))


def plan_generating(context: ActionContext) -> Change:
    """Lets the billing make a password, which is then read once to be told to the subscriber."""
    billing, cid = context.contract.billing, context.contract.cid

    def generate() -> NewPassword:
        billing.call(WEB_PASSWORD_GENERATION, cid=cid)
        return NewPassword(part(lambda: billing.call(WEB_PASSWORD_READING, cid=cid)).otherwise(""))

    fact = Fact.secret(N_("Password"))
    return Change((Step(N_("Password"), generate),), after=(fact,), said=N_("A new password is made"))
