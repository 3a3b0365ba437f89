"""What happens to processes: rules that may refuse it, rules that follow from it, plugins that are told.

Rules are those of the process's type (``onProcessEvent.<N>``, customers-and-links.md 6). They may call billings under
the account of the person, so nothing of this happens inside of a transaction. A rule that fails is logged and told to
the person; it stops neither the change nor the other rules.
"""

import logging
from collections.abc import Callable, Iterator, Sequence

from flask_bgbilling.config.process_types import EventRule, read_process_type
from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.processes.errors import RefusedByRule
from flask_bgbilling.domain.processes.scripts import script_namespace
from flask_bgbilling.errors import N_, BGBillingError, Forbidden
from flask_bgbilling.expr import Expression, Namespace
from flask_bgbilling.facts import Note
from flask_bgbilling.hookspecs import ScriptContext
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Customers, Processes, ProcessEvent, Users
from flask_bgbilling.store.unit_of_work import UnitOfWork
from flask_bgbilling.wire.session import Billing

logger = logging.getLogger(__name__)

BILLING_PERMISSION = "contract.read"
"""What a person needs so that rules read contracts for them."""

FAILED = N_("Rule %(number)s of the process type has failed: %(reason)s")
NOT_HELD = N_("Rule %(number)s of the process type: %(words)s")


class ProcessEvents:
    """Reports events to whom they concern."""

    def __init__(
        self,
        plugins: Callable[[], Plugins],
        processes: Processes,
        access: BillingAccess,
        users: Users,
        unit_of_work: UnitOfWork,
        customers: Customers | None = None,
    ) -> None:
        self._plugins = plugins
        self._processes = processes
        self._access = access
        self._users = users
        self._unit = unit_of_work
        self._customers = customers

    def changing(self, event: ProcessEvent) -> Sequence[Note]:
        """Asks the rules before a change; raises ``RefusedByRule`` with the words of the rule that forbids it."""
        return self._obeyed(event, before=True)

    def changed(self, event: ProcessEvent) -> Sequence[Note]:
        """Has the rules follow a change, then tells the plugins. Called after the transaction."""
        notes = self._obeyed(event, before=False)
        self._plugins().tell(event)
        return notes

    def _obeyed(self, event: ProcessEvent, *, before: bool) -> Sequence[Note]:
        process = self._processes.get(event.process_id)
        kind = self._processes.types().get(process.type_id) if process is not None else None
        if kind is None:
            return ()
        rules = [
            rule for rule in read_process_type(kind.configuration)[1].event_rules if rule.fits(event.kind, event.number)
        ]
        if not rules:
            return ()
        self._unit.release()
        return tuple(self._notes(event, rules, before=before))

    def _notes(self, event: ProcessEvent, rules: Sequence[EventRule], *, before: bool) -> Iterator[Note]:
        namespace = script_namespace(
            ScriptContext(
                event,
                self._processes,
                self._customers,
                lambda billing_id: self._billing(event, billing_id),
                lambda permission: self._users.grant(event.person, permission),
            ),
            self._plugins().script_objects(),
            self._unit,
            self._users,
        )
        for rule in rules:
            try:
                words = _run(rule, namespace)
            except Exception as error:
                logger.warning("rule %s at %s of process %s has failed", rule.number, event.kind, event.process_id,
                               exc_info=error)  # fmt: skip
                self._unit.rollback()
                yield _failed(rule, error)
                continue
            if words is None:
                continue
            if before:
                raise RefusedByRule(words=words)
            yield Note(NOT_HELD, {"number": str(rule.number), "words": words})

    def _billing(self, event: ProcessEvent, billing_id: str) -> Billing:
        grant = self._users.grant(event.person, BILLING_PERMISSION)
        if grant is None:
            raise Forbidden(permission=BILLING_PERMISSION)
        return self._access.open(Viewer(event.person, grant, self._users), billing_id)


def _failed(rule: EventRule, error: Exception) -> Note:
    number = str(rule.number)
    if not isinstance(error, BGBillingError):
        return Note(FAILED, {"number": number, "reason": type(error).__name__})
    places = {name: str(value) for name, value in error.params.items()}
    return Note(FAILED, {"number": number, "reason": error.text()}, error.message, places)


def _run(rule: EventRule, namespace: Namespace) -> str | None:
    """Runs a rule; gives the words with which its check refuses, ``None`` when it does not."""
    if rule.condition and not Expression(rule.condition).evaluate_flag(namespace=namespace):
        return None
    if rule.check and not Expression(rule.check).evaluate_flag(namespace=namespace):
        return rule.message or rule.check[:200]
    if rule.script:
        Expression(rule.script).evaluate(namespace=namespace)
    return None
