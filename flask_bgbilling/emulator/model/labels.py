"""Groups and labels of a contract: the same thing in two models (contract.md 8).

Below 9.2 a contract has a mask of groups, from 9.2 links to labels. The emulator keeps both in step where a label
has the title of a group, so that a search by the mask finds what was labelled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, RowMapping, insert, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.errors import Refused
from flask_bgbilling.emulator.model.changes import change_row, remove_rows

GREATEST_GROUP = 62
LABEL_FOLDER = 1


def change_groups(db: Connection, contract: RowMapping, mask: int, *, by_administrator: bool) -> None:
    """Puts a contract into the groups of a mask, and gives it the labels of the same titles.

    Refused when a group does not exist, or joins or leaves and may not be changed by hand; an administrator may.
    """
    changed = [group for group in range(GREATEST_GROUP + 1) if (mask ^ contract["gr"]) >> group & 1]
    groups = schema.contract_group
    known = {row.id: row for row in db.execute(select(groups).where(groups.c.id.in_(changed)))}
    for group in changed:
        if group not in known:
            raise Refused(f"Группа договоров не найдена: {group}")
        if not known[group].editable and not by_administrator:
            raise Refused(f"Группа «{known[group].title}» не может быть изменена")
    change_row(db, schema.contract, contract["id"], gr=mask)
    wanted = _labels_of_groups(db, changed)
    links = schema.contract_label_link
    remove_rows(db, links, links.c.contract_id == contract["id"], links.c.label_id.in_(wanted))
    _link(db, contract["id"], (label for label, group in wanted.items() if mask >> group & 1))


def change_labels(db: Connection, contract: RowMapping, wanted: Collection[int], *, by_administrator: bool) -> None:
    """Replaces the labels of a contract, and sets the groups of the same titles.

    Refused when a label does not exist or is a folder, or is added or removed and may not be changed by hand; an
    administrator may.
    """
    links, labels = schema.contract_label_link, schema.contract_label
    present = set(db.execute(select(links.c.label_id).where(links.c.contract_id == contract["id"])).scalars())
    changed = present ^ set(wanted)
    known = {row.id: row for row in db.execute(select(labels).where(labels.c.id.in_(changed)))}
    for label in sorted(changed):
        if label not in known:
            if label in present:
                continue
            raise Refused(f"Метка не найдена: {label}")
        if known[label].type == LABEL_FOLDER and label not in present:
            raise Refused(f"«{known[label].title}» — папка меток")
        if known[label].forbidden and not by_administrator:
            raise Refused(f"Метка «{known[label].title}» не может быть изменена")
    remove_rows(db, links, links.c.contract_id == contract["id"], links.c.label_id.in_(present - set(wanted)))
    _link(db, contract["id"], sorted(set(wanted) - present))
    mask = contract["gr"]
    for label, group in _groups_of_labels(db, changed).items():
        mask = mask | 1 << group if label in wanted else mask & ~(1 << group)
    change_row(db, schema.contract, contract["id"], gr=mask)


def label_ids(db: Connection, cid: int) -> set[int]:
    """Ids of the labels of a contract."""
    links = schema.contract_label_link.c
    return set(db.execute(select(links.label_id).where(links.contract_id == cid)).scalars())


def _link(db: Connection, cid: int, labels: Iterable[int]) -> None:
    rows = [{"contract_id": cid, "label_id": label} for label in labels]
    if rows:
        db.execute(insert(schema.contract_label_link), rows)


def _labels_of_groups(db: Connection, groups: Iterable[int]) -> dict[int, int]:
    """Group ids by the id of the label of the same title."""
    return {label: group for label, group in _pairs(db).items() if group in set(groups)}


def _groups_of_labels(db: Connection, labels: Iterable[int]) -> dict[int, int]:
    return {label: group for label, group in _pairs(db).items() if label in set(labels)}


def _pairs(db: Connection) -> dict[int, int]:
    """Every label that stands for a group, with the id of the group."""
    groups, labels = schema.contract_group, schema.contract_label
    query = select(labels.c.id, groups.c.id.label("group_id")).join_from(
        labels, groups, groups.c.title == labels.c.title
    )
    return {row.id: row.group_id for row in db.execute(query.where(labels.c.type != LABEL_FOLDER))}
