"""Forgery protection of our own forms, whether or not the host protects its own (design decision 12).

The token is the one that Flask-WTF keeps in the host's session, so that a host with ``CSRFProtect`` accepts our forms
and we accept them again. ``WTF_CSRF_ENABLED = False``, which hosts set in their tests, switches ours off too.
"""

from flask import current_app, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from flask_bgbilling.errors import N_, InputError

LIFETIME = 30 * 24 * 3600
"""Pages stay open for days; a token is worth nothing without its session anyway."""


class FormExpired(InputError):
    """The form does not belong to this session."""

    code = "form expired"
    message = N_("The form is out of date, nothing was sent.")
    remedy = N_("Copy what you typed, read the page again and repeat it.")


def token() -> str:
    """The token for a form of this session."""
    return str(generate_csrf()) if _enabled() else ""


def check() -> None:
    """Raises ``FormExpired`` unless the posted form carries the token of this session."""
    if not _enabled():
        return
    try:
        validate_csrf(request.form.get(field_name()), time_limit=LIFETIME)
    except ValidationError:
        raise FormExpired from None


def field_name() -> str:
    """The name of the form's field; the host may have chosen another one."""
    return str(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"))


def _enabled() -> bool:
    return bool(current_app.config.get("WTF_CSRF_ENABLED", True))
