"""What an adapter of ``Messages`` promises, check by check."""

from dataclasses import dataclass

from flask_bgbilling.ports import Message, Messages
from flask_bgbilling.testing.cases import Check, promise, raises

NOBODY = 2_000_000_000
FEW = 50


@dataclass(frozen=True)
class MessageExample:
    """Two messages of one sender that belong to no process, two processes, and somebody whom the host knows."""

    message_ids: tuple[int, int]
    process_ids: tuple[int, int]
    person_id: str


def checks(example: MessageExample) -> tuple[Check, ...]:
    """Every check."""
    first, second = example.message_ids
    one, other = example.process_ids

    def messages_can_be_read(messages: Messages) -> None:
        message = messages.get(first)
        promise(message is not None and message.id == first, f"get({first}) gave {message!r}")
        if message is not None:
            promise(message.received_at.tzinfo is not None, "get: received_at has no time zone")
            promise(message.process_id is None, f"get({first}): the example must belong to no process")
        promise(messages.get(NOBODY) is None, "get gives a message that does not exist")
        promise(messages.address(first) != messages.address(second), "address gives one path for two messages")
        promise(messages.address(first).startswith("/"), f"address gives {messages.address(first)!r}, not a path")

    def a_message_is_held_as_it_is_now(messages: Messages) -> None:
        messages.get(first)
        messages.set_process(first, one, example.person_id)
        held = messages.lock(first)
        promise(held is not None and held.process_id == one, f"lock gives {held!r}, not what was just written")
        promise(held == messages.get(first), "lock and get give different messages")
        promise(messages.lock(NOBODY) is None, "lock gives a message that does not exist")

    def a_message_goes_into_a_process_and_out(messages: Messages) -> None:
        messages.set_process(first, one, example.person_id)
        promise(_process(messages.get(first)) == one, "after set_process the message is not in the process")
        messages.set_process(first, other, example.person_id)
        promise(_process(messages.get(first)) == other, "set_process does not move a message to another process")
        promise(_process(messages.get(second)) is None, "set_process moves other messages of the sender as well")
        messages.set_process(first, None, example.person_id)
        promise(_process(messages.get(first)) is None, "set_process with None does not take the message out")
        raises(
            LookupError,
            lambda: messages.set_process(NOBODY, one, example.person_id),
            "set_process of a message that does not exist: LookupError",
        )

    def processes_of_a_sender(messages: Messages) -> None:
        sender = _sender(messages.get(first))
        promise(sender and sender == _sender(messages.get(second)), "the example's messages are not of one sender")
        before = list(messages.process_ids_of_sender(sender, FEW))
        messages.set_process(first, one, example.person_id)
        messages.set_process(second, other, example.person_id)
        found = list(messages.process_ids_of_sender(sender, FEW))
        promise({one, other} <= set(found), f"process_ids_of_sender gave {found} without {one} or {other}")
        promise(len(found) == len(set(found)), f"process_ids_of_sender gives a process twice: {found}")
        promise(len(found) <= len(before) + 2, f"process_ids_of_sender gives others: {found}")
        promise(len(messages.process_ids_of_sender(sender, 1)) == 1, "process_ids_of_sender does not keep its limit")
        messages.set_process(second, one, example.person_id)
        found = list(messages.process_ids_of_sender(sender, FEW))
        promise(found.count(one) == 1, f"process_ids_of_sender gives the process of two messages twice: {found}")
        promise(not messages.process_ids_of_sender("", FEW), "process_ids_of_sender gives processes of no sender")
        promise(
            not messages.process_ids_of_sender("nobody at all", FEW), "process_ids_of_sender gives others' processes"
        )

    return (
        messages_can_be_read,
        a_message_is_held_as_it_is_now,
        a_message_goes_into_a_process_and_out,
        processes_of_a_sender,
    )


def _process(message: Message | None) -> int | None:
    return message.process_id if message is not None else None


def _sender(message: Message | None) -> str:
    return message.sender if message is not None else ""
