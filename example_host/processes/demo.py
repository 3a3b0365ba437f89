"""The processes of the demo."""

from datetime import datetime

from sqlalchemy import select

from example_host.models import database
from example_host.processes.models import ProcessCustomerRow, ProcessDetailRow, ProcessRow, ProcessTypeRow
from example_host.processes.port import CLOSED

CONNECTION = """\
# договоры квартальных домов подключают монтажники, остальные - абонентский отдел
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=1
bgbilling:processLinkedContract.{@cnt}.titleRegexp=[КK]-?\\d+.*
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=3
bgbilling:processLinkedContract.{@cnt}.billingIds=bitel,ds,tks
bgbilling:processShowLinkContractProcess=1
# мастер ведёт от заявки до работающего договора
wizard.createStep.1.title=Договор
wizard.createStep.1.class=CreateContractsStep
wizard.createStep.1.contractType.1.title=Интернет, физлицо
wizard.createStep.1.contractType.1.billing=bitel
wizard.createStep.1.contractType.1.patternId=1
wizard.createStep.1.contractType.1.tariffList=3:Домашний 300;4:Домашний 500
wizard.createStep.2.title=Адрес и телефон
wizard.createStep.2.class=FillContractParamsStep
wizard.createStep.2.parameterIds=3,4,6
wizard.createStep.2.checkParamIds=3,4
wizard.createStep.3.title=Тариф
wizard.createStep.3.class=SetContractTariffStep
wizard.step.1.title=Сервисы
wizard.step.1.class=ShowInetServiceStep
wizard.step.1.inetModuleId=1
wizard.step.2.title=Сессии
wizard.step.2.class=ShowInetSessionStep
wizard.step.2.inetModuleId=1
"""
REPAIR = """\
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=1,2
bgbilling:processLinkedContract.{@cnt}.billingIds=ds
bgbilling:processLinkedContract.{@inc:cnt}.groupIds=2
bgbilling:processLinkedContract.{@cnt}.titleRegexp=.+
bgbilling:processShowLinkContractProcess=1
"""
REQUEST = "bgbilling:linkCustomerOnContractLink=0\n"

TYPES = ((1, "Подключение", CONNECTION), (2, "Ремонт", REPAIR), (3, "Обращение", REQUEST))
PROCESSES = (
    ("Подключить интернет в новой квартире", 1, 1, "2026-11-16 09:30", None, 1, "Просят после 18 часов."),
    ("Нет связи по вечерам", 2, 2, "2026-11-20 18:05", None, 1, "С 19 до 23 часов, днём всё хорошо."),
    ("Перенести розетку в аптеке № 2", 2, CLOSED, "2026-10-05 11:00", "2026-10-08 15:20", 2, ""),
)


def fill_processes() -> None:
    """Adds the demo's processes and their types to empty tables; the caller commits."""
    if database.session.scalar(select(ProcessTypeRow.id).limit(1)) is None:
        database.session.add_all(ProcessTypeRow(id=key, title=title, configuration=text) for key, title, text in TYPES)
    if database.session.scalar(select(ProcessRow.id).limit(1)) is not None:
        return
    for title, type_id, status_id, opened_at, closed_at, customer_id, more in PROCESSES:
        row = ProcessRow(title=title, type_id=type_id, status_id=status_id, opened_at=_moment(opened_at))
        row.closed_at = _moment(closed_at) if closed_at else None
        database.session.add(row)
        database.session.flush()
        database.session.add(ProcessDetailRow(process_id=row.id, description=f"{title}\n{more}".strip()))
        database.session.add(ProcessCustomerRow(process_id=row.id, customer_id=customer_id))
    database.session.flush()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
