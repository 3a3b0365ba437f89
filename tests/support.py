"""Plain helpers that tests and fixtures share."""

import os
import socket
from collections.abc import Callable
from contextlib import closing
from time import monotonic, sleep

import pytest

from flask_bgbilling.emulator import Emulator

ALL_BANDS = ("7.0", "7.1", "7.2", "8.0", "8.2", "9.2", "9.2404", "9.2410", "9.2501", "10.2")

Emulated = Callable[..., Emulator]


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Callable[[], bool], seconds: float = 30.0, what: str = "it") -> None:
    """Polls until ``ready`` answers true."""
    deadline = monotonic() + seconds
    while not ready():
        if monotonic() > deadline:
            raise TimeoutError(f"{what} was not ready within {seconds} s")
        sleep(0.05)


def missing(what: str) -> None:
    """A service is not installed: a skip for a developer at a desk, a failure in CI."""
    if os.environ.get("BGBILLING_NO_SKIPS"):
        pytest.fail(f"{what} is not installed: sh tests/services.sh")
    pytest.skip(f"{what} is not installed: sh tests/services.sh")
