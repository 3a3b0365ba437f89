"""Demo data: believable, chained, deterministic, the same on both databases."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, func, select, text

from flask_bgbilling.emulator import Emulator, EmulatorSettings, schema
from flask_bgbilling.emulator.database import Database
from flask_bgbilling.emulator.demo import fill, image
from flask_bgbilling.emulator.demo.parameters import PREFERENCES, SEPARATOR

NOW = datetime(2026, 11, 23, 12, 0)
TODAY = NOW.date()
RICH, EMPTY = 101, 110


def settings(**options: Any) -> EmulatorSettings:
    return EmulatorSettings(frozen_at=NOW, **{"contracts": 300, **options})


@pytest.fixture(scope="module")
def billing() -> Iterator[Database]:
    database = Database(image=image(settings(hostile=True)))
    yield database
    database.close()


def content(database: Database) -> dict[str, list[dict[str, Any]]]:
    return {name: database.rows(name) for name in schema.METADATA.tables}


def test_the_same_settings_give_the_same_data() -> None:
    first, second = Database(), Database()
    try:
        for database in (first, second):
            fill(database, settings(contracts=40))
        assert content(first) == content(second)
    finally:
        first.close()
        second.close()


def test_another_seed_is_another_provider_with_the_same_address_directory() -> None:
    one, other = (Database(image=image(settings(seed=seed, contracts=40))) for seed in (1, 2))
    try:
        for name in ("address_city", "address_street", "address_house", "contract_parameters_pref"):
            assert one.rows(name) == other.rows(name)
        titles = [{row["title"] for row in database.rows("contract")} for database in (one, other)]
        assert titles[0].isdisjoint(titles[1])
        assert one.rows("contract", id=RICH)[0]["comment"] != other.rows("contract", id=RICH)[0]["comment"]
    finally:
        one.close()
        other.close()


def test_numbers_and_the_size_of_the_base(billing: Database) -> None:
    contracts = billing.rows("contract")
    ordinary = [row for row in contracts if row["id"] >= RICH]
    assert len(ordinary) == 300
    assert len({row["title"] for row in contracts}) == len(contracts)
    assert next(row["title"] for row in contracts if row["id"] == RICH) == "A-24-0101"
    assert {row["fc"] for row in ordinary} == {0, 1}
    assert {row["status"] for row in ordinary} >= {0, 2, 3, 4, 5}
    assert any(row["del"] for row in ordinary)
    assert any(row["date2"] and row["date2"] < TODAY for row in ordinary)


def test_contract_101_has_every_parameter_and_every_table(billing: Database) -> None:
    tables = {
        table.name
        for table in schema.METADATA.sorted_tables
        if table.name.startswith("contract_parameter_type_") and "cid" in table.c and not table.name.endswith("_log")
    }
    filled = {row["pid"] for name in tables for row in billing.rows(name, cid=RICH)}
    assert filled == {number for number, kind, *_ in PREFERENCES if kind != SEPARATOR}
    for name in (
        "contract_tariff",
        "contract_tree_link",
        "contract_tariff_group",
        "contract_tariff_option",
        "contract_status",
        "contract_status_log",
        "contract_status_task",
        "log_contract_limit",
        "contract_limit_period",
        "contract_limit_manage",
        "log_contract_mode",
        "log_contract_fc",
        "contract_comment",
        "contract_script",
        "contract_script_log",
        "object",
        "contract_module",
        "contract_reserve",
        "contract_payment_deleted",
        "contract_logon_ok",
        "contract_logon_error",
        "contract_parameter_type_1_log",
    ):
        assert billing.rows(name, cid=RICH), name
    assert len(billing.rows("contract_tariff", cid=RICH)) >= 4
    assert len(billing.rows("contract_parameter_type_phone_item", cid=RICH, pid=4)) == 3
    for kind in ("text", "list", "date", "flag", "address"):
        assert billing.rows(f"object_param_value_{kind}", object_id=1), kind


def test_an_empty_contract_has_nothing(billing: Database) -> None:
    for table in schema.METADATA.sorted_tables:
        if "cid" in table.c:
            assert billing.rows(table.name, cid=EMPTY) == [], table.name


def sums(rows: list[dict[str, Any]]) -> dict[tuple[int, int, int], Decimal]:
    found: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for row in rows:
        month = (row["dt"].year, row["dt"].month) if "dt" in row else (row["yy"], row["mm"])
        found[row["cid"], *month] += -row["summa"] if row.get("payback") else row["summa"]
    return found


def test_balances_are_chained_and_equal_the_movements(billing: Database) -> None:
    dependent = {row["id"]: row["scid"] for row in billing.rows("contract") if row["scid"] > 0 and row["sub_mode"] == 0}
    assert set(dependent.values()) == {103}
    payments, charges, accounts = (
        sums([{**row, "cid": dependent.get(row["cid"], row["cid"])} for row in billing.rows(name)])
        for name in ("contract_payment", "contract_charge", "contract_account")
    )
    closing: dict[int, Decimal] = {}
    seen = set()
    for row in sorted(billing.rows("contract_balance"), key=lambda row: (row["cid"], row["yy"], row["mm"])):
        key = (row["cid"], row["yy"], row["mm"])
        seen.add(key)
        assert row["summa1"] == closing.get(row["cid"], row["summa1"]), key
        assert row["summa2"] == payments.get(key, 0), key
        assert row["summa3"] == accounts.get(key, Decimal(0)).quantize(Decimal("0.01")), key
        assert row["summa4"] == charges.get(key, 0), key
        closing[row["cid"]] = row["summa1"] + row["summa2"] - row["summa3"] - row["summa4"]
    assert seen == {*payments, *charges, *accounts}
    assert len([key for key in seen if key[0] == RICH]) >= 13
    assert not {cid for cid, *_ in seen} & set(dependent)


def test_periods_make_sense_and_nothing_refers_to_nothing(billing: Database) -> None:
    contracts = {row["id"] for row in billing.rows("contract")}
    for table in schema.METADATA.sorted_tables:
        rows = billing.rows(table.name)
        if "cid" in table.c:
            assert {row["cid"] for row in rows} <= {0, *contracts}, table.name
        if "date1" in table.c:
            assert [row for row in rows if row["date1"] and row["date2"] and row["date2"] < row["date1"]] == []
    plans = {row["id"] for row in billing.rows("tariff_plan")}
    assert {row["tpid"] for row in billing.rows("contract_tariff")} <= plans
    houses = {row["id"] for row in billing.rows("address_house")}
    assert {row["hid"] for row in billing.rows("contract_parameter_type_2")} <= houses
    services = {row["id"] for row in billing.rows("service")}
    assert {row["sid"] for row in billing.rows("contract_account")} <= services
    leaves = {row["id"] for row in billing.rows("contract_payment_types", type=0)}
    assert {row["pt"] for row in billing.rows("contract_payment")} <= leaves
    assert {row["dt"] > TODAY for row in billing.rows("contract_payment")} == {False}


def test_the_address_directory_is_as_large_as_promised(billing: Database) -> None:
    assert len(billing.rows("address_city")) == 4
    assert len(billing.rows("address_street")) == 60
    houses = billing.rows("address_house")
    assert 1200 <= len(houses) <= 2000
    assert {"", "/1", "А", " к 3"} <= {row["frac"] for row in houses}
    assert len({(row["streetid"], row["house"], row["frac"]) for row in houses}) == len(houses)


def test_hostile_contracts_come_only_when_asked(billing: Database) -> None:
    hostile = [row["comment"] for row in billing.rows("contract") if row["id"] < RICH]
    assert "<script>alert(1)</script>" in hostile
    peaceful = Database(image=image(settings(contracts=40)))
    assert [row for row in peaceful.rows("contract") if row["id"] < RICH] == []
    peaceful.close()


def test_texts_compare_as_the_billing_compares(billing: Database) -> None:
    street = schema.address_street
    with billing.transaction(writing=False) as db:
        for written in ("УЛ. ЁЛОЧНАЯ", "ул. елочная", "ул. Ёлочная  "):
            assert db.scalar(select(street.c.title).where(street.c.title == written)) == "ул. Ёлочная"
        assert db.scalar(text("SELECT fold('ЁЖ ')")) == "еж"
        assert db.scalar(text("SELECT 'ООО Ёж' REGEXP 'еж$'")) == 1
        assert db.scalar(text("SELECT 'a' REGEXP '('")) == 0
        assert db.scalar(text("SELECT fold(NULL)")) is None


def test_a_failed_transaction_leaves_nothing(billing: Database) -> None:
    def break_it(db: Connection) -> None:
        db.execute(schema.setup.insert().values(id="broken", value="1"))
        raise LookupError

    with pytest.raises(LookupError), billing.transaction() as db:
        break_it(db)
    assert billing.rows("setup", id="broken") == []


def test_money_keeps_its_scale_in_sums(billing: Database) -> None:
    payment = schema.contract_payment
    with billing.transaction(writing=False) as db:
        total = db.scalar(select(func.sum(payment.c.summa)))
        exact = sum(db.scalars(select(payment.c.summa)), Decimal(0))
    assert total == exact
    assert str(total) == f"{exact:.2f}"


def test_a_large_base_is_brief_beyond_the_first_thousand() -> None:
    database = Database()
    fill(database, settings(contracts=1300))
    months: dict[int, int] = defaultdict(int)
    for row in database.rows("contract_balance"):
        months[row["cid"]] += 1
    assert max(count for cid, count in months.items() if cid > 1000) == 3
    assert max(count for cid, count in months.items() if cid <= 1000) >= 13
    database.close()


@pytest.mark.mariadb
def test_mariadb_holds_the_same_data(mariadb: str, billing: Database) -> None:
    address, _, name = mariadb.rpartition("/")
    schema_name = "emulator_demo"
    root = create_engine(mariadb, isolation_level="AUTOCOMMIT")
    with root.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {schema_name} CHARACTER SET utf8mb4"))
    url = f"{address}/{schema_name}?{name.partition('?')[2]}"
    chosen = settings(hostile=True, db=url)
    with Emulator(chosen) as emulator:
        for table in schema.METADATA.sorted_tables:
            ours = sorted(map(repr, billing.rows(table.name)))
            assert sorted(map(repr, emulator.rows(table.name))) == ours, table.name
        street = schema.address_street
        with emulator.engine.connect() as db:
            assert db.scalar(select(street.c.title).where(street.c.title == "УЛ. ЕЛОЧНАЯ ")) == "ул. Ёлочная"
    with Emulator(chosen) as emulator:
        assert len(emulator.rows("contract", id=RICH)) == 1
    with root.connect() as connection:
        connection.execute(text(f"DROP DATABASE {schema_name}"))
    root.dispose()


def test_the_closed_period_ends_before_the_history(billing: Database) -> None:
    day, month, year = billing.rows("setup", id="closed_date_1")[0]["value"].split(".")
    closed = date(int(year), int(month), int(day))
    assert closed < min(row["dt"] for row in billing.rows("contract_payment") if row["cid"] != RICH)
