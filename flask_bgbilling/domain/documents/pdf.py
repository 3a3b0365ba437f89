"""PDF: what a template gives as HTML, laid out on A4 by ReportLab in a font that comes with the package."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid
from reportlab.platypus.doctemplate import LayoutError

from flask_bgbilling.domain.documents.errors import TemplateUnreadable, TooMuch
from flask_bgbilling.domain.documents.limits import Budget
from flask_bgbilling.domain.documents.markup import HEADINGS, Block, Break, Cell, Rule, Run, Table, Text, blocks

FONTS = Path(__file__).parent / "fonts"
FAMILY = "bgb-serif"
FACES = {
    (False, False): "DejaVuSerifCondensed.ttf",
    (True, False): "DejaVuSerifCondensed-Bold.ttf",
    (False, True): "DejaVuSerifCondensed-Italic.ttf",
    (True, True): "DejaVuSerifCondensed-BoldItalic.ttf",
}
MARGIN = 20 * mm
FRAME_PADDING = 6
"""What ReportLab leaves free inside of a page's frame, in points."""
SIZE, SMALL = 10.5, 8.5
HEADING_SIZES = dict(zip(HEADINGS, (16, 13, 11.5, 10.5), strict=True))
ALIGNMENTS = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT, "justify": TA_JUSTIFY}
INDENT = 14
LARGEST_HTML = 1_000_000
MOST_PAGES = 200
LONGEST_KEPT = 300
"""Characters of a heading that stays with what follows it."""
_ENDLESS_WORD = re.compile(r"\S{100}(?=\S{100})")
"""ReportLab looks for the end of a line letter by letter: no word may be endless."""


def make_pdf(html: str, title: str, language: str, budget: Budget) -> bytes:
    """The pages as a file. Raises ``TooMuch`` for what is too long, ``TemplateUnreadable`` for what has no layout."""
    if len(html) > LARGEST_HTML:
        budget.refuse()
    _register()
    written = BytesIO()

    def page(*_: object) -> None:
        budget.step()
        budget.check_time()

    document = SimpleDocTemplate(
        written,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        lang=language,
        initialFontName=_face(False, False),
    )
    flowables = list(_flowables(blocks(html), document.width - 2 * FRAME_PADDING, budget)) or [Spacer(1, 1)]
    try:
        document.build(
            flowables,
            onFirstPage=page,
            onLaterPages=page,
            canvasmaker=lambda *arguments, **named: _Numbered(budget, *arguments, **named),
        )
    except Exception as error:  # it adds words to whatever was raised inside of it
        if budget.exceeded:
            raise TooMuch(template=budget.template) from error
        if isinstance(error, LayoutError):
            raise TemplateUnreadable(template=budget.template, reason=str(error)[:200]) from error
        raise
    return written.getvalue()


@lru_cache(maxsize=1)
def _register() -> None:
    """Makes the font known to ReportLab: once in a process."""
    for (bold, italic), file in FACES.items():
        pdfmetrics.registerFont(TTFont(_face(bold, italic), FONTS / file))


def _face(bold: bool, italic: bool) -> str:
    return f"{FAMILY}{'-bold' if bold else ''}{'-italic' if italic else ''}"


