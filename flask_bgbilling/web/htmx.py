"""The one place that knows htmx-flask: the host's request class stays the host's own."""

from typing import TypeVar

from flask import request
from htmx_flask.requests import HtmxHeaders
from werkzeug.wrappers import Response

R = TypeVar("R", bound=Response)


def wants_partial() -> bool:
    """Whether htmx asks for a fragment; a boosted link or a history restore wants the whole page."""
    headers = HtmxHeaders(request.headers)
    return bool(headers) and not headers.boosted and not headers.history_restore_request


def shown_page() -> str | None:
    """The address of the page in whose place the browser asks for a fragment, as the browser tells it."""
    url: str | None = HtmxHeaders(request.headers).current_url
    return url


def vary(response: R) -> R:
    """Tells caches that the same address answers a page or a fragment, depending on who asks."""
    response.vary.add("HX-Request")
    return response
