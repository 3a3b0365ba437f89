"""What makes the start of an example host cheap: database, compiled templates and routes are made once in a process.

Only the first host fills its tables, and each billing's directories are read into an address book once; the others
begin with a copy.
"""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any
from unittest.mock import patch

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.security import generate_password_hash

from example_host import application, create_app
from example_host.address_book import fill_address_book
from example_host.models import User, database
from flask_bgbilling import BGBilling, SecretBox
from flask_bgbilling.emulator import Emulator, EmulatorSettings

SECRET_KEYS = [SecretBox.new_key()]
"""What seals the secrets of all hosts of a process: a copied database must be readable."""

QUICK_HASH = "pbkdf2:sha256:1"
"""Passwords equal logins here, so nothing is kept secret by a hash that takes a tenth of a second."""


class CompiledTemplates(BytecodeCache):
    """The code of templates by name and source."""

    def __init__(self) -> None:
        """Nothing is compiled yet."""
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives the code of an earlier host's template."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps code for later hosts."""
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


_host_templates, _our_templates = CompiledTemplates(), CompiledTemplates()
_with_address_book: dict[EmulatorSettings, bytes] = {}


def host_settings(file: Path, config: Path) -> dict[str, Any]:
    """The settings of a host with this database and configuration."""
    return {
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        "SECRET_KEY": "test",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}",
        "BGBILLING_CONFIG": str(config),
        "BGBILLING_SECRET_KEYS": SECRET_KEYS,
        "CRM_FILES": str(file.parent),
    }


def prepared_app(settings: dict[str, Any]) -> Flask:
    """An application over a copied database, whose tables and demo data are not looked through once more.

    It takes the compiled templates of the hosts before it.
    """
    with (
        patch.object(database, "create_all"),
        patch.object(BGBilling, "upgrade_database"),
        patch.object(application, "seed"),
    ):
        app = create_app(settings)
    app.jinja_env.bytecode_cache = _host_templates
    app.extensions["bgbilling"].templates.bytecode_cache = _our_templates
    return app


def share_routes() -> None:
    """Lets every application take the URL builders that Werkzeug has compiled for the same rules of earlier ones."""
    compiled = Rule._compile_builder
    known: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        place = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if place not in known:
            known[place] = compiled(rule, append_unknown)
        return known[place]

    Rule._compile_builder = remembered  # type: ignore[method-assign]


def host_image(billing: Emulator | None) -> bytes:
    """The database of a host that was just started, as SQLite bytes.

    With a billing, the address book is filled from its directories; billings of equal settings give equal ones.
    """
    if billing is None:
        return _seeded()
    settings = replace(billing.settings, port=0)
    if settings not in _with_address_book:
        _with_address_book[settings] = _made(billing, _seeded())
    return _with_address_book[settings]


@cache
def _seeded() -> bytes:
    return _made(None, b"")


def _made(billing: Emulator | None, image: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="bgb-host-") as folder:
        file, config = Path(folder, "host.sqlite3"), Path(folder, "bgbilling.conf")
        config.write_text("", "utf-8")
        if image:
            file.write_bytes(image)
        app = create_app(host_settings(file, config))
        with app.app_context():
            if billing is None:
                for user in database.session.scalars(select(User)):
                    user.password_hash = generate_password_hash(user.login, QUICK_HASH)
                database.session.commit()
            else:
                fill_address_book(billing.url, "admin", "admin")
            database.session.remove()
            database.engine.dispose()
        with closing(sqlite3.connect(file)) as connection:
            return connection.serialize()
