"""Checks a configuration against what this application has: its kinds of jobs, classes for messages, customers."""

import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from flask_bgbilling.config.check import check
from flask_bgbilling.config.customers import KnownCustomers
from flask_bgbilling.config.message_types import MessageClasses
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.source import ConfigurationSource
from flask_bgbilling.ports import Customers
from flask_bgbilling.store.unit_of_work import UnitOfWork

logger: Final = logging.getLogger(__name__)


class ConfigurationCheck:
    """The one check behind the command, the status page and the host's own editor.

    ``jobs`` and ``messages`` give the classes that can be named, ``None`` where there are no jobs or messages; they are
    asked when something is checked, because plugins register late. Without ``customers`` nothing is said of them.
    """

    def __init__(
        self,
        source: ConfigurationSource,
        unit_of_work: UnitOfWork,
        customers: Customers | None,
        jobs: Callable[[], Collection[str] | None],
        messages: Callable[[], MessageClasses | None],
    ) -> None:
        self._source = source
        self._unit_of_work = unit_of_work
        self._customers = customers
        self._jobs = jobs
        self._messages = messages

    def __call__(self, text: str | None = None) -> list[Problem]:
        """Every mistake of a text, or of the application's own configuration, in the order of its lines.

        Raises ``ConfigurationError`` when the file of the application cannot be read.
        """
        known = partial(self._known, self._customers) if self._customers is not None else None
        if text is None:
            return self._source.check(self._jobs(), self._messages(), known)
        return check(text, jobs=self._jobs(), messages=self._messages(), known_customers=known)

    def _known(self, customers: Customers) -> KnownCustomers:
        try:
            return KnownCustomers(
                dict(customers.parameters()), frozenset(customers.groups()), frozenset(customers.title_patterns())
            )
        except Exception as error:  # whatever a host or its database raises: all else is checked
            logger.warning("customers cannot be read to check the configuration", exc_info=True)
            self._unit_of_work.give_up_reading()
            return KnownCustomers(failure=type(error).__name__)
