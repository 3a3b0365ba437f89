"""The address that billings pull changes of the address directory from: a machine's, with a key instead of a person.

The scheduler of a billing knows an address and nothing else, so the key travels in it. It is kept out of what we and
the servers that we know write into their logs.
"""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

from flask import Blueprint, Response, abort, request, stream_with_context

from flask_bgbilling.domain.addresses.feed import UnreadableCities, cities_of, since_of
from flask_bgbilling.web.services import services

address_feed = Blueprint("address_feed", __name__)

_KEY = re.compile(r"([?&;]|^)(key=)[^&;\s\"]*", re.IGNORECASE)


@address_feed.get("/getUpdatedAddressObjects")
def updated() -> Response:
    """Everything that was changed since ``time``, as XML; there is no such page while no key is configured."""
    addresses = services().addresses
    feeds = addresses.feeds if addresses is not None else None
    if feeds is None or not feeds.feeds():
        abort(404)
    key = request.args.get("key", "")
    _hide_key(request.environ)
    feed = feeds.open(key)
    if feed is None:
        return _told("the key is missing or not known", 403)
    try:
        cities = cities_of(request.args.get("city", ""))
    except UnreadableCities as error:
        return _told(error.text(), 400)
    document = feeds.document(feed, since_of(request.args.get("time", "")), cities)
    answer = Response(stream_with_context(document), mimetype="text/xml")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _told(text: str, status: int) -> Response:
    return Response(f"{text}\n", status=status, mimetype="text/plain")


def _hide_key(environ: MutableMapping[str, Any]) -> None:
    """Servers write their log from this mapping when the answer is out."""
    for name in ("QUERY_STRING", "RAW_URI", "REQUEST_URI"):
        if name in environ:
            environ[name] = _KEY.sub(r"\1\2***", environ[name])


class KeyFilter(logging.Filter):
    """Takes keys out of the lines of Werkzeug's development server, which writes what it has read itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true; the line may be another afterwards."""
        text = record.getMessage()
        if "/getUpdatedAddressObjects" in text:
            record.msg, record.args = _KEY.sub(r"\1\2***", text), ()
        return True


def keep_keys_out_of_logs() -> None:
    """Puts the filter before the development server's log, once per process."""
    log = logging.getLogger("werkzeug")
    if not any(isinstance(one, KeyFilter) for one in log.filters):
        log.addFilter(KeyFilter())
