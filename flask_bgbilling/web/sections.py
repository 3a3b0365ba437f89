"""Drawing sections and forms of the contract card: the values that every template of theirs gets."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from markupsafe import Markup

from flask_bgbilling.domain.changes import Asked
from flask_bgbilling.domain.contracts.actions import OpenedAction
from flask_bgbilling.domain.contracts.service import OpenedSection
from flask_bgbilling.errors import BGBillingError, InputError
from flask_bgbilling.fields import FormFields, InvalidField
from flask_bgbilling.web import csrf
from flask_bgbilling.web.formatting import fact
from flask_bgbilling.web.i18n import t
from flask_bgbilling.web.pages import address, fragment
from flask_bgbilling.web.security import viewer
from flask_bgbilling.web.services import services

TARGET = "#bgb-section"
BACK, SPAN = "back", "in"
"""Fields of a form's address that are no arguments of its action: the section's query, and the columns of its row."""

LONGEST_FIELD = 500
MOST_COLUMNS = 20


class Form:
    """What a template needs to draw the fields of an action: typed values before stored ones, and what is wrong."""

    def __init__(
        self, opened: OpenedAction, address: str, section_address: str, span: int, asked: Asked | None = None
    ) -> None:
        self.address = address
        self.section_address = section_address
        self.span = span
        self.action = opened.action
        self.problem = opened.problem
        self.asked = asked
        self.csrf_name = csrf.field_name()
        self.csrf_token = csrf.token()
        self.once = new_once()
        self._typed: FormFields = opened.fields
        self._broken = opened.opened.problem
        self._marked = False

    @property
    def again(self) -> bool:
        """Whether something was typed already."""
        return bool(self._typed)

    @property
    def question(self) -> str:
        """What is asked before the change, in the reader's language; empty when nothing is."""
        if self.asked is None or self.asked.question is None:
            return ""
        asked = self.asked.question
        return t(asked.message, **{name: fact(value) for name, value in asked.values.items()})

    @property
    def unplaced(self) -> BGBillingError | None:
        """The problem, unless one of the fields that were drawn has shown it."""
        return None if self._marked else self.problem

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was typed, for a form whose fields cannot be drawn now: it must not be lost."""
        typed = self._typed.as_mapping().items()
        return [(name, value) for name, values in typed for value in values if name != "confirmed"]

    @property
    def repeatable(self) -> bool:
        """Whether the fields cannot be drawn now, but what was typed can be sent once more."""
        return bool(self._typed) and self._broken is not None and not isinstance(self._broken, InputError)

    def focused(self, name: str, wanted: bool) -> bool:
        """Whether the cursor starts in a field: where something is wrong, else where the form wants it."""
        if self.asked is not None:
            return False
        return self.problem.field == name if isinstance(self.problem, InvalidField) else wanted

    def value(self, name: str, stored: object = "") -> object:
        """What was typed into a field, else what is stored."""
        return self._typed.raw(name) if self._typed else ("" if stored is None else stored)

    def values(self, name: str, stored: object = ()) -> object:
        """What was typed into a repeated field, else what is stored."""
        return self._typed.raws(name) if self._typed else stored

    def ticked(self, name: str, stored: bool = False) -> bool:
        """Whether a box is ticked."""
        return self._typed.flag(name) if self._typed else stored

    def problem_of(self, name: str) -> str:
        """What is wrong with a field, in the reader's language."""
        if isinstance(self.problem, InvalidField) and self.problem.field == name:
            self._marked = True
            return t(self.problem.message, **self.problem.params)
        return ""


def new_once() -> str:
    """A one-time key for a form: what carries it is done once."""
    return secrets.token_urlsafe(24)


def drawn(opened: OpenedSection, **further: Any) -> dict[str, Any]:
    """What the frame of a section needs, its body already drawn: a template that fails stays inside its section."""
    values = _values(opened, _section_query(opened.arguments))
    values.update(further)
    return {**values, **_body(opened, values)}


def drawn_form(opened: OpenedAction, span: int = 0, asked: Asked | None = None) -> dict[str, Any]:
    """What the frame of a form needs, its fields already drawn."""
    section = opened.opened
    query = back_of(section.arguments)
    values = _values(section, query)
    form = Form(
        opened,
        _action_address(section, opened.action.key, query, span, action_arguments(section.arguments)),
        values["section_address"],
        span,
        asked,
    )
    values["form"] = form
    return {**values, **_body(section, values)}


