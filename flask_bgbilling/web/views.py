"""What belongs to no single screen: the start address, unknown addresses, errors."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from flask_bgbilling.errors import N_, BGBillingError, UnknownAddress
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.pages import address, problem
from flask_bgbilling.web.security import allowed
from flask_bgbilling.web.services import services
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


@dataclass(frozen=True)
class StartPage:
    """A page where work begins. ``title`` is a message id, ``endpoint`` its view, ``key`` its name for hosts."""

    permission: str
    title: str
    endpoint: str
    key: str
    needs_journal: bool = False
    needs_jobs: bool = False
    needs_directory: bool = False
    needs_import: bool = False


START_PAGES = (
    StartPage("contract.search", N_("Contracts"), "search.page", "contracts"),
    StartPage("journal.read", N_("Journal"), "journal.page", "journal", needs_journal=True),
    StartPage(
        "customer.import.review", N_("Import of customers"), "imports.page", "customer-import", needs_import=True
    ),
    StartPage("jobs.read", N_("Jobs"), "jobs.page", "jobs", needs_jobs=True),
    StartPage("addresses.read", N_("Address directories"), "addresses.page", "addresses", needs_directory=True),
    StartPage("status.read", N_("Status"), "status.page", "status"),
)


def menu(granted: Iterable[StartPage]) -> list[tuple[str, str, str]]:
    """Title, address and key of each of the pages that there is in this application."""
    return [(t(page.title), address(page.endpoint), page.key) for page in granted if _is_there(page)]


def _is_there(page: StartPage) -> bool:
    application = services()
    lacks_journal = page.needs_journal and application.journal is None
    lacks_jobs = page.needs_jobs and application.jobs is None
    lacks_import = page.needs_import and application.reviewing is None
    lacks_directory = page.needs_directory and (
        application.addresses is None or application.addresses.directory is None
    )
    return not (lacks_journal or lacks_jobs or lacks_import or lacks_directory)
