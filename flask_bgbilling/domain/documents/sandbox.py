"""Where templates run: Jinja without Python, files, network, endless work or unescaped text.

Templates are written by administrators, what they are filled with by anybody. A template reaches the values that it is
given, the filters below and templates of its own folder; of objects only what :func:`shown` or the lists below name.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.filters import FILTERS
from jinja2.loaders import BaseLoader, FunctionLoader
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, Undefined
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace
from markupsafe import Markup, escape

from flask_bgbilling.domain.documents.limits import Budget
from flask_bgbilling.domain.documents.writing import Writing

LONGEST_RANGE = 10_000
GREATEST_NUMBER, MOST_DIGITS = 10**30, 30

OWN_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "int", "last", "length", "list", "lower",
    "max", "min", "reject", "rejectattr", "reverse", "round", "select", "selectattr", "sort", "string", "sum",
    "trim", "unique", "upper",
)  # fmt: skip
"""Filters of Jinja that cannot make much out of little."""

_ATTRIBUTES: tuple[tuple[type, frozenset[str]], ...] = (
    (LoopContext, frozenset({
        "index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem", "cycle",
        "changed", "depth", "depth0",
    })),
    (Macro, frozenset({"name", "arguments"})),
    (str, frozenset({"startswith", "endswith", "strip", "upper", "lower", "split"})),
    (date, frozenset({"year", "month", "day"})),
    (dict, frozenset({"items", "keys", "values", "get"})),
)  # fmt: skip


class Shown:
    """A value whose public attributes templates may read. It has no methods that templates may call."""

    __slots__ = ()


class Lazy:
    """A variable that is read when a template names it, and once."""

    def __init__(self, read: Callable[[], object]) -> None:
        self._read = read
        self._known: list[object] = []

    def __call__(self) -> object:
        """The value."""
        if not self._known:
            self._known.append(self._read())
        return self._known[0]


class _Context(Context):
    """Reads lazy variables."""

    def resolve_or_missing(self, key: str) -> Any:
        found = super().resolve_or_missing(key)
        return found() if isinstance(found, Lazy) else found


class _Template(Template):
    """Counts what it writes."""

    environment: "Sandbox"

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The whole text; raises what the template raises, and ``TooMuch``."""
        pieces = []
        for piece in self.generate(*args, **kwargs):
            self.environment.budget.take(len(piece))
            self.environment.budget.step()
            pieces.append(piece)
        return "".join(pieces)


class Unknown(StrictUndefined):
    """A name that there is not: it fails when it is used, in words that a writer of templates understands."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        return f"there is no “{self._undefined_name}”"


class Sandbox(SandboxedEnvironment):
    """The environment of one document. ``load`` gives the text of another template of the folder by its name."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    template_class = _Template
    context_class = _Context

    def __init__(self, budget: Budget, writing: Writing, load: Callable[[str], str] | None = None) -> None:
        loader: BaseLoader | None = None
        if load is not None:
            loader = FunctionLoader(lambda name: (load(name), name, None))
        super().__init__(loader=loader, autoescape=True, undefined=Unknown, cache_size=20, finalize=self._finalized)
        self.budget = budget
        self.filters = {name: FILTERS[name] for name in OWN_FILTERS}
        self.filters |= writing.filters()
        self.filters |= {
            "join": self._join,
            "replace": self._replace,
            "lines": _lines,
            "_turns": self._turns,
            "_bounded": self._bounded,
        }
        self.globals = {"range": self._range, "namespace": Namespace}

    # what runs

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: nodes.Template = super()._parse(source, name, filename)
        for kind in (nodes.EvalContextModifier, nodes.ScopedEvalContextModifier):
            for node in tree.find_all(kind):
                raise TemplateSyntaxError("escaping cannot be switched off", node.lineno, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            written = sum(len(data.data) for node in loop.body for data in node.find_all(nodes.TemplateData))
            size = nodes.Const(written, lineno=loop.lineno)
            loop.iter = nodes.Filter(loop.iter, "_turns", [size], [], None, None, lineno=loop.lineno)
        _bound(tree)
        tree.set_environment(self)
        return tree

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """A call in a template; what it gives is counted, since macros write before anything leaves the template."""
        self.budget.step()
        given = super().call(context, obj, *args, **kwargs)
        if isinstance(given, str):
            self.budget.take(len(given))
        return given

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic of numbers and joining of texts; what makes much out of little is refused."""
        self.budget.step()
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            self.budget.bounded(len(left) + len(right))
        elif not (_is_number(left) and _is_number(right)) and not isinstance(left, Undefined):
            raise SecurityError(f"“{operator}” is for numbers only; texts are joined by “~”")
        elif operator == "**":
            raise SecurityError("there are no powers in templates")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> None:
        """Texts have no ``format``: it makes a gigabyte of ten characters."""
        return

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read it."""
        if attr.startswith("_"):
            return False
        if isinstance(obj, Shown | Namespace) or type(obj).__name__ == "TemplateModule":
            return True
        return any(isinstance(obj, kind) and attr in names for kind, names in _ATTRIBUTES)

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call it: what it got from us, from itself, or from the lists above."""
        return isinstance(obj, Macro | LoopContext | BlockReference) or super().is_safe_callable(obj)

    # what is made

    def _finalized(self, value: Any) -> Any:
        """Everything that is written passes here. Nothing is written as nothing, not as a word of Python."""
        if value is None:
            return ""
        if isinstance(value, bool | int | Decimal | date | Undefined):
            return value
        if not isinstance(value, str):
            value = str(value)
        self.budget.take(len(value))
        return value

    def _turns(self, value: Iterable[Any], written: int) -> Iterator[Any]:
        """The turns of a loop; each writes at least the text that stands in it."""
        for one in value:
            self.budget.step()
            self.budget.take(written)
            yield one

    def _bounded(self, value: Any) -> Any:
        self.budget.bounded(len(value))
        return value

    def _range(self, *bounds: int) -> range:
        made = range(*bounds)
        if len(made) > LONGEST_RANGE:
            self.budget.refuse()
        return made

    def _join(self, value: Iterable[Any], between: str = "") -> str:
        pieces = [piece if isinstance(piece, str) else str(self._finalized(piece)) for piece in value]
        self.budget.bounded(sum(map(len, pieces)) + len(pieces) * len(between))
        if any(isinstance(one, Markup) for one in pieces):
            return escape(between).join(pieces)
        return between.join(pieces)

    def _replace(self, value: Any, old: str, new: str) -> str:
        text = str(value)
        self.budget.bounded(len(text) + text.count(old) * len(new))
        return text.replace(old, new)


def _bound(tree: nodes.Node) -> None:
    """Bounds every text that is joined by ``~``."""
    for parent in [*tree.find_all(nodes.Node), tree]:
        for name, value in parent.iter_fields():
            if isinstance(value, nodes.Concat):
                setattr(parent, name, _around(value))
            elif isinstance(value, list):
                value[:] = [_around(one) if isinstance(one, nodes.Concat) else one for one in value]


def _around(node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, "_bounded", [], [], None, None, lineno=node.lineno)


def _is_number(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) <= GREATEST_NUMBER
    return isinstance(value, Decimal) and value.is_finite() and value.adjusted() < MOST_DIGITS


def _lines(value: Any) -> Markup:
    """A text with its line breaks, for HTML."""
    return Markup("<br>").join(escape(line) for line in str(value).split("\n"))
