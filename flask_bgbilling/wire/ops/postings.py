"""What payments and charges have in common on the wire (money.md 3.1, 4)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from flask_bgbilling.wire.answers import JsonAnswer, XmlAnswer
from flask_bgbilling.wire.codec import amount, day, flag, integer, json_day, json_moment, moment, money, text
from flask_bgbilling.wire.dto.money import Posting, PostingList, PostingRecord

OWN = 1
SUBS = 3


def read_rows(answer: XmlAnswer) -> PostingList:
    """Own rows and rows of sub-contracts of one XML answer."""
    table = answer.first("table")
    return PostingList(
        own=tuple(
            Posting(
                id=integer(row.get("f0")),
                day=day(row.get("f2")),
                amount=amount(row.get("f3")),
                type_title=text(row.get("f4")),
                comment=text(row.get("f5")),
                changed_at=moment(row.get("f6"), answer.zone),
                user_name=text(row.get("f7")),
                editable=flag(row.get("f1")),
            )
            for row in answer.rows()
        ),
        subs=tuple(
            Posting(
                id=0,
                day=day(row.get("date")),
                amount=amount(row.get("summa")),
                type_title=text(row.get("type")),
                contract_title=text(row.get("contract")).strip(),
            )
            for row in answer.rows("sub_table/data/row")
        ),
        total=money(table.get("summa")) if table is not None else None,
    )


def read_own(answer: JsonAnswer) -> PostingList:
    """The contract's own entries: ``{list, sum}``, or the older bare list with its total beside it."""
    return PostingList(own=_items(answer), total=_total(answer))


def read_subs(answer: JsonAnswer) -> PostingList:
    """Entries of sub-contracts, which are asked for separately."""
    return PostingList(subs=_items(answer))


def posting_record(element: Element | None) -> PostingRecord | None:
    """One payment or charge; ``None`` when the billing has none of this id."""
    if element is None:
        return None
    return PostingRecord(
        day=day(element.get("date")),
        amount=amount(element.get("summa")),
        type_id=integer(element.get("pt")),
        comment=text(element.get("comment")),
    )


def _items(answer: JsonAnswer) -> tuple[Posting, ...]:
    return tuple(_posting(item, answer.zone) for item in answer.items())


def _total(answer: JsonAnswer) -> Decimal | None:
    returned = answer.returned
    inside = money(returned.get("sum")) if isinstance(returned, Mapping) else None
    return inside if inside is not None else money(answer.data.get("holderTotalSum"))


def _posting(item: Mapping[str, Any], zone: ZoneInfo) -> Posting:
    # Version 7.1 knew the sum under both names.
    sum_ = item.get("sum")
    return Posting(
        id=integer(item.get("id")),
        day=json_day(item.get("date"), zone),
        amount=amount(sum_ if sum_ is not None else item.get("summa")),
        type_id=integer(item.get("typeId")),
        type_title=_title(item.get("type")),
        comment=text(item.get("comment")),
        changed_at=json_moment(item.get("timeChange"), zone),
        user_id=integer(item.get("userId")),
        user_name=_title(item.get("user")),
        editable=flag(item.get("editable")),
        payback=flag(item.get("payback")),
        contract_id=integer(item.get("contractId")) or None,
        contract_title=text(item.get("contract")).strip(),
    )


def _title(value: object) -> str:
    return value if isinstance(value, str) else ""
