"""Accruals by month and service: XML on every version (money.md 2)."""

from flask_bgbilling.wire.answers import XmlAnswer
from flask_bgbilling.wire.codec import amount, integer, money, text
from flask_bgbilling.wire.dto.money import Accrual, AccrualList
from flask_bgbilling.wire.operation import Operation, XmlAction
from flask_bgbilling.wire.ops.balance import cid_and_period
from flask_bgbilling.wire.ops.months import month


def read_accounts(answer: XmlAnswer) -> AccrualList:
    """Own rows name the service ``title``, rows of sub-contracts ``service``."""
    table = answer.first("table")
    return AccrualList(
        own=tuple(
            Accrual(
                label=text(row.get("date")).strip(),
                month=month(text(row.get("date"))),
                service_id=integer(row.get("sid")),
                service=text(row.get("title")),
                amount=amount(row.get("summa")),
            )
            for row in answer.rows()
        ),
        subs=tuple(
            Accrual(
                label=text(row.get("date")).strip(),
                month=month(text(row.get("date"))),
                service_id=integer(row.get("sid")),
                service=text(row.get("service")) or text(row.get("title")),
                amount=amount(row.get("summa")),
                contract_title=text(row.get("contract")).strip(),
            )
            for row in answer.rows("sub_table/data/row")
        ),
        total=money(table.get("summa")) if table is not None else None,
    )


ACCOUNT_LIST = Operation(
    "account list",
    forms=(XmlAction("contract", "ContractAccounts", fields=cid_and_period, read=read_accounts),),
)
