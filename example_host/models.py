"""Tables of the CRM itself."""

from datetime import UTC, datetime
from time import time_ns

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the host's own models."""


# MariaDB wants a length for every text.
Base.registry.update_type_annotation_map({str: String(255)})

database = SQLAlchemy(model_class=Base)


def moment() -> int:
    """Now, in milliseconds since 1970."""
    return time_ns() // 1_000_000


class User(database.Model):  # type: ignore[name-defined,misc]
    """Somebody who works in the CRM. ``sealed_properties`` is an encrypted text in the properties language."""

    __tablename__ = "crm_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    sealed_properties: Mapped[str] = mapped_column(Text, default="")
    billing_ids: Mapped[str] = mapped_column(default="")


class TypeLimit(database.Model):  # type: ignore[name-defined,misc]
    """Which types of payments or charges (``kind``) a user may enter in a billing; no row means all of them."""

    __tablename__ = "crm_type_limit"

    user_id: Mapped[int] = mapped_column(ForeignKey("crm_user.id"), primary_key=True)
    billing_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    type_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class StreetRow(database.Model):  # type: ignore[name-defined,misc]
    """A street of the address book; ids are those of the billings. ``changed_at`` is milliseconds since 1970.

    ``city`` and ``search_text`` are kept for searching: they follow the title of the city.
    """

    __tablename__ = "crm_address_street"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    city: Mapped[str]
    search_text: Mapped[str] = mapped_column(index=True)
    city_id: Mapped[int] = mapped_column(index=True, default=0)
    changed_at: Mapped[int] = mapped_column(BigInteger, index=True, default=moment)


class HouseRow(database.Model):  # type: ignore[name-defined,misc]
    """A house of the address book; ``number`` 0 means none. The street may be unknown: billings have such houses."""

    __tablename__ = "crm_address_house"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    street_id: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    fraction: Mapped[str] = mapped_column(default="")
    area_id: Mapped[int] = mapped_column(index=True, default=0)
    quarter_id: Mapped[int] = mapped_column(index=True, default=0)
    post_index: Mapped[str] = mapped_column(String(10), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[int] = mapped_column(BigInteger, index=True, default=moment)


class OpenedObject(database.Model):  # type: ignore[name-defined,misc]
    """The buffer of objects that a user has open, newest first."""

    __tablename__ = "crm_opened_object"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("crm_user.id"), index=True)
    title: Mapped[str]
    address: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
