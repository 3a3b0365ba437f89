"""What only the billings have: contracts whose parameter names a customer although no row of ours knows of it.

A positive number there says whose contract it is (customers-and-links.md 2.2), and both sides are made alike (9.2): a
customer that exists gets the contract, one that does not is told. Where we have a row, even one that was taken away and
not told yet, it wins and nothing is done here: that is the work of the comparison and of the writer of links.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from flask_bgbilling.config.settings import Server
from flask_bgbilling.domain.customers.account import CREATOR
from flask_bgbilling.domain.links.comparing import AT_ONCE
from flask_bgbilling.domain.links.errors import LinkedOtherwise, UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import AccountMissing, BGBillingError, NoRights, WrongPassword
from flask_bgbilling.ports import Person
from flask_bgbilling.store.links import GREATEST_ID
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.parameters import ParameterList
from flask_bgbilling.wire.dto.search import FoundContract
from flask_bgbilling.wire.lanes import Pending
from flask_bgbilling.wire.ops.parameters import PARAMETERS
from flask_bgbilling.wire.ops.search import SEARCH_BY_TEXT
from flask_bgbilling.wire.session import Billing

PAGE = 500
POSITIVE: Final = "^[1-9][0-9]*$"
LATEST_LINKERS: Final = 5


@dataclass(frozen=True)
class UnknownLink:
    """A contract that only the billing has with a customer, and what was done about it.

    ``adopted``: it belongs to that customer here too by now; ``unknown``: there is no such customer; ``failed``: it
    could not be read. ``value`` is what the parameter holds.
    """

    contract: FoundContract
    state: Literal["adopted", "unknown", "failed"]
    value: str = ""
    problem: BGBillingError | None = None


class LinkSearch:
    """Searches one billing for customers of contracts that have no row here.

    It works under the account of ``person``, where nobody has begun it under that of the import, where that is not
    configured under the accounts of those who have linked contracts of this billing last.
    """

    def __init__(self, links: ContractLinks, server: Server, person: Person) -> None:
        self._links = links
        self._server = server
        self._person = person
        self._billing: Billing | None = None

    def page(self, number: int) -> Page[FoundContract]:
        """The contracts of a page, from 1, whose parameter is a positive number. Raises what the billing raises."""
        if self._billing is not None:
            return self._search(self._billing, number)
        refused: BGBillingError = AccountMissing(billing=self._server.title)
        for person_id in self._accounts():
            try:
                billing = self._links.access.open_for(person_id, self._server.id)
                found = self._search(billing, number)
            except AccountMissing:
                continue
            except (NoRights, WrongPassword) as problem:
                refused = problem
                continue
            self._billing, self._person = billing, Person(person_id, self._person.login, self._person.name)
            return found
        raise refused

    def settle(self, contracts: Sequence[FoundContract]) -> Iterator[UnknownLink]:
        """Those of a page that have no row here, as the billing has them now.

        The parameter is read again when it is known that there is no row: who was linked when the page was made may
        have been taken away since.
        """
        known = self._links.rows.of_contracts(self._server.id, [found.cid for found in contracts])
        strangers = [found for found in contracts if found.cid not in known and 0 < found.cid <= GREATEST_ID]
        for start in range(0, len(strangers), AT_ONCE):
            begun = [(found, self._begin(found)) for found in strangers[start : start + AT_ONCE]]
            for found, asked in begun:
                settled = self._settled(found, asked)
                if settled is not None:
                    yield settled

    def _accounts(self) -> Sequence[str]:
        if self._person.id:
            return (self._person.id,)
        return (CREATOR, *self._links.rows.linkers(self._server.id, LATEST_LINKERS))

    def _search(self, billing: Billing, number: int) -> Page[FoundContract]:
        return billing.call(
            SEARCH_BY_TEXT,
            pattern=POSITIVE,
            parameters=(self._server.customer_parameter_id,),
            closed=True,
            subcontracts=True,
            page=number,
            page_size=PAGE,
        )

    def _begin(self, found: FoundContract) -> Pending[ParameterList] | BGBillingError:
        if self._billing is None:
            raise RuntimeError("a page has to be searched for first")
        try:
            return self._billing.start(PARAMETERS, cid=found.cid)
        except BGBillingError as problem:
            return problem

    def _settled(self, found: FoundContract, asked: Pending[ParameterList] | BGBillingError) -> UnknownLink | None:
        if isinstance(asked, BGBillingError):
            return UnknownLink(found, "failed", problem=asked)
        try:
            listed = asked.result().parameters
        except BGBillingError as problem:
            return UnknownLink(found, "failed", problem=problem)
        value = next((one.value for one in listed if one.id == self._server.customer_parameter_id), "")
        if not re.fullmatch(POSITIVE, value):
            return None
        if len(value) > len(str(GREATEST_ID)) or int(value) > GREATEST_ID:
            return UnknownLink(found, "unknown", value)
        try:
            self._links.adopt(self._person, self._server.id, found.cid, found.number, int(value))
        except UnknownCustomer:
            return UnknownLink(found, "unknown", value)
        except LinkedOtherwise:  # somebody was quicker, and what he has written wins
            return None
        return UnknownLink(found, "adopted", value)
