"""HTML as a PDF is made of: blocks with runs of text, read from what a template gives.

Not a browser: styles and classes are left out, scripts and everything that would be fetched too. What is not known is
read through: its text stays.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

Align = Literal["left", "center", "right", "justify"]
ALIGNS: tuple[Align, ...] = ("left", "center", "right", "justify")

HEADINGS = ("h1", "h2", "h3", "h4")
_BLOCKS = frozenset(
    {"p", "div", "section", "header", "footer", "article", "blockquote", "center", "address", *HEADINGS}
)
_HIDDEN = frozenset({"style", "script", "head", "title", "template", "noscript", "svg", "object", "iframe"})
_BOLD, _ITALIC = frozenset({"b", "strong", "th"}), frozenset({"i", "em"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col"})
DEEPEST_LIST = 5
MOST_COLUMNS = 30


@dataclass(frozen=True)
class Run:
    """A piece of text in one style. A line break is ``\\n``."""

    text: str
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    small: bool = False


@dataclass
class Text:
    """A paragraph, heading or list item. ``bullet`` stands before it, ``depth`` indents it."""

    kind: str
    align: Align | None = None
    runs: list[Run] = field(default_factory=list)
    bullet: str = ""
    depth: int = 0

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see."""
        return not any(run.text.strip(" \n") for run in self.runs)


@dataclass
class Cell:
    """A cell with its paragraphs. ``width`` is a percentage of the table, 0 when it says nothing."""

    head: bool
    align: Align | None
    span: int = 1
    width: float = 0
    texts: list[Text] = field(default_factory=list)


@dataclass
class Table:
    """Rows of cells; ``border`` draws all lines."""

    border: bool
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Rule:
    """A line across the page."""


@dataclass(frozen=True)
class Break:
    """A new page: ``<hr class="page">``."""


Block = Text | Table | Rule | Break


def blocks(html: str) -> list[Block]:
    """The blocks of a page. Never raises."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.finish()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self._open: list[str] = []
        self._hidden = 0
        self._text: Text | None = None
        self._aligns: list[tuple[str, Align | None]] = []
        self._lists: list[list[int]] = []
        self._table: Table | None = None
        self._cell: Cell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag in _HIDDEN:
            self._hidden += 1
        if tag not in _VOID:
            self._open.append(tag)
        if self._hidden:
            return
        if tag == "br":
            self._write("\n")
        elif tag == "hr":
            self._end()
            if self._table is None:
                self.found.append(Break() if "page" in known.get("class", "").split() else Rule())
        elif tag in _BLOCKS:
            self._end()
            self._aligns.append((tag, "center" if tag == "center" else _align(known)))
            self._begin("p" if tag not in HEADINGS else tag)
        elif tag in ("ul", "ol"):
            self._end()
            self._lists.append([0] if tag == "ol" else [])
        elif tag == "li":
            self._end()
            self._item()
        elif tag == "table" and self._table is None:
            self._end()
            self._table = Table(known.get("border", "0") not in ("", "0"))
            self.found.append(self._table)
        elif tag == "tr" and self._table is not None:
            self._end()
            self._cell = None
            self._table.rows.append([])
        elif tag in ("td", "th") and self._table is not None:
            self._end()
            self._begin_cell(tag, known)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open:
                closed = self._open.pop()
                self._close(closed)
                if closed == tag:
                    break

    def handle_data(self, data: str) -> None:
        if self._hidden or (self._table is not None and self._cell is None):
            return
        text = data if "pre" in self._open else " ".join(data.replace("\n", " ").split(" "))
        if "pre" not in self._open:
            text = _single_spaces(text)
        if text.strip(" ") or (self._text is not None and self._text.runs):
            self._write(text)

    def finish(self) -> None:
        """Closes what is open."""
        self._end()

    def _close(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden -= 1
        if self._hidden:
            return
        if tag in _BLOCKS:
            self._end()
            if self._aligns and self._aligns[-1][0] == tag:
                self._aligns.pop()
        elif tag in ("ul", "ol"):
            self._end()
            if self._lists:
                self._lists.pop()
        elif tag in ("li", "td", "th", "tr"):
            self._end()
            if tag in ("td", "th", "tr"):
                self._cell = None
        elif tag == "table":
            self._end()
            self._table, self._cell = None, None

    def _begin_cell(self, tag: str, known: dict[str, str]) -> None:
        assert self._table is not None
        if not self._table.rows:
            self._table.rows.append([])
        row = self._table.rows[-1]
        if sum(cell.span for cell in row) >= MOST_COLUMNS:
            self._cell = None
            return
        span = known.get("colspan", "1")
        spanned = int(span) if span.isascii() and span.isdigit() and len(span) < 3 else 1
        left = MOST_COLUMNS - sum(cell.span for cell in row)
        self._cell = Cell(tag == "th", _align(known), min(max(spanned, 1), left), _percent(known.get("width", "")))
        row.append(self._cell)

    def _begin(self, kind: str) -> None:
        align = next((align for _, align in reversed(self._aligns) if align is not None), None)
        if self._cell is not None and self._cell.align is not None:
            align = self._cell.align
        self._text = Text(kind, align)

    def _item(self) -> None:
        self._begin("p")
        assert self._text is not None
        self._text.depth = min(len(self._lists), DEEPEST_LIST) or 1
        if self._lists and self._lists[-1]:
            self._lists[-1][0] += 1
            self._text.bullet = f"{self._lists[-1][0]}."
        else:
            self._text.bullet = "•"

    def _write(self, text: str) -> None:
        if self._text is None:
            self._begin("p")
        assert self._text is not None
        runs = self._text.runs
        if text.startswith(" ") and (not runs or runs[-1].text.endswith((" ", "\n"))) and "pre" not in self._open:
            text = text[1:]
        if not text:
            return
        opened = self._open
        bold = any(tag in _BOLD for tag in opened)
        italic = any(tag in _ITALIC for tag in opened)
        runs.append(Run(text, bold, italic, "u" in opened, "small" in opened))

    def _end(self) -> None:
        text, self._text = self._text, None
        if text is None or (text.blank and not any("\n" in run.text for run in text.runs)):
            return
        if self._cell is not None:
            self._cell.texts.append(text)
        elif self._table is None:
            self.found.append(text)


def _single_spaces(text: str) -> str:
    """Spaces as a browser sees them; those that do not break a line stay."""
    return "".join(_merged(text))


def _merged(text: str) -> Iterator[str]:
    before = ""
    for character in text.replace("\t", " ").replace("\r", " "):
        if character != " " or before != " ":
            yield character
        before = character


def _align(known: dict[str, str]) -> Align | None:
    written = known.get("align", "").strip().lower()
    return next((align for align in ALIGNS if align == written), None)


def _percent(written: str) -> float:
    number = written.strip().removesuffix("%")
    return float(number) if number.isascii() and number.isdigit() and 0 < int(number[:4]) <= 100 else 0
