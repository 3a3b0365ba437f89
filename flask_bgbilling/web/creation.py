"""Contracts of a customer: making one, going on with one that stopped, copying into all of them."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.changes import STATE_WORDS
from flask_bgbilling.domain.contracts.actions import ReadOnly
from flask_bgbilling.domain.creation.chain import STATE_OF_CREATION, ContractCreation, CreationRecord, ForProcess
from flask_bgbilling.domain.creation.copying_all import CustomerCopying
from flask_bgbilling.domain.creation.making import MadeLately
from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.fields import FormFields
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.forms import TypedForm
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services
from flask_bgbilling.web.statuses import status_of

creation = Blueprint("creation", __name__, url_prefix="/customer/<int:customer_id>/contracts")

LONGEST_KEY = 64
LONGEST_NUMBER = 19


@creation.get("/new")
@allowed("contract.create")
def new(customer_id: int) -> Response:
    """The types to choose from, and the form of the chosen one."""
    return _new(customer_id, FormFields({"type": (request.args.get("type", ""),)} if request.args.get("type") else {}))


@creation.post("/new")
@allowed("contract.create")
def make(customer_id: int) -> AnyResponse:
    """Makes the contract as far as it goes, and shows how far it went."""
    typed = _typed()
    try:
        made = _work().begin(viewer(), customer_id, typed, _once(), _place())
    except BGBillingError as problem:
        return _new(customer_id, typed, problem)
    return _to(customer_id, made)


@creation.get("/creation/<int:creation_id>")
@allowed("contract.create")
def show(customer_id: int, creation_id: int) -> Response:
    """How far a contract is."""
    return _shown(customer_id, creation_id)


@creation.post("/creation/<int:creation_id>/go-on")
@allowed("contract.create")
def go_on(customer_id: int, creation_id: int) -> AnyResponse:
    """Goes on at the step that failed."""
    all_the_same = bool(request.form.get("all_the_same"))
    return _after(
        customer_id,
        creation_id,
        lambda: _work().go_on(viewer(), customer_id, creation_id, all_the_same=all_the_same),
    )


@creation.post("/creation/<int:creation_id>/look")
@allowed("contract.create")
def look(customer_id: int, creation_id: int) -> AnyResponse:
    """Looks in the billing for the contract whose answer was lost; shows those that it may be."""
    try:
        made = _work().go_on(viewer(), customer_id, creation_id)
    except BGBillingError as problem:
        return _shown(customer_id, creation_id, problem)
    if made.state == "uncertain":
        return _shown(customer_id, creation_id, looked=True)
    return _to(customer_id, made)


@creation.post("/creation/<int:creation_id>/decide")
@allowed("contract.create")
def decide(customer_id: int, creation_id: int) -> AnyResponse:
    """A person says which contract it is."""
    number = request.form.get("number", "")
    return _after(
        customer_id, creation_id, lambda: _work().decide(viewer(), customer_id, creation_id, number), looked=True
    )


@creation.post("/creation/<int:creation_id>/again")
@allowed("contract.create")
def again(customer_id: int, creation_id: int) -> AnyResponse:
    """A person has seen that it was not made."""
    return _after(customer_id, creation_id, lambda: _work().make_again(viewer(), customer_id, creation_id))


@creation.post("/creation/<int:creation_id>/leave")
@allowed("contract.create")
def leave(customer_id: int, creation_id: int) -> AnyResponse:
    """The rest is not done."""
    return _after(customer_id, creation_id, lambda: _work().leave(viewer(), customer_id, creation_id))


@creation.get("/copy")
@allowed("contract.copy")
def preview(customer_id: int) -> Response:
    """What copying into each contract of the customer would do."""
    work = _copying()
    customer = work.customer(customer_id)
    drafts = work.drafts(viewer(), customer_id)
    return _page("copy_all", t("Copy into the contracts"), customer=customer, drafts=drafts)


@creation.post("/copy")
@allowed("contract.copy")
def copy(customer_id: int) -> Response:
    """Copies into the chosen contracts and reports each."""
    work = _copying()
    customer = work.customer(customer_id)
    chosen = {key: request.form.get(f"seen:{key}", "") for key in request.form.getlist("contract")}
    reports = work.copy(viewer(), customer_id, chosen, _once())
    return _page("copied_all", t("Copy into the contracts"), customer=customer, reports=reports, states=STATE_WORDS)


def _new(customer_id: int, typed: FormFields, problem: BGBillingError | None = None) -> Response:
    work = _work()
    customer = work.customer(customer_id)
    place = _place()
    types = work.types(viewer(), place.types if place is not None else None)
    usable = [one for one in types if one.problem is None]
    wanted = typed.raw("type") or (str(usable[0].type.number) if len(usable) == 1 else "")
    chosen = next((one for one in usable if str(one.type.number) == wanted), None)
    return _page(
        "new",
        t("New contract"),
        status=status_of(problem) if problem else 200,
        customer=customer,
        types=types,
        chosen=chosen,
        problem=problem,
        lately=problem.record if isinstance(problem, MadeLately) else None,
        open_creations=work.open_of(customer_id),
        states=STATE_OF_CREATION,
        form=TypedForm(typed, problem, secrets.token_urlsafe(24)),
        of_wizard=_of_wizard(),
    )


def _of_wizard() -> dict[str, str]:
    """The fields of the address that say which step of which process's wizard wants the contract."""
    return {name: value for name in ("process", "step") if (value := request.args.get(name, ""))}


