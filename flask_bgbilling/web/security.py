"""Who may see what: the host decides, these lines ask it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from flask_bgbilling.domain.billings import Viewer
from flask_bgbilling.errors import Forbidden
from flask_bgbilling.web import csrf
from flask_bgbilling.web.htmx import aside, shown_path, vary, wants_partial
from flask_bgbilling.web.pages import current_address, partial, problem
from flask_bgbilling.web.services import services

P = ParamSpec("P")
View = Callable[P, AnyResponse]


def allowed(permission: str) -> Callable[[View[P]], View[P]]:
    """Lets a view be called only by a signed-in person whom the host grants ``permission``.

    Others are sent to the host's sign-in page, told that their session has ended (in a fragment), or refused with 403.
    What is posted must come from a form of this session. The permission's name is kept on the view for the test that
    enumerates routes.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> AnyResponse:
            users = services().users
            person = users.current()
            if person is None:
                return _sign_in(users.sign_in_address(_back_to()))
            grant = users.grant(person, permission)
            if grant is None:
                return problem(Forbidden(permission=permission), status=403)
            if request.method not in {"GET", "HEAD", "OPTIONS"}:
                csrf.check()
            g.bgbilling_viewer = Viewer(person, grant, users)
            return view(*args, **kwargs)

        guarded.bgbilling_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def viewer() -> Viewer:
    """The person of this request with the grant of the view's permission."""
    found: Viewer = g.bgbilling_viewer
    return found


def _sign_in(address: str) -> AnyResponse:
    if wants_partial():
        return aside(partial("bgbilling/_signed_out.html", status=401, address=address))
    return vary(redirect(address))


def _back_to() -> str:
    """The page on which the person was: that of a fragment is the one around it, as far as the browser says."""
    return (shown_path() if wants_partial() else None) or (
        current_address() if request.method == "GET" else request.script_root + "/"
    )
