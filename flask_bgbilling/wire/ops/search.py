"""Every way to search for contracts (contract-search.md 4, contract.md 2–5).

All operations but the one by id take the options ``hidden``, ``closed``, ``subcontracts`` and
``closed_inverted`` (contract-search.md 2) and the page as ``page`` (from 1) and ``page_size``. Texts that the
server takes as a pattern must come escaped: see :func:`literal_pattern` and :func:`literal_mail`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypedDict, Unpack

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import comment_and_address, integer, text, title_and_comment
from flask_bgbilling.wire.dto.common import Page
from flask_bgbilling.wire.dto.search import FoundContract, ListFilter
from flask_bgbilling.wire.operation import Fields, JsonRpc, Operation, XmlAction
from flask_bgbilling.wire.ops.contracts import CONTRACT_SERVICE
from flask_bgbilling.wire.version import (
    ALL,
    BELOW_8_2,
    BELOW_9_2,
    FROM_8_2,
    FROM_8_2_BELOW_9_2,
    FROM_9_2,
    FROM_9_2_BELOW_9_2501,
    FROM_9_2501,
    Band,
)

FoundPage = Page[FoundContract]

# contract-search.md 4.9: the code of a kind of parameter changes with the version, and not for every kind.
CODES: Mapping[str, tuple[tuple[Band, str], ...]] = {
    "text": ((ALL, "c1"),),
    "address": ((BELOW_9_2, "c2"), (FROM_9_2, "c8")),
    "e-mail": ((ALL, "c3"),),
    "date": ((ALL, "c6"),),
    "phone": ((BELOW_9_2, "c9"),),
    "object address": ((ALL, "o4"),),
}

PAGE_SIZE = 30
LIKE_MODE = 1
ANY_FACE = -1
ANY_GROUP = 0

_PATTERN_CHARACTERS = re.compile(r"[\\.^$*+?()\[\]{}|]")
_WILDCARDS = re.compile(r"[\\.^$*+?()\[\]{}|%_]")


def literal_pattern(typed: str) -> str:
    """The regular expression that finds exactly this text anywhere in a number, comment or text parameter."""
    return _PATTERN_CHARACTERS.sub(r"\\\g<0>", typed)


def literal_mail(typed: str) -> str:
    """The same for e-mails, taken as a regular expression or as LIKE: both understand these escapes (4.7)."""
    return _WILDCARDS.sub(r"\\\g<0>", typed)


def exact_number(number: str) -> str:
    """The regular expression that finds the contract of exactly this number."""
    return f"^{literal_pattern(number)}$"


def phone_pattern(digits: str) -> str:
    """The LIKE pattern that finds these digits anywhere in a stored phone; anything but digits is dropped."""
    return f"%{_digits(digits)}%"


def _digits(typed: str) -> str:
    return "".join(character for character in typed if character in "0123456789")


class Tail(TypedDict, total=False):
    """Options and page, common to all searches but the one by id; options are off by default."""

    hidden: bool
    closed: bool
    subcontracts: bool
    closed_inverted: bool
    page: int
    page_size: int


def _xml_tail(tail: Tail) -> dict[str, object]:
    # The doubt about the sense of "closed" concerns the JSON form only (contract-search.md 2).
    index = tail.get("page", 1)
    return {
        "del": tail.get("hidden", False),
        "show_closed": tail.get("closed", False),
        "show_sub": tail.get("subcontracts", False),
        "pageIndex": index,
        "page": index,
        "pageSize": tail.get("page_size", PAGE_SIZE),
    }


def _json_tail(tail: Tail) -> dict[str, object]:
    return {
        "subContracts": tail.get("subcontracts", False),
        "closed": tail.get("closed", False) != tail.get("closed_inverted", False),
        "hidden": tail.get("hidden", False),
        "page": {"pageIndex": tail.get("page", 1), "pageSize": tail.get("page_size", PAGE_SIZE)},
    }


def number_fields(*, number: str = "", comment: str = "", **tail: Unpack[Tail]) -> Mapping[str, object]:
    """XML: masks of number and comment; an empty one is left out, which is no restriction."""
    return {
        "filter": 0,
        "type": -1,
        "contractMask": number or None,
        "contractComment": comment or None,
        **_xml_tail(tail),
        "page": None,
    }


def number_params(*, number: str = "", comment: str = "", **tail: Unpack[Tail]) -> Mapping[str, object]:
    """JSON: the same; an empty mask goes out as null."""
    return {
        "title": number or None,
        "comment": comment or None,
        "fc": ANY_FACE,
        "groupMask": ANY_GROUP,
        "entityFilter": None,
        **_json_tail(tail),
    }


def id_fields(*, cid: int, closed_inverted: bool = False) -> Mapping[str, object]:
    """XML: the id alone."""
    return {"id": cid}


def id_params(*, cid: int, closed_inverted: bool = False) -> Mapping[str, object]:
    """JSON from 9.2501: the id, whatever the contract's state."""
    return {
        "contractId": cid,
        "fc": ANY_FACE,
        "groupMask": ANY_GROUP,
        "subContracts": True,
        "closed": not closed_inverted,
        "hidden": True,
    }


