"""The folder of templates: nothing outside of it is ever read."""

from os import PathLike
from pathlib import Path

from flask_bgbilling.config.document_types import is_inside
from flask_bgbilling.domain.documents.errors import NoTemplates, TemplateMissing, TemplateUnreadable

LARGEST = 5 * 1024 * 1024
"""Bytes of one template."""


class TemplateFolder:
    """Reads templates by their paths inside of one folder."""

    def __init__(self, path: str | PathLike[str] | None) -> None:
        self._path = Path(path).resolve() if path else None

    def read(self, name: str) -> bytes:
        """A template's bytes.

        Raises ``NoTemplates``, ``TemplateMissing`` for whatever is no regular file inside of the folder (links that
        lead out of it included), and ``TemplateUnreadable`` when it is too large.
        """
        if self._path is None:
            raise NoTemplates
        if not is_inside(name):
            raise TemplateMissing(template=name[:100])
        try:
            path = (self._path / name).resolve(strict=True)
            if not path.is_relative_to(self._path) or not path.is_file():
                raise TemplateMissing(template=name)
            with path.open("rb") as file:
                body = file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            raise TemplateMissing(template=name) from error
        if len(body) > LARGEST:
            raise TemplateUnreadable(template=name, reason=f"> {LARGEST} B")
        return body

    def text(self, name: str) -> str:
        """A template that is text; raises ``TemplateUnreadable`` when it is not UTF-8."""
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise TemplateUnreadable(template=name, reason="UTF-8") from error
