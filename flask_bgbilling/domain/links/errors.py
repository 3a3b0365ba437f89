"""What stands in the way of a link."""

from flask_bgbilling.errors import N_, Absent, InputError


class NoCustomerParameter(InputError):
    """The billing ``billing`` has no parameter for the customer: ``customerIdParam`` is not set for its server."""

    code = "no customer parameter"
    message = N_("The billing %(billing)s has no parameter for the customer: contracts cannot be linked there.")
    remedy = N_("The administrator sets customerIdParam for this billing.")


class UnknownCustomer(InputError):
    """The host has no customer of this number."""

    code = "unknown customer"
    message = N_("There is no customer %(customer)s.")
    remedy = N_("The customer may have been deleted meanwhile. Choose another one.")


class LinkedOtherwise(InputError):
    """The contract belongs to another customer than was thought: ``customer``, empty for none.

    ``customer_id`` is that customer, ``None`` for none. Nothing was changed.
    """

    code = "linked otherwise"
    message = N_("The contract belongs to another customer by now: %(customer)s.")
    remedy = N_("Look at the contract again and change it there.")

    def __init__(self, customer_id: int | None, customer: str) -> None:
        self.customer_id = customer_id
        super().__init__(customer=customer or "—")


class ContractGone(Absent):
    """The billing has no such contract, as it says itself: the link leads nowhere."""

    code = "contract gone"
    message = N_("The billing %(billing)s has this contract no more.")
    remedy = N_("Take the link away, or look for the contract under another number.")