def id_params_all_labels(*, cid: int, closed_inverted: bool = False) -> Mapping[str, object]:
    """JSON below 9.2501: the same with the flag about labels."""
    return {**id_params(cid=cid, closed_inverted=closed_inverted), "inAllLabels": True}


def _address_fields(code: str, *, of_object: bool) -> Fields:
    def fields(
        *,
        street_id: int = 0,
        house_id: int = 0,
        house: int = 0,
        fraction: str | None = None,
        flat: str = "",
        room: str = "",
        parameters: Sequence[int] = (),
        **tail: Unpack[Tail],
    ) -> Mapping[str, object]:
        return {
            "type": code,
            "street": street_id,
            "houseId": house_id if house_id > 0 and not of_object else None,
            "house": house,
            "frac": fraction,
            "flat": flat or None,
            "room": room or None,
            "parameters": list(parameters) or None,
            **_xml_tail(tail),
        }

    return fields


def _by_parameter(code: str, parameters: Sequence[int], tail: Tail, **values: object) -> dict[str, object]:
    # Without chosen parameters "parameters" goes out empty, it is not left out (contract-search.md 4.5).
    return {"type": code, "parameters": list(parameters) or "", **values, **_xml_tail(tail)}


def _text_fields(code: str) -> Fields:
    def fields(*, pattern: str, parameters: Sequence[int] = (), **tail: Unpack[Tail]) -> Mapping[str, object]:
        return _by_parameter(code, parameters, tail, parameter=pattern)

    return fields


def _mail_fields(code: str) -> Fields:
    def fields(*, pattern: str, parameters: Sequence[int] = (), **tail: Unpack[Tail]) -> Mapping[str, object]:
        return _by_parameter(code, parameters, tail, mail=pattern)

    return fields


def _phone_fields(code: str) -> Fields:
    def fields(*, digits: str, parameters: Sequence[int] = (), **tail: Unpack[Tail]) -> Mapping[str, object]:
        return _by_parameter(code, parameters, tail, phone=_digits(digits))

    return fields


def _date_fields(code: str) -> Fields:
    def fields(
        *,
        since: date | None = None,
        until: date | None = None,
        parameters: Sequence[int] = (),
        **tail: Unpack[Tail],
    ) -> Mapping[str, object]:
        # An open bound goes out as an empty value as well (contract-search.md 4.8).
        return _by_parameter(code, parameters, tail, date1=since or "", date2=until or "")

    return fields


def _filtered(filters: list[dict[str, object]], tail: Tail) -> Mapping[str, object]:
    return {"fc": ANY_FACE, "groupMask": ANY_GROUP, "entityFilter": filters, **_json_tail(tail)}


def phone_params(*, digits: str, parameters: Sequence[int] = (), **tail: Unpack[Tail]) -> Mapping[str, object]:
    """JSON: a filter of type ``Phone`` in LIKE mode; the ids are one text here (contract-search.md 4.6)."""
    ids = ", ".join(str(parameter) for parameter in parameters)
    phone = {"type": "Phone", "entitySpecAttrIds": ids, "mode": LIKE_MODE, "value": phone_pattern(digits)}
    return _filtered([phone], tail)


def list_params(*, filters: Sequence[ListFilter], **tail: Unpack[Tail]) -> Mapping[str, object]:
    """JSON: one filter per list parameter, all of which must hold (contract-search.md 4.10)."""
    return _filtered(
        [{"type": f.type, "entitySpecAttrIds": [f.parameter_id], "value": f.item_id} for f in filters], tail
    )


def read_found_rows(answer: XmlAnswer) -> FoundPage:
    """Rows directly under ``contracts``; no such element means nothing was found."""
    return _xml_page(answer, [_xml_row(item.attrib) for item in answer.rows("contracts/item")])


def read_filtered_rows(answer: XmlAnswer) -> FoundPage:
    """Rows of ``FilterContract``, which may stand at any depth."""
    return _xml_page(answer, [_xml_row(item.attrib) for item in answer.anywhere("item")])


def read_row_by_id(answer: XmlAnswer) -> FoundPage:
    """The only row of ``FindContractByID``; its ``id`` may be missing and is then 0."""
    rows = tuple(_xml_row(item.attrib) for item in answer.rows("contracts/item")[:1])
    return Page(rows, len(rows))


