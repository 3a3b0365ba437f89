"""The example host with given billings, for measurements of whole pages."""

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from example_host import create_app
from flask_bgbilling import SecretBox


def signed_in(folder: Path, executers: dict[str, str], version: str | None = None, login: str = "admin") -> FlaskClient:
    """A client of a fresh host; ``executers`` by billing id, ``version`` spares the detection."""
    client = create_app(settings_of(folder, executers, version)).test_client()
    answer = client.post("/sign-in", data={"login": login, "password": login})
    assert answer.status_code == 302
    return client


def settings_of(folder: Path, executers: dict[str, str], version: str | None = None) -> dict[str, Any]:
    """The settings of a fresh host, whose files are in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["bgbilling:enable=1"]
    for number, (billing_id, address) in enumerate(executers.items(), 1):
        lines += [
            f"bgbilling:server.{number}.id={billing_id}",
            f"bgbilling:server.{number}.title={billing_id}",
            f"bgbilling:server.{number}.url={address}",
            f"bgbilling:server.{number}.timezone=Europe/Moscow",
        ]
        if version:
            lines.append(f"bgbilling:server.{number}.version={version}")
    config = folder / "bgbilling.conf"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    return {
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        "SECRET_KEY": "bench",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
        "BGBILLING_CONFIG": str(config),
        "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
    }
