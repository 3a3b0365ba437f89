"""What belongs to no single screen: the start address, unknown addresses, errors."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.errors import BGBillingError, UnknownAddress
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.pages import address, problem
from flask_bgbilling.web.security import allowed
from flask_bgbilling.web.statuses import status_of

common = Blueprint("common", __name__)


@common.get("/")
@allowed("contract.search")
def start() -> Response:
    """The search is where work begins."""
    return redirect(address("search.page"))


@common.get("/<path:rest>")
@allowed("contract.search")
def unknown(rest: str) -> Response:
    """An address that leads nowhere: letters for a contract id, a page that does not exist."""
    raise UnknownAddress(address=rest[:60])


def handle_errors(blueprint: Blueprint) -> None:
    """Every error of ours inside the extension becomes a page, or a fragment, that says what to do."""
    blueprint.register_error_handler(BGBillingError, _show)


def _show(error: BGBillingError) -> Response:
    return problem(error, status=status_of(error))


def menu(viewer: Viewer) -> list[tuple[str, str, str]]:
    """Title, address and key of each start page that the viewer may open."""
    return [(t("Contracts"), address("search.page"), "contracts")]
