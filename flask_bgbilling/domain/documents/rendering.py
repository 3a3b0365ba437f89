"""From a template and values to a file."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from types import TracebackType

from jinja2.exceptions import TemplateError, TemplateSyntaxError

from flask_bgbilling.config.document_types import DocumentType, DocumentTypeFormat
from flask_bgbilling.domain.documents.errors import LibraryMissing, TemplateBroken
from flask_bgbilling.domain.documents.folder import TemplateFolder
from flask_bgbilling.domain.documents.limits import Budget, Limits
from flask_bgbilling.domain.documents.sandbox import Sandbox
from flask_bgbilling.domain.documents.writing import Writing
from flask_bgbilling.errors import BGBillingError

LIBRARIES: Mapping[DocumentTypeFormat, tuple[str, ...]] = {"html": (), "docx": ("docxtpl",), "pdf": ("reportlab",)}
"""What makes documents of a format, by the names of modules; all come with the extra ``documents``."""

LONGEST_REASON = 300

Variables = Mapping[str, object]


def missing_library(kind: DocumentTypeFormat) -> str:
    """What is not installed and would be needed for the format; empty when nothing is missing."""
    return next((name for name in LIBRARIES[kind] if find_spec(name) is None), "")


class Renderer:
    """Fills templates of one folder."""

    def __init__(self, folder: TemplateFolder, limits: Limits | None = None) -> None:
        self._folder = folder
        self._limits = limits

    def render(self, kind: DocumentType, variables: Variables) -> bytes:
        """The file: UTF-8 for HTML.

        Raises ``LibraryMissing``, what :class:`TemplateFolder` raises, ``TemplateBroken`` or ``TextBroken`` with the
        place of the mistake, ``TooMuch``; what reading a value raises passes as it is.
        """
        library = missing_library(kind.format)
        if library:
            raise LibraryMissing(format=kind.format.upper(), library=library)
        budget = Budget(kind.file, self._limits)
        sandbox = Sandbox(budget, Writing(kind.language), self._folder.text)
        if kind.format == "docx":
            from flask_bgbilling.domain.documents.docx import fill_docx

            body = fill_docx(kind.file, self._folder.read(kind.file), sandbox, variables)
        elif kind.format == "pdf":
            from flask_bgbilling.domain.documents.pdf import make_pdf

            body = make_pdf(self._text(kind, sandbox, variables), kind.title, kind.language, budget)
        else:
            body = self._text(kind, sandbox, variables).encode("utf-8", "replace")
        return budget.file(body)

    def _text(self, kind: DocumentType, sandbox: Sandbox, variables: Variables) -> str:
        return filled(kind.file, sandbox, lambda: sandbox.get_template(kind.file).render(variables))


def filled(name: str, sandbox: Sandbox, work: Callable[[], str]) -> str:
    """What ``work`` gives; mistakes of templates become ``TemplateBroken`` with template and line."""
    try:
        return work()
    except BGBillingError:
        raise
    except TemplateSyntaxError as error:
        raise TemplateBroken(
            template=error.name or name, line=error.lineno, reason=reason_of(error.message or "?")
        ) from error
    except RecursionError:
        sandbox.budget.refuse()
    except Exception as error:  # whatever the values that stand in a template make of its words
        where, line = place_of(error.__traceback__, name)
        raise TemplateBroken(template=where, line=line, reason=reason_of(_told(error))) from error


def _told(error: Exception) -> str:
    if isinstance(error, TemplateError | TypeError | ValueError):
        return str(error.message if isinstance(error, TemplateError) else error)
    return f"{type(error).__name__}: {error}"


def reason_of(text: str) -> str:
    """A reason as it is shown: one line, not endless."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def place_of(traceback: TracebackType | None, name: str) -> tuple[str, int]:
    """The template and line of an error: the innermost frame that the engine made of a template."""
    found = (name, 0)
    while traceback is not None:
        known = traceback.tb_frame.f_globals
        if "__jinja_exception__" in known or "__jinja_template__" in known:
            found = (traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    where, line = found
    return (name if where.startswith("<") else where), line
