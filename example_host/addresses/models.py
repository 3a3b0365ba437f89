"""Tables of the directory above streets and houses, and what was deleted. Ids are those of the billings."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from example_host.models import database, moment


class Place:
    """What all records have; ``changed_at`` is milliseconds since 1970."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    changed_at: Mapped[int] = mapped_column(BigInteger, index=True, default=moment)


class InCity(Place):
    """What a record of a city has."""

    city_id: Mapped[int] = mapped_column(index=True, default=0)


class CountryRow(Place, database.Model):  # type: ignore[name-defined,misc]
    """A country."""

    __tablename__ = "crm_address_country"


class CityRow(Place, database.Model):  # type: ignore[name-defined,misc]
    """A city."""

    __tablename__ = "crm_address_city"

    country_id: Mapped[int] = mapped_column(index=True, default=0)


class AreaRow(InCity, database.Model):  # type: ignore[name-defined,misc]
    """An area of a city."""

    __tablename__ = "crm_address_area"


class QuarterRow(InCity, database.Model):  # type: ignore[name-defined,misc]
    """A quarter of a city."""

    __tablename__ = "crm_address_quarter"


class DeletedAddress(database.Model):  # type: ignore[name-defined,misc]
    """A record that was deleted; ``city_id`` is where it lay. Its id is never given again."""

    __tablename__ = "crm_address_deleted"

    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    city_id: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[int] = mapped_column(BigInteger, index=True, default=moment)
