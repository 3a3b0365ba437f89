"""Who may open the CRM's own pages."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from example_host.ports import signed_in
from example_host.roles import role_allows

P = ParamSpec("P")
View = Callable[P, Response | str]


def signed_in_only(view: View[P]) -> View[P]:
    """Sends everybody else to the sign-in page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response | str:
        if signed_in() is None:
            return redirect(url_for("sign_in", next=request.full_path.rstrip("?")))
        return view(*args, **kwargs)

    return guarded


def administrators_only(view: View[P]) -> View[P]:
    """Refuses other roles."""

    @wraps(view)
    @signed_in_only
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response | str:
        user = signed_in()
        if user is None or user.role != "administrator":
            abort(403)
        return view(*args, **kwargs)

    return guarded


def allowed(permission: str) -> Callable[[View[P]], View[P]]:
    """Refuses roles that lack a permission of the CRM, and sends strangers to the sign-in page."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        @signed_in_only
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response | str:
            if not may(permission):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return guard


def may(permission: str) -> bool:
    """Whether the role of the signed-in user has a permission."""
    user = signed_in()
    return user is not None and role_allows(user.role, permission)


def local_path(address: str) -> str:
    """A path of this site, or the start page: never another site's address."""
    # Browsers and URL parsers drop tabs and line ends: "/<tab>/other.site" would become another site's address.
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else "/"
