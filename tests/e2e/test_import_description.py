"""The example of the product's description, word for word, on two billings: one person has contracts in both."""

from datetime import date
from types import MappingProxyType

import pytest
from sqlalchemy import insert, select, update

from example_host.customers.port import HostCustomers
from flask_bgbilling.emulator import Emulator, schema
from flask_bgbilling.ports import CustomerAddress
from flask_bgbilling.wire.dto.addresses import AddressParts
from flask_bgbilling.wire.dto.parameters import Phone
from flask_bgbilling.wire.ops.contracts_writes import CONTRACT_TITLE
from flask_bgbilling.wire.ops.parameters_writes import (
    PARAMETER_ADDRESS_SAVE,
    PARAMETER_DATE_SAVE,
    PARAMETER_PHONES_SAVE,
    PARAMETER_TEXT_SAVE,
)
from tests.e2e.conftest import Host, HostFactory
from tests.importing import MARKER, mark, marker
from tests.sessions import opened

EXAMPLE = """\
# загрузчик контрагентов
# дата рожд, адреса  услуг, сот. телефон(ы), паспорт с.-н.
bgbilling:creator.confirmParameters=73,12,14,74
# поиск по с.-н. паспорта, адресам услуг, сот. телефонам
bgbilling:creator.searchParameters=74,12,14
# расстояние по Левинштейну
bgbilling:creator.titleDistance=2
# кодовая фр., дата рожд., с.-н. пасп., д.в. пасп., кем выд. пасп, адрес проп., тел. гор, тел. сот, адрес(а) усл.
bgbilling:creator.importParameters=72,73,74,75,76,77,78,14,12

# группа параметров контрагента
bgbilling:creator.parameterGroupRule.1.paramGroupId=3

bgbilling:creator.server.1.billingId=ds
bgbilling:creator.server.1.user=bgcrm
bgbilling:creator.server.1.pswd=bgcrmv2
bgbilling:creator.server.1.paramMapping=72:456;73:386;74:457;75:458;76:459;77:460;78:401;14:399;12:42;46:378;115[1,2]:421[14575,14576]
bgbilling:creator.server.1.pageSize=10

bgbilling:creator.server.2.billingId=tks
bgbilling:creator.server.2.user=bgcrm
bgbilling:creator.server.2.pswd=bgcrmv2
bgbilling:creator.server.2.paramMapping=72:95;73:51;74:96;75:97;76:98;77:99;78:59;14:60;12:9,80,83
bgbilling:creator.server.2.pageSize=10
scheduler.task.{@inc:cnt}.class=CustomerCreator
scheduler.task.{@cnt}.minutes=2,12,22,32,42,52
"""
MARKERS = f"bgbilling:server.1.customerIdParam={MARKER}\nbgbilling:server.2.customerIdParam={MARKER}\n"

TEXT, ADDRESS, DATE, LIST, PHONE = 1, 2, 6, 7, 9
PARAMETERS = MappingProxyType(
    {
        "ds": {456: TEXT, 386: DATE, 457: TEXT, 458: TEXT, 459: TEXT, 460: ADDRESS, 401: PHONE, 399: PHONE,
               42: ADDRESS, 378: TEXT, 421: LIST},
        "tks": {95: TEXT, 51: DATE, 96: TEXT, 97: TEXT, 98: TEXT, 99: ADDRESS, 59: PHONE, 60: PHONE,
                9: ADDRESS, 80: ADDRESS, 83: ADDRESS},
    }
)  # fmt: skip
FIRST, SECOND, OTHER = 101, 103, 105
BORN = date(1980, 6, 5)
FLAT = AddressParts(house_id=103, flat="15")


def prepare(emulator: Emulator, types: dict[int, int]) -> None:
    """Gives a demo billing the parameters and the account of the example; contracts see parameters of every group."""
    with emulator.database.transaction() as connection:
        known = set(connection.scalars(select(schema.contract_parameters_pref.c.id)))
        for number, kind in types.items():
            row = {"pt": kind, "title": f"Параметр {number}", "sort": number, "script": "", "flags": 1}
            if number in known:
                pref = schema.contract_parameters_pref
                connection.execute(update(pref).where(pref.c.id == number).values(**row))
            else:
                connection.execute(insert(schema.contract_parameters_pref).values(id=number, **row))
        connection.execute(update(schema.contract).values(pgid=0))
        admin = dict(connection.execute(select(schema.user).where(schema.user.c.login == "admin")).mappings().one())
        account = {**admin, "id": 900, "login": "bgcrm", "pswd": "bgcrmv2"}
        connection.execute(insert(schema.user).values(**account))
        for right in connection.execute(select(schema.user_right).where(schema.user_right.c.uid == admin["id"])):
            connection.execute(insert(schema.user_right).values(**{**right._mapping, "uid": 900}))


