"""The editor of the address directory: country, city, areas, quarters and streets of a city, houses of a street."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from example_host.addresses.port import PARENTS, TABLES, HostAddressDirectory
from example_host.guards import signed_in_only
from example_host.models import HouseRow, database
from example_host.ports import HostAddressBook, fold, signed_in
from example_host.roles import role_allows
from flask_bgbilling.ports import AddressLevel, AddressPlace, AddressRecord, DirectoryHouse, House, split_house

addresses = Blueprint("addresses", __name__, url_prefix="/addresses")

READ, UPDATE = "addresses.read", "addresses.update"
SHOWN, FOUND, GREATEST = 100, 50, 2**31 - 1
LONGEST_TITLE, LONGEST_FRACTION, LONGEST_INDEX, LONGEST_COMMENT = 150, 30, 10, 255
CHILDREN: Mapping[AddressLevel | None, Sequence[AddressLevel]] = {
    None: (AddressLevel.COUNTRY,),
    AddressLevel.COUNTRY: (AddressLevel.CITY,),
    AddressLevel.CITY: (AddressLevel.STREET, AddressLevel.AREA, AddressLevel.QUARTER),
    AddressLevel.STREET: (AddressLevel.HOUSE,),
}
directory = HostAddressDirectory()


@dataclass
class Mistake(Exception):
    """What was typed cannot be kept; the text says why."""

    text: str


@addresses.get("")
@signed_in_only
def overview() -> str:
    """The countries, and streets that were looked for."""
    _demand(READ)
    query = request.args.get("q", "").strip()
    streets = HostAddressBook().streets(query, FOUND) if query else ()
    return _page(None, None, query=query, streets=streets)


@addresses.get("/<any(country, city, street):level>/<int(max=2147483647):record_id>")
@signed_in_only
def show(level: str, record_id: int) -> str:
    """What lies in a record. ``list`` chooses among several kinds, ``edit`` and ``remove`` the record whose form is
    open."""
    _demand(READ)
    return _page(AddressLevel(level), _row(AddressLevel(level), record_id))


@addresses.post("/<any(country, city, area, quarter, street, house):level>")
@signed_in_only
def add(level: str) -> Response:
    """A new record, with an id that there never was."""
    _demand(UPDATE)
    return _save(AddressLevel(level), None)


@addresses.post("/<any(country, city, area, quarter, street, house):level>/<int(max=2147483647):record_id>")
@signed_in_only
def change(level: str, record_id: int) -> Response:
    """Changes a record; it stays where it lies."""
    _demand(UPDATE)
    _row(AddressLevel(level), record_id)
    return _save(AddressLevel(level), record_id)


@addresses.post("/<any(country, city, area, quarter, street, house):level>/<int(max=2147483647):record_id>/delete")
@signed_in_only
def remove(level: str, record_id: int) -> Response:
    """Deletes a record that nobody uses."""
    _demand(UPDATE)
    kind = AddressLevel(level)
    row = _row(kind, record_id)
    title, back = label(kind, row), _place_of(kind, _parent_id(kind, row))
    if directory.delete(kind, [record_id]):
        database.session.commit()
        flash(_("%(title)s is deleted.", title=title), "good")
    else:
        database.session.rollback()
        flash(_("%(title)s is used and stays: a house by an address of a customer or of a process, a place by what "
                "lies in it.", title=title), "bad")  # fmt: skip
    return redirect(back)


def may_read_addresses() -> bool:
    """Whether the signed-in user may open these pages."""
    return _may(READ)


def label(level: AddressLevel, row: object) -> str:
    """How a record is called."""
    if isinstance(row, HouseRow):
        return House(row.id, row.street_id, row.number, row.fraction).label or f"#{row.id}"
    return str(getattr(row, "title", "")) or f"{level.value} {getattr(row, 'id', '')}"


def titles() -> Mapping[str, str]:
    """The levels in the plural, in the reader's language."""
    return {
        "country": _("Countries"),
        "city": _("Cities"),
        "area": _("Areas"),
        "quarter": _("Quarters"),
        "street": _("Streets"),
        "house": _("Houses"),
    }


def _page(level: AddressLevel | None, row: object, *, query: str = "", streets: Sequence[object] = ()) -> str:
    kinds = CHILDREN[level]
    listed = request.args.get("list", "")
    kind = next((one for one in kinds if one.value == listed), kinds[0])
    table, number = TABLES[kind], max(request.args.get("page", 1, type=int) or 1, 1)
    wanted = select(table)
    if level is not None:
        wanted = wanted.where(getattr(table, PARENTS[kind]) == getattr(row, "id", 0))
    asked = request.args.get("find", "").strip()[:50]
    if asked and kind == AddressLevel.HOUSE:
        wanted = _houses_like(wanted, asked)
    found = database.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-found // SHOWN))
    number = min(number, pages)
    order = (table.number, table.fraction) if kind == AddressLevel.HOUSE else (table.title, table.id)
    rows = database.session.scalars(wanted.order_by(*order).offset((number - 1) * SHOWN).limit(SHOWN)).all()
    city = getattr(row, "city_id", 0) if level == AddressLevel.STREET else 0
    return render_template(
        "addresses.html",
        level=level.value if level else "",
        row=row,
        trail=_trail(level, row),
        kind=kind.value,
        kinds=[one.value for one in kinds],
        titles=titles(),
        rows=rows,
        label=lambda one: label(kind, one),
        found=found,
        page=number,
        pages=pages,
        find=asked,
        edited=request.args.get("edit", type=int) if _may() else None,
        removed=request.args.get("remove", type=int) if _may() else None,
        areas=_of_city(AddressLevel.AREA, city),
        quarters=_of_city(AddressLevel.QUARTER, city),
        opens=kind in CHILDREN,
        may=_may(),
        query=query,
        streets=streets,
    )


