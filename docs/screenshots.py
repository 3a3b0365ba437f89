"""Takes the pictures of the documentation: ``python -m docs.screenshots``.

Serves the example host with three emulated billings on the loopback address, signs in as an operator and writes
``docs/screenshots/<screen>-<width>-<scheme>.png`` for a desktop and a phone, light and dark. For one picture a billing
is down. Needs the ``demo``, ``emulator`` and ``test`` extras and Debian's Chromium.
"""

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from example_host import create_app
from example_host.__main__ import BILLINGS, configuration
from example_host.address_book import fill_address_book
from flask_bgbilling import SecretBox
from flask_bgbilling.emulator import Emulator, EmulatorSettings

FOLDER = Path(__file__).resolve().parent / "screenshots"
SIZES = {1280: 700, 390: 844}
SCHEMES = ("light", "dark")
QUERY = "Иванова"
CARD = "/bgbilling/contract/bitel/101"


@dataclass(frozen=True)
class Screen:
    """One picture: its name, the address, the billing that is down meanwhile."""

    name: str
    address: str
    down: str = ""


SCREENS = (
    Screen("search", f"/bgbilling/search?q={QUERY}", down="ds"),
    Screen("search-all", f"/bgbilling/search?q={QUERY}"),
    Screen("card", f"{CARD}/parameters"),
    Screen("balance", f"{CARD}/balance"),
    Screen("payments", f"{CARD}/payments?since=&until="),
    Screen("tariffs", f"{CARD}/tariffs"),
)


@contextmanager
def host() -> Iterator[tuple[str, Mapping[str, Emulator]]]:
    """The example host over three emulators: its address, and the emulators by billing."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        emulators = {}
        for billing in BILLINGS:
            emulators[billing.id] = Emulator(EmulatorSettings(version=billing.version, seed=billing.seed)).start()
            closing.callback(emulators[billing.id].stop)
        addresses = {name: emulator.url for name, emulator in emulators.items()}
        config = folder / "bgbilling.conf"
        config.write_text(configuration(BILLINGS, addresses), "utf-8")
        app = create_app(
            {
                "SECRET_KEY": SecretBox.new_key(),
                "BGBILLING_SECRET_KEYS": [SecretBox.new_key()],
                "BGBILLING_CONFIG": str(config),
                "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'crm.sqlite3'}",
            }
        )
        with app.app_context():
            fill_address_book(addresses[BILLINGS[0].id], "admin", "admin")
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        closing.callback(thread.join, 10)
        closing.callback(server.shutdown)
        yield f"http://127.0.0.1:{server.server_port}", emulators


def sign_in(page: Page, address: str, login: str) -> None:
    """Signs in; in the demo the password is the login."""
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", login)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")


def take(page: Page, address: str, emulators: Mapping[str, Emulator], screen: Screen, target: Path) -> None:
    """Writes one picture of what fits into the window."""
    if screen.down:
        emulators[screen.down].faults.set("reset")
    try:
        page.goto(address + screen.address)
        page.wait_for_load_state("networkidle")
    finally:
        if screen.down:
            emulators[screen.down].faults.clear()
    page.screenshot(path=target, animations="disabled", caret="hide")


def main() -> int:
    """Writes all pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.stderr.write("Chromium is missing: apt-get install chromium\n")
        return 1
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    FOLDER.mkdir(exist_ok=True)
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
    russian: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "ru", "LANG": "ru_RU.UTF-8"}
    with host() as (address, emulators), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=arguments, env=russian)
        for width, height in SIZES.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="dark" if scheme == "dark" else "light",
                    locale="ru-RU",
                    reduced_motion="reduce",
                )
                page = context.new_page()
                sign_in(page, address, "operator")
                for screen in SCREENS:
                    take(page, address, emulators, screen, FOLDER / f"{screen.name}-{width}-{scheme}.png")
                context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
