"""The one place that knows htmx-flask: the host's request class stays the host's own."""

import json
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from flask import request
from htmx_flask.requests import HtmxHeaders
from werkzeug.wrappers import Response

R = TypeVar("R", bound=Response)


def wants_partial() -> bool:
    """Whether htmx asks for a fragment; a boosted link or a history restore wants the whole page."""
    headers = HtmxHeaders(request.headers)
    return bool(headers) and not headers.boosted and not headers.history_restore_request


def aims_at(element: str) -> bool:
    """Whether what htmx asks for goes into the place of the element with this id."""
    target: str | None = HtmxHeaders(request.headers).target
    return target == element


def shown_page() -> str | None:
    """The address of the page in whose place the browser asks for a fragment, as the browser tells it."""
    url: str | None = HtmxHeaders(request.headers).current_url
    return url


def shown_path() -> str | None:
    """The path and query of that page, when it is one of this site."""
    here = urlsplit(shown_page() or "")
    if here.netloc != request.host or not here.path.startswith("/") or here.path.startswith("//"):
        return None
    return f"{here.path}?{here.query}" if here.query else here.path


def vary(response: R) -> R:
    """Tells caches that the same address answers a page or a fragment, depending on who asks."""
    response.vary.add("HX-Request")
    return response


def aside(response: R) -> R:
    """An answer to a posted form that is not about its fields goes beside them: what was typed stays."""
    if request.method == "POST":
        response.headers["HX-Retarget"] = "find [data-bgb-problem]"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def instead_of(response: R, selector: str) -> R:
    """Puts the answer in the place of another element than the form expected."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def instead_of_nothing(response: R) -> R:
    """Leaves the page as it is: the answer only announces something."""
    response.headers["HX-Reswap"] = "none"
    return response


def announce(response: R, event: str, values: Mapping[str, str]) -> R:
    """Has the browser raise an event once the answer is in its place."""
    response.headers["HX-Trigger-After-Settle"] = json.dumps({event: dict(values)})  # ASCII, as headers must be
    return response
