"""The engine for several processes and machines: Celery over Redis or RabbitMQ (extra ``celery``).

A message holds nothing but a job's number. It is acknowledged after the work, so that a killed worker's message comes
again; should the broker lose one, sweeping rings anew.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_bgbilling.errors import ConfigurationError
from flask_bgbilling.jobs.service import JobService

if TYPE_CHECKING:
    from celery import Celery

logger = logging.getLogger(__name__)

TASK = "flask_bgbilling.job"
QUEUE = "bgbilling"
SWEEP_SECONDS = 10.0
CONNECT_SECONDS = 2
"""How long a page may wait for a broker that does not answer; the row is written before."""

IDLE = timedelta(seconds=20)
"""A number that was sent may wait in the broker for a free worker; it is sent again when it does for longer."""


class FleetEngine:
    """Sends numbers of jobs to the workers of ``flask bgbilling worker``. ``broker`` is Celery's address of it."""

    def __init__(self, service: JobService, within: Callable[[], AbstractContextManager[object]], broker: str) -> None:
        self._service = service
        self._within = within
        self.celery = _celery(broker)

        def run(job_id: int) -> None:  # Celery makes a task of a function, not of a bound method
            self._run(job_id)

        self._task: Any = self.celery.task(name=TASK, ignore_result=True)(run)

    def ring(self, job_id: int) -> None:
        """Sends the number; a broker that is away leaves it to the sweeper."""
        try:
            self._task.apply_async((job_id,), queue=QUEUE, retry=False)
        except Exception as error:  # whatever a broker's library raises: the row is written, sweeping finds it
            logger.warning("job %s could not be sent: %s", job_id, error)

    def work(self, concurrency: int, *arguments: str) -> None:
        """Works until it is told to end: does jobs, and plans and sweeps beside."""
        from celery.signals import worker_shutting_down

        self._service.engine = self
        worker_shutting_down.connect(self._let_go, weak=False)
        stopped = threading.Event()
        clock = threading.Thread(target=self._clock, args=(stopped,), daemon=True, name="bgbilling-clock")
        clock.start()
        try:
            self.celery.worker_main(
                [
                    "worker",
                    "--pool=threads",
                    f"--concurrency={concurrency}",
                    f"--queues={QUEUE}",
                    "--without-gossip",
                    "--without-mingle",
                    *arguments,
                ]
            )
        finally:
            stopped.set()

    def _let_go(self, **_: object) -> None:
        self._service.let_go()

    def _run(self, job_id: int) -> None:
        with self._within():
            self._service.run(job_id)

    def _clock(self, stopped: threading.Event) -> None:
        while not stopped.wait(SWEEP_SECONDS):
            with self._within():
                self._service.tick(IDLE)


def _celery(broker: str) -> "Celery":
    try:
        from celery import Celery
    except ImportError:
        raise ConfigurationError(
            detail="BGBILLING_BROKER needs the extra: pip install flask-bgbilling[celery]"
        ) from None
    celery = Celery("flask_bgbilling", broker=broker)
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=CONNECT_SECONDS,
        worker_hijack_root_logger=False,
    )
    if broker.startswith("redis"):  # other transports do not know the option
        celery.conf.broker_transport_options = {"socket_connect_timeout": CONNECT_SECONDS}
    return celery
