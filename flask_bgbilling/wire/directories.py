"""Directories kept in memory: names of users, payment types and the like (transport.md 11).

A directory belongs to the account that read it, unless it is declared public. It is loaded when first asked for; after
that the server is asked for its version at most each ten seconds, and the list is loaded again when the number differs.
A billing that is down does not take the names away: the last ones stay.
"""

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from flask_bgbilling.errors import Garbled, Unavailable
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.operation import Directory

T = TypeVar("T")

PROBE_SECONDS = 10.0
UNPROBED_SECONDS = 60.0
MOST_ENTRIES = 1000

_salt = os.urandom(16)


def account_key(credentials: Credentials) -> bytes:
    """What tells accounts apart in memory, without keeping a password: another password is another account."""
    pair = f"{len(credentials.login)}:{credentials.login}:{credentials.password}".encode("utf-8", "replace")
    return hashlib.blake2b(pair, key=_salt, digest_size=16).digest()


@dataclass
class _Entry:
    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Any = None
    loaded: bool = False
    version: int = 0
    checked: float = 0.0


class Directories:
    """The directories of one billing, of all accounts. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, bytes], _Entry] = OrderedDict()

    def get(
        self,
        directory: Directory[T],
        account: bytes,
        load: Callable[[], T],
        probe: Callable[[str], int],
    ) -> T:
        """The directory as this account sees it.

        ``load`` reads it from the server, ``probe`` asks for the version of an item class, 0 when there is none. Of
        several threads that want the same one asks, the others wait for it.
        """
        entry = self._entry(directory, account)
        if entry.loaded and self._fresh(directory, entry):
            return cast(T, entry.value)
        with entry.lock:
            if not entry.loaded:
                self._keep(entry, load(), 0)
            elif not self._fresh(directory, entry):
                self._renew(directory, entry, load, probe)
            return cast(T, entry.value)

    def forget(self) -> None:
        """Drops everything."""
        with self._lock:
            self._entries.clear()

    def cached(self, directory: Directory[T], account: bytes) -> bool:
        """Whether the directory can be had without a request now."""
        entry = self._entry(directory, account)
        return entry.loaded and self._fresh(directory, entry)

    def _entry(self, directory: Directory[Any], account: bytes) -> _Entry:
        key = (directory.name, b"" if directory.public else account)
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            if len(self._entries) > MOST_ENTRIES:
                self._entries.popitem(last=False)
            return entry

    def _fresh(self, directory: Directory[Any], entry: _Entry) -> bool:
        age = self._clock() - entry.checked
        # A server that does not number its directory answers 0 to the second probe as well.
        return age < (PROBE_SECONDS if directory.item_class else UNPROBED_SECONDS)

    def _keep(self, entry: _Entry, value: object, version: int) -> None:
        entry.value, entry.version, entry.loaded, entry.checked = value, version, True, self._clock()

    def _renew(
        self, directory: Directory[Any], entry: _Entry, load: Callable[[], Any], probe: Callable[[str], int]
    ) -> None:
        try:
            version = probe(directory.item_class) if directory.item_class else 0
            if version and version == entry.version:
                entry.checked = self._clock()
            else:
                self._keep(entry, load(), version)
        except (Unavailable, Garbled):
            entry.checked = self._clock()
