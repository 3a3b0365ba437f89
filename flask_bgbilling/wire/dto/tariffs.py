"""Tariff plans, personal tariffs, tariff groups and options of a contract (money.md 7 to 10)."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from flask_bgbilling.wire.dto.common import Period


class ContractTariff(Struct, frozen=True):
    """A tariff plan of the contract. ``title`` is empty where the list has only the plan's id (9.2+).

    To be saved, one with ``id`` 0 is added, any other replaces the record of its id whole.
    """

    id: int
    plan_id: int
    period: Period
    title: str = ""
    position: int = 0
    comment: str = ""


class PersonalTariff(Struct, frozen=True):
    """A tariff tree that belongs to this contract alone.

    To be saved, one with ``id`` 0 is added. ``title_web``, ``use_title_in_web`` and ``config`` exist from 9.2 on and
    are written back as they were read, or they would be lost.
    """

    id: int
    title: str
    period: Period
    position: int = 0
    tree_id: int = 0
    title_web: str = ""
    use_title_in_web: bool = False
    config: str = ""


class TariffGroup(Struct, frozen=True):
    """A tariff group of the contract: the plans that the subscriber may choose from.

    Lists tell the ``title`` and no ``group_id``, single records the ``group_id`` and no title. To be saved, one with
    ``id`` 0 is added.
    """

    id: int
    title: str
    period: Period
    comment: str = ""
    group_id: int = 0


class GroupPlan(Struct, frozen=True):
    """A tariff plan of a tariff group, and when it may be chosen."""

    id: int
    title: str
    period: Period = Period()


class TariffGroupEntry(Struct, frozen=True):
    """A tariff group of the directory. ``days_ahead`` is how far a change of plan may be planned."""

    id: int
    title: str
    plans: tuple[GroupPlan, ...] = ()
    position: int = 0
    days_ahead: int = 0


class ContractOption(Struct, frozen=True):
    """A tariff option that the contract has or had. ``price`` was charged at activation."""

    id: int
    option_id: int
    title: str
    price: Decimal | None = None
    since: datetime | None = None
    until: datetime | None = None
    activated_at: datetime | None = None
    deactivated_at: datetime | None = None
    user_name: str = ""


class TariffOption(Struct, frozen=True):
    """A tariff option that the contract could activate."""

    id: int
    title: str
    comment: str = ""
    description: str = ""
    period: Period = Period()


class ActivationMode(Struct, frozen=True):
    """A way to activate an option: what is charged, and under which charge type."""

    id: int
    title: str
    price: Decimal | None = None
    charge_type: str = ""
