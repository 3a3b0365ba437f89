"""Tables of the CRM itself."""

from datetime import UTC, datetime

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the host's own models."""


# MariaDB wants a length for every text.
Base.registry.update_type_annotation_map({str: String(255)})

database = SQLAlchemy(model_class=Base)


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
    """A street of the address book; ids are those of the billings."""

    __tablename__ = "crm_street"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    city: Mapped[str]
    search_text: Mapped[str] = mapped_column(index=True)


class HouseRow(database.Model):  # type: ignore[name-defined,misc]
    """A house of the address book."""

    __tablename__ = "crm_house"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    street_id: Mapped[int] = mapped_column(ForeignKey("crm_street.id"), index=True)
    number: Mapped[int]
    fraction: Mapped[str] = mapped_column(default="")


class OpenedObject(database.Model):  # type: ignore[name-defined,misc]
    """The buffer of objects that a user has open, newest first."""

    __tablename__ = "crm_opened_object"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("crm_user.id"), index=True)
    title: Mapped[str]
    address: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
