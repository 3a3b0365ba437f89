"""The processes of the demo."""

from datetime import datetime

from sqlalchemy import select

from example_host.models import database
from example_host.processes.models import ProcessCustomerRow, ProcessRow

PROCESSES = (
    ("Подключить интернет в новой квартире", 1, 1, "2026-11-16 09:30", None, 1),
    ("Нет связи по вечерам", 2, 2, "2026-11-20 18:05", None, 1),
    ("Перенести розетку в аптеке № 2", 2, 3, "2026-10-05 11:00", "2026-10-08 15:20", 2),
)


def fill_processes() -> None:
    """Adds the demo's processes to an empty table; the caller commits."""
    if database.session.scalar(select(ProcessRow.id).limit(1)) is not None:
        return
    for title, type_id, status_id, opened_at, closed_at, customer_id in PROCESSES:
        row = ProcessRow(title=title, type_id=type_id, status_id=status_id, opened_at=_moment(opened_at))
        row.closed_at = _moment(closed_at) if closed_at else None
        database.session.add(row)
        database.session.flush()
        database.session.add(ProcessCustomerRow(process_id=row.id, customer_id=customer_id))
    database.session.flush()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
