"""Internet access of a contract: services and sessions (modules.md 2.1, 2.6)."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct


class InetService(Struct, frozen=True):
    """A service of the internet access module; ``level`` counts from 0, a nested one stands below its parent.

    ``status`` is 0 open, 1 closed, 2 locked. ``online`` says whether its device has it switched on, ``None`` when
    that is not known. Ids of devices and types are 0 for none.
    """

    id: int
    title: str
    level: int = 0
    type_title: str = ""
    login: str = ""
    device_title: str = ""
    since: date | None = None
    until: date | None = None
    status: int = 0
    online: bool | None = None
    comment: str = ""


class InetSession(Struct, frozen=True):
    """A session that is under way; ``connected`` is what the device says of it. ``seconds`` is how long it lasts."""

    id: int
    connection_id: int
    service_title: str = ""
    address: str = ""
    stations: str = ""
    since: datetime | None = None
    last: datetime | None = None
    seconds: int = 0
    cost: Decimal = Decimal(0)
    connected: bool = False
