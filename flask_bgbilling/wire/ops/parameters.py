"""Reading the parameters of a contract (parameters.md 2, 3, 6).

The whole list is XML on every version; only e-mails, values of lists and references have a JSON form from 9.2 on.
"""

from collections.abc import Mapping
from typing import Any

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import flag, integer, moment, text, unquoted
from flask_bgbilling.wire.dto.parameters import (
    ContractReference,
    Email,
    ListValue,
    Parameter,
    ParameterChange,
    ParameterList,
    ParameterType,
    Phone,
)
from flask_bgbilling.wire.operation import JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE, id_title_elements
from flask_bgbilling.wire.version import BELOW_9_2, FROM_9_2

NOT_CHOSEN = -1
"""The item of a list that has no value."""


def list_fields(*, cid: int, group_only: bool = False) -> Mapping[str, object]:
    """``all`` is either 1 or absent: a 0 would still be "everything" for some servers."""
    return {"cid": cid, "all": None if group_only else 1, "list": 1}


def one_parameter(*, cid: int, parameter_id: int) -> Mapping[str, object]:
    """Fields of the XML actions about one parameter."""
    return {"cid": cid, "pid": parameter_id}


def one_parameter_json(*, cid: int, parameter_id: int) -> Mapping[str, object]:
    """Parameters of ``contractParameterGet``."""
    return {"contractId": cid, "parameterId": parameter_id}


def read_parameters(answer: XmlAnswer) -> ParameterList:
    """Every parameter with its displayed value, the group of the contract and the groups to choose from."""
    current = answer.first("condel")
    return ParameterList(
        parameters=tuple(
            Parameter(
                id=integer(row.get("pid")),
                type=ParameterType(integer(row.get("pt"))),
                title=text(row.get("title")),
                value=text(row.get("value")).strip(),
                always_visible=flag(row.get("alwaysVisible")),
                has_history=_history(row.get("history")),
            )
            for row in answer.rows("parameters/parameter")
        ),
        group_id=integer(current.get("pgid")) if current is not None else 0,
        groups=id_title_elements(answer.rows("groups/item")),
    )


def _history(icon: str | None) -> bool | None:
    # The attribute names an icon: the faded one means that there is no history, or that it is switched off.
    return None if not icon else not icon.endswith("_fade")


def read_phones(answer: XmlAnswer) -> tuple[Phone, ...]:
    """Numbers of ``phone1`` … ``phone<count>``; blank ones are skipped, a missing count means none."""
    element = answer.first("phone")
    if element is None:
        return ()
    pairs = []
    for number in range(1, min(integer(element.get("count")), 1000) + 1):
        phone = text(element.get(f"phone{number}")).strip()
        if phone:
            pairs.append(Phone(phone, text(element.get(f"comment{number}")).strip()))
    return tuple(pairs)


def read_emails_xml(answer: XmlAnswer) -> tuple[Email, ...]:
    """Rows with address and name."""
    rows = (Email(text(row.get("email")).strip(), unquoted(row.get("name"))) for row in answer.anywhere("row"))
    return tuple(email for email in rows if email.address)


def read_emails_json(answer: JsonAnswer) -> tuple[Email, ...]:
    """``contactList`` of an e-mail attribute; older builds put one address into ``value``."""
    attribute = answer.returned
    if not isinstance(attribute, Mapping):
        return ()
    contacts = attribute.get("contactList")
    if isinstance(contacts, list):
        emails = [
            Email(text(contact.get("address")).strip(), unquoted(contact.get("name")))
            for contact in contacts
            if isinstance(contact, Mapping)
        ]
    else:
        emails = [Email(text(attribute.get("value")).strip())]
    return tuple(email for email in emails if email.address)


def read_list_value_xml(answer: XmlAnswer) -> ListValue | None:
    """The chosen item with its title of the items beside it; a missing, blank or negative one is not set.

    Servers that tell a text of one's own put it into the attribute ``title``.
    """
    values = answer.first("values")
    chosen = integer(values.get("value"), NOT_CHOSEN) if values is not None else NOT_CHOSEN
    if values is None or chosen < 0:
        return None
    if chosen == 0:
        return ListValue(custom=text(values.get("title")).strip())
    items = (item for item in answer.anywhere("item") if integer(item.get("id")) == chosen)
    return ListValue(chosen, next((text(item.get("title")).strip() for item in items), ""))


def read_list_value_json(answer: JsonAnswer) -> ListValue | None:
    """The attribute of a list: an item, or below 1 a text of one's own in ``customValue`` or ``title``."""
    attribute = answer.returned
    if not isinstance(attribute, Mapping):
        return None
    chosen, title = integer(attribute.get("value")), text(attribute.get("title")).strip()
    if chosen > 0:
        return ListValue(chosen, title)
    custom = text(attribute.get("customValue")).strip() or title
    return ListValue(custom=custom) if custom else None


def read_reference(answer: JsonAnswer) -> ContractReference | None:
    """The contract in ``value`` and ``title``; nothing when unset or when the value is no id."""
    attribute: Any = answer.returned
    if not isinstance(attribute, Mapping):
        return None
    cid = integer(attribute.get("value"))
    return ContractReference(cid, text(attribute.get("title"))) if cid > 0 else None


def read_history(answer: XmlAnswer) -> tuple[ParameterChange, ...]:
    """Earlier values, newest first; the billing sends the oldest first."""
    changes = [
        ParameterChange(text(row.get("value")), moment(row.get("when"), answer.zone), text(row.get("who")))
        for row in answer.rows()
    ]
    return tuple(reversed(changes))


PARAMETERS = Operation(
    "contract parameters",
    forms=(XmlAction("contract", "ContractParameters", fields=list_fields, read=read_parameters),),
)

PARAMETER_HISTORY = Operation(
    "parameter history",
    forms=(XmlAction("contract", "GetParameterHistory", fields=one_parameter, read=read_history),),
)

PARAMETER_PHONES = Operation(
    "phone parameter",
    forms=(XmlAction("contract", "GetPhoneInfo", fields=one_parameter, read=read_phones),),
)

PARAMETER_EMAILS = Operation(
    "e-mail parameter",
    forms=(
        XmlAction("contract", "EmailInfo", fields=one_parameter, read=read_emails_xml, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractParameterGet",
            params=one_parameter_json,
            read=read_emails_json,
            bands=FROM_9_2,
        ),
    ),
)

PARAMETER_LIST = Operation(
    "list parameter",
    forms=(
        XmlAction("contract", "GetListParam", fields=one_parameter, read=read_list_value_xml, bands=BELOW_9_2),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractParameterGet",
            params=one_parameter_json,
            read=read_list_value_json,
            bands=FROM_9_2,
        ),
    ),
)

PARAMETER_REFERENCE = Operation(
    "contract reference parameter",
    forms=(
        JsonRpc(
            CONTRACT_SERVICE,
            "contractParameterGet",
            params=one_parameter_json,
            read=read_reference,
            bands=FROM_9_2,
        ),
    ),
)
