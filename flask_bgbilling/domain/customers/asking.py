"""Searches for customers, each made once, and those for several contracts made together where the host can."""

from collections.abc import Iterable, Mapping

from flask_bgbilling.ports import (
    Customer,
    CustomerAddress,
    CustomerPhone,
    CustomerQuery,
    Customers,
    CustomerValue,
    FindsMany,
)


class Asking:
    """What the host has answered so far, for as long as nobody else writes.

    Whoever writes in between says so by :meth:`written`.
    """

    def __init__(self, customers: Customers) -> None:
        self.customers = customers
        self._found: dict[CustomerQuery, tuple[Customer, ...]] = {}

    def ahead(self, queries: Iterable[CustomerQuery]) -> None:
        """Makes these searches together, if the host can."""
        wanted = list(dict.fromkeys(queries))
        if not wanted or not isinstance(self.customers, FindsMany):
            return
        for query, found in zip(wanted, self.customers.find_many(wanted), strict=True):
            if found is not None:
                self._found[query] = tuple(found)

    def find(self, query: CustomerQuery) -> tuple[Customer, ...]:
        """The answer to one search."""
        if query not in self._found:
            self._found[query] = tuple(query.ask(self.customers))
        return self._found[query]

    def written(self, customer: Customer, values: Mapping[int, CustomerValue]) -> None:
        """A customer was made or changed, as it is now: answers that are different since then are forgotten."""
        self._found = {
            query: found
            for query, found in self._found.items()
            if all(one.id != customer.id for one in found) and not _fits(query, customer, values)
        }


def _fits(query: CustomerQuery, customer: Customer, values: Mapping[int, CustomerValue]) -> bool:
    """Whether the search may find the customer by what it has got; that it finds too many does no harm."""
    if query.title:
        return _folded(query.title) in _folded(customer.title)
    value = values.get(query.parameter_id)
    if isinstance(value, str):
        return value.strip() == query.text.strip()
    for member in value if isinstance(value, tuple) else ():
        if isinstance(member, CustomerPhone) and _digits(member.number) in query.phones:
            return True
        if isinstance(member, CustomerAddress) and query.address and member.house_id == query.address.house_id:
            return True
    return False


def _folded(text: str) -> str:
    return "".join(text.casefold().replace("ё", "е").split())


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter in "0123456789")
