"""A section for tests of changes: a value that is kept here, and steps that fail as they are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import Flask
from jinja2 import ChoiceLoader, DictLoader

from flask_bgbilling import hookimpl
from flask_bgbilling.domain.contracts.editing import check_seen, mark
from flask_bgbilling.errors import N_, BGBillingError
from flask_bgbilling.facts import Fact
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    Change,
    Question,
    SectionContext,
    SectionView,
    Step,
)

TEMPLATES = {
    "lab.html": """{% import "bgbilling/card/_buttons.html" as button with context %}
<div class="bgb-toolbar">{{ button.open("set", "Set it") }} {{ button.open("ask", "Ask") }}</div>
<p id="lab-values">{{ values|join(", ") }}</p><p id="lab-arguments">{{ arguments }}</p>""",
    "lab_form.html": """{% import "bgbilling/card/_fields.html" as fields with context %}
{{ fields.seen(seen) }}
{{ fields.line("first", "First", values[0], focus=true) }}
{{ fields.line("second", "Second", values[1]) }}""",
}


@dataclass
class Lab:
    """The plugin. ``errors`` are raised by the next steps, one each; ``None`` lets a step work."""

    values: list[str] = field(default_factory=lambda: ["a", "b"])
    errors: list[BaseException | None] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    unreadable: BGBillingError | None = None
    hidden_field: str = ""

    def install(self, app: Flask) -> None:
        """Gives the application our templates."""
        templates = app.extensions["bgbilling"].templates
        templates.loader = ChoiceLoader([DictLoader(TEMPLATES), templates.loader])

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section."""
        actions = [
            CardAction("set", N_("Set it"), "contract.lab.set", self.plan, self.form),
            CardAction("ask", N_("Ask"), "contract.lab.ask", self.plan_asking, self.form),
            CardAction("secret", N_("Ask"), "nobody.may", self.plan, self.form),
        ]
        return [CardSection("lab", "Lab", 900, "contract.lab.read", self.render, actions=actions)]

    def render(self, context: SectionContext) -> SectionView:
        """The values, and the query of the section."""
        return SectionView("lab.html", {"values": self.values, "arguments": dict(context.arguments)})

    def form(self, context: ActionContext) -> SectionView:
        """Two fields."""
        if self.unreadable is not None:
            raise self.unreadable
        return SectionView("lab_form.html", {"values": self.values, "seen": mark(self.values)})

    def plan(self, context: ActionContext) -> Change:
        """Sets the values that differ, one step each."""
        wanted = [context.fields.text("first", 20, required=True), context.fields.text("second", 20)]
        if self.hidden_field:
            context.fields.day(self.hidden_field)
        check_seen(context, self.values, [Fact(N_("Text"), value) for value in self.values])
        steps = [
            Step(N_("Note"), self._setting(at, value), Fact(N_("Text"), value))
            for at, value in enumerate(wanted)
            if value != self.values[at]
        ]
        return Change(
            steps,
            before=[Fact(N_("Text"), value) for value in self.values],
            after=[Fact(N_("Text"), value) for value in wanted],
            shows={"shown": "1"},
        )

    def plan_asking(self, context: ActionContext) -> Change:
        """The same after a question."""
        change = self.plan(context)
        text = Fact(N_("Text"), context.fields.raw("first"))
        return Change(change.steps, after=change.after, question=Question("Set “%(text)s”?", {"text": text}))

    def _setting(self, at: int, value: str) -> Callable[[], None]:
        def run() -> None:
            self.sent.append(value)
            error = self.errors.pop(0) if self.errors else None
            if error is not None:
                raise error
            self.values[at] = value

        return run