def _houses_like(wanted: Select[Any], asked: str) -> Select[Any]:
    """Houses whose number begins with the typed digits and whose fraction holds the rest."""
    number, fraction = split_house(asked)
    if number:
        longer = (HouseRow.number.between(number * 10**more, (number + 1) * 10**more - 1) for more in range(9))
        wanted = wanted.where(or_(*longer))
    return wanted.where(HouseRow.fraction.contains(fraction, autoescape=True)) if fraction else wanted


def _save(level: AddressLevel, record_id: int | None) -> Response:
    parent_id = request.form.get("parent", 0, type=int) or 0
    if record_id is not None:
        parent_id = _parent_id(level, _row(level, record_id))
    elif level.parent is not None:
        _row(level.parent, parent_id)
    back = _place_of(level, parent_id)
    try:
        record = _typed(level, record_id or directory.free_id(level), parent_id)
        if _twin(record) not in (None, record.id):
            raise Mistake(_("There is one like this already."))
        directory.write([record])
        database.session.commit()
    except Mistake as mistake:
        database.session.rollback()
        flash(mistake.text, "bad")
        return redirect(back)
    except IntegrityError:
        database.session.rollback()
        flash(_("Somebody was adding at the same moment: try again."), "bad")
        return redirect(back)
    flash(_("Saved."), "good")
    return redirect(back)


def _typed(level: AddressLevel, record_id: int, parent_id: int) -> AddressRecord:
    if level != AddressLevel.HOUSE:
        title = " ".join(request.form.get("title", "").split())
        if not title or len(title) > LONGEST_TITLE:
            raise Mistake(_("A title has 1 to %(most)s letters.", most=LONGEST_TITLE))
        return AddressPlace(level, record_id, title, parent_id)
    number, fraction = split_house(request.form.get("house", "").strip())
    if not number and not fraction:
        raise Mistake(_("A house has a number, as 12, 12/3 or 12а."))
    post_index, comment = request.form.get("post_index", "").strip(), request.form.get("comment", "").strip()
    if len(fraction) > LONGEST_FRACTION or len(post_index) > LONGEST_INDEX or len(comment) > LONGEST_COMMENT:
        raise Mistake(_("This is too long for a house."))
    city_id = getattr(_row(AddressLevel.STREET, parent_id), "city_id", 0)
    area_id = _chosen(AddressLevel.AREA, "area", city_id)
    return DirectoryHouse(
        record_id, parent_id, number, fraction, area_id, _chosen(AddressLevel.QUARTER, "quarter", city_id),
        post_index, comment,
    )  # fmt: skip


def _chosen(level: AddressLevel, field: str, city_id: int) -> int:
    """The area or quarter of a house, of the same city; 0 for none."""
    chosen = request.form.get(field, 0, type=int) or 0
    return chosen if any(row.id == chosen for row in _of_city(level, city_id)) else 0


def _twin(record: AddressRecord) -> int | None:
    """The record in the same place that is called the same."""
    if isinstance(record, DirectoryHouse):
        wanted = select(HouseRow).where(HouseRow.street_id == record.street_id, HouseRow.number == record.number)
        same = (row.id for row in database.session.scalars(wanted) if fold(row.fraction) == fold(record.fraction))
    else:
        table = TABLES[record.level]
        wanted = select(table)
        if record.level in PARENTS:
            wanted = wanted.where(getattr(table, PARENTS[record.level]) == record.parent_id)
        same = (row.id for row in database.session.scalars(wanted) if fold(row.title) == fold(record.title))
    ids = list(same)
    return record.id if record.id in ids else next(iter(ids), None)


def _of_city(level: AddressLevel, city_id: int) -> Sequence[Any]:
    if not city_id:
        return ()
    table = TABLES[level]
    return database.session.scalars(select(table).where(table.city_id == city_id).order_by(table.title)).all()


def _trail(level: AddressLevel | None, row: object) -> Sequence[tuple[str, str]]:
    """What a record lies in, from the country down, with the addresses of their pages."""
    found: list[tuple[str, str]] = []
    while level is not None and level.parent is not None:
        parent, level = database.session.get(TABLES[level.parent], _parent_id(level, row)), level.parent
        if parent is None:
            break
        found.append((label(level, parent), url_for("addresses.show", level=level.value, record_id=parent.id)))
        row = parent
    return found[::-1]


def _parent_id(level: AddressLevel, row: object) -> int:
    return int(getattr(row, PARENTS[level])) if level in PARENTS else 0


def _place_of(level: AddressLevel, parent_id: int) -> str:
    """The page on which the records of a place stand."""
    if level.parent is None:
        return url_for("addresses.overview")
    return url_for("addresses.show", level=level.parent.value, record_id=parent_id, list=level.value)


def _row(level: AddressLevel, record_id: int) -> object:
    row = database.session.get(TABLES[level], record_id) if 0 < record_id <= GREATEST else None
    if row is None:
        abort(404)
    return row


def _may(permission: str = UPDATE) -> bool:
    user = signed_in()
    return user is not None and role_allows(user.role, permission)


def _demand(permission: str) -> None:
    if not _may(permission):
        abort(403)
