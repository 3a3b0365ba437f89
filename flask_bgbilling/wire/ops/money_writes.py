"""Entering, changing and removing payments and charges, moving money between contracts (money.md 1.5, 3.3 to 4).

Payments are written by XML on every version, charges by JSON from 9.2 on; both are removed by XML. Whether a day is
closed and whether a type is for hands the billing checks itself and refuses in its own words.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import integer
from flask_bgbilling.wire.dto.money import Transfer
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service, XmlAction
from flask_bgbilling.wire.ops.charges import CHARGE_SERVICE
from flask_bgbilling.wire.ops.sums import exact, spelled
from flask_bgbilling.wire.ops.written import NEW, read_nothing, read_written_xml
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

BALANCE_SERVICE = Service("ru.bitel.bgbilling.kernel.contract.balance", "BalanceService")

NEW_ID = 0


def payment_fields(
    *, cid: int, day: date, type_id: int, amount: Decimal, comment: str = "", payment_id: int | None = None
) -> Mapping[str, object]:
    """Fields of a payment; one without an id is new. ``amount`` is in currency units with two digits."""
    return _posting_fields(cid, day, type_id, amount, comment, payment_id)


def payment_of_contract(*, cid: int, payment_id: int) -> Mapping[str, object]:
    """Fields that name one payment."""
    return {"cid": cid, "id": payment_id}


def charge_fields(
    *,
    cid: int,
    day: date,
    type_id: int,
    amount: Decimal,
    comment: str = "",
    charge_id: int | None = None,
    payback: bool = False,
) -> Mapping[str, object]:
    """Fields of a charge; whether it is a return, below 9.2 its type says alone."""
    return _posting_fields(cid, day, type_id, amount, comment, charge_id)


def charge_bean(
    *,
    cid: int,
    day: date,
    type_id: int,
    amount: Decimal,
    comment: str = "",
    charge_id: int | None = None,
    payback: bool = False,
) -> Mapping[str, object]:
    """The parameter of a charge from 9.2 on; ``payback`` keeps a return a return when it is changed."""
    charge = {
        "id": charge_id or NEW_ID,
        "contractId": cid,
        "date": day,
        "typeId": type_id,
        "sum": exact(amount),
        "comment": comment,
    }
    return {"charge": {**charge, "payback": True} if payback else charge}


def charge_of_contract(*, cid: int, charge_id: int) -> Mapping[str, object]:
    """Fields that name one charge."""
    return {"cid": cid, "id": charge_id}


def transfer_parts(*, cid: int, day: date, parts: Sequence[Transfer], customer: bool = False) -> Mapping[str, object]:
    """Parameters of a transfer from a contract to others.

    ``customer`` lets the billing refuse what goes beyond the limit and the reserves. The misspelt ``amout`` is the
    server's own.
    """
    distributed = [{"contractId": part.cid, "amout": exact(part.amount)} for part in parts]
    return {"contractId": cid, "date": day, "balanceDistributeDataList": distributed, "customer": customer}


def read_saved(answer: JsonAnswer) -> int | None:
    """The id of what was written, bare or as the only one of an array; ``None`` when the answer does not tell it."""
    numbers = read_ids(answer) or (integer(answer.returned),)
    return numbers[0] or None


def read_ids(answer: JsonAnswer) -> tuple[int, ...]:
    """Ids of what was written, in the order of the request."""
    returned = answer.returned
    return tuple(integer(item) for item in returned) if isinstance(returned, list) else ()


def _posting_fields(
    cid: int, day: date, type_id: int, amount: Decimal, comment: str, number: int | None
) -> Mapping[str, object]:
    return {
        "cid": cid,
        "id": number or NEW,
        "date": day,
        "pt": type_id,
        "summa": spelled(amount),
        "comment": comment,
    }


PAYMENT_SAVE: Operation[int | None] = Operation(
    "payment save",
    forms=(XmlAction("contract", "UpdateContractPayment", fields=payment_fields, read=read_written_xml),),
    safe=False,
)

PAYMENT_DELETE: Operation[None] = Operation(
    "payment delete",
    forms=(XmlAction("contract", "DeleteContractPayment", fields=payment_of_contract, read=read_nothing),),
    safe=False,
)

CHARGE_SAVE: Operation[int | None] = Operation(
    "charge save",
    forms=(
        XmlAction("contract", "UpdateContractCharge", fields=charge_fields, read=read_written_xml, bands=BELOW_9_2),
        JsonRpc(CHARGE_SERVICE, "chargeUpdate", params=charge_bean, read=read_saved, bands=FROM_9_2),
    ),
    safe=False,
)

CHARGE_DELETE: Operation[None] = Operation(
    "charge delete",
    forms=(XmlAction("contract", "DeleteContractCharge", fields=charge_of_contract, read=read_nothing),),
    safe=False,
)

BALANCE_TRANSFER = Operation(
    "balance transfer",
    forms=(JsonRpc(BALANCE_SERVICE, "contractBalanceTransfer", params=transfer_parts, read=read_ids),),
    safe=False,
)
