"""The page argument of sections that show logs."""

from flask_bgbilling.hookspecs import SectionContext

_LAST = 1_000_000


def page_number(context: SectionContext) -> int:
    """The page that the query field ``page`` names, counted from 1; anything that is no page is the first."""
    typed = context.value("page")
    return min(max(int(typed[:9]), 1), _LAST) if typed.isascii() and typed.isdigit() else 1
