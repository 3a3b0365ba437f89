"""A host whose only long work is to count: run by tests as processes of their own, which they kill.

``JOBS_DATABASE`` is the address of its database, ``JOBS_BROKER`` that of a broker, ``JOBS_SCHEDULE`` a configuration.
With ``JOBS_SWEPT_SOON`` whoever dies is missed within seconds.
"""

import os
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text

from flask_bgbilling import BGBilling, JobKind, PropertyAccounts, hookimpl
from flask_bgbilling.jobs import embedded, fleet
from flask_bgbilling.jobs.definitions import RunningJob
from flask_bgbilling.jobs.service import JobService
from flask_bgbilling.ports import Grant, Person

database = SQLAlchemy()

if os.environ.get("JOBS_SWEPT_SOON"):
    embedded.SWEEP = timedelta(seconds=2)
    fleet.SWEEP_SECONDS, fleet.IDLE = 2.0, timedelta(seconds=4)


class Nobody:
    """Nobody is signed in."""

    def current(self) -> Person | None:
        return None

    def grant(self, person: Person, permission: str) -> Grant | None:
        return None

    def sign_in_address(self, back_to: str) -> str:
        return "/"


class Counts:
    """Counts into a table, and how often each number was met."""

    @hookimpl
    def bgbilling_job_kinds(self) -> Sequence[JobKind]:
        return [
            JobKind("Count", "Count", self.count, lease=timedelta(seconds=3)),
            JobKind("Patient", "Count", self.count),
            JobKind("Whole", "Whole", self.whole),
            JobKind("Tick", "Tick", lambda job: None),
        ]

    def count(self, job: RunningJob) -> Mapping[str, object]:
        for number in range(job.cursor or 0, int(job.params["until"])):
            with database.engine.begin() as connection:
                met = {"job": job.id, "number": number, "process": os.getpid()}
                connection.execute(text("INSERT INTO met VALUES (:job, :number, :process)"), met)
            time.sleep(float(job.params.get("pause", 0.05)))
            job.save(number + 1, done=number + 1, total=int(job.params["until"]))
        return {"process": os.getpid()}

    def whole(self, job: RunningJob) -> Mapping[str, object]:
        if job.cursor is None:
            job.split("Count", {str(n): {"until": job.params["until"]} for n in range(job.params["parts"])})
            job.save("split")
        return dict(job.await_parts())


def create_app() -> Flask:
    """The application that ``flask --app tests.jobs_host bgbilling worker`` works for."""
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=os.environ["JOBS_DATABASE"],
        BGBILLING_CONFIG=os.environ.get("JOBS_SCHEDULE", ""),
        BGBILLING_BROKER=os.environ.get("JOBS_BROKER"),
    )
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": 30}}
    database.init_app(app)
    extension = BGBilling(
        app,
        users=Nobody(),
        accounts=PropertyAccounts(lambda person_id: {}),
        database=database,
        plugins=[Counts()],
    )
    with app.app_context():
        extension.upgrade_database()
        with database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS met (job INTEGER, number INTEGER, process INTEGER)"))
    return app


def jobs_of(app: Flask) -> JobService:
    """The jobs of the application."""
    found: JobService = app.extensions["bgbilling"].services.jobs
    return found
