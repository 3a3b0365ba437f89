"""A billing that pulls the host's feed: what its task of updating the address directory does (addresses.md 3)."""

from collections.abc import Callable
from xml.etree.ElementTree import Element, fromstring

from sqlalchemy import Connection, Table, insert, select, update

from flask_bgbilling.emulator import Emulator, schema

TIME = "address.time"
COLUMNS: dict[str, tuple[Table, dict[str, str]]] = {
    "address_area": (schema.address_area, {"title": "title", "cityId": "cityid"}),
    "address_city": (schema.address_city, {"title": "title", "countryId": "country_id"}),
    "address_country": (schema.address_country, {"title": "title"}),
    "address_quarter": (schema.address_quarter, {"title": "title", "cityId": "cityid"}),
    "address_street": (schema.address_street, {"title": "title", "cityId": "cityid"}),
    "address_house": (
        schema.address_house,
        {
            "streetId": "streetid",
            "house": "house",
            "frac": "frac",
            "comment": "comment",
            "areaId": "areaid",
            "quarterId": "quarterid",
        },
    ),
}
"""The containers in their order, with the column of each attribute; the postal index comes as a ``config``."""


def pull(emulator: Emulator, fetch: Callable[[str], str], city: str = "") -> int:
    """Pulls once, from the moment that the billing remembers; gives how many records came.

    ``fetch`` gets the query without the key and answers with the document.
    """
    with emulator.engine.begin() as db:
        known = db.execute(select(schema.setup.c.value).where(schema.setup.c.id == TIME)).scalar()
        root = fromstring(fetch(f"city={city}&time={known or 0}"))
        containers = [child.tag for child in root]
        assert containers[:6] == list(COLUMNS), "the six containers in their order"
        count = sum(_apply(db, container) for container in root if container.tag in COLUMNS)
        _set(db, schema.setup, {"id": TIME}, {"value": root.attrib["time"]})
    return count


def _apply(db: Connection, container: Element) -> int:
    table, columns = COLUMNS[container.tag]
    for record in container:
        values: dict[str, object] = {
            column: int(record.attrib[name]) if name.endswith("Id") or name == "house" else record.attrib[name]
            for name, column in columns.items()
        }
        for config in record:
            assert config.attrib["name"] == "s.box.index"
            values["box_index"] = config.attrib["value"]
        _set(db, table, {"id": int(record.attrib["id"])}, values)
    return len(container)


def _set(db: Connection, table: Table, keys: dict[str, object], values: dict[str, object]) -> None:
    where = [table.c[name] == value for name, value in keys.items()]
    if db.execute(select(table).where(*where)).first() is None:
        db.execute(insert(table).values({**keys, **values}))
    elif values:
        db.execute(update(table).where(*where).values(values))
