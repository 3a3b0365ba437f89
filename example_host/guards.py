"""Who may open the CRM's own pages."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from example_host.ports import signed_in

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


def local_path(address: str) -> str:
    """A path of this site, or the start page: never another site's address."""
    # Browsers and URL parsers drop tabs and line ends: "/<tab>/other.site" would become another site's address.
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if safe else "/"