class _Numbered(Canvas):  # type: ignore[misc]
    """Numbers the pages when there are several; it knows how many only at the end."""

    def __init__(self, budget: Budget, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._budget = budget
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Keeps the page until all are there."""
        self._pages.append(dict(self.__dict__))
        if len(self._pages) > MOST_PAGES:
            self._budget.refuse()
        self._startPage()

    def save(self) -> None:
        """Writes all pages with their numbers."""
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            if len(self._pages) > 1:
                self.setFont(_face(False, False), SMALL)
                self.drawCentredString(A4[0] / 2, MARGIN / 2, f"{number} / {len(self._pages)}")
            super().showPage()
        super().save()


def _flowables(found: Sequence[Block], width: float, budget: Budget) -> Iterator[Flowable]:
    for block in found:
        budget.step()
        match block:
            case Text():
                yield _paragraph(block, budget)
            case Table():
                grid = _grid(block, width, budget)
                if grid is not None:
                    yield grid
                    yield Spacer(1, 6)
            case Rule():
                yield HRFlowable(width="100%", thickness=0.6, color=colors.black, spaceBefore=4, spaceAfter=6)
            case Break():
                yield PageBreak()


class _Paragraph(Paragraph):  # type: ignore[misc]
    """Looks at the clock whenever it is measured: laying out is where time goes. ``budget`` is in its style."""

    def wrap(self, width: float, height: float) -> Any:
        """Its size in a place of this size."""
        self.style.budget.step()
        self.style.budget.check_time()
        return super().wrap(width, height)


def _paragraph(text: Text, budget: Budget, align: str | None = None, *, tight: bool = False) -> Paragraph:
    size = HEADING_SIZES.get(text.kind, SIZE)
    heading = text.kind in HEADING_SIZES
    length = sum(len(run.text) for run in text.runs)
    style = ParagraphStyle(
        text.kind,
        budget=budget,
        fontName=_face(heading, False),
        fontSize=size,
        leading=size * 1.3,
        alignment=ALIGNMENTS[text.align or align or "left"],
        spaceBefore=0 if tight else (size * 0.6 if heading else 0),
        spaceAfter=0 if tight else size * 0.5,
        leftIndent=INDENT * text.depth,
        bulletIndent=INDENT * max(text.depth - 1, 0),
        bulletFontName=_face(False, False),
        bulletFontSize=size,
        splitLongWords=True,
        keepWithNext=heading and length < LONGEST_KEPT,
    )
    pieces = "".join(_piece(run, heading) for run in text.runs)
    return _Paragraph(pieces or "&nbsp;", style, bulletText=text.bullet or None)


def _piece(run: Run, heading: bool) -> str:
    """A run in ReportLab's own small language. Everything of the text is escaped: it can say nothing in it."""
    text = escape(_ENDLESS_WORD.sub(r"\g<0> ", run.text)).replace("\n", "<br/>")
    size = f' size="{SMALL}"' if run.small and not heading else ""
    face = _face(run.bold or heading, run.italic)
    piece = f'<font name="{face}"{size}>{text}</font>'
    return f"<u>{piece}</u>" if run.underlined else piece


def _grid(table: Table, width: float, budget: Budget) -> Grid | None:
    columns = max((sum(cell.span for cell in row) for row in table.rows), default=0)
    rows = [row for row in table.rows if row]
    if not columns or not rows:
        return None
    data: list[list[object]] = []
    style: list[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4 if table.border else 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if table.border:
        style.append(("GRID", (0, 0), (-1, -1), 0.6, colors.black))
    for at, row in enumerate(rows):
        budget.step()
        line: list[object] = []
        for cell in row:
            if cell.span > 1:
                style.append(("SPAN", (len(line), at), (len(line) + cell.span - 1, at)))
            line.append([_paragraph(text, budget, _aligned(cell), tight=True) for text in cell.texts] or "")
            line.extend("" for _ in range(cell.span - 1))
        data.append(line + [""] * (columns - len(line)))
    heads = sum(1 for row in rows if all(cell.head for cell in row))
    repeated = heads if heads and all(cell.head for cell in rows[0]) and heads < len(rows) else 0
    widths = [share * width for share in _shares(rows, columns)]
    return Grid(data, colWidths=widths, style=style, repeatRows=min(repeated, 1), splitInRow=1, hAlign="LEFT")


def _aligned(cell: Cell) -> str:
    return cell.align or ("center" if cell.head else "left")


def _shares(rows: Sequence[Sequence[Cell]], columns: int) -> list[float]:
    """How much of the width each column has: as the cells say, the rest in equal parts."""
    wanted = [0.0] * columns
    for row in rows:
        at = 0
        for cell in row:
            if cell.span == 1 and cell.width and not wanted[at]:
                wanted[at] = cell.width / 100
            at += cell.span
    silent = wanted.count(0.0)
    left = max(1 - sum(wanted), 0.05 * silent)
    shares = [share or left / silent for share in wanted]
    return [share / sum(shares) for share in shares]
