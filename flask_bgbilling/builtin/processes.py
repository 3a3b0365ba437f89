"""Our own rules at the linking of contracts to processes and our functions of scripts, by the public hooks."""

from collections.abc import Sequence

from flask_bgbilling.domain.processes.copying import FUNCTIONS
from flask_bgbilling.domain.processes.rules import customer_of_contract, groups_by_contract
from flask_bgbilling.hookspecs import ProcessLinkRule, ScriptObject, hookimpl


class ProcessRules:
    """Groups by the contract's number or billing, and the contract's customer."""

    @hookimpl
    def bgbilling_process_link_rules(self) -> Sequence[ProcessLinkRule]:
        """The two rules."""
        return [
            ProcessLinkRule("groups", 10, groups_by_contract),
            ProcessLinkRule("customer", 20, customer_of_contract),
        ]

    @hookimpl
    def bgbilling_script_objects(self) -> Sequence[ScriptObject]:
        """What linked contracts say, for scripts."""
        return [ScriptObject("bgbilling", FUNCTIONS)]
