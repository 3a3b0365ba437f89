"""Filling in the forms of the card as a browser does."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HTMX = {"HX-Request": "true"}


class _Fields(HTMLParser):
    """What the fields of the first form hold, names with lists of values."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = ""
        self._text = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        name = known.get("name", "")
        if tag == "input" and name:
            ticked = known.get("type") not in {"checkbox", "radio"} or "checked" in known
            if ticked:
                self.fields.setdefault(name, []).append(known.get("value", ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((known.get("value", ""), "selected" in known))
        elif tag == "textarea" and name:
            self._text = name
            self.fields.setdefault(name, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            chosen = [value for value, selected in self._options if selected]
            first = [value for value, _ in self._options[:1]]
            self.fields.setdefault(self._select, []).extend(chosen or first)
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text][-1] += data


def fields_of(html: str) -> dict[str, list[str]]:
    """What the form on a page would send when nothing is touched."""
    parser = _Fields()
    parser.feed(html)
    return parser.fields


def post_form(
    client: FlaskClient, address: str, *, confirm: bool = True, htmx: bool = True, **typed: Any
) -> TestResponse:
    """Opens a form, types into it and sends it.

    A value ``None`` leaves a field out, as an unticked box does; a list sends it several times. A question is answered
    with yes when ``confirm``.
    """
    headers = HTMX if htmx else {}
    opened = client.get(address, headers=HTMX)
    assert opened.status_code == 200, opened.text
    answer = client.post(address, data=filled(opened.text, typed), headers=headers)
    if confirm and answer.status_code == 200 and 'name="confirmed"' in answer.text:
        answer = client.post(address, data=filled(answer.text, {}), headers=headers)
    return answer


def filled(html: str, typed: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form with some of them typed over."""
    fields: dict[str, Any] = {**fields_of(html), **typed}
    return {name: value for name, value in fields.items() if value is not None}
