"""Histories of a single value of a contract: its face and its mode (contract.md 11)."""

from datetime import datetime

from msgspec import Struct


class ValueChange(Struct, frozen=True):
    """When a value was set, by whom, and the value in the billing's words."""

    at: datetime | None
    user_name: str
    value: str
