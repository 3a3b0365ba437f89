"""Pages of customers: the list, the card with its tabs, the forms of the card."""

from collections.abc import Mapping

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from example_host.customers import forms
from example_host.customers.models import CustomerRow
from example_host.customers.port import HostCustomers, compose_title, page_of
from example_host.customers.titles import variants
from example_host.customers.values import shown
from example_host.guards import signed_in_only
from example_host.models import StreetRow, database
from example_host.mounting import bgbilling
from example_host.ports import remember, signed_in
from example_host.processes.port import HostProcesses
from example_host.roles import role_allows
from flask_bgbilling.ports import Customer, CustomerParameter, CustomerParameterType, Street

customers = Blueprint("customers", __name__, url_prefix="/customers")

PERMISSION = "crm.customers.update"
SHOWN, SUGGESTED, TITLE_LENGTH = 50, 1000, 1000
TABS = ("parameters", "contracts", "processes")
host = HostCustomers()


@customers.get("")
@signed_in_only
def overview() -> str:
    """The list, narrowed by what was typed."""
    query = request.args.get("q", "").strip()
    found = page_of(query, SHOWN + 1)
    return render_template(
        "customers.html", query=query, found=found[:SHOWN], more=len(found) > SHOWN, groups=host.groups(), may=_may()
    )


@customers.post("")
@signed_in_only
def create() -> Response:
    """A new customer, whose card opens."""
    _demand()
    title = _title(request.form.get("title", ""))
    group = request.form.get("group", type=int) or 0
    if not title:
        flash(_("A customer has a title."), "bad")
        return redirect(url_for("customers.overview"))
    made = host.create(title, group_id=group if group in host.groups() else 0)
    database.session.commit()
    return redirect(url_for("customers.show", customer_id=made.id))


@customers.get("/<int(max=2147483647):customer_id>")
@signed_in_only
def show(customer_id: int) -> str:
    """The card. ``tab`` chooses what it shows, ``edit`` the parameter whose form is open."""
    customer = _customer(customer_id)
    user = signed_in()
    if user is not None:
        remember(user.id, customer.variants[0], host.address(customer_id))
        database.session.commit()
    return _card(customer, edited=request.args.get("edit", type=int))


@customers.post("/<int(max=2147483647):customer_id>/parameters/<int(max=2147483647):parameter_id>")
@signed_in_only
def set_parameter(customer_id: int, parameter_id: int) -> Response:
    """Keeps what was typed; what makes no sense is shown again with the reason."""
    _demand()
    customer = _customer(customer_id)
    parameter = host.parameters().get(parameter_id)
    if parameter is None:
        abort(404)
    rows = forms.typed(parameter, request.form)
    try:
        host.set_value(customer_id, parameter_id, forms.value_of(parameter, rows))
    except (forms.Mistake, ValueError) as mistake:
        database.session.rollback()
        told = str(mistake) if isinstance(mistake, forms.Mistake) else _mistake_of(parameter)
        return make_response(_card(customer, edited=parameter_id, rows=rows, mistake=told), 422)
    database.session.commit()
    flash(_("%(title)s: saved.", title=parameter.title), "good")
    return redirect(url_for("customers.show", customer_id=customer_id, _anchor=f"parameter-{parameter_id}"))


@customers.post("/<int(max=2147483647):customer_id>/title")
@signed_in_only
def choose_title(customer_id: int) -> Response:
    """Makes one of the spellings the title; the others go."""
    _demand()
    customer = _customer(customer_id)
    chosen = request.form.get("spelling", "")
    if chosen in customer.variants:
        host.rename(customer_id, chosen)
        database.session.commit()
        flash(_("The title is now %(title)s. It was %(before)s.", title=chosen, before=customer.title), "good")
    else:
        flash(_("This spelling is gone: somebody changed the title."), "bad")
    return redirect(url_for("customers.show", customer_id=customer_id))


@customers.post("/<int(max=2147483647):customer_id>/properties")
@signed_in_only
def set_properties(customer_id: int) -> Response:
    """Title, group of parameters, and how the title is composed."""
    _demand()
    customer = _customer(customer_id)
    row = database.session.get_one(CustomerRow, customer_id)
    group = request.form.get("group", type=int) or 0
    pattern = request.form.get("pattern", type=int)
    row.group_id = group if group in host.groups() else 0
    row.title_pattern_id = pattern if pattern in {-1, 0, *host.title_patterns()} else -1
    row.own_pattern = request.form.get("own_pattern", "").strip()[:TITLE_LENGTH]
    title = _title(request.form.get("title", ""))
    if title and title != customer.title:
        host.rename(customer_id, title)
    compose_title(row)
    database.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("customers.show", customer_id=customer_id))


def _card(customer: Customer, *, edited: int | None, rows: forms.Rows | None = None, mistake: str = "") -> str:
    parameters, groups = host.parameters(), host.groups()
    values = {number: value for (_, number), value in host.values([customer.id], list(parameters)).items()}
    mine = groups[customer.group_id].parameter_ids if customer.group_id in groups else tuple(parameters)
    numbers = [*mine, *(number for number in parameters if number in values and number not in mine)]
    chosen = parameters.get(edited) if edited is not None and _may() else None
    tab = request.args.get("tab", "")
    shown_tab = tab if tab in TABS else TABS[0]
    return render_template(
        "customer.html",
        customer=customer,
        row=database.session.get_one(CustomerRow, customer.id),
        spellings=variants(customer.title),
        groups=groups,
        patterns=host.title_patterns(),
        parameters=[(parameters[number], shown(parameters[number], values.get(number))) for number in numbers],
        edited=chosen,
        rows=rows or (forms.rows_of(chosen, values.get(chosen.id)) if chosen else ()),
        mistake=mistake,
        labels=_labels(),
        streets=_streets() if chosen and chosen.type == CustomerParameterType.ADDRESS else (),
        tab=shown_tab,
        may=_may(),
        contracts=_contracts(customer.id) if shown_tab == "contracts" else None,
        processes=HostProcesses().of_customer(customer.id, SHOWN) if shown_tab == "processes" else (),
    )


def _contracts(customer_id: int) -> object:
    """What the extension shows of the customer's contracts; nothing while it has no such part."""
    part = getattr(bgbilling, "customer_contracts", None)
    return part(customer_id) if part is not None else None


def _labels() -> Mapping[str, str]:
    return {
        "text": _("Text"),
        "day": _("Day"),
        "number": _("Number"),
        "comment": _("Comment"),
        "address": _("E-mail"),
        "name": _("Name"),
        "street": _("City - street"),
        "house": _("House"),
        "flat": _("Flat"),
        "room": _("Room"),
        "entrance": _("Entrance"),
        "floor": _("Floor"),
    }


def _mistake_of(parameter: CustomerParameter) -> str:
    told = {
        CustomerParameterType.PHONE: _("A phone number has digits."),
        CustomerParameterType.EMAIL: _("An e-mail address looks like name@example.ru."),
    }
    return str(told.get(parameter.type, _("This cannot be kept.")))


def _streets() -> list[str]:
    rows = database.session.query(StreetRow).order_by(StreetRow.city, StreetRow.title).limit(SUGGESTED)
    return [Street(row.id, row.title, row.city).label for row in rows]


def _title(text: str) -> str:
    return " ".join(text.split())[:TITLE_LENGTH]


def _customer(customer_id: int) -> Customer:
    customer = host.get(customer_id)
    if customer is None:
        abort(404)
    return customer


def _may() -> bool:
    user = signed_in()
    return user is not None and role_allows(user.role, PERMISSION)


def _demand() -> None:
    if not _may():
        abort(403)
