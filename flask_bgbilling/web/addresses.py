"""Address directories: what billings may pull, what is read from them, and how they differ."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.addresses.comparing import SHOWN, Wanted
from flask_bgbilling.domain.addresses.service import Addresses
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.jobs.kinds_addresses import IMPORT
from flask_bgbilling.ports import AddressLevel
from flask_bgbilling.web import csrf, pages
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.security import allowed, viewer
from flask_bgbilling.web.services import services

addresses = Blueprint("addresses", __name__, url_prefix="/addresses")

READ, UPDATE = "addresses.read", "addresses.update"

LEVELS = {
    AddressLevel.COUNTRY: N_("Countries"),
    AddressLevel.CITY: N_("Cities"),
    AddressLevel.AREA: N_("Areas"),
    AddressLevel.QUARTER: N_("Quarters"),
    AddressLevel.STREET: N_("Streets"),
    AddressLevel.HOUSE: N_("Houses"),
}
SHOWN_WORDS = {
    "differences": N_("differences"),
    "different": N_("other titles"),
    "missing": N_("missing"),
    "all": N_("all"),
}
GREATEST = 2**31 - 1


class NoDirectory(InputError):
    """The host keeps no address directory, or has no database to read into."""

    code = "no directory"
    message = N_("This application keeps no address directory.")
    remedy = N_("Its developer passes address_directory and database to BGBilling(...).")


@addresses.get("")
@allowed(READ)
def page() -> Response:
    """What there is here, which billings pull it, and which can be read."""
    found = _addresses()
    person, users = viewer().person, services().users
    may_read = found.importing is not None and services().jobs is not None
    return pages.page(
        "bgbilling/addresses.html",
        title=t("Address directories"),
        counts=found.counts(),
        levels=LEVELS,
        servers=found.comparison.servers(viewer()),
        feeds={feed.billing_id: feed for feed in found.feeds.feeds()} if found.feeds is not None else None,
        feed_url=pages.address("address_feed.updated", _external=True),
        may_import=may_read and users.grant(person, UPDATE) is not None,
        csrf_name=csrf.field_name(),
        csrf_token=csrf.token(),
    )


@addresses.get("/compare")
@allowed(READ)
def compare() -> Response:
    """The directories of the granted billings side by side."""
    comparison = _addresses().comparison
    wanted = _wanted()
    cities = comparison.cities(viewer()) if wanted.level.parent not in (None, AddressLevel.COUNTRY) else {}
    if cities and wanted.city_id not in cities:
        wanted = Wanted(wanted.level, next(iter(cities)), 0, wanted.shown, wanted.page)
    return pages.page(
        "bgbilling/addresses_compare.html",
        title=t("Comparison of address directories"),
        wanted=wanted,
        view=comparison.compare(viewer(), wanted),
        cities=cities,
        levels=LEVELS,
        shown=SHOWN_WORDS,
    )


@addresses.post("/import")
@allowed(UPDATE)
def start_import() -> AnyResponse:
    """Starts the reading of a billing's directory under the account of the person."""
    found, jobs = _addresses(), services().jobs
    if found.importing is None or jobs is None:
        raise NoDirectory
    billing_id, person = request.form.get("billing", ""), viewer().person
    title = found.comparison.server(viewer(), billing_id).title
    job = jobs.start(
        IMPORT,
        {"billing": billing_id, "delete": request.form.get("delete") == "1"},
        subject=title,
        person_id=person.id,
        person_name=person.name,
    )
    there = "jobs.show" if services().users.grant(person, "jobs.read") is not None else "addresses.page"
    return redirect(pages.address(there, **({"job_id": job.id} if there == "jobs.show" else {})), 303)


def _addresses() -> Addresses:
    found = services().addresses
    if found is None:
        raise NoDirectory
    return found


def _wanted() -> Wanted:
    """What the address asks for; what makes no sense there is left out."""
    level, shown = request.args.get("level", ""), request.args.get("shown", "")
    return Wanted(
        AddressLevel(level) if level in list(AddressLevel) else AddressLevel.CITY,
        _number("city"),
        _number("street"),
        next((one for one in SHOWN if one == shown), SHOWN[0]),
        max(_number("page"), 1),
    )


def _number(name: str) -> int:
    text = request.args.get(name, "").strip()
    return min(int(text), GREATEST) if text.isascii() and text.isdigit() and len(text) < 19 else 0