def _place() -> ForProcess | None:
    wanted = _of_wizard()
    wizard = services().wizard
    if not wanted or wizard is None:
        return None
    number = wanted.get("process", "")
    known = number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER
    process = wizard.process(viewer(), int(number) if known else 0)
    return ForProcess(process.id, wizard.step(process, wanted.get("step", "")).types)


def _shown(
    customer_id: int, creation_id: int, problem: BGBillingError | None = None, *, looked: bool = False
) -> Response:
    opened = _work().opened(viewer(), customer_id, creation_id, look=looked)
    return _page(
        "creation",
        t("New contract"),
        status=status_of(problem) if problem else 200,
        opened=opened,
        record=opened.record,
        problem=problem,
        looked=looked,
        word=STATE_OF_CREATION[opened.record.state],
    )


def _after(
    customer_id: int, creation_id: int, work: Callable[[], CreationRecord], *, looked: bool = False
) -> AnyResponse:
    try:
        made = work()
    except BGBillingError as problem:
        return _shown(customer_id, creation_id, problem, looked=looked)
    return _to(customer_id, made)


def _to(customer_id: int, made: CreationRecord) -> AnyResponse:
    return redirect(pages.address("creation.show", customer_id=customer_id, creation_id=made.id), 303)


def _page(template: str, title: str, *, status: int = 200, **values: Any) -> Response:
    own = {"csrf_name": csrf.field_name(), "csrf_token": csrf.token(), "once": secrets.token_urlsafe(24)}
    customers = services().customers
    customer = values.get("customer") or values["opened"].customer
    home = customers.address(customer.id) if customers is not None else ""
    return pages.page(f"bgbilling/creation/{template}.html", title=title, status=status, home=home, **{**own, **values})


def _work() -> ContractCreation:
    work = services().creation
    if work is None:
        raise ReadOnly
    return work


def _copying() -> CustomerCopying:
    work = services().copying
    if work is None:
        raise ReadOnly
    return work


def _once() -> str:
    once = request.form.get("once", "")
    if not 0 < len(once) <= LONGEST_KEY:
        raise csrf.FormExpired
    return once


def _typed() -> FormFields:
    own = {"once", csrf.field_name()}
    return FormFields({name: request.form.getlist(name) for name in request.form if name not in own})
