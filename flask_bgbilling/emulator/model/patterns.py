"""What a text criterion of a search means and how it becomes SQL (contract-search.md 4.1, contract.md 3).

The billing takes number, comment, text and e-mail criteria as case-insensitive regular expressions searched
anywhere in the value; phones come as SQL LIKE patterns. Most criteria are plain text or an anchored number, so
they are turned into an equality or a LIKE that the database can answer itself; only real expressions are
evaluated as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, true

from flask_bgbilling.emulator.errors import Refused

_META = frozenset(".[]{}()*+?|^$")
_CLASS_OF_ONE = re.compile(r"\[([^\]\[\\^])\]")
_LIKE_ESCAPE = "\\"


@dataclass(frozen=True)
class Token:
    """One step of a simple pattern: literal text, one character of any kind, or any run of characters."""

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Mask:
    """A parsed criterion.

    ``tokens`` is ``None`` when the expression is more than literals, ``.`` and ``.*``; then only ``source``
    (a Python regular expression) describes it.
    """

    source: str
    tokens: tuple[Token, ...] | None
    at_start: bool
    at_end: bool

    @property
    def unrestricted(self) -> bool:
        """Whether every value matches."""
        return self.exact is None and self.tokens is not None and all(token.kind == "run" for token in self.tokens)

    @property
    def literal(self) -> str | None:
        """The text itself when the criterion is nothing but text, anchored or not."""
        if self.tokens is not None and len(self.tokens) == 1 and self.tokens[0].kind == "text":
            return self.tokens[0].text
        return None

    @property
    def exact(self) -> str | None:
        """The text when the whole value has to equal it."""
        if not (self.at_start and self.at_end):
            return None
        if self.tokens == ():
            return ""
        return self.literal

    @property
    def longest_text(self) -> str:
        """The longest piece of text that every matching value is sure to contain."""
        return max((token.text for token in self.tokens or () if token.kind == "text"), key=len, default="")

    @property
    def like(self) -> str | None:
        """The same condition as a LIKE pattern with ``\\`` as the escape character, when there is one."""
        if self.tokens is None:
            return None
        body = "".join(
            escape_like(token.text) if token.kind == "text" else ("_" if token.kind == "one" else "%")
            for token in self.tokens
        )
        return ("" if self.at_start else "%") + body + ("" if self.at_end else "%")


def parse_mask(pattern: str) -> Mask:
    """Parse a regular expression of the billing; raises ``Refused`` when it is not one."""
    source = _java_quotes_to_escapes(pattern)
    try:
        re.compile(source)
    except re.error as error:
        raise Refused(f"Ошибка в шаблоне поиска: {error}") from error
    body = source
    at_start = body.startswith("^")
    if at_start:
        body = body[1:]
    at_end = body.endswith("$") and not _escaped(body, len(body) - 1)
    if at_end:
        body = body[:-1]
    return Mask(source, _tokens(body), at_start, at_end)


def escape_like(text: str) -> str:
    """Protect the wildcards of LIKE in literal text."""
    for character in (_LIKE_ESCAPE, "%", "_"):
        text = text.replace(character, _LIKE_ESCAPE + character)
    return text


def mask_condition(column: ColumnElement[str], mask: Mask, dialect: str) -> ColumnElement[bool]:
    """The SQL condition for a value of ``column`` to match, on SQLite or MariaDB.

    SQLite compares Cyrillic without case only through the collation (equality) or the function ``regexp``
    of ``flask_bgbilling.emulator.database``, hence the two ways.
    No value holds a null character, and drivers would take it for the end of the text.
    """
    if "\0" in mask.source:
        return false()
    if mask.unrestricted:
        return true()
    if mask.exact is not None:
        return column == mask.exact
    like = mask.like
    if like is not None and (dialect != "sqlite" or _ascii(mask)):
        return column.like(like, escape=_LIKE_ESCAPE)
    return column.regexp_match(mask.source)


def like_condition(column: ColumnElement[str], pattern: str, dialect: str) -> ColumnElement[bool]:
    """The SQL condition for ``column`` to be LIKE a pattern that the client wrote, ``%`` and ``_`` included."""
    if "\0" in pattern:
        return false()
    if dialect != "sqlite" or pattern.isascii():
        return column.like(pattern)
    pieces = "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return column.regexp_match(f"(?s)^{pieces}$")


def attribute_condition(column: ColumnElement[str], value: str, mode: int, dialect: str) -> ColumnElement[bool]:
    """The condition of an attribute filter in its mode: 0 equal, 1 LIKE, 2 regular expression (contract.md 0)."""
    if mode == 0:
        return column == value
    if mode == 1:
        return like_condition(column, value, dialect)
    if mode == 2:
        return mask_condition(column, parse_mask(value), dialect)
    return false()


def _java_quotes_to_escapes(pattern: str) -> str:
    """Rewrite ``\\Q…\\E``, which clients use to protect typed text, for Python's expressions."""
    # Escapes are consumed in pairs: in ``\\Q`` the second backslash is protected text and quotes nothing.
    return re.sub(
        r"\\Q(.*?)(?:\\E|\Z)|\\.",
        lambda found: found[0] if found[1] is None else re.escape(found[1]),
        pattern,
        flags=re.DOTALL,
    )


def _escaped(text: str, position: int) -> bool:
    slashes = 0
    while position - slashes - 1 >= 0 and text[position - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _tokens(body: str) -> tuple[Token, ...] | None:
    tokens: list[Token] = []
    position = 0
    while position < len(body):
        character = body[position]
        following = body[position + 1 : position + 2]
        if character == "\\":
            if not following or following.isalnum():
                return None
            text, position = following, position + 2
        elif character == ".":
            if following == "*":
                tokens.append(Token("run"))
                position += 2
            else:
                tokens.append(Token("one"))
                position += 1
            if body[position : position + 1] in {"*", "+", "?", "{"}:
                return None
            continue
        elif (single := _CLASS_OF_ONE.match(body, position)) is not None:
            text, position = single[1], single.end()
        elif character in _META:
            return None
        else:
            text, position = character, position + 1
        if body[position : position + 1] in {"*", "+", "?", "{"}:
            return None
        if tokens and tokens[-1].kind == "text":
            tokens[-1] = Token("text", tokens[-1].text + text)
        else:
            tokens.append(Token("text", text))
    return tuple(tokens)


def _ascii(mask: Mask) -> bool:
    return all(token.text.isascii() for token in mask.tokens or ())
