"""The emulator reads mailing contacts and fiscal registrators as the reference says (modules.md 8, money.md 12)."""

import pytest
from sqlalchemy import delete, update

from flask_bgbilling.emulator import Emulator, EmulatorSettings
from flask_bgbilling.emulator.schema import plugin
from tests.module_calls import FIRM, NO_CONTRACT, NOON, RICH, UNKNOWN, provider
from tests.raw_calls import ask_json, json_ok, json_refusal, xml_refusal
from tests.support import ALL_BANDS, Emulated

DISPATCH = "ru.bitel.bgbilling.plugins.dispatch/DispatchService"
CASHCHECK = "ru.bitel.bgbilling.plugins.cashcheck/CashcheckService"
HELPDESK = "ru.bitel.bgbilling.plugins.helpdesk"
NOT_INSTALLED = "Плагин не установлен"


@pytest.mark.parametrize("band", ALL_BANDS)
def test_contacts(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    line = billing.rows("contract_parameter_type_3", cid=RICH, pid=6)[0]["email"].split("\n")[0]
    mail = line.partition("<")[2].rstrip(">")
    assert "@" in mail
    assert json_ok(billing, DISPATCH, "getContacts", contractId=RICH) == [
        {"id": 7, "contractId": RICH, "contactTypeId": 1, "value": "news101@example.ru", "defaultValue": mail},
        {"id": 0, "contractId": RICH, "contactTypeId": 2, "value": "", "defaultValue": "79161234567"},
        {"id": 8, "contractId": RICH, "contactTypeId": 3, "value": "@rich101", "defaultValue": ""},
    ]
    firm = json_ok(billing, DISPATCH, "getContacts", contractId=FIRM)
    assert [(contact["id"], contact["value"]) for contact in firm] == [(0, ""), (9, ""), (0, "")]
    assert json_refusal(billing, DISPATCH, "getContacts", contractId=UNKNOWN) == NO_CONTRACT


@pytest.mark.parametrize("band", ALL_BANDS)
def test_registrators(emulated: Emulated, band: str) -> None:
    billing = provider(emulated, band)
    both = [{"id": 2, "title": "Выездная касса"}, {"id": 1, "title": "Касса на Ленина, 10"}]
    assert json_ok(billing, CASHCHECK, "registratorList") == {"registratorId": 0, "list": both}
    assert json_ok(billing, CASHCHECK, "getCurrentPrinter") == {"registratorId": 0, "registratorName": ""}
    bound = ask_json(billing, CASHCHECK, "registratorList", login="accountant")["data"]["return"]
    assert bound == {"registratorId": 1, "list": both}
    current = ask_json(billing, CASHCHECK, "getCurrentPrinter", login="accountant")["data"]["return"]
    assert current == {"registratorId": 1, "registratorName": "Касса на Ленина, 10"}


def test_a_plugin_that_is_switched_off_or_missing_refuses() -> None:
    with Emulator(EmulatorSettings(contracts=12, frozen_at=NOON)) as billing:
        with billing.engine.begin() as db:
            off = plugin.c.name.in_((DISPATCH.split("/")[0], HELPDESK))
            db.execute(update(plugin).where(off).values(enabled=0))
            db.execute(delete(plugin).where(plugin.c.name == CASHCHECK.split("/")[0]))
        assert json_refusal(billing, DISPATCH, "getContacts", contractId=RICH) == NOT_INSTALLED
        assert json_refusal(billing, CASHCHECK, "registratorList") == NOT_INSTALLED
        assert json_refusal(billing, CASHCHECK, "getCurrentPrinter") == NOT_INSTALLED
        file = json_refusal(billing, f"{HELPDESK}/HelpdeskService", "fileDownload", contractId=RICH, fileId=7)
        assert file == NOT_INSTALLED
        for action in ("GetTopics", "GetTopicMessage", "GetMessage"):
            assert xml_refusal(billing, HELPDESK, action, topicId=201, id=301) == NOT_INSTALLED
