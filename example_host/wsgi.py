"""The demo's application outside of the demo: ``flask --app example_host.wsgi letters fetch``."""

import json
import secrets
from pathlib import Path
from typing import Any

from flask import Flask

from example_host import application
from flask_bgbilling import SecretBox


def create_app() -> Flask:
    """The application with the files of the folder ``instance``, as the demo has left them."""
    folder = application.instance_folder()
    return application.create_app(instance_settings(folder, folder / "bgbilling.conf"))


def instance_settings(folder: Path, config: Path) -> dict[str, Any]:
    """Settings with a database and keys that live in a folder; the keys are made when there are none."""
    stored = folder / "secrets.json"
    if not stored.exists():
        stored.touch(mode=0o600)
        stored.write_text(json.dumps({"secret_key": secrets.token_hex(32), "keys": [SecretBox.new_key()]}), "utf-8")
    known = json.loads(stored.read_text("utf-8"))
    return {
        "SECRET_KEY": known["secret_key"],
        "BGBILLING_SECRET_KEYS": known["keys"],
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{(folder / 'crm.sqlite3').resolve()}",
        "BGBILLING_CONFIG": str(config.resolve()),
    }
