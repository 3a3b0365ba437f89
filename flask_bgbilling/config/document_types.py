"""Types of documents that are made for contracts (``card-screens.md`` 4, tab 5; ``customers-and-links.md`` 3).

A block ``document:pattern.<N>.`` whose scope names ``bgbilling-contract`` is ours; those of other scopes belong to the
host. A block that cannot be used is left out and reported; the others stay. Types stand in the order of their numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Final, Literal, get_args

from flask_bgbilling.config.loading import noted
from flask_bgbilling.config.messages import Problem, shown
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.config.values import split_words
from flask_bgbilling.expr import Expression, ExpressionError, JavaPattern, PatternError

PREFIX: Final = "document:pattern."
SCOPE: Final = "bgbilling-contract"

DocumentTypeFormat = Literal["html", "docx", "pdf"]
Language = Literal["ru", "en"]

FORMATS: Final = get_args(DocumentTypeFormat)
LANGUAGES: Final = get_args(Language)
ENDINGS: Final = {"html": ".html", "pdf": ".html", "docx": ".docx"}
"""What the name of a template ends with, by the format that is made of it."""

KEYS: Final = ("title", "scope", "type", "file", "titleRegexp", "number", "counter", "language", "script")
_COUNTER: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_PART: Final = re.compile(r"[^\\/:*?\"<>|\x00-\x1f]+")
LONGEST_TITLE: Final = 100
LONGEST_PATH: Final = 200


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A kind of document that can be made for a contract.

    ``number`` is its place in the configuration, ``format`` what comes out, ``file`` the template, a path inside of the
    folder of templates. With ``pattern`` only contracts whose whole number fits have it. ``expression`` makes the
    document's number; empty leaves it to the count. ``counter`` is the key that numbers are counted under.
    """

    number: int
    title: str
    format: DocumentTypeFormat
    file: str
    pattern: JavaPattern | None = field(default=None, compare=False)
    expression: str = ""
    counter: str = ""
    language: Language = "ru"

    @property
    def key(self) -> str:
        """The block, as documents remember it."""
        return f"{PREFIX}{self.number}"

    def fits(self, contract_number: str) -> bool:
        """Whether contracts of this number have such documents."""
        try:
            return self.pattern is None or self.pattern.matches(contract_number[:LONGEST_PATH])
        except ExpressionError:  # a pattern that takes for ever fits nothing
            return False


def document_types(settings: Settings) -> tuple[DocumentType, ...]:
    """The types that can be used."""
    blocks = settings.properties.indexed(PREFIX)
    found = (_read(number, block) for number, block in sorted(blocks.items()))
    return tuple(one for one in found if one is not None)


def problems(properties: Properties) -> Iterator[Problem]:
    """What is wrong in our blocks."""
    for number, block in properties.indexed(PREFIX).items():
        if SCOPE in split_words(block.text("scope")):
            yield from _problems(block, f"{PREFIX}{number}.")


def _problems(block: Properties, prefix: str) -> Iterator[Problem]:
    for key in ("title", "type", "file"):
        if not block.text(key).strip():
            yield noted(block, key, "required", prefix)
    kind, file = block.text("type").strip(), block.text("file").strip()
    if kind and kind not in FORMATS:
        yield noted(block, "type", "document-type", prefix, value=shown("type", kind), known=", ".join(FORMATS))
    if file and not is_inside(file):
        yield noted(block, "file", "document-file", prefix, value=shown("file", file))
    elif file and kind in FORMATS and not file.endswith(ENDINGS[kind]):
        yield noted(
            block, "file", "document-ending", prefix, value=shown("file", file), ending=ENDINGS[kind], kind=kind
        )
    try:
        JavaPattern.of(block.text("titleRegexp"))
    except PatternError:
        yield noted(block, "titleRegexp", "pattern", prefix, value=shown("titleRegexp", block.text("titleRegexp")))
    try:
        Expression(block.text("number"))
    except ExpressionError as error:
        yield noted(block, "number", "document-number", prefix, reason=error.text())
    counter = block.text("counter").strip()
    if counter and not _COUNTER.fullmatch(counter):
        yield noted(block, "counter", "document-counter", prefix, value=shown("counter", counter))
    language = block.text("language").strip()
    if language and language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        yield noted(block, "language", "document-type", prefix, value=shown("language", language), known=known)
    for key in block:
        if key not in KEYS:
            near = get_close_matches(key[:LONGEST_TITLE], KEYS, n=1)
            known_near = {"near": f"{prefix}{near[0]}"} if near else {}
            yield noted(block, key, "key-unknown-near" if near else "key-unknown", prefix, **known_near)


def is_inside(file: str) -> bool:
    """Whether a path stays in the folder that it is relative to: no root, no drive, no step upwards, plain names."""
    parts = file.split("/")
    plain = all(_PART.fullmatch(part) and part.strip(". ") and not part.startswith(".") for part in parts)
    return plain and len(file) <= LONGEST_PATH and not PurePosixPath(file).is_absolute()


def _read(number: int, block: Properties) -> DocumentType | None:
    """A type; ``None`` when it is not ours or cannot be used."""
    prefix = f"{PREFIX}{number}."
    if SCOPE not in split_words(block.text("scope")):
        return None
    if any(problem.severity == "error" for problem in _problems(block, prefix)):
        return None
    written = block.text("titleRegexp")
    kind, language = block.text("type").strip(), block.text("language").strip()
    return DocumentType(
        number,
        " ".join(block.text("title").split())[:LONGEST_TITLE],
        next(known for known in FORMATS if known == kind),
        block.text("file").strip(),
        JavaPattern.of(written) if written else None,
        block.text("number").strip(),
        block.text("counter").strip() or f"pattern.{number}",
        next((known for known in LANGUAGES if known == language), "ru"),
    )
