"""Tables of the address directory, of users and rights, of modules and plugins (database.md 1, transport.md
8, 10)."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, UniqueConstraint

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask,
    mask_type,
    moment,
    number,
    optional_title,
    part_of_key,
    small,
    text,
    title,
    words,
)

address_country = Table("address_country", METADATA, key(), title())
address_city = Table("address_city", METADATA, key(), number("country_id", index=True), title(), number("pos"))
address_area = Table("address_area", METADATA, key(), title(), number("cityid", index=True))
address_quarter = Table("address_quarter", METADATA, key(), title(), number("gid"), number("cityid", index=True))
"""``gid`` is the work group that serves the quarter."""
address_street = Table("address_street", METADATA, key(), title(), title("p_index", 10), number("cityid", index=True))
address_house = Table(
    "address_house",
    METADATA,
    key(),
    number("streetid"),
    number("house"),
    title("frac", 30),
    number("amount"),
    optional_title("comment"),
    number("areaid"),
    number("quarterid"),
    optional_title("box_index", 10),
    day("dt"),
    optional_title("pod_diapazon"),
    optional_title("pod", 50),
    UniqueConstraint("streetid", "house", "frac"),
)
address_config = Table(
    "address_config",
    METADATA,
    Column("table_id", words(50), primary_key=True),
    part_of_key("record_id"),
    Column("key", words(100), primary_key=True),
    title("value", 255),
)
"""Extra properties of a directory record; ``table_id`` is the name of its table."""
work_group = Table("address_work_group", METADATA, key(), title())
"""Own layout: the work groups that quarters belong to."""

user = Table(
    "user",
    METADATA,
    part_of_key("id"),
    Column("login", words(15), nullable=False, unique=True),
    title("name", 50),
    title("email", 100),
    title("descr", 255),
    title("pswd", 64),
    moment("dt"),
    mask("gr"),
    mask("cgr"),
    small("cgr_mode"),
    small("status"),
    title("pids", 255),
    title("opids", 255),
    text("config"),
    title("domainIds", 255),
)
"""``status`` 0 active, 1 blocked. ``gr`` is the mask of rights groups, ``cgr`` of contract groups, 0 all."""
bgs_group = Table("bgs_group", METADATA, key(), title(), title("comment", 255))
bgs_user_group = Table("bgs_user_group", METADATA, part_of_key("uid"), part_of_key("gid"))
user_right = Table(
    "user_right",
    METADATA,
    part_of_key("uid"),
    Column("name", words(200), primary_key=True),
    small("allowed", 1),
)
"""Own layout: rights of a user. ``name`` is ``read``, ``write``, ``admin`` or the name of operations, where
a final ``*`` stands for any ending; ``allowed`` 0 takes the right away whatever else is granted."""
user_command = Table(
    "user_command",
    METADATA,
    key(),
    number("uid", index=True),
    moment("dt"),
    title("command", 50),
    text("value"),
)
"""Own layout: commands queued for the desktop client of a user."""

module = Table("module", METADATA, part_of_key("id"), title(), title("name", 50))
installed_modules = Table(
    "installed_modules",
    METADATA,
    key(),
    title("name", 50),
    title(),
    title("version", 30),
    title("build", 30),
    title("type", 20),
    small("enabled", 1),
    title("pack_client", 150),
    title("pack_server", 150),
)
"""``pack_client`` is the client package: it tells which type an instance of ``module`` (same ``name``) is."""
plugin = Table("plugin", METADATA, key(), title("name", 150), title(), small("enabled", 1), text("config"))
"""Own layout: ``name`` is the long name that clients know a plugin by."""
gui_config = Table("gui_config", METADATA, Column("key", words(150), primary_key=True), title("value", 255))
"""Own layout: client settings that ``admin/MenuAndToolBar`` answers."""
directory_version = Table(
    "directory_version",
    METADATA,
    Column("item_class", words(200), primary_key=True),
    part_of_key("module_id"),
    Column("version", mask_type(), nullable=False),
)
"""Own layout: number that changes with the content of a cached directory (transport.md 11)."""
uploaded_file = Table(
    "uploaded_file",
    METADATA,
    key(),
    title("handler", 200),
    title("title", 255),
    title("comment", 255),
    number("owner_id"),
    number("uid"),
    number("size"),
    moment("dt"),
    title("uuid", 64),
    Column("data", LargeBinary().with_variant(LargeBinary(2**24 - 1), "mysql"), nullable=False),
)
"""Own layout: files received by ``/upload``."""
