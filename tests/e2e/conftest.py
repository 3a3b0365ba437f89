"""A whole host application with emulated billings behind it, and a browser before it."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from flask_bgbilling.emulator import Emulator
from tests.e2e.host_images import host_image, host_settings, prepared_app, share_routes
from tests.support import Emulated, missing


@dataclass
class Host:
    """The example host with some emulated billings. ``emulators`` by billing id."""

    app: Flask
    emulators: dict[str, Emulator]
    config: Path
    url: str = ""

    def client(self, login: str = "operator", language: str = "en") -> FlaskClient:
        """A client that is signed in and reads English, the language of the message ids."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if login:
            answer = client.post("/sign-in", data={"login": login, "password": login})
            assert answer.status_code == 302, answer.text
        return client

    def session(self, login: str) -> str:
        """The session cookie of somebody who is signed in."""
        cookie = self.client(login).get_cookie("session")
        assert cookie is not None
        return cookie.value


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""Programs that show pages, the lightest first: the whole browser draws a window around each page that nobody sees."""

PATIENCE = 30000
"""How many milliseconds a browser is waited for: what it does takes long where many tests run at once."""

expect.set_options(timeout=PATIENCE)
share_routes()

HostFactory = Callable[..., Host]


def configuration(emulators: dict[str, Emulator], extra: str = "") -> str:
    """A properties text with a server block for each emulator.

    A busy machine is waited for; ``extra`` sets a shorter ``requestTimeOut`` for a billing that is to hang.
    """
    patience = [f"bgbilling:server.{number}.requestTimeOut=20000" for number in range(1, len(emulators) + 1)]
    lines = ["bgbilling:enable=1", *patience, extra]
    for number, (billing_id, emulator) in enumerate(emulators.items(), 1):
        lines += [
            f"bgbilling:server.{number}.id={billing_id}",
            f"bgbilling:server.{number}.title={billing_id.upper()}",
            f"bgbilling:server.{number}.url={emulator.url}",
            f"bgbilling:server.{number}.timezone=Europe/Moscow",
        ]
    return "\n".join(lines) + "\n"


@pytest.fixture
def hosted(emulated: Emulated, tmp_path: Path) -> HostFactory:
    """Makes hosts whose billings are shared with other tests: ``hosted(bitel="10.2", ds="9.2")``.

    ``extra`` is further configuration text, ``settings`` are further settings of the application.
    """
    return hosts(emulated, tmp_path)


@pytest.fixture
def hosted_privately(private_billing: Emulated, tmp_path: Path) -> HostFactory:
    """Like ``hosted``, with billings of this test alone: for what writes."""
    return hosts(private_billing, tmp_path)


def hosts(emulated: Emulated, tmp_path: Path) -> HostFactory:
    """What makes hosts in a folder, with billings that ``emulated`` starts."""

    def make(extra: str = "", settings: dict[str, object] | None = None, **versions: str) -> Host:
        emulators = {billing_id: emulated(version) for billing_id, version in versions.items()}
        config = tmp_path / f"bgbilling-{len(list(tmp_path.iterdir()))}.conf"
        config.write_text(configuration(emulators, extra), "utf-8")
        file = config.with_suffix(".sqlite3")
        file.write_bytes(host_image(next(iter(emulators.values()), None)))
        app = prepared_app({**host_settings(file, config), **(settings or {})})
        return Host(app, emulators, config)

    return make


@pytest.fixture
def served(hosted: HostFactory) -> Iterator[HostFactory]:
    """Like ``hosted``, and listening on a free port of the loopback address: ``host.url``."""
    yield from listening(hosted)


@pytest.fixture
def served_privately(hosted_privately: HostFactory) -> Iterator[HostFactory]:
    """Like ``served``, with billings of this test alone: for what writes."""
    yield from listening(hosted_privately)


def listening(hosted: HostFactory) -> Iterator[HostFactory]:
    """Lets every host that ``hosted`` makes listen on a free port, until the test ends."""
    running = []

    def make(**arguments: str) -> Host:
        host = hosted(**arguments)
        server = make_server("127.0.0.1", 0, host.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        host.url = f"http://127.0.0.1:{server.server_port}"
        return host

    yield make
    for server, thread in running:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The browser driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium without a screen."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        missing("Chromium")
        return
    arguments = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    if os.getuid() == 0:
        arguments.append("--no-sandbox")
    browser = playwright.chromium.launch(executable_path=executable, headless=True, args=arguments)
    yield browser
    browser.close()


Opened = Callable[..., Page]


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Opened]:
    """Opens a page signed in to a host: ``browse(host, login="operator", width=1280, dark=False, locale="en-US")``.

    The test fails at its end when the browser's console showed an error, a broken content security policy included.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        host: Host,
        login: str = "operator",
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        locale: str = "en-US",
        javascript: bool = True,
        tolerated: tuple[str, ...] = (),
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=locale,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not any(text in message.text for text in tolerated)
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if login:
            context.add_cookies([{"name": "session", "value": host.session(login), "url": host.url}])
            page.goto(f"{host.url}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
