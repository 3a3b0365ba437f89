"""Customers in memory, for tests of what reads and writes them."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerGroup,
    CustomerParameter,
    CustomerParameterType,
    CustomerQuery,
    CustomerTitlePattern,
    CustomerValue,
)

ALONE = "Петров Иван"
"""The title that is not searched for together with others."""


def parameters(**types: str) -> dict[int, CustomerParameter]:
    """Parameters by ``p12="address"``; lists have the items 1 to 9."""
    read = {int(name.removeprefix("p")): CustomerParameterType(kind) for name, kind in types.items()}
    items = {number: f"item {number}" for number in range(1, 10)}
    return {number: CustomerParameter(number, kind, f"parameter {number}", items) for number, kind in read.items()}


class MemoryCustomers:
    """The port ``Customers`` over two dictionaries; ``calls`` are the names of methods in their order."""

    def __init__(self, known: Mapping[int, CustomerParameter]) -> None:
        self.known = dict(known)
        self.rows: dict[int, Customer] = {}
        self.kept: dict[tuple[int, int], CustomerValue] = {}
        self.calls: list[str] = []
        self._before = threading.local()

    def join(self, sessions: Any) -> None:
        """From now on a rollback of a session takes back what its thread has written here since its transaction began.

        Who only reads takes nothing back: others may have committed meanwhile.
        """

        def forget(session: Session, *_: object) -> None:
            self._before.kept = None

        def rolled_back(session: Session) -> None:
            if (before := getattr(self._before, "kept", None)) is not None:
                self.rows, self.kept = before
            self._before.kept = None

        event.listen(sessions, "after_begin", forget)
        event.listen(sessions, "after_commit", forget)
        event.listen(sessions, "after_rollback", rolled_back)

    def _writing(self) -> None:
        if getattr(self._before, "kept", None) is None:
            self._before.kept = dict(self.rows), dict(self.kept)

    def add(self, title: str, values: Mapping[int, CustomerValue] | None = None) -> Customer:
        """A customer with values by the parameter's id."""
        customer = self.create(title)
        for parameter_id, value in (values or {}).items():
            self.kept[customer.id, parameter_id] = value
        return customer

    def get(self, customer_id: int) -> Customer | None:
        return self.rows.get(customer_id)

    def lock(self, customer_id: int) -> Customer | None:
        return self.rows.get(customer_id)

    def find_by_title(self, text: str, limit: int) -> Sequence[Customer]:
        self.calls.append("find_by_title")
        wanted = _folded(text)
        found = [customer for customer in self.rows.values() if wanted in _folded(customer.title)]
        return sorted(found, key=lambda customer: customer.title)[:limit]

    def find_by_text(self, parameter_id: int, value: str, limit: int) -> Sequence[Customer]:
        return self._holding(parameter_id, lambda kept: kept == value.strip(), limit)

    def find_by_phones(self, parameter_id: int, digits: Sequence[str], limit: int) -> Sequence[Customer]:
        def holds(kept: object) -> bool:
            return isinstance(kept, tuple) and any(_digits(phone.number) in digits for phone in kept)

        return self._holding(parameter_id, holds, limit)

    def find_by_address(self, parameter_id: int, address: CustomerAddress, limit: int) -> Sequence[Customer]:
        def holds(kept: object) -> bool:
            return isinstance(kept, tuple) and any(
                one.house_id == address.house_id
                and (not address.flat or one.flat == address.flat)
                and (not address.room or one.room == address.room)
                for one in kept
            )

        return self._holding(parameter_id, holds, limit)

    def find_many(self, queries: Sequence[CustomerQuery]) -> Sequence[Sequence[Customer] | None]:
        return [None if query.title == ALONE else query.ask(self) for query in queries]

    def parameters(self) -> Mapping[int, CustomerParameter]:
        return self.known

    def groups(self) -> Mapping[int, CustomerGroup]:
        return {}

    def title_patterns(self) -> Mapping[int, CustomerTitlePattern]:
        return {}

    def values(
        self, customer_ids: Sequence[int], parameter_ids: Sequence[int]
    ) -> Mapping[tuple[int, int], CustomerValue]:
        self.calls.append("values")
        wanted = set(customer_ids), set(parameter_ids)
        return {key: value for key, value in self.kept.items() if key[0] in wanted[0] and key[1] in wanted[1]}

    def create(self, title: str, *, group_id: int = 0, title_pattern_id: int = -1) -> Customer:
        self._writing()
        customer = Customer(max(self.rows, default=0) + 1, title.strip(), group_id, title_pattern_id)
        self.rows[customer.id] = customer
        return customer

    def rename(self, customer_id: int, title: str) -> None:
        if customer_id not in self.rows:
            raise LookupError(customer_id)
        self._writing()
        self.rows[customer_id] = replace(self.rows[customer_id], title=title)

    def set_value(self, customer_id: int, parameter_id: int, value: CustomerValue | None) -> None:
        if customer_id not in self.rows or parameter_id not in self.known:
            raise LookupError(customer_id)
        self._writing()
        if value:
            self.kept[customer_id, parameter_id] = value
        else:
            self.kept.pop((customer_id, parameter_id), None)

    def delete(self, customer_id: int) -> None:
        self._writing()
        self.rows.pop(customer_id, None)
        self.kept = {key: value for key, value in self.kept.items() if key[0] != customer_id}

    def address(self, customer_id: int) -> str:
        return f"/customers/{customer_id}"

    def opened(self, person_id: str) -> Sequence[Customer]:
        return tuple(self.rows.values())

    def _holding(self, parameter_id: int, holds: object, limit: int) -> Sequence[Customer]:
        assert callable(holds)
        found = [
            self.rows[customer_id]
            for (customer_id, kept_id), value in self.kept.items()
            if kept_id == parameter_id and holds(value)
        ]
        return sorted(found, key=lambda customer: customer.title)[:limit]


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
