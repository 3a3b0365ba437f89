"""Fiscal checks of payments: JSON on every version, where the plugin is installed (money.md 12)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_bgbilling.wire.answers import JsonAnswer
from flask_bgbilling.wire.codec import integer, money, text
from flask_bgbilling.wire.dto.cash_check import PrintedCheck, Registrators
from flask_bgbilling.wire.dto.common import IdTitle
from flask_bgbilling.wire.operation import JsonRpc, Operation, Service
from flask_bgbilling.wire.ops.sums import spelled
from flask_bgbilling.wire.ops.written import read_nothing

CASH_CHECK_PLUGIN = "ru.bitel.bgbilling.plugins.cashcheck"
"""What the billing's list of plugins has where checks can be printed."""
CASH_CHECK_SERVICE = Service(CASH_CHECK_PLUGIN, "CashcheckService")


def nothing() -> Mapping[str, object]:
    """No parameters."""
    return {}


def registrator_and_password(*, registrator_id: int, password: str) -> Mapping[str, object]:
    """Parameters that bind the calling account to a registrator."""
    return {"registratorId": registrator_id, "password": password}


def payments_and_cash(*, payment_ids: Sequence[int], cash: Decimal) -> Mapping[str, object]:
    """Parameters of a check. ``cash`` is what the customer hands over, in currency units with two digits."""
    return {"paymentIds": list(payment_ids), "summa": spelled(cash)}


def read_registrators(answer: JsonAnswer) -> Registrators:
    """All registrators and the bound one; without an id none is bound."""
    returned = answer.returned
    bound = integer(returned.get("registratorId")) if isinstance(returned, Mapping) else 0
    entries = tuple(IdTitle(integer(item.get("id")), text(item.get("title"))) for item in answer.items())
    return Registrators(entries, bound if bound > 0 else None)


def read_current(answer: JsonAnswer) -> IdTitle | None:
    """The registrator of the calling account; ``None`` for none."""
    returned = answer.returned
    number = integer(returned.get("registratorId")) if isinstance(returned, Mapping) else 0
    return IdTitle(number, text(returned.get("registratorName"))) if number > 0 else None


def read_printed(answer: JsonAnswer) -> PrintedCheck | None:
    """What was printed, the sums quoted or not; ``None`` when the server tells of no check."""
    returned = answer.returned
    if not isinstance(returned, Mapping):
        return None
    return PrintedCheck(money(returned.get("summa")), money(returned.get("submit")))


REGISTRATORS = Operation(
    "fiscal registrators",
    forms=(JsonRpc(CASH_CHECK_SERVICE, "registratorList", params=nothing, read=read_registrators),),
)

CURRENT_REGISTRATOR: Operation[IdTitle | None] = Operation(
    "current fiscal registrator",
    forms=(JsonRpc(CASH_CHECK_SERVICE, "getCurrentPrinter", params=nothing, read=read_current),),
)

REGISTRATOR_BIND: Operation[None] = Operation(
    "fiscal registrator choice",
    forms=(JsonRpc(CASH_CHECK_SERVICE, "bindPrinter", params=registrator_and_password, read=read_nothing),),
    safe=False,
)
"""Binds the calling account to a registrator, until another is bound."""

CHECK_PRINT: Operation[PrintedCheck | None] = Operation(
    "fiscal check print",
    forms=(JsonRpc(CASH_CHECK_SERVICE, "printCheck", params=payments_and_cash, read=read_printed),),
    safe=False,
)
"""Prints one check for the payments on the registrator that the calling account is bound to."""
