"""Behaviour scripts of a contract and their log (contract.md 15)."""

from datetime import datetime

from msgspec import Struct

from flask_bgbilling.wire.dto.common import Period


class ContractScript(Struct, frozen=True):
    """A script attached to a contract for a period. ``script_id`` is ``None`` where only the title comes."""

    id: int
    title: str
    period: Period
    script_id: int | None = None
    comment: str = ""


class ScriptRun(Struct, frozen=True):
    """A line of the scripts' log. ``moment_text`` is the moment in the billing's own spelling."""

    title: str
    text: str
    at: datetime | None = None
    moment_text: str = ""
