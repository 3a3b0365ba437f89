"""Customers and their contracts: the list for a customer's card, and contract cards inside of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.domain.contracts.service import OpenedCard
from flask_bgbilling.domain.links.contracts import contract_lines
from flask_bgbilling.domain.links.errors import UnknownCustomer
from flask_bgbilling.domain.links.service import ContractLinks, LinkedContract, LinkedCustomer
from flask_bgbilling.errors import Absent
from flask_bgbilling.ports import Customer
from flask_bgbilling.web import csrf
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.pages import address, fragment, head, page
from flask_bgbilling.web.sections import new_once
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

customers = Blueprint("customers", __name__)

UPDATE = "contract.link.update"


class EmbeddedBody(Markup):
    """A piece of a host's own page: prints as its body. ``head`` belongs into the page's head."""

    head: Markup = Markup()


@dataclass(frozen=True)
class CardCustomer:
    """The customer of a card. ``inside`` says that the card stands inside of the customer's, beside ``contracts``."""

    linked: LinkedCustomer | None
    inside: bool = False
    contracts: tuple[LinkedContract, ...] = ()

    @property
    def shell(self) -> Customer | None:
        """The customer around the card."""
        return self.linked.customer if self.inside and self.linked else None


@customers.get("/customer/<int:customer_id>/contracts")
@allowed("contract.read")
def contracts(customer_id: int) -> Response:
    """The contracts of a customer as a page of its card."""
    links = _links()
    customer = links.customers.get(customer_id)
    if customer is None:
        raise UnknownCustomer(customer=customer_id)
    values = _contracts(links, viewer(), customer_id)
    title = f"{customer.variants[0]}: {t('Contracts')}"
    return page("bgbilling/customer_contracts.html", title=title, customer_shell=customer, **values)


@customers.post("/contract/<billing_id>/<int:cid>/unlink")
@allowed("contract.read")
def unlink(billing_id: str, cid: int) -> AnyResponse:
    """Takes the link from a contract that the billing has no more."""
    links, person = _links(), viewer()
    links.access.server(person.with_permission(UPDATE), billing_id)
    customer_id = links.customer_of(billing_id, cid)
    links.unlink(person.person, billing_id, cid, customer_id=customer_id)
    if customer_id is None:
        return redirect(address("search.page"), 303)
    return redirect(address("customers.contracts", customer_id=customer_id), 303)


def embedded(person: Viewer, customer_id: int) -> EmbeddedBody:
    """The contracts of a customer for the host's own page."""
    links = services().links
    if links is None:
        return EmbeddedBody()
    body = EmbeddedBody(fragment("bgbilling/customer_contracts.html", **_contracts(links, person, customer_id)))
    body.head = head()
    return body


def customer_of(opened: OpenedCard) -> CardCustomer | None:
    """Whose contract it is, and whether its card stands inside of the customer's; nothing without customers."""
    links = services().links
    if links is None:
        return None
    card = opened.card
    linked = links.told(card.billing_id, card.cid, card.title if opened.problem is None else "")
    if linked is None or linked.customer is None or services().opens_separately(viewer().person):
        return CardCustomer(linked)
    return CardCustomer(linked, True, links.contracts_of(linked.id))


def gone_page(billing_id: str, cid: int, problem: Absent) -> Response | None:
    """A linked contract that its billing has no more, with the way to take the link away; ``None`` for others."""
    links = services().links
    linked = links.shown(billing_id, cid) if links is not None else None
    if links is None or linked is None:
        return None
    values: Mapping[str, Any] = {
        "error": problem,
        "linked": linked,
        "number": links.title_of(billing_id, cid),
        "billing_id": billing_id,
        "cid": cid,
        "may_unlink": viewer().may(UPDATE, billing_id),
        "once": new_once(),
        "csrf_name": csrf.field_name(),
        "csrf_token": csrf.token(),
    }
    title = t("Contract %(number)s", number=values["number"])
    return page("bgbilling/contract_gone.html", title=title, status=404, **values)


def _links() -> ContractLinks:
    links = services().links
    if links is None:
        raise UnknownCustomer(customer="")
    return links


def _contracts(links: ContractLinks, person: Viewer, customer_id: int) -> dict[str, Any]:
    work, users = services(), person.users
    return {
        "lines": contract_lines(links, person, customer_id),
        "customer_id": customer_id,
        "may_create": work.creation is not None and users.grant(person.person, "contract.create") is not None,
        "may_copy": work.copying is not None and users.grant(person.person, "contract.copy") is not None,
    }
