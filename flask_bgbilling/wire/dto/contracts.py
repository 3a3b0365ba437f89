"""A contract as the billing tells it: the info card, the bean of lists, hierarchy, labels, modules, cards.

Shapes of contract.md 1, 6, 8, 9, 14, 16, 17, 18. Money is :class:`~decimal.Decimal`, days are ``date``,
moments are aware and in the billing's zone. Texts are the billing's own and therefore hostile: they are only
ever shown escaped.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from flask_bgbilling.wire.dto.common import IdTitle, Period

Hierarchy = Literal["independent", "super", "depend_sub", "independ_sub"]


class CardBalance(Struct, frozen=True):
    """The balance line of the info card. ``month`` is the first day of the month that the sums belong to."""

    month: date
    incoming: Decimal
    payments: Decimal
    accrued: Decimal
    charges: Decimal
    outgoing: Decimal
    available: Decimal | None = None
    reserve: Decimal | None = None


class CardModule(Struct, frozen=True):
    """A service module of the contract. ``package`` names the module's type, ``status`` is ready-made text."""

    id: int
    title: str
    package: str = ""
    status: str = ""

    @property
    def kind(self) -> str:
        """The module's type in one word, such as ``inet``; empty when the package says nothing."""
        parts = [part for part in self.package.split(".") if part not in {"client", "api", "module", "services"}]
        return parts[-1] if len(parts) > 1 else ""


class ContractInfo(Struct, frozen=True, kw_only=True):
    """Everything that contract info tells (contract.md 6).

    ``face`` is 0 for a person and 1 for a firm; ``mode`` 0 credit, 1 debit; ``status`` is the title of
    today's status, the billing gives no id here. ``objects`` counts active and all contract objects.
    ``group_mask`` is the mask below 9.2 and 0 where it is not given. ``limit`` is ``None`` where the billing
    gives none. The answer does not repeat the contract's id.
    """

    title: str
    comment: str = ""
    period: Period = Period()
    status: str = ""
    face: int = 0
    mode: int = 0
    limit: Decimal | None = None
    hidden: bool = False
    group_mask: int = 0
    objects_active: int = 0
    objects_total: int = 0
    hierarchy: Hierarchy = "independent"
    dependent_count: int = 0
    independent_count: int = 0
    note_count: int = 0
    groups: tuple[IdTitle, ...] = ()
    tariffs: tuple[IdTitle, ...] = ()
    scripts: tuple[IdTitle, ...] = ()
    modules: tuple[CardModule, ...] = ()
    balance: CardBalance | None = None


class ContractBean(Struct, frozen=True, kw_only=True):
    """A contract as the JSON services list it (contract.md 1); only what we show, never the web password."""

    id: int
    title: str
    comment: str = ""
    period: Period = Period()
    face: int = 0
    mode: int = 0
    hidden: bool = False
    super_contract_id: int = 0
    balance_sub_mode: int = 0


class HierarchyLinks(Struct, frozen=True):
    """Neighbours of a contract: sub-contracts of a super contract, the super contract of a sub-contract."""

    subs: tuple[IdTitle, ...] = ()
    super: IdTitle | None = None


class ContractGroup(Struct, frozen=True):
    """A group of contracts below 9.2, a label from 9.2 on. ``selected``: this contract belongs to it."""

    id: int
    title: str
    selected: bool = False
    editable: bool = True
    comment: str = ""
    parent_id: int = 0


class ModuleChoice(Struct, frozen=True):
    """Module instances that a contract has, and those that could be attached."""

    attached: tuple[IdTitle, ...] = ()
    available: tuple[IdTitle, ...] = ()


class CardType(Struct, frozen=True):
    """A kind of printable card. ``id`` is the template's file name in the billing."""

    id: str
    title: str


class Logon(Struct, frozen=True):
    """One entry of the log of self-care logons; ``at`` is ``None`` when it cannot be read."""

    at: datetime | None
    address: str = ""
    login: str = ""
    error: str = ""
    kind: str = ""


class WebLimit(Struct, frozen=True):
    """The limit of self-care requests: what is configured, personal, used, and the last logon."""

    configured: str = ""
    limit: str = ""
    count: str = ""
    status: str = ""
    last_logon_at: datetime | None = None
    last_logon_address: str = ""
    last_logon_count: str = ""


class CreatedContract(Struct, frozen=True):
    """A contract that was just made. ``title`` is its number, empty where the billing tells the id alone."""

    cid: int
    title: str = ""
