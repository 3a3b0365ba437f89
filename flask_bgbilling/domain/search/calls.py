"""From a way of searching to calls of a billing."""

from collections.abc import Generator, Sequence
from typing import Any

from flask_bgbilling.domain.search.addresses import split_house
from flask_bgbilling.domain.search.criteria import (
    ByAddress,
    ByDate,
    ById,
    ByList,
    ByNumber,
    ByParameter,
    Plain,
    SearchOptions,
)
from flask_bgbilling.errors import N_, Absent, Forbidden, InputError, NoRights
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.search import FoundContract, ListFilter
from flask_bgbilling.wire.lanes import Pending, finished
from flask_bgbilling.wire.ops import search as ops
from flask_bgbilling.wire.ops.parameter_directories import PARAMETERS_OF_TYPE
from flask_bgbilling.wire.session import Billing

Found = Page[FoundContract]
NOTHING: Found = Page((), 0)

Waiting = Generator[Sequence[Pending[Any]], None, Pending[Found]]


class Searcher:
    """Starts searches in one billing; an instance serves one page of one query."""

    def __init__(
        self,
        billing: Billing,
        grant: Grant,
        options: SearchOptions,
        *,
        page: int,
        page_size: int,
        address_parameters: Sequence[int] = (),
    ) -> None:
        self._billing = billing
        self._grant = grant
        self._address_parameters = tuple(address_parameters)
        self._inverted = bool(billing.server.closed_inverted)
        self._tail: dict[str, Any] = {
            "hidden": options.hidden,
            "closed": options.closed,
            "subcontracts": options.subcontracts,
            "closed_inverted": self._inverted,
            "page": page,
            "page_size": page_size,
        }
        self._page = page

    def begin(self, criterion: Plain) -> Waiting:
        """Starts the search as soon as the directory of parameters is there, where one is needed.

        Raises ``InputError`` when this billing has nothing to search for, ``Forbidden`` when no parameter is allowed.
        """
        match criterion:
            case ByNumber():
                return self._number(criterion)
            case ById():
                return self._id(criterion)
            case ByList():
                return self._list(criterion)
            case ByAddress():
                return (yield from self._address(criterion))
            case ByDate() | ByParameter():
                return (yield from self._by_parameter(criterion))

    def outcome(self, criterion: Plain, pending: Pending[Found]) -> Found:
        """What the call found; a contract that does not exist is nothing found, not an error."""
        try:
            found = pending.result(0)
        except Absent:
            return NOTHING
        if isinstance(criterion, ById) and found.items:
            # The answer below 8.2 does not repeat the id that was asked for.
            row = found.items[0]
            return Page((FoundContract(criterion.cid, row.number, row.comment, row.address),), 1)
        return found

    def _number(self, criterion: ByNumber) -> Pending[Found]:
        return self._billing.start(
            ops.SEARCH_BY_NUMBER,
            number=ops.literal_pattern(criterion.number),
            comment=ops.literal_pattern(criterion.comment),
            **self._tail,
        )

    def _id(self, criterion: ById) -> Pending[Found]:
        if self._page > 1:
            return finished(NOTHING)
        return self._billing.start(ops.SEARCH_BY_ID, cid=criterion.cid, closed_inverted=self._inverted)

    def _list(self, criterion: ByList) -> Pending[Found]:
        filters = [
            ListFilter(choice.type, choice.parameter_id, choice.item_id)
            for choice in criterion.choices
            if choice.billing_id == self._billing.id
        ]
        if not filters:
            raise InputError(detail=N_("No list value of this billing is chosen."))
        if not all(self._grant.covers_parameter(one.parameter_id) for one in filters):
            raise Forbidden(permission="contract.search")
        return self._billing.start(ops.SEARCH_BY_LIST, filters=filters, **self._tail)

    def _address(self, criterion: ByAddress) -> Waiting:
        parameters = self._address_parameters if not criterion.of_object else ()
        if not criterion.of_object and self._grant.parameter_ids is not None:
            parameters = yield from self._allowed("address", parameters)
        number, fraction = split_house(criterion.house)
        arguments: dict[str, Any] = {} if criterion.of_object else {"house_id": criterion.house_id}
        return self._billing.start(
            ops.SEARCH_BY_OBJECT_ADDRESS if criterion.of_object else ops.SEARCH_BY_ADDRESS,
            street_id=criterion.street_id,
            house=number,
            fraction=fraction,
            flat=criterion.flat,
            room=criterion.room,
            parameters=parameters,
            **arguments,
            **self._tail,
        )

    def _by_parameter(self, criterion: ByDate | ByParameter) -> Waiting:
        own = tuple(choice.parameter_id for choice in criterion.parameters if choice.billing_id == self._billing.id)
        parameters = yield from self._allowed(criterion.kind, own)
        if isinstance(criterion, ByDate):
            return self._billing.start(
                ops.SEARCH_BY_DATE,
                since=criterion.since,
                until=criterion.until,
                parameters=parameters,
                **self._tail,
            )
        if criterion.kind == "phone":
            return self._billing.start(ops.SEARCH_BY_PHONE, digits=criterion.value, parameters=parameters, **self._tail)
        if criterion.kind == "email":
            return self._billing.start(
                ops.SEARCH_BY_MAIL,
                pattern=ops.literal_mail(criterion.value),
                parameters=parameters,
                **self._tail,
            )
        return self._billing.start(
            ops.SEARCH_BY_TEXT,
            pattern=ops.literal_pattern(criterion.value),
            parameters=parameters,
            **self._tail,
        )

    def _allowed(self, kind: str, chosen: tuple[int, ...]) -> Generator[Sequence[Pending[Any]], None, tuple[int, ...]]:
        """The chosen parameters, or all of the type (contract-search.md 1), as far as the grant covers them."""
        parameters = chosen
        if not chosen:
            directory = self._billing.start_directory(PARAMETERS_OF_TYPE[kind])
            yield (directory,)
            try:
                parameters = tuple(entry.id for entry in directory.result(0))
            except NoRights:
                # Without the directory no parameter is named: the billing then searches all of the type itself.
                if self._grant.parameter_ids is not None:
                    raise
        allowed = tuple(one for one in parameters if self._grant.covers_parameter(one))
        if not allowed and self._grant.parameter_ids is not None:
            raise Forbidden(permission="contract.search")
        return allowed
