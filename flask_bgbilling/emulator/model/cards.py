"""Printable cards of a contract: an HTML page, and a small PDF made by hand (contract.md 17)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Section = tuple[str, Sequence[tuple[str, str]]]
"""A heading and its lines of name and value."""

STYLE = (
    "body { font-family: sans-serif; font-size: 13px; } "
    "h1 { font-size: 18px; } h2 { font-size: 14px; border-bottom: 1px solid #999; } "
    "table { border-collapse: collapse; } td { padding: 2px 8px; vertical-align: top; } "
    "td.name { color: #555; }"
)

LATIN = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ё": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "y",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ы": "y",
    "ь": "",
    "э": "e",
    "ю": "yu",
    "я": "ya",
}
"""Cyrillic letters in Latin ones: the fonts that every PDF reader has hold no Cyrillic."""

LEFT, TOP, LINE = 56, 790, 18


def html_card(title: str, sections: Sequence[Section]) -> bytes:
    """A whole HTML page with a ``style`` block; every text is escaped."""
    parts = [
        "<html><head>",
        '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"/>',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
    ]
    for heading, lines in sections:
        parts.append(f"<h2>{escape(heading)}</h2><table>")
        parts.extend(f'<tr><td class="name">{escape(name)}</td><td>{escape(value)}</td></tr>' for name, value in lines)
        parts.append("</table>")
    parts.append("</body></html>")
    return "".join(parts).encode("utf-8", "replace")


def pdf_card(title: str, lines: Sequence[str]) -> bytes:
    """A valid PDF of one page: the lines in Latin letters, the exact title in the document's properties."""
    shown = "\n".join(f"({_pdf_text(line)}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf {LINE} TL {LEFT} {TOP} Td\n{shown}\nET".encode("ascii")
    return _pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Title <%s> >>" % ("\ufeff" + title).encode("utf-16-be", "replace").hex().upper().encode(),
        ]
    )


def in_latin(text: str) -> str:
    """The text with Cyrillic written in Latin letters; what remains outside ASCII is a question mark."""
    letters = []
    for letter in text:
        latin = LATIN.get(letter.lower(), letter)
        letters.append(latin.capitalize() if letter != letter.lower() and latin != letter else latin)
    return "".join(letters).encode("ascii", "replace").decode("ascii")


def _pdf_text(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in in_latin(text))
    return printable.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """The objects, numbered from 1, with header, cross-reference table and trailer; the last one is the
    document's properties, the first one its root."""
    body = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        body += b"%010d 00000 n \n" % offset
    body += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    body += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(body)
