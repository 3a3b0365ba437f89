"""Pages for what is not there and for what is not allowed: in the person's language and inside of the layout."""

from flask import Flask, render_template
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden, HTTPException, NotFound


def tell_refusals(app: Flask) -> None:
    """Registers both pages. The extension's own refusals never come here."""
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(Forbidden, forbidden)


def not_found(error: HTTPException) -> tuple[str, int]:
    """There is nothing at this address, or it is gone."""
    return _page(_("There is no such page"), _("It may have been deleted, or the address is mistyped.")), 404


def forbidden(error: HTTPException) -> tuple[str, int]:
    """The person lacks a permission."""
    return _page(_("You may not do this"), _("Ask the administrator for the permission.")), 403


def _page(title: str, advice: str) -> str:
    return render_template("refusal.html", title=title, advice=advice)
