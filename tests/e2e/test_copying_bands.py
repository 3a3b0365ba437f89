"""Copying from a customer writes what the rules say, in every band; read back from the billing's own tables."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from flask_bgbilling.config.settings import Server, Settings
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.editing import Stale
from flask_bgbilling.domain.creation.copying import (
    NOT_ALLOWED,
    OTHER_TYPE,
    UNKNOWN,
    WITHOUT_COMMENT,
    NotLinked,
    ParameterCopying,
)
from flask_bgbilling.domain.creation.values import NO_PAIR, NOT_SET
from flask_bgbilling.emulator import Emulator
from flask_bgbilling.fields import FormFields
from flask_bgbilling.hookspecs import ActionContext, Change
from flask_bgbilling.ports import Credentials, Grant, Person
from flask_bgbilling.ports.customers import (
    Customer,
    CustomerAddress,
    CustomerEmail,
    CustomerParameterType,
    CustomerPhone,
    Customers,
)
from flask_bgbilling.wire.session import Billings
from tests.customers import SomeCustomers, SomeLinks
from tests.support import ALL_BANDS, Emulated

CID, CUSTOMER = 101, 7
NAME, ADDRESS, PHONE, EMAIL, BIRTH, SOURCE = 2, 3, 4, 6, 10, 11
RULES = (
    f"customerTitle:{NAME};12:{ADDRESS};14:{PHONE};15:{EMAIL};73:{BIRTH};115[1,2]:{SOURCE}[104,103];46:{NAME};77:9999"
)
NOT_A_DAY = f"{RULES};78:{BIRTH}"
TYPE = "contract_parameter_type_"


class Desk:
    """Everything around copying into the contract 101."""

    def __init__(self, emulator: Emulator, rules: str = RULES) -> None:
        server = Server(
            1,
            "main",
            "Главный",
            emulator.url,
            ZoneInfo(emulator.settings.zone),
            request_timeout=10.0,
            copy_parameter_mapping=rules,
        )
        self.emulator = emulator
        self.billing = Billings(lambda: Settings(servers=(server,))).open("main", Credentials("admin", "admin"), "7")
        self.customers = SomeCustomers({CUSTOMER: Customer(CUSTOMER, "Ёлкина Анна | Елкина")})
        self.links = SomeLinks({("main", CID): CUSTOMER})
        self.copying = ParameterCopying(cast(Customers, self.customers), self.links)

    def context(
        self, grant: Grant | None = None, cid: int = CID, fields: Mapping[str, str] = MappingProxyType({})
    ) -> ActionContext:
        return ActionContext(
            contract=Contract(self.billing, cid),
            viewer=Person("7", "anna", "Анна"),
            grant=grant or Grant(),
            arguments={},
            today=date(2026, 11, 23),
            fields=FormFields({name: (value,) for name, value in fields.items()}),
        )

    def fill(self) -> None:
        add = self.customers.add
        add(CustomerParameterType.ADDRESS, 12, (CustomerAddress(13, "77", entrance=2, floor=4, text="Пушкина, 1-77"),))
        add(CustomerParameterType.PHONE, 14, (CustomerPhone("+7 916 555-44-33", "дом"), CustomerPhone("73472501202")))
        add(CustomerParameterType.EMAIL, 15, (CustomerEmail("anna@example.ru", "Анна"),))
        add(CustomerParameterType.DATE, 73, date(1981, 2, 28))
        add(CustomerParameterType.LIST, 115, frozenset({2}), {1: "Почта", 2: "Сайт"})
        add(CustomerParameterType.TEXT, 46, "")
        add(CustomerParameterType.TEXT, 77, "Паспорт")
        add(CustomerParameterType.TEXT, 78, "не дата")

    def planned(self, **fields: str) -> Change:
        seen = self.copying.draft(self.context(), Grant()).seen
        return self.copying.plan(self.context(fields={"seen": seen, **fields}))

    def value(self, kind: str, pid: int) -> dict[str, Any]:
        rows = self.emulator.rows(f"{TYPE}{kind}", cid=CID, pid=pid)
        return rows[0] if rows else {}


@pytest.mark.parametrize("band", ALL_BANDS)
def test_every_type(private_billing: Emulated, band: str) -> None:
    desk = Desk(private_billing(band))
    desk.fill()
    change = desk.planned()
    for step in change.steps:
        step.run()
    assert desk.emulator.rows("contract", id=CID)[0]["comment"] == "Ёлкина Анна"
    assert desk.value("1", NAME)["val"] == "Ёлкина Анна"
    address = desk.value("2", ADDRESS)
    assert (address["hid"], address["flat"], address["pod"], address["floor"]) == (13, "77", 2, 4)
    assert desk.value("6", BIRTH)["val"] == date(1981, 2, 28)
    assert desk.value("7", SOURCE)["val"] == 103
    phones = desk.emulator.rows("contract_parameter_type_phone_item", cid=CID, pid=PHONE)
    assert [(row["phone"], row["comment"]) for row in phones] == [("79165554433", "дом"), ("73472501202", "")]
    assert "anna@example.ru" in str(desk.value("3", EMAIL))
    again = desk.copying.draft(desk.context(), Grant())
    assert again.writes == 0, [line for line in again.lines if line.outcome == "write"]
    assert desk.planned().steps == []


@pytest.mark.parametrize("band", ["7.2", "9.2501"])
def test_the_preview_tells_old_and_new_and_why_not(private_billing: Emulated, band: str) -> None:
    desk = Desk(private_billing(band), NOT_A_DAY)
    desk.fill()
    desk.customers.held[CUSTOMER, 115] = frozenset({9})
    before = desk.emulator.rows("contract", id=CID)[0]["comment"]
    draft = desk.copying.draft(desk.context(), Grant())
    assert (draft.comment.before, draft.comment.after) == (before, "Ёлкина Анна")
    lines = {line.parameter_id: line for line in draft.lines}
    assert lines[NAME].outcome == "write", "an empty value after the title takes nothing away"
    assert (lines[ADDRESS].source, lines[ADDRESS].after) == ("Параметр 12", "Пушкина, 1-77")
    assert lines[ADDRESS].before
    assert lines[SOURCE].why == NO_PAIR
    assert lines[9999].why == UNKNOWN
    assert lines[BIRTH].why == OTHER_TYPE
    narrowed = desk.copying.draft(desk.context(), Grant(parameter_ids=frozenset({NAME})))
    whys = {line.parameter_id: line.why for line in narrowed.lines}
    assert (whys[NAME], whys[PHONE]) == ("", NOT_ALLOWED)


def test_what_was_changed_meanwhile_is_told_and_nothing_is_sent(private_billing: Emulated) -> None:
    desk = Desk(private_billing("9.2"))
    desk.fill()
    seen = desk.copying.draft(desk.context(), Grant()).seen
    desk.planned().steps[1].run()
    with pytest.raises(Stale):
        desk.copying.plan(desk.context(fields={"seen": seen}))


def test_nothing_set_clears_nothing_and_the_comment_may_stay(private_billing: Emulated) -> None:
    desk = Desk(private_billing("10.2"), f"12:{ADDRESS};14:{PHONE}")
    before = desk.emulator.rows("contract", id=CID)[0]["comment"]
    draft = desk.copying.draft(desk.context(), Grant())
    assert {line.why for line in draft.lines} <= {NOT_SET, "Customers have no such parameter."}
    assert desk.planned(**{WITHOUT_COMMENT: "1"}).steps == []
    (only,) = desk.planned().steps
    only.run()
    after = desk.emulator.rows("contract", id=CID)[0]["comment"]
    assert before != after == "Ёлкина Анна"
    assert desk.value("2", ADDRESS)


def test_a_contract_of_nobody(private_billing: Emulated) -> None:
    desk = Desk(private_billing("9.2"))
    desk.links.owners[("main", 102)] = 99
    for cid in (102, 103):
        with pytest.raises(NotLinked):
            desk.copying.draft(desk.context(cid=cid), Grant())
