"""What is changed in a contract that was just made: comment, parameters of the customer, tariff.

Each goes through the journal like the change of any other contract. An attempt whose answer was lost is looked at
before the next one; what sets a value is simply set again, what adds something waits until the billing has had its
time.
"""

from hashlib import sha256
from typing import Final

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.changes import Changes, UnderWay
from flask_bgbilling.domain.contracts.basics_changes import TITLE
from flask_bgbilling.domain.contracts.basics_changes import plan as plan_property
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.creation.copying import ParameterCopying
from flask_bgbilling.domain.creation.tariff import TITLE as TARIFF_TITLE
from flask_bgbilling.domain.creation.tariff import plan_tariff
from flask_bgbilling.errors import N_, Uncertain
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import ActionContext, CardAction, CardSection, Change, SectionView
from flask_bgbilling.store.changes import ChangeRecord
from flask_bgbilling.store.creations import CreationRecord, CreationStep
from flask_bgbilling.wire.session import Billing

PERMISSION: Final = "contract.create"

STEP_WORDS: Final[dict[CreationStep, str]] = {
    "create": N_("New contract"),
    "link": N_("Link to the customer"),
    "comment": N_("Comment"),
    "copy": N_("Parameters of the customer"),
    "tariff": N_("Tariff"),
    "process": N_("Link to the process"),
}
"""How the steps are told, as message ids."""


class NewContractSteps:
    """Carries out the steps that change the contract."""

    def __init__(self, changes: Changes, copying: ParameterCopying) -> None:
        self._changes = changes
        self._actions = {
            "comment": ("basics", CardAction("title", TITLE.title, PERMISSION, _plan_comment, None)),
            "copy": ("copying", CardAction("copy", STEP_WORDS["copy"], PERMISSION, copying.plan, None)),
            "tariff": ("creation", CardAction("tariff", TARIFF_TITLE, PERMISSION, plan_tariff, None)),
        }

    def change(self, viewer: Viewer, billing: Billing, record: CreationRecord, fields: dict[str, str]) -> None:
        """Does the step that the creation stands at; raises what stopped it, ``UnderWay`` while it is in doubt."""
        key, action = self._actions[record.step]
        section = CardSection(key, action.title, 0, PERMISSION, lambda context: SectionView(""))
        context = ActionContext(
            contract=Contract(billing, record.contract_id or 0),
            viewer=viewer.person,
            grant=viewer.grant,
            arguments={},
            today=billing.today(),
            fields=FormFields({name: (value,) for name, value in fields.items()}),
            resumed=True,
        )
        least = record.plan.attempt if record.plan else 0
        half_done = []
        attempt = 0
        while (before := self._attempt(record, attempt)) is not None or attempt < least:
            if before is not None:
                if before.state in {"done", "continued"} or self._turned_out(context, action, before):
                    return
                half_done.append(before)
            attempt += 1
        outcome = self._changes.carry_out(context, section, action, attempt_key(record, record.step, attempt))
        if outcome.state not in {"done", "unchanged"}:
            raise outcome.problem or Uncertain(billing=billing.title, why=outcome.state)
        for before in half_done:
            self._changes.journal.finish(before.id, "continued")  # does nothing to those that are closed

    def _attempt(self, record: CreationRecord, attempt: int) -> ChangeRecord | None:
        return self._changes.journal.by_once(attempt_key(record, record.step, attempt))

    def _turned_out(self, context: ActionContext, action: CardAction, before: ChangeRecord) -> bool:
        """Whether an attempt in doubt was done; closes it where it was not."""
        if before.state not in {"sending", "uncertain"}:
            return False
        if self._changes.look(context, action, before).state == "done":
            return True
        now = self._changes.journal.get(before.id) or before
        if now.state in {"sending", "uncertain"}:
            if action.plan(context).creation is not None and not self._changes.may_give_up(now):
                raise UnderWay(now)
            self._changes.journal.finish(now.id, "abandoned")
        return False


def attempt_key(record: CreationRecord, step: str, attempt: int) -> str:
    """A one-time key of the journal for an attempt at a step."""
    return sha256(f"{record.id}:{record.once}:{step}:{attempt}".encode()).hexdigest()


def _plan_comment(context: ActionContext) -> Change:
    return plan_property(context, TITLE)
