"""Kinds of long work that a plugin adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_bgbilling.jobs.definitions import RunningJob


@dataclass(frozen=True)
class JobKind:
    """A kind of long work.

    ``key`` is its stable name, also as ``class`` of a schedule. ``title`` is an English message id. ``run`` does it
    and returns what is shown as its result: names (message ids) with numbers or texts. It is called outside of any
    request, in a thread of its own, and again after an interruption: with the cursor that it saved last. ``permission``
    is what a person needs beside ``jobs.run`` to start and stop it. ``lease`` is how long it may stay silent before
    another process takes it up: longer than any single call to a billing. ``most_failures`` is how often it may fail,
    or lose its process, without having got any further in between.
    """

    key: str
    title: str
    run: Callable[["RunningJob"], Mapping[str, object] | None]
    permission: str = "jobs.run"
    lease: timedelta = timedelta(seconds=90)
    most_failures: int = 6
