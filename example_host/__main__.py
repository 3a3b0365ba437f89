"""The demo: three emulated billings of different versions, and the CRM that works with them.

python -m example_host [--port 5000]
"""

import argparse
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask
from gunicorn.app.base import BaseApplication

from example_host.address_book import fill_address_book
from example_host.application import create_app, instance_folder
from example_host.customers.demo_import import add_customer_twice, mark_for_import
from example_host.messages.commands import LettersThread
from example_host.messages.demo import drop_a_letter
from example_host.wsgi import instance_settings


@dataclass(frozen=True)
class DemoBilling:
    """One emulated billing of the demo."""

    id: str
    title: str
    version: str
    seed: int


BILLINGS = (
    DemoBilling("bitel", "BiTel", "10.2", 1),
    DemoBilling("ds", "Домашние сети", "9.2", 2),
    DemoBilling("tks", "ТКС", "7.2", 3),
)
CUSTOMER_PARAMETER = 17
"""The text parameter of the emulated billings that holds the customer of a contract."""
CONTRACT_TYPES = (
    ("Интернет для дома", 1, "2:Домашний 100;3:Домашний 300;4:Домашний 500;5:Гигабит"),
    ("Интернет для организации", 2, "8:Бизнес 50;9:Бизнес 200"),
)
"""What new contracts can be: title, pattern of the billing, tariffs to choose from."""
COPYING = "customerTitle:2;12:3;14:4;15:6;73:10"
"""What is copied from customers into contracts: title, address, cell phone, e-mail, date of birth."""

IMPORTING = "73:10;74:9;14:4;12:3;78:23"
"""What is imported from contracts: date of birth, passport, phones, addresses."""
IMPORT_RULES = """\
bgbilling:creator.confirmParameters=73,12,14,74
bgbilling:creator.searchParameters=74,12,14
bgbilling:creator.titleDistance=2
bgbilling:creator.importParameters=73,74,14,12,78
bgbilling:creator.reviewSeveral=1
bgbilling:creator.parameterGroupRule.1.paramGroupId=3
scheduler.task.import.class=CustomerCreator
scheduler.task.import.minutes=*/10
"""
"""Contracts whose parameter of the customer holds 0 are imported every ten minutes, a few at a time."""
IMPORT_PAGE = 6

EXCHANGE_KEY = "demo-key-of-the-exchange-0123456789"
PHONES, MAILS = "4,23", "6,24"
"""The parameters of the emulated billings that hold phones and e-mail addresses."""
NUMBER = "if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;"
RING = (
    f"curl -H 'Authorization: Bearer {EXCHANGE_KEY}' -d 'from=79196788576&to=101' "
    "http://127.0.0.1:{port}/telephony/call"
)
MESSAGE_TYPES = f"""\
messageType.1.title=Звонок
messageType.1.class=MessageTypeCall
messageType.1.saver.class=BGBillingMessageTypeContactSaverPhone
messageType.1.saver.paramId=4
messageType.2.title=Электронная почта
messageType.2.class=MessageTypeEmail
messageType.3.title=Заметка
messageType.3.class=MessageTypeNote
telephony.1.title=Офисная АТС
telephony.1.key={EXCHANGE_KEY}
queue.1.title=Все процессы
queue.2.title=Ремонт: в работе
queue.2.types=2
queue.2.statuses=1,2
queue.2.columns=id,title,priority,groups,executors,contracts,messages,opened
queue.2.filters=group,executor,text
letters.folder=letters
letters.seconds=5
"""

BY_TITLE = "BGBillingMessageTypeSearchContractByTitleAndComment"
SEARCHES = (
    (
        1,
        "По номеру звонящего",
        "BGBillingMessageTypeSearchCall",
        f"{{place}}.commands=contractByPhoneParam:{PHONES}\n{{place}}.expressionNumberPreprocess={NUMBER}\n",
    ),
    (1, "По номеру/примечанию", BY_TITLE, ""),
    (2, "По e-mail", "BGBillingMessageTypeSearchEmail", f"{{place}}.paramIds={MAILS}\n"),
    (2, "По номеру/примечанию", BY_TITLE, ""),
    (3, "По номеру/примечанию", BY_TITLE, ""),
)
"""The searches that each type of messages has in every billing: type, title, class, further keys."""
DOCUMENTS = """\
document:pattern.1.title=Акт сверки
document:pattern.1.scope=bgbilling-contract
document:pattern.1.type=html
document:pattern.1.file=act.html
document:pattern.1.number=contractNumber + '/' + counter
document:pattern.2.title=Договор
document:pattern.2.scope=bgbilling-contract
document:pattern.2.type=docx
document:pattern.2.file=contract.docx
document:pattern.3.title=Напоминание об оплате
document:pattern.3.scope=bgbilling-contract
document:pattern.3.type=pdf
document:pattern.3.file=reminder.html
document:pattern.3.number=return 'Н-' + year + '-' + counter;
"""
"""What can be made for contracts: a page, a file for a word processor, a file to print."""


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with threads, as in production, without a configuration file."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._port = app, port
        super().__init__()

    def load_config(self) -> None:
        """One process, sixteen threads."""
        for name, value in {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": "gthread",
            "threads": 16,
            "loglevel": "warning",
            "control_socket_disable": True,
        }.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        # Threads are of the process that serves, not of the one that it was forked from.
        letters = LettersThread(self._app)
        self.cfg.set("post_worker_init", lambda worker: letters.start())
        self.cfg.set("worker_exit", lambda server, worker: letters.stop())

    def load(self) -> Flask:
        """The application."""
        return self._app


