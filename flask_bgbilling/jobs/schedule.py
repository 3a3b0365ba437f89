"""When scheduled work is due: the keys ``scheduler.task.<ID>.*`` (configuration.md 2.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.values import SCHEDULE_FIELDS, Mistake, cron, parse_boolean

LATE = timedelta(minutes=10)
"""A moment that was missed is made up for within this time: processes are restarted."""


@dataclass(frozen=True)
class Task:
    """A scheduled task: ``kind`` is its ``class``, ``params`` what else its block says.

    ``written`` are the fields of its moments as they stand there, without those that allow everything.
    """

    name: str
    kind: str
    when: Mapping[str, frozenset[int]]
    params: Mapping[str, str]
    written: Mapping[str, str] = field(default_factory=dict)

    def is_due(self, moment: datetime) -> bool:
        """Whether a minute is one of its moments."""
        told = {
            "minutes": moment.minute,
            "hours": moment.hour,
            "dm": moment.day,
            "month": moment.month,
            "dw": moment.isoweekday(),
        }
        return all(told[name] in allowed for name, allowed in self.when.items())

    def last_due(self, now: datetime) -> datetime | None:
        """The latest of its moments up to now, as long as it is not too late to make up for it."""
        moment = now.replace(second=0, microsecond=0)
        while now - moment <= LATE:
            if self.is_due(moment):
                return moment
            moment -= timedelta(minutes=1)
        return None

    def next_due(self, now: datetime) -> datetime | None:
        """The next of its moments within a year."""
        moment = now.replace(second=0, microsecond=0)
        end = moment + timedelta(days=366)
        while moment < end:
            moment += timedelta(minutes=1)
            if not self._day_fits(moment):
                moment = moment.replace(hour=23, minute=59)
                continue
            if self.is_due(moment):
                return moment
        return None

    def _day_fits(self, moment: datetime) -> bool:
        return (
            moment.month in self.when["month"]
            and moment.day in self.when["dm"]
            and moment.isoweekday() in self.when["dw"]
        )


def tasks(properties: Properties) -> Iterator[Task]:
    """The tasks that are switched on; one whose fields cannot be read is left out: the linter names it."""
    if not parse_boolean(properties.get("scheduler.start", "1")):
        return
    for name, block in properties.keyed("scheduler.task.").items():
        kind = block.get("class", "").strip()
        if not kind or not parse_boolean(block.get("enable", "1")):
            continue
        try:
            when = {name: cron(block.get(name, ""), *bounds) for name, bounds in SCHEDULE_FIELDS.items()}
            when["dw"] = frozenset(day or 7 for day in when["dw"])
        except Mistake:
            continue
        params = {key: value for key, value in block.items() if key not in {*SCHEDULE_FIELDS, "class", "enable"}}
        written = {one: block[one].strip() for one in SCHEDULE_FIELDS if block.get(one, "").strip() not in ("", "*")}
        yield Task(name, kind, when, params, written)
