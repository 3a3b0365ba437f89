"""Rendering in an environment of our own, handed to the host as a finished body.

Our templates, filters and words live in a separate Jinja environment, so that nothing of ours can collide with the
host's. The body then goes into the host's *shell* (``BGBILLING_SHELL``): a template that extends the host's layout
and prints ``bgb.title``, ``bgb.head`` and ``bgb.body``. A host overrides any template of ours by a file of the same
name in its own template folder.
"""

import logging
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request, stream_with_context, url_for
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from flask_bgbilling.errors import BGBillingError
from flask_bgbilling.ports import Customer
from flask_bgbilling.web.formatting import FILTERS
from flask_bgbilling.web.htmx import aside, vary, wants_partial
from flask_bgbilling.web.i18n import describe, locale, t, tn, told
from flask_bgbilling.web.services import services

logger = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent.parent / "static" / "bgbilling"
STYLES = (
    "bgbilling.css",
    "search.css",
    "card.css",
    "money.css",
    "forms.css",
    "journal.css",
    "jobs.css",
    "messages.css",
)
SCRIPTS = ("bgbilling.js",)
FLUSH = "\0flush\0"


def environment(app: Flask) -> Environment:
    """The Jinja environment of our pages in this application."""
    env = Environment(
        loader=app.create_global_jinja_loader(),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=app.debug,
    )
    env.filters.update(FILTERS)
    env.globals.update(
        t=t,
        tn=tn,
        url=address,
        asset=asset,
        describe=describe,
        told_note=told,
        language=locale,
        wants_partial=wants_partial,
    )
    return env


def address(endpoint: str, **values: Any) -> str:
    """The address of one of our pages: ``url("card.show", billing_id="bitel", cid=101)``."""
    return url_for(f"bgbilling.{endpoint}", **values)


def current_address() -> str:
    """The address of this request as a path of this site, also where the host is mounted below a prefix."""
    return request.script_root + request.full_path.rstrip("?")


def asset(name: str) -> str:
    """The address of a static file of ours, with the mark of its content so that it can be cached for ever."""
    return url_for("bgbilling.static", filename=name, v=_mark(name))


_marks: dict[str, str] = {}


def _mark(name: str) -> str:
    if name not in _marks or current_app.debug:
        _marks[name] = sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return _marks[name]


def page(
    template: str, *, title: str, status: int = 200, customer_shell: Customer | None = None, **values: Any
) -> Response:
    """A whole page: our body inside the host's shell, or inside of the card of a customer."""
    body = Markup(_render(template, values))  # noqa: S704 - autoescaped
    return vary(Response(_shell(title, body, customer_shell), status=status, mimetype="text/html"))


def partial(template: str, *, status: int = 200, **values: Any) -> Response:
    """A fragment for htmx."""
    return vary(Response(_render(template, values), status=status, mimetype="text/html"))


def fragment(template: str, **values: Any) -> Markup:
    """A template drawn by itself, to be put into another one: so that a failing piece can be told from the page."""
    return Markup(_render(template, values))  # noqa: S704 - autoescaped


def stream_page(template: str, *, title: str, **values: Any) -> Response:
    """A whole page whose body is sent as it comes into being: wherever the template prints ``flush()``.

    The shell is drawn first and the host's database connection is given back, so that nothing is held while billings
    think. What fails after the head has gone out ends the page with a note; it is cut where it was flushed last.
    """
    mark = f"<!--{secrets.token_hex(8)}-->"
    head, _, tail = _shell(title, Markup(mark)).partition(mark)  # noqa: S704 - our own mark
    services().release()
    flush = Markup(FLUSH)  # noqa: S704 - a constant of ours
    pieces = _environment().get_template(template).generate({**values, "flush": lambda: flush})

    def sent() -> Iterator[str]:
        yield head
        waiting: list[str] = []
        try:
            for piece in pieces:
                if piece == FLUSH:
                    yield "".join(waiting)
                    waiting = []
                else:
                    waiting.append(piece)
        except Exception:  # the status is sent already: all that is left is to say so
            logger.exception("the page %s broke off", template)
            # What waits may end inside a tag or an attribute.
            waiting = [_render("bgbilling/_broken_off.html", {"retry_url": current_address()})]
        yield "".join([*waiting, tail])

    response = vary(Response(stream_with_context(sent()), mimetype="text/html"))
    response.headers["X-Accel-Buffering"] = "no"
    return response


def keep_private(response: Response) -> Response:
    """Pages show what one person may see: no cache keeps them, whatever the host does about its own."""
    if request.endpoint != "bgbilling.static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def problem(error: BGBillingError, *, status: int) -> Response:
    """An error as a page, or as a fragment where one was asked for."""
    values: dict[str, Any] = {"error": error, "retry_url": current_address() if request.method == "GET" else None}
    if wants_partial():
        return aside(partial("bgbilling/_problem.html", status=status, **values))
    return page("bgbilling/problem.html", title=t("Something is wrong"), status=status, **values)


def _environment() -> Environment:
    env: Environment = current_app.extensions["bgbilling"].templates
    return env


def _render(template: str, values: dict[str, Any]) -> str:
    return _environment().get_template(template).render({**values, "flush": lambda: ""})


def head() -> Markup:
    """What a page with something of ours needs in its head."""
    return Markup(  # noqa: S704 - autoescaped
        _environment()
        .get_template("bgbilling/_head.html")
        .render(styles=STYLES, scripts=SCRIPTS, htmx=current_app.config.get("BGBILLING_HTMX", True))
    )


def _shell(title: str, body: Markup, customer: Customer | None = None) -> str:
    shell = current_app.config.get("BGBILLING_SHELL", "bgbilling/shell.html")
    if customer is not None:
        shell = current_app.config.get("BGBILLING_CUSTOMER_SHELL", shell)
    values = {"title": title, "head": head(), "body": body, "language": locale(), "customer": customer}
    return render_template(shell, bgb=values)
