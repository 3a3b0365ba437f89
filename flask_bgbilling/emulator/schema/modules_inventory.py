"""Tables of the resource inventory of a module instance: devices, ports, VLANs, addresses, phones (modules.md 2.4,
2.5, 5.3).

The billing suffixes them with the id of the instance. The reference names them only in part (database.md 1), the
columns follow the keys of the answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask,
    number,
    optional_title,
    part_of_key,
    small,
    text,
    title,
)
from flask_bgbilling.emulator.schema.modules_instances import INET, VOICE

ADDRESS_BYTES = 16


@dataclass(frozen=True, slots=True)
class DeviceTables:
    """The tree of a module's devices, the physical devices behind its nodes, and their types."""

    tree: Table
    inventory: Table
    types: Table


def device_tables(prefix: str, instance: int) -> DeviceTables:
    """The tables of the devices of one instance.

    ``deviceTypeId`` 0 is a folder of the tree; ``invDeviceId`` 0 a node without a physical device.
    ``deviceManager`` names the program that operates devices of a type, empty for none.
    """
    return DeviceTables(
        tree=Table(
            f"{prefix}_device_{instance}",
            METADATA,
            key(),
            number("parentId", index=True),
            title(length=255),
            number("deviceTypeId"),
            number("invDeviceId"),
            number("entitySpecId"),
            number("entityId"),
            title("entityTitle", 255),
            title("groupIds", 255),
            text("config"),
            title("comment", 255),
            day("dateFrom"),
            day("dateTo"),
            small("orderManagerDisabled"),
        ),
        inventory=Table(
            f"inv_device_{instance}",
            METADATA,
            key(),
            number("deviceTypeId"),
            title(length=255),
            title("ident", 100),
            title("host", 150),
            title("username", 50),
            title("password", 50),
            title("secret", 50),
            text("config"),
            title("groupIds", 255),
        ),
        types=Table(f"inv_device_type_{instance}", METADATA, key(), title(), title("deviceManager", 100)),
    )


inet_devices = device_tables("inet", INET)
voice_devices = device_tables("voice", VOICE)

inv_device_port = Table(
    f"inv_device_port_{INET}",
    METADATA,
    part_of_key("deviceId"),
    part_of_key("port"),
    title(),
    small("status"),
    number("remoteDeviceId"),
    number("remotePort"),
    number("ipCategoryId"),
    number("subscriberId"),
    title("subscriberTitle", 255),
    title("comment", 255),
)
"""``deviceId`` is the physical device."""

inv_vlan_resource = Table(
    f"inv_vlan_resource_{INET}", METADATA, key(), number("categoryId", index=True), number("vlanFrom"), number("vlanTo")
)
inv_vlan_resource_subscription = Table(
    f"inv_vlan_resource_subscription_{INET}",
    METADATA,
    key(),
    number("categoryId", index=True),
    number("vlan"),
    day("dateFrom"),
    day("dateTo"),
    number("subscriberId"),
)
"""A VLAN taken by the service ``subscriberId``."""
inv_ip_resource = Table(
    f"inv_ip_resource_{INET}",
    METADATA,
    key(),
    number("categoryId", index=True),
    Column("addressFrom", LargeBinary(ADDRESS_BYTES), nullable=False),
    Column("addressTo", LargeBinary(ADDRESS_BYTES), nullable=False),
    title("comment", 255),
)
inv_ip_resource_subscription = Table(
    f"inv_ip_resource_subscription_{INET}",
    METADATA,
    key(),
    number("ipResourceId", index=True),
    Column("addressFrom", LargeBinary(ADDRESS_BYTES), nullable=False),
    Column("addressTo", LargeBinary(ADDRESS_BYTES), nullable=False),
    day("dateFrom"),
    day("dateTo"),
    number("subscriberId"),
)
"""Addresses taken by the service ``subscriberId``."""

inv_phone_category = Table(f"inv_phone_category_{VOICE}", METADATA, key(), number("parentId"), title())
inv_phone_resource = Table(
    f"inv_phone_resource_{VOICE}",
    METADATA,
    key(),
    number("categoryId", index=True),
    mask("phoneFrom"),
    mask("phoneTo"),
    day("dateFrom"),
    day("dateTo"),
    title("comment", 255),
)
inv_phone_resource_subscription = Table(
    f"inv_phone_resource_subscription_{VOICE}",
    METADATA,
    key(),
    number("resourceId", index=True),
    mask("phone"),
    day("dateFrom"),
    day("dateTo"),
    number("subscriberId"),
    optional_title("subscriberTitle"),
)
"""A number taken by the account ``subscriberId``; its title is the number of the contract."""
