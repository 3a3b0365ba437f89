"""Whether everybody can use a page: axe looks at it in both colour schemes."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
"""The rules of the standard; without them axe also looks for what is thought to be good practice."""


def assert_accessible(page: Page, where: str, *, within: str = "", tags: Sequence[str] = ()) -> None:
    """Fails when axe finds something on the page, or in a part of it, and tells what and ``where``.

    The dark scheme differs from the light one by its colours alone, so only their contrast is looked at again.
    """
    everything: dict[str, Any] = {"runOnly": list(tags)} if tags else {}
    contrast: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    page.emulate_media(color_scheme="light")
    _look(page, f"{where}, light", within, everything)
    page.emulate_media(color_scheme="dark")
    _look(page, f"{where}, dark", within, contrast)


def _look(page: Page, where: str, within: str, options: dict[str, Any]) -> None:
    found = Axe().run(page, within or None, {"resultTypes": ["violations"], **options})
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"
