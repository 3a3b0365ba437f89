"""The checks of the port ``Messages``: a whole adapter passes, each broken one is told what it breaks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from flask_bgbilling.ports import Message
from flask_bgbilling.testing import MessageExample, check_messages
from tests.memory_messages import MemoryMessages

EXAMPLE = MessageExample((1, 2), (7, 8), "1")


def factory(kind: type[MemoryMessages]) -> Callable[[], AbstractContextManager[MemoryMessages]]:
    """Contexts over one memory, which is as before after each."""
    port = kind()
    for _ in range(2):
        port.add("+7 916 123-45-67")
    port.add("somebody else", process_id=9)

    @contextmanager
    def context() -> Iterator[MemoryMessages]:
        before = dict(port.known)
        yield port
        if not getattr(port, "commits", False):
            port.known = before

    return context


def test_a_whole_adapter_keeps_every_promise() -> None:
    check_messages(factory(MemoryMessages), EXAMPLE)


class Naive(MemoryMessages):
    def get(self, message_id: int) -> Message | None:
        found = super().get(message_id)
        return replace(found, received_at=datetime(2026, 1, 1)) if found else None


class Stale(MemoryMessages):
    def lock(self, message_id: int) -> Message | None:
        found = super().lock(message_id)
        return replace(found, process_id=None) if found else None


class Silent(MemoryMessages):
    def set_process(self, message_id: int, process_id: int | None, person_id: str) -> None:
        if message_id in self.known:
            super().set_process(message_id, process_id, person_id)


class Sticky(MemoryMessages):
    def set_process(self, message_id: int, process_id: int | None, person_id: str) -> None:
        super().set_process(message_id, process_id or self.known[message_id].process_id, person_id)


class Sweeping(MemoryMessages):
    def set_process(self, message_id: int, process_id: int | None, person_id: str) -> None:
        super().set_process(message_id, process_id, person_id)
        for number, one in self.known.items():
            self.known[number] = replace(one, process_id=process_id)


class Twice(MemoryMessages):
    def process_ids_of_sender(self, sender: str, limit: int) -> Sequence[int]:
        mine = [one.process_id for one in self.known.values() if sender and one.sender == sender and one.process_id]
        return [number for number in mine if number is not None][:limit]


class Unlimited(MemoryMessages):
    def process_ids_of_sender(self, sender: str, limit: int) -> Sequence[int]:
        return super().process_ids_of_sender(sender, 1000)


class Everybody(MemoryMessages):
    def process_ids_of_sender(self, sender: str, limit: int) -> Sequence[int]:
        return list(dict.fromkeys(one.process_id for one in self.known.values() if one.process_id is not None))[:limit]


class OnePath(MemoryMessages):
    def address(self, message_id: int) -> str:
        return "/inbox"


class Committing(MemoryMessages):
    commits = True


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Naive, "no time zone"),
        (Stale, "lock gives"),
        (Silent, "LookupError"),
        (Sticky, "take the message out"),
        (Sweeping, "other messages"),
        (Twice, "twice"),
        (Unlimited, "limit"),
        (Everybody, "no sender"),
        (OnePath, "one path"),
        (Committing, "never commits"),
    ],
)
def test_a_broken_adapter_is_told_what_it_breaks(kind: type[MemoryMessages], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_messages(factory(kind), EXAMPLE)
