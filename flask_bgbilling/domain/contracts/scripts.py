"""Behaviour scripts of a contract and the log of their runs (card-screens.md 6.12, contract.md 15)."""

from dataclasses import dataclass
from datetime import date

from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.periods import Period, Tense, tense
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.scripts import ScriptRun
from flask_bgbilling.wire.ops.scripts import SCRIPT_LIST, SCRIPT_LOG

__all__ = ["READING", "ScriptLine", "ScriptRun", "ScriptSheet", "read_scripts"]

READING = (SCRIPT_LIST, SCRIPT_LOG)

LOG_PAGE_SIZE = 25


@dataclass(frozen=True)
class ScriptLine:
    """A script of the contract."""

    id: int
    title: str
    period: Period
    comment: str
    tense: Tense


@dataclass(frozen=True)
class ScriptSheet:
    """Scripts, those that run today on top, and a page of the log; the log may fail alone."""

    scripts: tuple[ScriptLine, ...]
    period: Period
    log: Part[Page[ScriptRun]]


def read_scripts(contract: Contract, period: Period, page: int, today: date) -> ScriptSheet:
    """Reads the scripts and one page of their log at the same time. Open ends of the period ask for all the log."""
    billing, cid = contract.billing, contract.cid
    log = billing.start(SCRIPT_LOG, cid=cid, period=period, page=page, size=LOG_PAGE_SIZE)
    scripts = [
        ScriptLine(
            id=script.id,
            title=script.title,
            period=script.period,
            comment=script.comment,
            tense=tense(script.period, today),
        )
        for script in billing.call(SCRIPT_LIST, cid=cid)
    ]
    scripts.sort(key=lambda script: (script.tense != "now", script.tense != "planned", script.title))
    return ScriptSheet(tuple(scripts), period, part(log.result))