def read_contracts(answer: JsonAnswer) -> FoundPage:
    """Contracts of ``contractList``: a bare list of beans or ``{list, page}`` with short rows."""
    rows = tuple(
        FoundContract(
            cid=integer(item.get("contractId") if "contractId" in item else item.get("id")),
            number=text(item.get("contractTitle") if "contractTitle" in item else item.get("title")).strip(),
            comment=text(item.get("contractComment") if "contractComment" in item else item.get("comment")).strip(),
        )
        for item in answer.items()
    )
    return _page(rows, answer.page())


def read_contract_by_id(answer: JsonAnswer) -> FoundPage:
    """The first contract of the answer, or nothing."""
    rows = read_contracts(answer).items[:1]
    return Page(rows, len(rows))


def _xml_row(attributes: Mapping[str, str]) -> FoundContract:
    cid = integer(attributes.get("id"))
    title = text(attributes.get("title"))
    # From 9.2404 the address search gives the number alone and the rest in an attribute of its own; other
    # searches may as well, so the attribute decides, not the version (contract.md 4, 23).
    if "comment" in attributes:
        comment, address = comment_and_address(text(attributes["comment"]))
        return FoundContract(cid, title.strip(), comment, address)
    return FoundContract(cid, *title_and_comment(title))


def _xml_page(answer: XmlAnswer, rows: list[FoundContract]) -> FoundPage:
    contracts = answer.first("contracts")
    return _page(tuple(rows), contracts.attrib if contracts is not None else {})


def _page(rows: tuple[FoundContract, ...], page: Mapping[str, object]) -> FoundPage:
    index, size = max(1, integer(page.get("pageIndex"))), max(0, integer(page.get("pageSize")))
    seen = (index - 1) * size + len(rows) if rows else 0
    return Page(rows, max(integer(page.get("recordCount")), seen), index, size)


def _by_code(kind: str, fields: Callable[[str], Fields]) -> tuple[XmlAction[FoundPage], ...]:
    return tuple(
        XmlAction("contract", "FindContract", fields=fields(code), read=read_found_rows, bands=bands)
        for bands, code in CODES[kind]
    )


SEARCH_BY_NUMBER: Operation[FoundPage] = Operation(
    "contract search by number or comment",
    forms=(
        XmlAction("contract", "FilterContract", fields=number_fields, read=read_filtered_rows, bands=BELOW_8_2),
        JsonRpc(CONTRACT_SERVICE, "contractList", params=number_params, read=read_contracts, bands=FROM_8_2),
    ),
)

SEARCH_BY_ID: Operation[FoundPage] = Operation(
    "contract search by id",
    forms=(
        XmlAction("contract", "FindContractByID", fields=id_fields, read=read_row_by_id, bands=BELOW_8_2),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractList0",
            params=id_params_all_labels,
            read=read_contract_by_id,
            bands=FROM_8_2_BELOW_9_2,
        ),
        JsonRpc(
            CONTRACT_SERVICE,
            "contractList",
            params=id_params_all_labels,
            read=read_contract_by_id,
            bands=FROM_9_2_BELOW_9_2501,
        ),
        JsonRpc(CONTRACT_SERVICE, "contractList", params=id_params, read=read_contract_by_id, bands=FROM_9_2501),
    ),
)

SEARCH_BY_ADDRESS: Operation[FoundPage] = Operation(
    "contract search by contract address",
    forms=_by_code("address", lambda code: _address_fields(code, of_object=False)),
)

SEARCH_BY_OBJECT_ADDRESS: Operation[FoundPage] = Operation(
    "contract search by object address",
    forms=_by_code("object address", lambda code: _address_fields(code, of_object=True)),
)

SEARCH_BY_TEXT: Operation[FoundPage] = Operation(
    "contract search by text parameter",
    forms=_by_code("text", _text_fields),
)

SEARCH_BY_MAIL: Operation[FoundPage] = Operation(
    "contract search by e-mail",
    forms=_by_code("e-mail", _mail_fields),
)

SEARCH_BY_DATE: Operation[FoundPage] = Operation(
    "contract search by date parameter",
    forms=_by_code("date", _date_fields),
)

SEARCH_BY_PHONE: Operation[FoundPage] = Operation(
    "contract search by phone",
    forms=(
        *_by_code("phone", _phone_fields),
        JsonRpc(CONTRACT_SERVICE, "contractList", params=phone_params, read=read_contracts, bands=FROM_9_2),
    ),
)

SEARCH_BY_LIST: Operation[FoundPage] = Operation(
    "contract search by list parameter",
    forms=(JsonRpc(CONTRACT_SERVICE, "contractList", params=list_params, read=read_contracts),),
)
