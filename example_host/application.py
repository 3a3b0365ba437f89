"""The CRM's application factory."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, session
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect

from example_host import accounts_views, billings_views
from example_host.addresses.views import addresses, may_read_addresses
from example_host.customers.views import customers
from example_host.guards import may
from example_host.messages.commands import letters
from example_host.messages.telephony import exempt, extension_of, telephony
from example_host.messages.views import messages
from example_host.models import database
from example_host.mounting import bgbilling
from example_host.ports import opened_objects, signed_in
from example_host.processes.types_views import process_types
from example_host.processes.views import processes
from example_host.refusals import tell_refusals
from example_host.seed import seed

LANGUAGES = {"ru": "Русский", "en": "English"}
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; form-action 'self'"
)


def create_app(config: Mapping[str, Any]) -> Flask:
    """A ready application.

    ``config`` gives at least ``SECRET_KEY``, ``SQLALCHEMY_DATABASE_URI``, ``BGBILLING_CONFIG`` (a file path to be
    editable) and ``BGBILLING_SECRET_KEYS``; ``CRM_FILES`` is the folder of files that are kept. Tables and demo users
    are made at the first start.
    """
    app = Flask(__name__)
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        BABEL_DEFAULT_LOCALE="ru",
        BGBILLING_SHELL="bgbilling_shell.html",
        BGBILLING_CUSTOMER_SHELL="customer_shell.html",
        BGBILLING_DOCUMENT_TEMPLATES=str(Path(app.root_path) / "document_templates"),
        CRM_FILES=app.instance_path,
    )
    app.config.update(config)
    database.init_app(app)
    exempt(CSRFProtect(app))
    Babel(app, locale_selector=language)

    bgbilling.init_app(app)
    app.register_blueprint(accounts_views.accounts)
    app.register_blueprint(billings_views.billings)
    app.register_blueprint(customers)
    app.register_blueprint(addresses)
    app.register_blueprint(processes)
    app.register_blueprint(process_types)
    app.register_blueprint(messages)
    app.register_blueprint(telephony)
    app.cli.add_command(letters)
    app.context_processor(
        lambda: {
            "user": signed_in(),
            "menu": bgbilling.menu(),
            "opened_objects": opened_objects(),
            "languages": LANGUAGES,
            "language": language(),
            "may_read_addresses": may_read_addresses(),
            "allows": may,
            "extension": extension_of(signed_in()),
            "framed": request.headers.get("Sec-Fetch-Dest") == "iframe",
        }
    )
    tell_refusals(app)
    app.after_request(_harden)
    with app.app_context():
        _let_readers_and_a_writer_work_at_once()
        database.create_all()
        bgbilling.upgrade_database()
        seed()
    return app


def _let_readers_and_a_writer_work_at_once() -> None:
    """Gives an SQLite file a write-ahead log, which it keeps: nobody waits for readers, a commit is one write."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def language() -> str:
    """The language that the person chose, else the one the browser prefers."""
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES)) or "ru"


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if "user_id" in session:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def instance_folder() -> Path:
    """Where the demo keeps its files: ``instance`` in the current directory."""
    folder = Path("instance")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
