"""Customers of a host in memory, as far as tests of copying and creation need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_bgbilling.ports.customers import Customer, CustomerParameter, CustomerParameterType, CustomerValue


@dataclass
class SomeCustomers:
    """Customers by id, parameters by id, values by both. Methods that nobody needs are not there."""

    known: dict[int, Customer] = field(default_factory=dict)
    kinds: dict[int, CustomerParameter] = field(default_factory=dict)
    held: dict[tuple[int, int], CustomerValue] = field(default_factory=dict)

    def add(
        self, kind: CustomerParameterType, number: int, value: CustomerValue, items: Mapping[int, str] = {}
    ) -> None:
        """A parameter, and the value that every customer has of it."""
        self.kinds[number] = CustomerParameter(number, kind, f"Параметр {number}", items)
        for customer_id in self.known:
            self.held[customer_id, number] = value

    def get(self, customer_id: int) -> Customer | None:
        """One customer."""
        return self.known.get(customer_id)

    def parameters(self) -> Mapping[int, CustomerParameter]:
        """Every parameter."""
        return self.kinds

    def values(
        self, customer_ids: Sequence[int], parameter_ids: Sequence[int]
    ) -> Mapping[tuple[int, int], CustomerValue]:
        """Values that are set."""
        return {key: value for key, value in self.held.items() if key[0] in customer_ids and key[1] in parameter_ids}


@dataclass
class SomeLinks:
    """Which contract is whose, in memory."""

    owners: dict[tuple[str, int], int] = field(default_factory=dict)

    def customer_of(self, billing_id: str, cid: int) -> int | None:
        """The customer of a contract."""
        return self.owners.get((billing_id, cid))
