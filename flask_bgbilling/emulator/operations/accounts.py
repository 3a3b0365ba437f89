"""Reading accounts: what services accrued by month (money.md 2)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from flask_bgbilling.emulator.answers import money, month_label, table
from flask_bgbilling.emulator.model.money import accounts, total
from flask_bgbilling.emulator.model.postings import members_of
from flask_bgbilling.emulator.model.presence import contract_of, dependent_subs
from flask_bgbilling.emulator.registry import Holders, JsonCall, XmlCall, json_rpc, xml

PACKAGE = "ru.bitel.bgbilling.kernel.contract.balance"


@xml("contract", "ContractAccounts")
def contract_accounts(call: XmlCall) -> Element:
    """Accounts by month and service, own ones and, apart, those of dependent sub-contracts."""
    contract = contract_of(call, "cid")
    start, end = call.date("date1"), call.date("date2")
    own = accounts(call.db, [contract["id"]], start, end)
    data = call.data()
    table(
        data,
        (
            {
                "sid": row["sid"],
                "date": month_label(month.year, month.number),
                "summa": money(row["summa"]),
                "title": row["title"],
            }
            for month, row in own
        ),
        summa=money(total(row["summa"] for _, row in own)),
    )
    subs = dependent_subs(call.db, contract["id"])
    of_subs = accounts(call.db, subs, start, end) if subs else []
    if of_subs:
        table(
            data,
            (
                {
                    "contract": subs[row["cid"]],
                    "sid": row["sid"],
                    "date": month_label(month.year, month.number),
                    "summa": money(row["summa"]),
                    "service": row["title"],
                }
                for month, row in of_subs
            ),
            name="sub_table",
        )
    return data


@json_rpc(PACKAGE, "BalanceService", "contractAccountList")
def contract_account_list(call: JsonCall) -> object:
    """Accounts by month and service, dated with the last day of the month, and their total beside."""
    cids = members_of(call)
    rows = accounts(call.db, cids, call.date("period.dateFrom"), call.date("period.dateTo")) if cids else []
    items = [
        {"contractId": row["cid"], "date": month.last_day, "serviceId": row["sid"], "sum": row["summa"]}
        for month, row in rows
    ]
    return Holders(items, holderTotalSum=total(row["summa"] for _, row in rows))