def action_arguments(arguments: Mapping[str, str]) -> dict[str, str]:
    """The arguments of an action without those that are the frame's."""
    return {name: value for name, value in arguments.items() if name not in {BACK, SPAN}}


def back_of(arguments: Mapping[str, str]) -> dict[str, str]:
    """The query of the section from which a form was opened; it comes from the address, so that it may be anything."""
    try:
        query = dict(parse_qsl(arguments.get(BACK, ""), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return {}
    return {name: value for name, value in query.items() if _is_field(name)}


def span_of(arguments: Mapping[str, str]) -> int:
    """How many columns the row has in whose place a form was opened; 0 for a form above the section."""
    value = arguments.get(SPAN, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 2 and int(value) <= MOST_COLUMNS else 0


def _is_field(name: str) -> bool:
    """Names with an underscore, and "endpoint", are orders to url_for, not fields of an address."""
    return not name.startswith("_") and name != "endpoint"


def query_fields() -> dict[str, str]:
    """The fields of the address; longer ones than any form of ours sends are dropped: every link repeats them all."""
    longest = {BACK: 4 * LONGEST_FIELD}
    return {
        name: value
        for name, value in request.args.items()
        if len(name) + len(value) <= longest.get(name, LONGEST_FIELD)
    }


def _section_query(arguments: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in arguments.items() if name != "done"}


def _values(opened: OpenedSection, query: Mapping[str, str]) -> dict[str, Any]:
    here = _address_of(opened, query)
    return {
        "opened": opened,
        "here": here,
        "section_address": here(),
        "act": _act(opened, query),
        "actions": opened.actions,
        "target": TARGET,
        "allowed_keys": frozenset(
            section.key for section in services().contracts.sections(viewer(), opened.billing_id)
        ),
        "said": "",
        "told": Markup(""),
    }


def _body(opened: OpenedSection, values: Mapping[str, Any]) -> dict[str, Any]:
    if opened.view is None:
        return {"body": Markup(""), "view": {}}
    try:
        return {"body": fragment(opened.view.template, **{**values, **opened.view.values}), "view": opened.view.values}
    except Exception as error:  # a stranger's template: the card stays whatever it raises
        services().plugins.failed(opened.section, f"template of section {opened.section.key}", error)
        return {"body": Markup(""), "view": {}, "opened": opened.failed()}


def _address_of(opened: OpenedSection, query: Mapping[str, str]) -> Callable[..., str]:
    """Addresses of a section with other arguments: ``here(page=2)`` keeps the rest, ``here(page=None)`` drops it."""

    def here(**changed: object) -> str:
        arguments = {**query, **changed}
        # A blank field of the address itself stays: it means an open end of a period.
        kept = {
            name: value
            for name, value in arguments.items()
            if (value or name in query) and value is not None and _is_field(name)
        }
        return address(
            "card.menu" if opened.in_menu else "card.section",
            **{**kept, "billing_id": opened.billing_id, "cid": opened.cid, "key": opened.section.key},
        )

    return here


def _act(opened: OpenedSection, query: Mapping[str, str]) -> Callable[..., str]:
    """Addresses of the section's forms: ``act("edit", span=7, payment=5)`` opens in the place of a row of 7 columns."""

    def act(action: str, span: int = 0, **arguments: object) -> str:
        return _action_address(opened, action, query, span, arguments)

    return act


def _action_address(
    opened: OpenedSection, action: str, query: Mapping[str, str], span: int, arguments: Mapping[str, object]
) -> str:
    frame: dict[str, object] = {BACK: urlencode(query) or None, SPAN: span or None}
    kept = {name: value for name, value in {**arguments, **frame}.items() if value is not None and _is_field(name)}
    place = {"billing_id": opened.billing_id, "cid": opened.cid, "key": opened.section.key, "action": action}
    return address("actions.open_action", **{**kept, **place})


def failed_form(opened: OpenedAction) -> BGBillingError | None:
    """The problem that stands in place of the fields, when they could not be drawn."""
    return opened.opened.problem
