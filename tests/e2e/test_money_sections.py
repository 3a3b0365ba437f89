"""Sections of money, status, limit, tariffs, notes and scripts against an emulated billing of every version.

What a section tells is compared with the tables of the billing, never with another reader of ours.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.builtin.card import CardPlugin
from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.domain.contracts.accounts import read_accounts
from flask_bgbilling.domain.contracts.balance import read_balance, read_detailed_balance
from flask_bgbilling.domain.contracts.charges import read_charges
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.face_and_mode import read_face, read_mode
from flask_bgbilling.domain.contracts.limit import read_limit
from flask_bgbilling.domain.contracts.notes import read_notes
from flask_bgbilling.domain.contracts.payments import read_payments
from flask_bgbilling.domain.contracts.periods import Period
from flask_bgbilling.domain.contracts.postings import PostingSheet
from flask_bgbilling.domain.contracts.scripts import read_scripts
from flask_bgbilling.domain.contracts.status import read_status
from flask_bgbilling.domain.contracts.tariffs import read_options, read_tariffs
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.errors import NoRights
from flask_bgbilling.hookspecs import SectionContext
from flask_bgbilling.ports import Credentials, Grant, Person
from flask_bgbilling.wire.session import Billings
from tests.support import ALL_BANDS, Emulated

RICH, SUPER, DEPENDENTS, EMPTY = 101, 103, {104, 106}, 110
WHOLE = Period()
BANDS = pytest.mark.parametrize("band", ALL_BANDS)
KEYS = (
    "status",
    "limit",
    "mode",
    "face",
    "balance",
    "payments",
    "accounts",
    "charges",
    "balance-detail",
    "tariffs",
    "scripts",
    "notes",
)


def contract_of(emulator: Emulator, cid: int = RICH, login: str = "admin") -> Contract:
    """A contract under an account of the billing; the version is configured, so nothing is sent for it."""
    server = Server(
        number=1,
        id="bitel",
        title="BiTel",
        url=emulator.url,
        timezone=ZoneInfo("Europe/Moscow"),
        version=emulator.settings.version,
    )
    billings = Billings(lambda: Settings(servers=(server,)))
    return Contract(billings.open("bitel", Credentials(login, login), "1"), cid)


def today(contract: Contract) -> date:
    return contract.billing.today()


def titles(emulator: Emulator, table: str, column: str = "title") -> dict[int, str]:
    return {row["id"]: row[column] for row in emulator.rows(table)}


Read = Callable[[Contract, Period, str, date], PostingSheet]


@BANDS
@pytest.mark.parametrize(
    ("read", "table", "types"),
    [
        (read_payments, "contract_payment", "contract_payment_types"),
        (read_charges, "contract_charge", "contract_charge_types"),
    ],
)
def test_payments_and_charges_of_a_whole_contract(
    emulated: Emulated, band: str, read: Read, table: str, types: str
) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    sheet = read(contract, WHOLE, "", today(contract))
    names, users = titles(emulator, types), titles(emulator, "user", "name")
    stored = [row for row in emulator.rows(table, cid=RICH) if not row.get("payback")]
    assert stored
    assert {(line.id, line.day, line.amount, line.type_title, line.comment) for line in sheet.own} == {
        (row["id"], row["dt"], row["summa"], names[row["pt"]], row["comment"]) for row in stored
    }
    authors = {row["id"]: users[row["uid"]] for row in stored if row["uid"] > 0}
    assert authors == {line.id: line.user_name for line in sheet.own if line.id in authors}
    assert sheet.own_total == sum(row["summa"] for row in stored)
    assert sheet.reported is None
    assert list(sheet.own) == sorted(sheet.own, key=lambda line: (line.day, line.id), reverse=True)


@BANDS
def test_payments_of_sub_contracts_stand_apart(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator, SUPER)
    sheet = read_payments(contract, WHOLE, "", today(contract))
    stored = [row for cid in DEPENDENTS for row in emulator.rows("contract_payment", cid=cid)]
    assert sheet.subs_total == sum(row["summa"] for row in stored) > 0
    assert sheet.subs_problem is None
    numbers = {emulator.rows("contract", id=cid)[0]["title"] for cid in DEPENDENTS}
    assert {line.contract_title for line in sheet.subs} <= numbers | {""}
    assert all(line.contract_title or line.contract_id in DEPENDENTS for line in sheet.subs)


@BANDS
def test_accruals_by_month_and_service(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    sheet = read_accounts(contract, WHOLE, "", today(contract))
    services = titles(emulator, "service")
    stored = {
        (date(row["yy"], row["mm"], 1), services[row["sid"]]): round(row["summa"], 2)
        for row in emulator.rows("contract_account", cid=RICH)
    }
    assert {(line.month, line.service): round(line.amount, 2) for line in sheet.own} == stored
    assert sheet.reported is None


@BANDS
def test_balance_of_the_chosen_month_with_the_months_before(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    day = today(contract)
    sheet = read_balance(contract, Period(day.replace(day=1), day), day)
    assert [month.month for month in sheet.months] == [day.replace(day=1)]
    assert len(sheet.earlier) == 11
    stored = {(row["yy"], row["mm"]): row for row in emulator.rows("contract_balance", cid=RICH)}
    for month in sheet.all_months:
        assert month.month is not None
        row = stored[month.month.year, month.month.month]
        assert [month.opening, month.payments, month.accounts, month.charges] == [
            row[f"summa{n}"] for n in (1, 2, 3, 4)
        ]
        assert month.closing == month.opening + month.payments - month.accounts - month.charges


@BANDS
def test_detailed_balance_runs_from_opening_to_closing(emulated: Emulated, band: str) -> None:
    contract = contract_of(emulated(band))
    day = today(contract)
    period = Period(day.replace(day=1) - timedelta(days=60), day)
    sheet = read_detailed_balance(contract, period, day)
    assert (sheet.moves[0].kind, sheet.moves[-1].kind) == ("opening", "closing")
    assert all(move.after is not None for move in sheet.moves[1:-1])
    assert sheet.moves[-1].amount == sheet.moves[0].amount + sheet.payments + sheet.accounts + sheet.charges


@BANDS
def test_status_with_plans_and_history(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    day = today(contract)
    history = read_status(contract, day)
    stored = emulator.rows("contract_status", cid=RICH)
    assert {(line.period.since, line.period.until, line.comment) for line in history.periods} == {
        (row["date1"], row["date2"], row["comment"]) for row in stored
    }
    current = [row for row in stored if row["date1"] <= day and (row["date2"] is None or row["date2"] >= day)]
    assert history.current is not None
    assert history.current.status == "Активен"
    assert history.current.period.since == current[0]["date1"]
    log = history.log.value
    assert log is not None
    assert len(log) == len(emulator.rows("contract_status_log", cid=RICH))
    assert all(line.status and line.user_name for line in log)
    moments = [line.at for line in log if line.at is not None]
    assert moments == sorted(moments, reverse=True)
    if band in ("7.0", "7.1", "7.2", "8.0", "8.2"):
        assert history.tasks is None
    else:
        assert history.tasks is not None
        assert [(task.state, bool(task.status), bool(task.creator)) for task in history.tasks.value or ()] == [
            ("ACTIVE", True, True)
        ]


@BANDS
def test_limit_with_log_and_tasks(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    history = read_limit(contract_of(emulator), 1)
    assert history.limit == emulator.rows("contract", id=RICH)[0]["closesumma"]
    stored = emulator.rows("log_contract_limit", cid=RICH)
    assert history.log.value is not None
    assert history.log.value.found == len(stored)
    assert {(change.limit, change.days, change.comment) for change in history.log.value.items} == {
        (row["nvalue"], row["days"], row["comment"]) for row in stored
    }
    tasks = history.tasks.value
    assert tasks is not None
    assert {(task.value, task.state) for task in tasks} == {
        (row["value"], row["status"]) for row in emulator.rows("contract_limit_period", cid=RICH)
    }
    assert tasks[0].waiting
    assert all(task.user_name for task in tasks)


@BANDS
def test_face_and_mode_with_history(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    mode, face = read_mode(contract, 1), read_face(contract, 1)
    assert (mode.card.mode_title, face.card.face_title) == ("debit", "person")
    assert mode.log.found == len(emulator.rows("log_contract_mode", cid=RICH)) > 0
    assert face.log.found == len(emulator.rows("log_contract_fc", cid=RICH)) > 0
    moments = [change.at for change in mode.log.items if change.at is not None]
    assert moments == sorted(moments, reverse=True)


@BANDS
def test_notes_with_texts(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    notes = read_notes(contract_of(emulator), 1)
    stored = emulator.rows("contract_comment", cid=RICH)
    assert notes.problem is None
    assert {(note.id, note.title, (note.text or "").rstrip("\n"), note.visible) for note in notes.page.items} == {
        (row["id"], row["subject"], row["comment"], bool(row["visibled"])) for row in stored
    }
    assert all(note.user_name for note in notes.page.items)


@BANDS
def test_scripts_and_a_page_of_their_log(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    day = today(contract)
    first = read_scripts(contract, WHOLE, 1, day)
    names = titles(emulator, "script")
    assert {(script.title, script.comment) for script in first.scripts} == {
        (names[row["script_id"]], row["comment"]) for row in emulator.rows("contract_script", cid=RICH)
    }
    assert first.scripts[0].tense == "now"
    log = first.log.value
    assert log is not None
    assert log.found == len(emulator.rows("contract_script_log", cid=RICH)) > len(log.items) == 25
    assert all(run.at is not None for run in log.items)
    assert any("\n" in run.text for run in log.items)
    assert not any("u000A" in run.text for run in log.items)
    second = read_scripts(contract, WHOLE, 2, day).log.value
    assert second is not None
    assert second.items
    assert second.items != log.items
    one_day = read_scripts(contract, Period(day, day), 1, day).log.value
    assert one_day is not None
    assert {run.at.date() for run in one_day.items if run.at} <= {day}
    assert one_day.found < log.found


@BANDS
def test_tariffs_with_titles(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    sheet = read_tariffs(contract, today(contract))
    plans = titles(emulator, "tariff_plan")
    stored = [row for row in emulator.rows("contract_tariff", cid=RICH) if not row["emid"]]
    assert {
        (line.id, line.title, line.period.since, line.period.until, line.position, line.comment) for line in sheet.plans
    } == {(row["id"], plans[row["tpid"]], row["date1"], row["date2"], row["pos"], row["comment"]) for row in stored}
    personal = emulator.rows("contract_tree_link", cid=RICH)
    assert {(line.title, line.period.since) for line in sheet.personal.value or ()} == {
        (row["title"], row["date1"]) for row in personal
    }
    if band in ("7.0", "7.1", "7.2", "8.0", "8.2"):
        assert sheet.groups is not None
        assert len(sheet.groups.value or ()) == len(emulator.rows("contract_tariff_group", cid=RICH))
    else:
        assert sheet.groups is None
    assert sheet.current


@BANDS
def test_options_with_history_and_modes(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    contract = contract_of(emulator)
    stored = emulator.rows("contract_tariff_option", cid=RICH)
    now = contract.billing.now().replace(tzinfo=None)
    active = {
        row["id"]
        for row in stored
        if row["time_from"] <= now
        and (row["time_to"] is None or row["time_to"] > now)
        and (row["deactivated_time"] is None or row["deactivated_time"] > now)
    }
    sheet = read_options(contract, None)
    assert {option.id for option in sheet.active} == active
    assert {(option.id, option.price) for option in sheet.history.value or ()} == {
        (row["id"], row["summa"]) for row in stored
    }
    assert sheet.modes is None
    available = sheet.available.value
    assert available
    with_modes = read_options(contract, available[0].id)
    assert with_modes.modes is not None
    assert len(with_modes.modes.value or ()) == len(
        emulator.rows("tariff_option_activate_mode", option_id=available[0].id)
    )


@BANDS
def test_an_empty_contract_has_empty_sections(emulated: Emulated, band: str) -> None:
    contract = contract_of(emulated(band), EMPTY)
    day = today(contract)
    month = Period(day.replace(day=1), day)
    assert read_payments(contract, month, "", day).count == 0
    assert read_charges(contract, month, "", day).count == 0
    assert read_accounts(contract, month, "", day).count == 0
    assert read_tariffs(contract, day).plans == ()
    assert read_notes(contract, 1).page.found == 0
    assert read_scripts(contract, month, 1, day).scripts == ()
    assert read_detailed_balance(contract, month, day).payments == Decimal(0)


def context_of(contract: Contract, **arguments: str) -> SectionContext:
    return SectionContext(
        contract=contract,
        viewer=Person("1", "operator", "Анна"),
        grant=Grant(),
        arguments=arguments,
        today=contract.billing.today(),
    )


@pytest.mark.parametrize("band", ["7.2", "8.2", "9.2", "10.2"])
def test_every_section_costs_at_most_two_requests_one_after_the_other(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    emulator.faults.set("latency", delay_ms=100)
    sections = {section.key: section for section in CardPlugin().bgbilling_card_sections()}
    whole = {"since": "", "until": ""}
    for key, arguments in (
        *((key, {}) for key in KEYS),
        *((key, whole) for key in ("balance", "payments", "charges", "accounts", "balance-detail", "scripts")),
        ("tariffs", {"view": "options", "option": "1"}),
    ):
        contract = contract_of(emulator)
        sections[key].render(context_of(contract, **arguments))
        assert 1 <= contract.billing.requests.depth <= 2, (key, contract.billing.requests.records)


@pytest.mark.parametrize("band", ["7.2", "10.2"])
def test_what_the_account_may_not_see_is_said_and_the_rest_works(emulated: Emulated, band: str) -> None:
    contract = contract_of(emulated(band), login="limited")
    day = today(contract)
    for read in (read_balance, read_detailed_balance):
        with pytest.raises(NoRights):
            read(contract, Period(day.replace(day=1), day), day)
    assert read_payments(contract, WHOLE, "", day).own
    assert read_status(contract, day).periods
