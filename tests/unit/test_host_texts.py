"""Texts of a host's plugin in the reader's language."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import Babel, lazy_gettext

from flask_bgbilling.web.i18n import t


def test_a_lazy_title_comes_from_the_catalogue_of_its_plugin(tmp_path: Path) -> None:
    words = Catalog(locale="ru")
    words.add("Visits of fitters", "Выезды монтажников")
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, words)
    app = Flask("host")
    Babel(app, default_locale="ru", default_translation_directories=str(tmp_path))
    title = lazy_gettext("Visits of fitters")
    with app.test_request_context():
        assert t(title) == "Выезды монтажников"
