"""Where the configuration comes from, and how every process notices that it changed.

A source belongs to one process. Each process looks at the file by itself, so nobody has to be told and no
restart is needed. A file that cannot be read for a moment, because an editor is writing it, changes nothing.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from flask_bgbilling.config.check import check, check_properties
from flask_bgbilling.config.customers import KnownCustomers
from flask_bgbilling.config.loading import content_version, load, load_text
from flask_bgbilling.config.message_types import MessageClasses
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import Properties
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.errors import ConfigurationError

CHECK_INTERVAL: Final = 2.0
LARGEST_FILE: Final = 4 * 1024 * 1024

ConfigurationValue: TypeAlias = str | os.PathLike[str] | Mapping[str, object] | None

_logger = logging.getLogger(__name__)


class ConfigurationSource:
    """The configuration of one application in one process.

    ``value`` is what the host put under ``BGBILLING_CONFIG``: a text (a string with a line break or ``=``),
    the path of a file (any other string, or a path object), a mapping of keys to values, or ``None`` for no
    configuration. A text and a mapping never change; a file is looked at again at most every ``interval``
    seconds. Raises `ConfigurationError` for anything else, and when a file cannot be read at the start: later
    the last good settings stay in force and `problem` says why.

    Safe to use from many threads: one looks at the file, the others go on with the settings they have.
    """

    def __init__(
        self,
        value: ConfigurationValue,
        *,
        includes: Mapping[int, str] = MappingProxyType({}),
        local_zone: ZoneInfo | None = None,
        interval: float = CHECK_INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._value = value
        self._includes = dict(includes)
        self._local_zone = local_zone
        self._interval = interval
        self._clock = clock
        self._wall_clock = wall_clock
        self._problem: Problem | None = None
        self._seen: _Seen | None = None
        self._guard = _Guard.new()
        if not isinstance(value, str | os.PathLike | Mapping | None):
            raise ConfigurationError(
                detail=f"BGBILLING_CONFIG is {type(value).__name__}: expected a text, a path or a mapping"
            )
        self._path = _path_of(value)
        self._next_look = clock() + interval
        if self._path is None:
            self._settings = self._fixed(value)
        else:
            self._settings = self._first_reading(self._path)

    @property
    def path(self) -> Path | None:
        """The file that is watched, ``None`` when the configuration is fixed."""
        return self._path

    @property
    def problem(self) -> Problem | None:
        """Why the file cannot be read now; ``None`` when all is well."""
        return self._problem

    def current(self) -> Settings:
        """The settings in force now: the same object until the content changes."""
        if self._path is not None and self._clock() >= self._next_look:
            self._look_unless_somebody_does(self._path)
        return self._settings

    def check(
        self,
        jobs: Collection[str] | None = None,
        messages: MessageClasses | None = None,
        known_customers: Callable[[], KnownCustomers] | None = None,
    ) -> list[Problem]:
        """Every mistake of the configuration as it is now, for the linter; what may be named is given as for a text.

        Raises `ConfigurationError` when its file cannot be read.
        """
        if isinstance(self._value, Mapping):
            return check_properties(properties_of(self._value), jobs, messages, known_customers)
        return check(
            self.text(), includes=self._includes, jobs=jobs, messages=messages, known_customers=known_customers
        )

    def text(self) -> str:
        """The configuration as a text; pairs of a mapping as lines. Raises as `check` does."""
        if self._path is not None:
            return read_file(self._path)
        if isinstance(self._value, Mapping):
            return "".join(f"{key}={text}\n" for key, text in properties_of(self._value).items())
        return self._value if isinstance(self._value, str) else ""

    def _fixed(self, value: ConfigurationValue) -> Settings:
        if isinstance(value, Mapping):
            properties = properties_of(value)
            version = content_version(f"{key}={properties[key]}" for key in sorted(properties))
            return load(properties, version=version, local_zone=self._local_zone)
        return self._load(self.text())

    def _load(self, text: str) -> Settings:
        return load_text(text, includes=self._includes, local_zone=self._local_zone)

    def _first_reading(self, path: Path) -> Settings:
        try:
            self._seen, text = _read(path, self._wall_clock())
        except _Unreadable as unreadable:
            raise ConfigurationError(detail=unreadable.problem.text()) from unreadable
        return self._load(text)

    def _look_unless_somebody_does(self, path: Path) -> None:
        # A lock taken by another thread while this process was forked off would stay locked here for ever.
        if self._guard.process != os.getpid():
            self._guard = _Guard.new()
        lock = self._guard.lock
        if not lock.acquire(blocking=False):
            return
        try:
            if self._clock() >= self._next_look:
                self._look(path)
                self._next_look = self._clock() + self._interval
        finally:
            lock.release()

    def _look(self, path: Path) -> None:
        try:
            if self._seen is not None and self._seen.still_true(path):
                self._tell(None)
                return
            seen, text = _read(path, self._wall_clock())
        except _Unreadable as unreadable:
            self._tell(unreadable.problem)
            return
        if not text.strip() and self._settings.properties:
            # An editor that truncates before it writes: to switch everything off there is bgbilling:enable=0.
            self._tell(Problem("source-empty", params={"path": str(path)}))
            return
        self._seen = seen
        settings = self._load(text)
        if settings.version != self._settings.version:
            self._settings = settings
            _logger.info("configuration changed, version %s", settings.version)
        self._tell(None)

    def _tell(self, problem: Problem | None) -> None:
        if problem is not None and problem != self._problem:
            _logger.warning("%s", problem.text())
        self._problem = problem


def properties_of(values: Mapping[str, object]) -> Properties:
    """Properties of a mapping whose values may be texts, numbers, yes or no, paths or lists of these.

    ``None`` leaves a key out. Raises `ConfigurationError` for anything else, naming the key and never the
    value.
    """
    texts: dict[str, str] = {}
    for key, value in values.items():
        if value is None:
            continue
        text = _text_of(value)
        if text is None:
            problem = Problem("source-value", str(key), params={"type": type(value).__name__})
            raise ConfigurationError(detail=problem.text())
        texts[str(key)] = text
    return Properties.of(texts)


def read_file(path: Path) -> str:
    """The text of a configuration file. Raises `ConfigurationError` when there is none."""
    try:
        return _read(path, 0.0)[1]
    except _Unreadable as unreadable:
        raise ConfigurationError(detail=unreadable.problem.text()) from unreadable


class _Unreadable(Exception):
    """The file cannot be read; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Guard:
    process: int
    lock: threading.Lock

    @classmethod
    def new(cls) -> "_Guard":
        return cls(os.getpid(), threading.Lock())


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the file looked like when it was read.

    ``settled`` is false when it had been written so shortly before that a second write could bear the same
    time: then only reading it again tells.
    """

    stamp: tuple[int, int, int, int]
    settled: bool

    def still_true(self, path: Path) -> bool:
        return self.settled and _stamp(path) == self.stamp


def _path_of(value: ConfigurationValue) -> Path | None:
    if isinstance(value, os.PathLike):
        return Path(value)
    if isinstance(value, str) and value.strip() and "\n" not in value and "=" not in value:
        return Path(value.strip()).expanduser()
    return None


def _text_of(value: object) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str | int | Decimal | Path):
        return str(value)
    if isinstance(value, list | tuple):
        parts = [None if isinstance(part, list | tuple) else _text_of(part) for part in value]
        texts = [part for part in parts if part is not None]
        return ",".join(texts) if len(texts) == len(parts) else None
    return None


def _stamp(path: Path) -> tuple[int, int, int, int]:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise _missing(path, error) from error
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def _read(path: Path, now: float) -> tuple[_Seen, str]:
    stamp = _stamp(path)
    if stamp[1] > LARGEST_FILE:
        raise _Unreadable(Problem("source-large", params={"path": str(path), "most": LARGEST_FILE}))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _missing(path, error) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Unreadable(Problem("source-encoding", params={"path": str(path)})) from error
    return _Seen(stamp, settled=now - stamp[0] / 1e9 > CHECK_INTERVAL), text


def _missing(path: Path, error: OSError | ValueError) -> _Unreadable:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return _Unreadable(Problem("source-missing", params={"path": str(path), "reason": reason}))
