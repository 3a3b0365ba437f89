"""``flask letters fetch`` and the thread that does the same again and again."""

import logging
import threading

import click
from flask import Flask
from flask.cli import AppGroup

from example_host.messages.sources import Fetched, fetch_letters, sources

letters = AppGroup("letters", help="Letters from folders and mailboxes.")
log = logging.getLogger(__name__)


@letters.command()
def fetch() -> None:
    """Take the letters that have come; the exit code is 1 when a source could not be asked."""
    done = fetch_letters()
    click.echo(told(done))
    for line in (*done.bad, *done.failed):
        click.echo(f"  {line}", err=True)
    if done.failed:
        raise SystemExit(1)


def told(done: Fetched) -> str:
    """A round in one line."""
    return f"{done.new} new, {done.known} known, {len(done.bad)} unreadable, {len(done.failed)} sources failed"


class LettersThread:
    """Fetches letters every ``letters.seconds`` until it is stopped, which it notices at once between two letters."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="letters", daemon=True)

    def start(self) -> None:
        """Begins with a first round."""
        self._thread.start()

    def stop(self, seconds: float = 10) -> bool:
        """Asks it to end and waits; false when a mailbox keeps it longer than that."""
        self._stopped.set()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = 1
        while not self._stopped.is_set():
            try:
                with self._app.app_context():
                    pause = sources().every
                    done = fetch_letters(self._stopped.is_set)
                if done.new or done.bad:
                    log.info("letters: %s", told(done))
            except Exception:  # a database that is away for a while must not end it
                log.exception("letters are not fetched; trying again in %s s", pause)
            self._stopped.wait(pause)
