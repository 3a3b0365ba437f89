"""HTML of strangers as plain text.

Nothing of it ever reaches a browser as HTML. Each letter of the input is looked at a fixed number of times, however the
HTML is made: the parser of the standard library needs minutes for 200 000 letters of ``<a``.
"""

import html
import re
from collections.abc import Iterator

LONGEST = 300_000
"""How much of the HTML is read, in letters."""

PARAGRAPHS = frozenset(("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul"))
LISTS = frozenset(("dd", "dl", "dt", "li"))
SECTIONS = frozenset(("article", "aside", "div", "figure", "footer", "form", "header", "main", "nav", "section"))
BLOCKS = PARAGRAPHS | LISTS | SECTIONS | {"address", "br", "center", "hr", "pre", "tbody", "tfoot", "thead", "tr"}
CELLS = frozenset(("td", "th"))
UNSEEN = frozenset(("script", "style", "title", "template", "noscript", "svg", "math"))
LONGEST_TAG = 4000

_name = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]*)")
_href = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_mark = re.compile(r"""[>"']""")
_blank = re.compile(r"[ \t\r\n\f\v\xa0]+")


def text_of(source: str) -> str:
    """What somebody would read: paragraphs, items of lists, cells of tables; where links lead stands in brackets."""
    lines: list[str] = [""]
    line: list[str] = []
    address, since = "", 0

    def end_line(blank: bool) -> None:
        lines.append("".join(line).strip())
        line.clear()
        if blank and lines[-1]:
            lines.append("")

    for text, tag in _pieces(source[:LONGEST]):
        if text:
            folded = _blank.sub(" ", html.unescape(text))
            if folded != " " or line:
                line.append(folded)
        named = _name.match(tag)
        if named is None:
            continue
        name, closing = named[1].lower(), tag.startswith("/")
        if name == "a" and not closing:
            address, since = _address(tag), len(line)
        elif name == "a" and address:
            shown = "".join(line[since:])
            if address.removeprefix("mailto:") not in shown:
                line.append(f" ({address})")
            address = ""
        elif name in CELLS:
            line.append(" ")
        elif name in BLOCKS:
            end_line(name in PARAGRAPHS)
            address, since = "", 0
            if name == "li" and not closing:
                line.append("• ")
    end_line(False)
    return _tidy(lines)


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """Text and the inside of the tag that follows it; comments and what is not meant to be seen are left out."""
    at, length = 0, len(source)
    while at < length:
        start = source.find("<", at)
        if start < 0:
            yield source[at:], ""
            return
        if source.startswith("<!--", start):
            end = source.find("-->", start + 4)
            yield source[at:start], ""
            at = end + 3 if end >= 0 else length
            continue
        if not (source[start + 1 : start + 2].isalpha() or source[start + 1 : start + 2] in ("/", "!", "?")):
            yield source[at : start + 1], ""
            at = start + 1
            continue
        end = _end_of_tag(source, start + 1)
        if end < 0:
            yield source[at:start], ""
            return
        tag = source[start + 1 : min(end, start + 1 + LONGEST_TAG)]
        yield source[at:start], tag
        at = _behind_unseen(source, tag, end + 1)


def _end_of_tag(source: str, at: int) -> int:
    """Where the tag ends: a ``>`` in quotes does not count; -1 when it never does."""
    begin = at
    while found := _mark.search(source, at):
        if found[0] == ">":
            return found.start()
        closing = source.find(found[0], found.end())
        if closing < 0:
            break
        at = closing + 1
    # A quote that nobody closes: what looks like the end is taken for it, once, and quotes stay out of the rest.
    return source.find(">", begin)


def _behind_unseen(source: str, tag: str, at: int) -> int:
    """Where reading goes on: behind the end of a script, a style and the like."""
    named = _name.match(tag)
    if named is None or tag.startswith("/") or tag.endswith("/") or named[1].lower() not in UNSEEN:
        return at
    closing = re.compile(f"</{named[1]}", re.IGNORECASE).search(source, at)
    return closing.start() if closing else len(source)


def _address(tag: str) -> str:
    """Where a link leads, if it leads to a page or a mailbox."""
    found = _href.search(tag)
    address = html.unescape(next((part for part in found.groups() if part), "")).strip() if found else ""
    return address[:500] if address.lower().startswith(("http://", "https://", "mailto:")) else ""


def _tidy(lines: list[str]) -> str:
    kept: list[str] = []
    for one in lines:
        if one or (kept and kept[-1]):
            kept.append(one)
    return "\n".join(kept).strip()
