"""DOCX: a document of a word processor with places to fill in, by docxtpl."""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateSyntaxError

from flask_bgbilling.domain.documents.errors import TemplateUnreadable, TextBroken
from flask_bgbilling.domain.documents.rendering import place_of, reason_of
from flask_bgbilling.domain.documents.sandbox import Sandbox
from flask_bgbilling.errors import BGBillingError

LARGEST_UNPACKED = 60 * 1024 * 1024
LONGEST_PLACE = 120
PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
LONGEST_PROPERTY = 255
_TAGS = re.compile(r"<[^>]+>")


def fill_docx(name: str, template: bytes, sandbox: Sandbox, variables: Mapping[str, object]) -> bytes:
    """The filled document: body, headers, footers, footnotes and properties.

    Texts are escaped for XML; their line breaks become line breaks of the document. Raises ``TemplateUnreadable`` and
    ``TextBroken``.
    """
    _check(name, template)
    made = _Docx(BytesIO(template), name, sandbox)
    try:
        made.render(dict(variables), jinja_env=sandbox, autoescape=True)
        written = BytesIO()
        made.save(written)
    except BGBillingError:
        raise
    except RecursionError:
        sandbox.budget.refuse()
    except Exception as error:  # python-docx and lxml have many ways to say that it is no good document
        reason = reason_of(f"{type(error).__name__}: {error}")
        raise TemplateUnreadable(template=name, reason=reason) from error
    return written.getvalue()


def _check(name: str, template: bytes) -> None:
    """Sees that it is a package that does not unpack into more than a document can be."""
    try:
        with zipfile.ZipFile(BytesIO(template)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
            known = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise TemplateUnreadable(template=name, reason="ZIP") from error
    if "[Content_Types].xml" not in known:
        raise TemplateUnreadable(template=name, reason="DOCX")
    if unpacked > LARGEST_UNPACKED:
        raise TemplateUnreadable(template=name, reason=f"> {LARGEST_UNPACKED} B")


class _Docx(DocxTemplate):  # type: ignore[misc]
    """Tells where in the text a template is wrong."""

    def __init__(self, file: BytesIO, name: str, sandbox: Sandbox) -> None:
        super().__init__(file)
        self._name = name
        self._sandbox = sandbox

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, object], jinja_env: Any = None) -> Any:
        """One part of the package; its paragraphs stand on lines of their own, which makes their numbers places."""
        lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml).splitlines()
        try:
            return super().render_xml_part(src_xml, part, context, jinja_env)
        except (BGBillingError, RecursionError):
            raise
        except TemplateSyntaxError as error:
            raise self._broken(error, error.lineno, lines) from error
        except Exception as error:
            raise self._broken(error, place_of(error.__traceback__, "")[1], lines) from error

    def render_properties(self, context: dict[str, object], jinja_env: Any = None) -> None:
        """Title, author and the like: they are texts already and must not be escaped."""
        known = self.docx.core_properties
        self._sandbox.autoescape = False
        try:
            for name in PROPERTIES:
                source = getattr(known, name)
                if "{" in source:
                    setattr(known, name, self._sandbox.from_string(source).render(context)[:LONGEST_PROPERTY])
        except (BGBillingError, RecursionError):
            raise
        except Exception as error:
            raise self._broken(error, 1, ["core.xml"]) from error
        finally:
            self._sandbox.autoescape = True

    def _broken(self, error: Exception, line: int, lines: list[str]) -> TextBroken:
        around = lines[max(line - 1, 0) : line] or [""]
        place = " ".join(_TAGS.sub("", " ".join(around)).split())[:LONGEST_PLACE]
        told = getattr(error, "message", None) or str(error) or type(error).__name__
        return TextBroken(template=self._name, place=place or "…", reason=reason_of(str(told)))
