"""Sessions with emulated billings, as the product opens them."""

from zoneinfo import ZoneInfo

from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.ports import Credentials
from flask_bgbilling.wire.session import Billing, Billings


def opened(emulator: Emulator, login: str = "admin") -> Billing:
    """A session with an emulated billing under one of its accounts, whose password is the login."""
    zone = ZoneInfo(emulator.settings.zone)
    settings = Settings(servers=(Server(1, "main", "Главный", emulator.url, zone, request_timeout=10.0),))
    return Billings(lambda: settings).open("main", Credentials(login, login), "7")
