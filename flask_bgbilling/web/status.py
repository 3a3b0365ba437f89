"""How the application is: billings, plugins, configuration."""

from collections.abc import Mapping

from flask import Blueprint, Response

from flask_bgbilling.errors import N_
from flask_bgbilling.plugins import Origin
from flask_bgbilling.web import pages
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.security import allowed
from flask_bgbilling.web.services import services

status = Blueprint("status", __name__)

READ = "status.read"

ORIGINS: Mapping[Origin, str] = {
    "built-in": N_("built in"),
    "installed": N_("installed package"),
    "application": N_("this application"),
}


@status.get("/status")
@allowed(READ)
def page() -> Response:
    """What this process knows; nobody is asked."""
    return pages.page("bgbilling/status.html", title=t("Status"), now=services().status.now(), origins=ORIGINS)
