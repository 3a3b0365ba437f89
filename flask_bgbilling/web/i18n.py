"""The words of our pages in the reader's language, with or without a host that uses Flask-Babel.

Message ids are English. The host's own catalogue, locale selector and ``gettext`` are never touched: only its choice
of locale is asked for.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations, Translations
from flask import current_app, g, has_request_context, request

from flask_bgbilling.errors import BGBillingError, fill
from flask_bgbilling.facts import Note

LOCALES = ("ru", "en")
DOMAIN = "bgbilling"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def locale() -> str:
    """The language of this reader: the host's Babel decides, else ``BGBILLING_LOCALE``, else the browser.

    Decided once per request: a page asks for it with every word.
    """
    if not has_request_context():
        return _decided()
    if "bgbilling_locale" not in g:
        g.bgbilling_locale = _decided()
    known: str = g.bgbilling_locale
    return known


def _decided() -> str:
    chosen = _babel_locale() or current_app.config.get("BGBILLING_LOCALE")
    if callable(chosen):
        chosen = chosen()
    if chosen:
        return str(chosen).replace("-", "_").split("_")[0]
    if has_request_context():
        return request.accept_languages.best_match(LOCALES) or LOCALES[0]
    return LOCALES[0]


def _babel_locale() -> str | None:
    if "babel" not in current_app.extensions:
        return None
    from flask_babel import get_locale

    chosen = get_locale()
    return str(chosen) if chosen else None


@lru_cache(maxsize=16)
def catalogue(language: str) -> NullTranslations:
    """The compiled catalogue of a language; English needs none."""
    return Translations.load(str(CATALOGUES), [language], DOMAIN)


@lru_cache(maxsize=16)
def conventions(language: str) -> Locale:
    """Number and date conventions of a language; unknown ones get English."""
    try:
        return Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")


def t(message: str, /, **params: object) -> str:
    """The message in the reader's language with its parameters filled in."""
    return _filled(catalogue(locale()).ugettext(message) if message else "", params)


def tn(singular: str, plural: str, n: int, /, **params: object) -> str:
    """The form of a message that fits the number ``n``, which is a parameter too."""
    return _filled(catalogue(locale()).ungettext(singular, plural, n), {"n": n, **params})


def _filled(text: str, params: Mapping[str, object]) -> str:
    return fill(text, params) if params else text.replace("%%", "%")


def describe(error: BGBillingError) -> tuple[str, str]:
    """What happened and what to do, in the reader's language."""
    params = _places(error.params)
    words = catalogue(locale())
    return fill(words.ugettext(error.message), params), fill(words.ugettext(error.remedy), params)


def told(note: Note) -> str:
    """A note in the reader's language."""
    values: dict[str, object] = {**note.values}
    if note.reason:
        values["reason"] = fill(catalogue(locale()).ugettext(note.reason), _places(note.reason_values))
    return t(note.message, **values)


def _places(params: Mapping[str, object]) -> dict[str, object]:
    """What stands in the places of an error's message; its ``detail`` is a message id itself."""
    return {name: t(value) if name == "detail" and isinstance(value, str) else value for name, value in params.items()}
