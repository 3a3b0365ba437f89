"""Running the additional actions of an installation for a contract (card-screens.md 6.13, contract.md 16).

They are scripts of the installation and can change anything.
"""

from msgspec import Struct

from flask_bgbilling.domain.contracts.documents import read_actions
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import ActionContext, Change, SectionContext, Step
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.ops.scripts_writes import ADDITIONAL_ACTION

RUNNING = (ADDITIONAL_ACTION,)


class NotOffered(InputError):
    """The billing does not offer this additional action for the contract."""

    code = "not offered"
    message = N_("The billing does not offer this action for the contract.")
    remedy = N_("Read the list again.")


class RunForm(Struct, frozen=True):
    """The action that is going to be run. It has no earlier state that could be overlooked."""

    action: IdTitle
    seen: str = ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The action as it is told to people."""
        return (_fact(self.action),)


def run_form(context: SectionContext) -> RunForm:
    """The action of the argument ``run``; raises ``NotOffered``."""
    return RunForm(_find(context))


def plan_running(context: ActionContext) -> Change:
    """Runs the action of the argument ``run``; its step gives the lines of the report.

    Whether it was run cannot be seen in the billing: when the answer is lost a person has to decide.
    """
    contract, wanted = context.contract, _find(context)

    def run() -> object:
        return contract.billing.call(ADDITIONAL_ACTION, cid=contract.cid, action_id=wanted.id)

    return Change((Step(N_("Action"), run),), after=(_fact(wanted),), subject=wanted.title, said=N_("Action executed"))


def _find(context: SectionContext) -> IdTitle:
    number = context.number("run")
    found = next((action for action in read_actions(context.contract) if action.id == number), None)
    if found is None:
        # Not "gone": an action that is no longer offered may or may not have been run.
        raise NotOffered
    return found


def _fact(action: IdTitle) -> Fact:
    return Fact(N_("Action"), action.title or str(action.id))
