"""Changing the contract itself: number, comment, days, face, mode, visibility, self-care, hierarchy.

Forms of contract.md 7, 11, 14 and 18. Face and mode have no other form than XML, whatever the version.
"""

from collections.abc import Mapping
from datetime import date

from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.ops.written import read_nothing
from flask_bgbilling.wire.version import BELOW_8_2, FROM_8_2

PLAIN_COMMENT = 0
"""The comment is the text that is given, not one that the billing composes."""


def title_fields(*, cid: int, comment: str, title: str | None = None) -> Mapping[str, object]:
    """Number and comment in XML; a number that is left out stays."""
    return {"cid": cid, "title": title, "comment": comment}


def title_params(*, cid: int, comment: str, title: str | None = None) -> Mapping[str, object]:
    """Number and comment in JSON; a number that is null stays."""
    return {"contractId": cid, "title": title, "comment": comment, "patternId": PLAIN_COMMENT}


def start_fields(*, cid: int, day: date) -> Mapping[str, object]:
    """The first day; the contract is called ``id`` here."""
    return {"id": cid, "value": day}


def end_fields(*, cid: int, day: date | None) -> Mapping[str, object]:
    """The last day in XML, empty for none. The contract is called ``id`` here; the running client says it twice."""
    return {"id": cid, "cid": cid, "value": "" if day is None else day}


def end_params(*, cid: int, day: date | None) -> Mapping[str, object]:
    """The last day in JSON, null for none."""
    return {"contractId": cid, "dateTo": day}


def face_fields(*, cid: int, firm: bool) -> Mapping[str, object]:
    """1 for a firm, 0 for a person."""
    return {"cid": cid, "value": firm}


def mode_fields(*, cid: int, debit: bool) -> Mapping[str, object]:
    """The server knows the modes by words, one of them misspelt, and takes any other word for credit."""
    return {"cid": cid, "value": "debet" if debit else "credit"}


def hidden_fields(*, cid: int, hidden: bool) -> Mapping[str, object]:
    """1 hides, 0 shows again."""
    return {"cid": cid, "del": hidden}


def password_fields(*, cid: int, password: str) -> Mapping[str, object]:
    """The password as it is, empty for none."""
    return {"cid": cid, "value": password}


def generation_fields(*, cid: int) -> Mapping[str, object]:
    """No password of ours: the billing makes one."""
    return {"cid": cid, "value": "", "set_pswd": True}


def sub_fields(*, cid: int, sub_cid: int, independent: bool) -> Mapping[str, object]:
    """Sub-contract and super contract; mode 1 keeps the balances apart."""
    return {"super": cid, "sub": sub_cid, "sub_mode": independent}


def open_fields(*, cid: int) -> Mapping[str, object]:
    """The command that the desktop client of the same account finds in its queue."""
    return {"command": "put", "value": f"openContract:{cid}"}


CONTRACT_TITLE = Operation(
    "contract title and comment",
    forms=(
        XmlAction("contract", "UpdateContractTitleAndComment", fields=title_fields, read=read_nothing, bands=BELOW_8_2),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractTitleAndCommentUpdate",
            params=title_params,
            read=read_nothing,
            bands=FROM_8_2,
        ),
    ),
    safe=False,
)
"""Sets the comment and, when it is given, the number. A comment that the billing composed becomes a plain one."""

CONTRACT_START = Operation(
    "contract start",
    forms=(XmlAction("contract", "UpdateContractDate1", fields=start_fields, read=read_nothing),),
    safe=False,
)
"""Sets the first day of the contract, which always has one."""

CONTRACT_END = Operation(
    "contract end",
    forms=(
        XmlAction("contract", "UpdateContractDate2", fields=end_fields, read=read_nothing, bands=BELOW_8_2),
        JsonRpc(CONTRACT_SERVICE, "contractDateToUpdate", params=end_params, read=read_nothing, bands=FROM_8_2),
    ),
    safe=False,
)
"""Sets the last day of the contract; ``None`` leaves it without an end."""

CONTRACT_FACE = Operation(
    "contract face",
    forms=(XmlAction("contract", "SetFcContract", fields=face_fields, read=read_nothing),),
    safe=False,
)
"""Makes it a contract of a firm or of a person."""

CONTRACT_MODE = Operation(
    "contract mode",
    forms=(XmlAction("contract", "UpdateContractMode", fields=mode_fields, read=read_nothing),),
    safe=False,
)
"""Switches between debit (prepaid) and credit."""

CONTRACT_HIDDEN = Operation(
    "contract visibility",
    forms=(XmlAction("contract", "SetDelContract", fields=hidden_fields, read=read_nothing),),
    safe=False,
)
"""Hides the contract or shows it again."""

WEB_PASSWORD = Operation(
    "web password",
    forms=(XmlAction("contract", "UpdateContractPassword", fields=password_fields, read=read_nothing),),
    safe=False,
)
"""Sets the subscriber's password for self-care, empty for none."""

WEB_PASSWORD_GENERATION = Operation(
    "web password generation",
    forms=(XmlAction("contract", "UpdateContractPassword", fields=generation_fields, read=read_nothing),),
    safe=False,
)
"""Lets the billing make a new password for self-care; the answer does not tell it."""

SUB_CONTRACT_ADDITION = Operation(
    "sub-contract addition",
    forms=(XmlAction("contract.hierarchy", "AddSub", fields=sub_fields, read=read_nothing),),
    safe=False,
)
"""Makes ``sub_cid`` a sub-contract of ``cid``; no call that takes it out again is known."""

OPEN_IN_CLIENT = Operation(
    "contract in the billing's client",
    forms=(XmlAction("admin", "Command", fields=open_fields, read=read_nothing),),
    safe=False,
)
"""Opens the contract in the desktop client that runs under the same account; without one nothing happens."""