@contextmanager
def emulators(billings: Sequence[DemoBilling]) -> Iterator[dict[str, str]]:
    """Runs an emulator per billing as a child process; gives the address of each executer."""
    children, addresses = [], {}
    try:
        for billing in billings:
            port = _free_port()
            addresses[billing.id] = f"http://127.0.0.1:{port}/bgbilling/executer"
            children.append(
                subprocess.Popen(  # noqa: S603 - our own emulator
                    [
                        sys.executable,
                        "-m",
                        "flask_bgbilling.emulator",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        str(port),
                        "--version",
                        billing.version,
                        "--seed",
                        str(billing.seed),
                    ],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        for address, child in zip(addresses.values(), children, strict=True):
            _wait(address, child)
        yield addresses
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=10)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(executer: str, child: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the emulator at {executer} ended with {child.returncode}")
        try:
            with urlopen(f"{executer}?module=admin&action=MenuAndToolBar&user=admin&pswd=admin", timeout=2):  # noqa: S310
                return
        except (URLError, OSError):
            sleep(0.1)
    raise RuntimeError(f"the emulator at {executer} did not answer within {seconds} s")


def configuration(billings: Sequence[DemoBilling], addresses: dict[str, str]) -> str:
    """The demo's configuration text."""
    blocks = [
        f"bgbilling:server.{{@inc:cnt}}.id={billing.id}\n"
        f"bgbilling:server.{{@cnt}}.title={billing.title}\n"
        f"bgbilling:server.{{@cnt}}.url={addresses[billing.id]}\n"
        f"bgbilling:server.{{@cnt}}.timezone=Europe/Moscow\n"
        f"bgbilling:server.{{@cnt}}.requestTimeOut=5000\n"
        f"bgbilling:server.{{@cnt}}.customerIdParam={CUSTOMER_PARAMETER}\n"
        f"bgbilling:server.{{@cnt}}.copyParamMapping={COPYING}\n"
        f"bgbilling:server.{{@cnt}}.markerRequestParam=erp:crm\n"
        f"bgbilling:addressFeed.{billing.id}.key=demo-key-of-{billing.id}-0123456789\n"
        for billing in billings
    ]
    types = [
        f"bgbilling:contractType.{{@inc:type}}.title={title}\n"
        f"bgbilling:contractType.{{@type}}.billing={billing.id}\n"
        f"bgbilling:contractType.{{@type}}.patternId={pattern}\n"
        f"bgbilling:contractType.{{@type}}.tariffList={tariffs}\n"
        for billing in billings
        for title, pattern, tariffs in CONTRACT_TYPES
    ]
    importing = [
        f"bgbilling:creator.server.{number}.billingId={billing.id}\n"
        f"bgbilling:creator.server.{number}.user=admin\n"
        f"bgbilling:creator.server.{number}.pswd=admin\n"
        f"bgbilling:creator.server.{number}.paramMapping={IMPORTING}\n"
        f"bgbilling:creator.server.{number}.pageSize={IMPORT_PAGE}\n"
        for number, billing in enumerate(billings, start=1)
    ]
    searching = [
        f"messageType.{number}.search.{{@inc:search{number}}}.title={title}: {billing.title}\n"
        f"messageType.{number}.search.{{@search{number}}}.class={name}\n"
        f"messageType.{number}.search.{{@search{number}}}.billingId={billing.id}\n"
        f"{more}".replace("{place}", f"messageType.{number}.search.{{@search{number}}}")
        for number, title, name, more in SEARCHES
        for billing in billings
    ]
    return (
        "# Written anew at every start of the demo: the emulators' ports change.\nbgbilling:enable=1\n\n"
        + "\n".join([*blocks, *types, IMPORT_RULES, *importing, DOCUMENTS, MESSAGE_TYPES, *searching])
    )


def main() -> None:
    """Starts everything and stops it with Ctrl+C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=5000)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = instance_folder()
    config = folder / "bgbilling.conf"
    print("Starting three emulated billings …", flush=True)
    with emulators(BILLINGS) as addresses:
        config.write_text(configuration(BILLINGS, addresses), "utf-8")
        app = create_app(instance_settings(folder, config))
        with app.app_context():
            fill_address_book(addresses[BILLINGS[0].id], "admin", "admin")
            add_customer_twice()
        mark_for_import(addresses.values(), "admin", "admin", CUSTOMER_PARAMETER)
        drop_a_letter(folder / "letters")
        for billing in BILLINGS:
            print(f"  {billing.title:<14} {billing.version:<5} {addresses[billing.id]}")
        print(f"\n  http://127.0.0.1:{options.port}/\n")
        print("  operator   accountant   cashier   viewer   admin      the password is the login\n")
        print("  a call for the operator:  " + RING.format(port=options.port) + "\n", flush=True)
        Server(app, options.port).run()


if __name__ == "__main__":
    main()
