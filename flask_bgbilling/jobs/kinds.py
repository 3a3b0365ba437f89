"""The kinds of long work of our own features: each area has them in a ``kinds_<area>.py`` beside this module."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from flask_bgbilling.hookspecs import JobKind
from flask_bgbilling.jobs.kinds_addresses import address_kinds
from flask_bgbilling.jobs.kinds_import import import_kinds
from flask_bgbilling.jobs.kinds_links import link_kinds

if TYPE_CHECKING:
    from flask_bgbilling.domain.services import Services

AREAS: tuple[Callable[["Services"], Iterable[JobKind]], ...] = (address_kinds, link_kinds, import_kinds)
"""Functions that give the kinds of an area, made of what the application has; an area may have none in a host."""


def job_kinds(services: "Services") -> Iterator[JobKind]:
    """Every kind of our own. Called once, while the extension is put together: it must not touch the database."""
    for kinds in AREAS:
        yield from kinds(services)
