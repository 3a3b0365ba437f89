"""Two example hosts in one process leave each other alone."""

from pathlib import Path

from sqlalchemy import inspect, select

from example_host import create_app
from example_host.models import User, database
from tests.e2e.host_images import host_settings


def test_a_host_that_starts_leaves_the_sessions_of_another(tmp_path: Path) -> None:
    config = tmp_path / "bgbilling.conf"
    config.write_text("", "utf-8")
    first = create_app(host_settings(tmp_path / "first.sqlite3", config))
    with first.app_context():
        person = database.session.scalars(select(User)).first()
        assert person is not None
        create_app(host_settings(tmp_path / "second.sqlite3", config))
        assert inspect(person).session is database.session()
        database.session.rollback()
