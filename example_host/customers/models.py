"""Tables of customers.

Made for hundreds of thousands of customers: every way of finding one has its index. What is compared letter by letter
has a binary collation, so that SQLite and MariaDB agree.
"""

from datetime import date
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT, VARCHAR
from sqlalchemy.orm import Mapped, mapped_column

from example_host.customers.titles import INDEXED
from example_host.models import database

COLLATION = "utf8mb4_bin"
Exact = String(INDEXED).with_variant(VARCHAR(INDEXED, collation=COLLATION), "mysql", "mariadb")
ExactText = Text().with_variant(MEDIUMTEXT(collation=COLLATION), "mysql", "mariadb")
CUSTOMER = "crm_customer.id"
PARAMETER = "crm_customer_parameter.id"


class CustomerRow(database.Model):  # type: ignore[name-defined,misc]
    """A customer. ``folded`` is the title as it is compared, ``sorted_by`` its beginning."""

    __tablename__ = "crm_customer"
    __table_args__: ClassVar = {"sqlite_autoincrement": True}  # numbers of deleted customers stand in other tables

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(ExactText)
    folded: Mapped[str] = mapped_column(ExactText)
    sorted_by: Mapped[str] = mapped_column(Exact, index=True)
    group_id: Mapped[int] = mapped_column(default=0)
    title_pattern_id: Mapped[int] = mapped_column(default=-1)
    own_pattern: Mapped[str] = mapped_column(Text, default="")


class TitleTail(database.Model):  # type: ignore[name-defined,misc]
    """A customer's title from one of its words on, and the word before it."""

    __tablename__ = "crm_customer_title_word"
    __table_args__ = (Index("crm_customer_title_word_tail", "tail", "previous", "customer_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey(CUSTOMER), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tail: Mapped[str] = mapped_column(Exact)
    previous: Mapped[str] = mapped_column(Exact)


class ParameterRow(database.Model):  # type: ignore[name-defined,misc]
    """A parameter that customers can have; ``type`` is a ``CustomerParameterType``."""

    __tablename__ = "crm_customer_parameter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)


class ItemRow(database.Model):  # type: ignore[name-defined,misc]
    """A value that a list parameter offers."""

    __tablename__ = "crm_customer_list_item"

    parameter_id: Mapped[int] = mapped_column(ForeignKey(PARAMETER), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))


class GroupRow(database.Model):  # type: ignore[name-defined,misc]
    """A group of parameters: which ones customers of a kind have."""

    __tablename__ = "crm_customer_group"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))


class GroupParameterRow(database.Model):  # type: ignore[name-defined,misc]
    """A parameter of a group."""

    __tablename__ = "crm_customer_group_parameter"

    group_id: Mapped[int] = mapped_column(ForeignKey("crm_customer_group.id"), primary_key=True)
    parameter_id: Mapped[int] = mapped_column(ForeignKey(PARAMETER), primary_key=True)


class TitlePatternRow(database.Model):  # type: ignore[name-defined,misc]
    """A way of composing titles."""

    __tablename__ = "crm_customer_title_pattern"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))
    pattern: Mapped[str] = mapped_column(Text)


class ValueOfCustomer:
    """What all values have: whose they are, of which parameter, and in which place among several."""

    customer_id: Mapped[int] = mapped_column(ForeignKey(CUSTOMER), primary_key=True)
    parameter_id: Mapped[int] = mapped_column(ForeignKey(PARAMETER), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0)


class TextValue(ValueOfCustomer, database.Model):  # type: ignore[name-defined,misc]
    """A text; ``beginning`` is what the index keeps of it."""

    __tablename__ = "crm_customer_text"
    __table_args__ = (Index("crm_customer_text_beginning", "parameter_id", "beginning"),)

    value: Mapped[str] = mapped_column(ExactText)
    beginning: Mapped[str] = mapped_column(Exact)


class DateValue(ValueOfCustomer, database.Model):  # type: ignore[name-defined,misc]
    """A day."""

    __tablename__ = "crm_customer_date"

    value: Mapped[date]


class ItemValue(ValueOfCustomer, database.Model):  # type: ignore[name-defined,misc]
    """A chosen value of a list."""

    __tablename__ = "crm_customer_item"

    item_id: Mapped[int]


class PhoneValue(ValueOfCustomer, database.Model):  # type: ignore[name-defined,misc]
    """A phone number as it was typed, and its digits, by which it is found."""

    __tablename__ = "crm_customer_phone"
    __table_args__ = (Index("crm_customer_phone_digits", "digits", "parameter_id"),)

    number: Mapped[str] = mapped_column(String(100))
    digits: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str] = mapped_column(Text, default="")


class EmailValue(ValueOfCustomer, database.Model):  # type: ignore[name-defined,misc]
    """An e-mail address and the name that stands with it."""

    __tablename__ = "crm_customer_email"

    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(Text, default="")


class AddressValue(ValueOfCustomer, database.Model):  # type: ignore[name-defined,misc]
    """A place in a house of the address book. The house may be unknown: addresses come from billings, too."""

    __tablename__ = "crm_customer_address"
    __table_args__ = (Index("crm_customer_address_house", "house_id", "parameter_id"),)

    house_id: Mapped[int]
    flat: Mapped[str] = mapped_column(String(50), default="")
    room: Mapped[str] = mapped_column(String(50), default="")
    entrance: Mapped[int] = mapped_column(default=0)
    floor: Mapped[int] = mapped_column(default=0)
    comment: Mapped[str] = mapped_column(Text, default="")
