"""Signing in and out, the language, and a person's own billing accounts."""

from time import monotonic

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

from example_host.guards import local_path, signed_in_only
from example_host.models import User, database
from example_host.mounting import bgbilling
from example_host.ports import properties_of, signed_in, store_properties, type_limits

accounts = Blueprint("accounts", __name__)

ATTEMPTS, PAUSE = 10, 60.0
_nobody = generate_password_hash("nobody")


@accounts.record_once
def _short_names(state: object) -> None:
    """Sign-in is addressed as ``sign_in``: the extension's port names it, other pages too."""
    app = state.app  # type: ignore[attr-defined]
    app.add_url_rule("/sign-in", "sign_in", sign_in, methods=["GET", "POST"])
    app.add_url_rule("/", "home", home)


def sign_in() -> Response | str:
    """The sign-in form."""
    back_to = local_path(request.values.get("next", "/"))
    if request.method == "GET":
        return render_template("sign_in.html", back_to=back_to)
    if not _may_try(request.remote_addr or ""):
        flash(_("Too many attempts. Wait a minute."), "bad")
        return render_template("sign_in.html", back_to=back_to)
    user = database.session.scalar(select(User).where(User.login == request.form.get("login", "").strip()))
    # The hash is checked for unknown logins too, so that the time tells nothing.
    fits = check_password_hash(user.password_hash if user else _nobody, request.form.get("password", ""))
    if user is None or not fits:
        flash(_("Unknown login or wrong password."), "bad")
        return render_template("sign_in.html", back_to=back_to)
    chosen = session.get("language")
    session.clear()
    session["user_id"] = user.id
    if chosen:
        session["language"] = chosen
    return redirect(back_to)


def _may_try(address: str) -> bool:
    """A few attempts a minute from one address; kept by the application object, which dies with the process."""
    attempts: dict[str, list[float]] = current_app.extensions.setdefault("crm_sign_in_attempts", {})
    now = monotonic()
    recent = [moment for moment in attempts.get(address, []) if now - moment < PAUSE]
    attempts[address] = [*recent, now][-ATTEMPTS - 1 :]
    return len(recent) < ATTEMPTS or bool(current_app.config.get("TESTING"))


@accounts.post("/sign-out")
def sign_out() -> Response:
    """Ends the session."""
    session.clear()
    return redirect(url_for("sign_in"))


@accounts.post("/language")
def choose_language() -> Response:
    """Remembers the language for this session."""
    session["language"] = request.form.get("language", "ru")
    return redirect(local_path(request.form.get("next", "/")))


@signed_in_only
def home() -> str:
    """What the person has open, and where to go."""
    return render_template("home.html")


@accounts.route("/profile", methods=["GET", "POST"])
@signed_in_only
def profile() -> Response | str:
    """The person's billing accounts. Passwords go in and never come out."""
    user = signed_in()
    assert user is not None
    settings = bgbilling.settings()
    known = dict(properties_of(str(user.id)))
    suffixes = ["", *(f".{server.id}" for server in settings.servers)]
    if request.method == "POST":
        for suffix in suffixes:
            login = request.form.get(f"login{suffix}", "").strip()
            password = request.form.get(f"password{suffix}", "")
            _set(known, f"bgbilling:login{suffix}", login)
            if password or not login:
                _set(known, f"bgbilling:password{suffix}", password)
        store_properties(user, known)
        database.session.commit()
        flash(_("Your billing accounts are saved."), "good")
        return redirect(url_for("accounts.profile"))
    titles = {"": _("All billings"), **{f".{server.id}": server.title for server in settings.servers}}
    rows = [
        (
            suffix,
            titles[suffix],
            known.get(f"bgbilling:login{suffix}", ""),
            f"bgbilling:password{suffix}" in known,
        )
        for suffix in suffixes
    ]
    limits = type_limits(user.id)
    narrowed = [
        (title, titles.get(f".{billing_id}", billing_id), ", ".join(str(number) for number in sorted(numbers)))
        for kind, title in (("payment", _("Types of payments")), ("charge", _("Types of charges")))
        for billing_id, numbers in limits.get(kind, {}).items()
    ]
    return render_template("profile.html", rows=rows, narrowed=narrowed)


def _set(properties: dict[str, str], key: str, value: str) -> None:
    clean = value.replace("\n", "").replace("\r", "")
    if clean:
        properties[key] = clean
    else:
        properties.pop(key, None)
