"""From text to nodes by ``grammar.lark``; the parser has a stack of its own, so that depth cannot hurt it."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput

from flask_bgbilling.errors import N_
from flask_bgbilling.expr.budget import DEEPEST_PROGRAM, LONGEST_PROGRAM, TOO_DEEP
from flask_bgbilling.expr.building import Builder
from flask_bgbilling.expr.errors import ExpressionError, ExpressionLimitError, ExpressionSyntaxError
from flask_bgbilling.expr.nodes import Node

TOO_LONG = N_("The expression has %(length)s characters, more than %(limit)s.")
UNEXPECTED = N_("“%(found)s” does not fit here.")
UNEXPECTED_END = N_("The expression ends too early: something is missing.")
UNKNOWN_CHARACTER = N_("The character “%(found)s” means nothing here.")
UNCLOSED_TEXT = N_("This text has no closing quote on its line.")
UNCLOSED_COMMENT = N_("This comment is never closed.")
LONE_ELSE = N_("“else” belongs to no “if” here: put what stands before it into braces.")
UNOPENED = N_("“%(found)s” closes nothing.")

_WORDS: Final = {
    "and": "AND", "or": "OR", "not": "NOT", "eq": "EQUALITY", "ne": "EQUALITY", "lt": "RELATION", "le": "RELATION",
    "gt": "RELATION", "ge": "RELATION", "div": "FACTOR", "mod": "FACTOR", "if": "IF", "else": "ELSE", "for": "FOR",
    "while": "WHILE", "var": "VAR", "return": "RETURN", "break": "BREAK", "continue": "CONTINUE", "true": "TRUE",
    "false": "FALSE", "null": "NULL", "empty": "EMPTY", "size": "SIZE", "new": "RESERVED", "function": "RESERVED",
    "do": "RESERVED",
}  # fmt: skip
_STATEMENT_BEFORE: Final = frozenset({"SEMICOLON", "RBRACE", "RPAR", "ELSE"})
_OPENING: Final = {"LPAR": "RPAR", "LINDEX": "RSQB", "LBRACE": "RBRACE"}
_CLOSING: Final = frozenset(_OPENING.values())


def parse(text: str) -> Node:
    """The whole program as one block.

    Raises :class:`ExpressionSyntaxError`, or :class:`ExpressionLimitError` when it is too long or too deep; the place
    of both is found.
    """
    try:
        if len(text) > LONGEST_PROGRAM:
            raise ExpressionLimitError(TOO_LONG, length=len(text), limit=LONGEST_PROGRAM)
        try:
            parsed: Node = _parser().parse(text)
        except UnexpectedInput as error:
            raise _told(error, text) from None
        return parsed
    except ExpressionError as error:
        error.locate(text)
        raise


@cache
def _parser() -> Any:
    grammar = files(__package__).joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", postlex=_Words(), transformer=Builder(),
                lexer_callbacks={"COMMENT": _closed})  # fmt: skip


def _closed(comment: Token) -> Token:
    """Refuses a comment that runs to the end of the text."""
    if comment.startswith("/*") and (len(comment) < 4 or not comment.endswith("*/")):
        raise ExpressionSyntaxError(UNCLOSED_COMMENT, at=int(comment.start_pos or 0))
    return comment


def _told(error: UnexpectedInput, text: str) -> ExpressionSyntaxError:
    at = error.pos_in_stream if error.pos_in_stream is not None else len(text)
    if isinstance(error, UnexpectedCharacters):
        found = text[at]
        if found in "'\"":
            return ExpressionSyntaxError(UNCLOSED_TEXT, at=at)
        shown = found if found.isprintable() and not found.isspace() else f"U+{ord(found):04X}"
        return ExpressionSyntaxError(UNKNOWN_CHARACTER, at=at, found=shown)
    token = getattr(error, "token", None)
    if token is None or token.type == "$END":
        return ExpressionSyntaxError(UNEXPECTED_END, at=len(text))
    at = int(token.start_pos)
    if token.type == "ELSE":
        return ExpressionSyntaxError(LONE_ELSE, at=at)
    return ExpressionSyntaxError(UNEXPECTED, at=at, found=str(token)[:40])


class _Words:
    """Between lexer and parser: names that are words of the language, and what a brace opens."""

    always_accept = ("NAME", "LBRACE")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """All tokens with their final types; refuses what is nested too deep."""
        tokens = list(stream)
        sets = _sets(tokens)
        before = ""
        for place, token in enumerate(tokens):
            following = tokens[place + 1].type if place + 1 < len(tokens) else ""
            if token.type == "NAME" and (kind := _WORDS.get(token.value)):
                if token.value == "size" and before == "DOT":
                    kind = "NAME" if following == "LPAR" else "RESERVED"
                elif kind in ("EMPTY", "SIZE") and following == "LPAR":
                    kind += "_OF"
                token.type = kind
            elif token.type == "LBRACE":
                token.type = "LSET" if place in sets else "LBLOCK"
            before = token.type
            yield token


def _sets(tokens: Sequence[Token]) -> set[int]:
    """The places of the braces that open sets.

    Where a statement may begin a brace opens a block, unless a comma stands between it and its closing brace.
    """
    found: set[int] = set()
    opened: list[int] = []
    before = None
    for place, token in enumerate(tokens):
        if token.type in _OPENING:
            if len(opened) >= DEEPEST_PROGRAM:
                raise ExpressionLimitError(TOO_DEEP, at=token.start_pos or 0, limit=DEEPEST_PROGRAM)
            if token.type == "LBRACE" and not _may_begin(before, opened, tokens, found):
                found.add(place)
            opened.append(place)
        elif token.type in _CLOSING:
            if not opened or _OPENING[tokens[opened[-1]].type] != token.type:
                raise ExpressionSyntaxError(UNOPENED, at=token.start_pos or 0, found=str(token))
            opened.pop()
        elif token.type == "COMMA" and opened and tokens[opened[-1]].type == "LBRACE":
            found.add(opened[-1])
        before = token
    return found


def _may_begin(before: Token | None, opened: list[int], tokens: Sequence[Token], sets: set[int]) -> bool:
    if before is None or before.type in _STATEMENT_BEFORE or before.value == "else":
        return True
    return before.type == "LBRACE" and opened[-1] not in sets and tokens[opened[-1]] is before
