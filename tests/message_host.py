"""The example host with messages in memory, and the configuration of calls for its billings."""

import pytest

from example_host import mounting
from flask_bgbilling.domain.messages.processing import encode
from flask_bgbilling.hookspecs import FoundContract
from tests.memory_messages import MemoryMessages

PHONE = 4

POSSIBLE = """message.possible.process.1.class=MessagePossibleProcessSearchMessageFrom
message.possible.process.1.color=#ff8800
message.possible.process.2.class=MessagePossibleProcessSearchFoundLinks
"""


def calls(*billing_ids: str) -> str:
    """Calls: a search by the caller in each billing, searches by hand in the first, the saver of phones."""
    lines = ["messageType.1.title=Звонки", "messageType.1.class=MessageTypeCall"]
    for number, billing_id in enumerate(billing_ids, 1):
        prefix = f"messageType.1.search.{number}."
        lines += [
            f"{prefix}title=По номеру звонящего",
            f"{prefix}class=BGBillingMessageTypeSearchCall",
            f"{prefix}billingId={billing_id}",
            f"{prefix}commands=contractByPhoneParam:{PHONE}",
        ]
    for number, name in ((50, "ByTitleAndComment"), (51, "ByAddress")):
        prefix = f"messageType.1.search.{number}."
        lines += [
            f"{prefix}title={'По номеру/примечанию' if number == 50 else 'По адресу'}",
            f"{prefix}class=BGBillingMessageTypeSearchContract{name}",
            f"{prefix}billingId={billing_ids[0]}",
        ]
    lines += [
        "messageType.1.saver.class=BGBillingMessageTypeContactSaverPhone",
        f"messageType.1.saver.paramId={PHONE}",
    ]
    return "\n".join(lines) + f"\n{POSSIBLE}"


def in_memory(monkeypatch: pytest.MonkeyPatch) -> MemoryMessages:
    """Has the example host's next applications keep their messages in memory."""
    messages = MemoryMessages()
    monkeypatch.setattr(mounting.bgbilling, "_messages", messages)
    return messages


def tick(billing_id: str, cid: int, number: str = "A-1") -> str:
    """The value of a ticked box."""
    return encode(FoundContract(billing_id, cid, number))
