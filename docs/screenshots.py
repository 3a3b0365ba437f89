"""Takes the pictures of the documentation: ``python -m docs.screenshots``.

Serves the example host with three emulated billings on the loopback address, signs in as an operator and writes
``docs/screenshots/<screen>-<width>-<scheme>.png`` for a desktop and a phone, light and dark; words after the command
are the names of the only screens to take. For one picture a billing is down. Needs the ``demo``, ``documents``,
``emulator`` and ``test`` extras and Debian's Chromium.
"""

import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from example_host import create_app
from example_host.__main__ import BILLINGS, CUSTOMER_PARAMETER, EXCHANGE_KEY, configuration
from example_host.address_book import fill_address_book
from example_host.customers.demo_import import add_customer_twice, mark_for_import
from flask_bgbilling import SecretBox
from flask_bgbilling.emulator import Emulator, EmulatorSettings

FOLDER = Path(__file__).resolve().parent / "screenshots"
SIZES = {1280: 700, 390: 844}
SCHEMES = ("light", "dark")
QUERY = "Иванова"
CARD = "/bgbilling/contract/bitel/101"
CALLER = "79196788576"
EVERY = tuple((width, scheme) for width in SIZES for scheme in SCHEMES)
LIGHT, DARK, PHONE = (1280, "light"), (1280, "dark"), (390, "dark")


def nothing(page: Page) -> None:
    """The page is taken as it comes."""


def wait_for_candidates(page: Page) -> None:
    """Opens the card of the contract that the search of the first billing has found."""
    expect(page.locator("[data-bgb-complete]")).to_be_attached()
    page.locator("[data-bgb-beside][href*='/bitel/']").first.click()
    expect(page.locator("#bgb-beside #bgb-section table")).to_be_visible()


def ring(page: Page) -> None:
    """Somebody calls; the card of the caller is waited for."""
    told = {"from": CALLER, "to": "101"}
    page.request.post("/telephony/call", form=told, headers={"Authorization": f"Bearer {EXCHANGE_KEY}"})
    expect(page.frame_locator(".crm-caller").locator("#bgb-beside .bgb-card-balance")).to_be_visible()


def make_document(page: Page) -> None:
    """A document of the first kind, and the form of another one."""
    for _ in range(2):
        page.locator("#bgb-section > .bgb-toolbar [data-bgb-edit]").first.click()
        expect(page.locator("#bgb-editor select")).to_be_focused()
        if page.locator("#bgb-section tbody tr").count():
            return
        page.locator("#bgb-editor .bgb-primary").click()
        expect(page.locator("#bgb-section tbody tr")).to_have_count(1)


@dataclass(frozen=True)
class Screen:
    """One picture: its name, the address, the billing that is down meanwhile, who looks and what they do first."""

    name: str
    address: str
    down: str = ""
    variants: tuple[tuple[int, str], ...] = EVERY
    login: str = "operator"
    act: Callable[[Page], None] = nothing


SCREENS = (
    Screen("search", f"/bgbilling/search?q={QUERY}", down="ds"),
    Screen("search-all", f"/bgbilling/search?q={QUERY}"),
    Screen("card", f"{CARD}/parameters"),
    Screen("balance", f"{CARD}/balance"),
    Screen("payments", f"{CARD}/payments?since=&until="),
    Screen("tariffs", f"{CARD}/tariffs"),
    Screen("message", "/bgbilling/messages/8", variants=(LIGHT, DARK), act=wait_for_candidates),
    Screen("call", "/messages", variants=(LIGHT, DARK), act=ring),
    Screen("queue", "/processes", variants=(LIGHT, PHONE)),
    Screen("wizard", "/bgbilling/processes/1/wizard", variants=(LIGHT,)),
    Screen("documents", f"{CARD}/documents", variants=(LIGHT,), act=make_document),
    Screen("import", "/bgbilling/import", variants=(LIGHT, PHONE), login="admin"),
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
            add_customer_twice()
        mark_for_import(addresses.values(), "admin", "admin", CUSTOMER_PARAMETER)
        with app.app_context():
            jobs = app.extensions["bgbilling"].services.jobs
            jobs.run_now("import")
            jobs.run_all()
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
        if screen.act is nothing:
            page.wait_for_load_state("networkidle")
        screen.act(page)
    finally:
        if screen.down:
            emulators[screen.down].faults.clear()
    page.screenshot(path=target, animations="disabled", caret="hide")


def take_all(
    browser: Browser, address: str, emulators: Mapping[str, Emulator], screens: list[Screen], width: int, scheme: str
) -> None:
    """Writes the pictures of one person in one size and one colour scheme."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": SIZES[width]},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="ru-RU",
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, address, screens[0].login)
    for screen in screens:
        take(page, address, emulators, screen, FOLDER / f"{screen.name}-{width}-{scheme}.png")
    context.close()


def main() -> int:
    """Writes all pictures, or those that are named."""
    wanted = [one for one in SCREENS if len(sys.argv) == 1 or one.name in sys.argv[1:]]
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
        # A call is seen on every page of who is called: it comes last.
        for login, calls in (("operator", False), ("admin", False), ("operator", True)):
            for width, scheme in EVERY:
                screens = [one for one in wanted if (one.login, one.act is ring) == (login, calls)]
                screens = [one for one in screens if (width, scheme) in one.variants]
                if screens:
                    take_all(browser, address, emulators, screens, width, scheme)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
