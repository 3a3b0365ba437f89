"""Contracts of the demo that wait for the import, and a customer who is there twice: a person has to decide."""

from collections.abc import Iterable
from urllib.parse import urlencode
from urllib.request import urlopen

from example_host.customers.demo import CELL_PHONE, PERSON
from example_host.customers.port import HostCustomers
from example_host.models import database
from flask_bgbilling.ports import CustomerPhone

WAITING = (101, 107, 109, 111, 112, 113, *range(114, 124))
"""Contracts whose people the CRM knows, and some of whom it has never heard."""
TWICE, TWICE_PHONE = "Отпускная Алёна Игоревна (старая карточка)", "79170000109"


def mark_for_import(executers: Iterable[str], login: str, password: str, parameter_id: int) -> None:
    """Writes 0 into the parameter of the customer in every billing: emulated billings begin anew at every start."""
    for executer in executers:
        for cid in WAITING:
            fields = {
                "module": "contract",
                "action": "UpdateParameterType1",
                "user": login,
                "pswd": password,
                "cid": cid,
                "pid": parameter_id,
                "value": "0",
            }
            with urlopen(executer, urlencode(fields).encode(), timeout=20) as answer:  # noqa: S310 - the demo's own
                if b'status="ok"' not in answer.read():
                    raise RuntimeError(f"contract {cid} of {executer} cannot be marked")


def add_customer_twice() -> None:
    """Adds somebody whom the CRM has already, unless that was done. Commits."""
    customers = HostCustomers()
    if customers.find_by_title(TWICE, 1):
        return
    made = customers.create(TWICE, group_id=PERSON)
    customers.set_value(made.id, CELL_PHONE, (CustomerPhone(TWICE_PHONE),))
    database.session.commit()