@pytest.fixture
def host(hosted_privately: HostFactory) -> Host:
    made = hosted_privately(extra=EXAMPLE + MARKERS, ds="8.0", tks="9.2")
    for name, emulator in made.emulators.items():
        prepare(emulator, dict(PARAMETERS[name]))
    return made


def contract(emulator: Emulator, cid: int, name: str, **parameters: object) -> None:
    """Gives a contract its person and marks it; parameters by ``p<id>``."""
    billing = opened(emulator)
    billing.call(CONTRACT_TITLE, cid=cid, comment=name)
    for written, value in parameters.items():
        named = {"cid": cid, "parameter_id": int(written.removeprefix("p"))}
        if isinstance(value, date):
            billing.call(PARAMETER_DATE_SAVE, **named, day=value)
        elif isinstance(value, AddressParts):
            billing.call(PARAMETER_ADDRESS_SAVE, **named, address=value)
        elif isinstance(value, Phone):
            billing.call(PARAMETER_PHONES_SAVE, **named, phones=(value,))
        else:
            billing.call(PARAMETER_TEXT_SAVE, **named, text=str(value))
    mark(emulator, cid)


def test_the_example_as_it_stands(host: Host) -> None:
    ds, tks = host.emulators["ds"], host.emulators["tks"]
    mobile = Phone("79170001122", "жена")
    contract(ds, FIRST, "Кузнецов Семён Ильич", p457="8001 123456", p386=BORN, p42=FLAT, p399=mobile, p456="ключ")
    # The same person: confirmed by the date of birth.
    contract(tks, FIRST, "КУЗНЕЦОВ СЕМЕН ИЛЬИЧ", p51=BORN, p80=FLAT, p60=Phone("79170003344"), p98="УФМС")
    # The same once more: found by the address of the service, the name has two letters wrong.
    contract(tks, SECOND, "Кузнецов Семен Илич", p83=FLAT)
    # Another person in the same flat.
    contract(tks, OTHER, "Кузнецова Мария Петровна", p9=FLAT)
    with host.app.app_context():
        services = host.app.extensions["bgbilling"].services
        problems = host.app.extensions["bgbilling"].source.check(services.jobs.kinds)
        assert [problem for problem in problems if problem.key.startswith("bgbilling:creator")] == []
        session = host.app.extensions["sqlalchemy"].session
        before = {customer.id for customer in HostCustomers().find_by_title("кузнецов", 100)}
        session.remove()
        for _ in range(2):  # whichever billing comes first: a second run finds nothing more to do
            services.jobs.run_now(services.jobs.schedule()[0].task.name)
            services.jobs.run_all()
            session.remove()
        links, customers = services.links, HostCustomers()
        person = links.customer_of("ds", FIRST)
        assert person is not None
        assert links.customer_of("tks", FIRST) == links.customer_of("tks", SECOND) == person
        other = links.customer_of("tks", OTHER)
        assert other not in (None, person)
        found = {customer.id for customer in customers.find_by_title("кузнецов", 100)} - before
        assert found == {person, other}
        customer = customers.get(person)
        assert customer is not None
        assert customer.group_id == 3
        assert customer.variants[0] == "Кузнецов Семён Ильич"
        assert customer.variants[1:] in ((), ("Кузнецов Семен Илич",))
        values = customers.values([person], [72, 73, 74, 76, 14, 12])
        assert values[person, 72] == "ключ"
        assert values[person, 73] == BORN
        assert values[person, 74] == "8001 123456"
        assert values[person, 76] == "УФМС"
        assert [phone.number for phone in values[person, 14]] == ["79170001122", "79170003344"]  # type: ignore[union-attr]
        assert [one.place for one in values[person, 12]] == [CustomerAddress(103, "15").place]  # type: ignore[union-attr]
        session.remove()
    assert marker(ds, FIRST) == marker(tks, FIRST) == marker(tks, SECOND) == str(person)
    assert marker(tks, OTHER) == str(other)
