"""The one place that knows htmx-flask: the host's request class stays the host's own."""

from flask import Response, request
from htmx_flask.requests import HtmxHeaders


def wants_partial() -> bool:
    """Whether htmx asks for a fragment; a boosted link or a history restore wants the whole page."""
    headers = HtmxHeaders(request.headers)
    return bool(headers) and not headers.boosted and not headers.history_restore_request


def vary(response: Response) -> Response:
    """Tells caches that the same address answers a page or a fragment, depending on who asks."""
    response.vary.add("HX-Request")
    return response
