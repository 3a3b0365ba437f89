"""Tables of the internet access module: services, types, options, sessions (database.md 1, modules.md 2)."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table

from flask_bgbilling.emulator.schema.columns import (
    METADATA,
    day,
    key,
    mask_type,
    moment,
    money,
    number,
    optional_title,
    part_of_key,
    small,
    text,
    title,
)
from flask_bgbilling.emulator.schema.modules_instances import INET

ADDRESS_BYTES, MAC_BYTES = 16, 6

inet_serv = Table(
    f"inet_serv_{INET}",
    METADATA,
    key(),
    number("parentId"),
    number("contractId", index=True),
    number("typeId"),
    number("deviceId"),
    number("interfaceId", -1),
    number("vlan", -1),
    optional_title("identifier"),
    Column("macAddress", LargeBinary(MAC_BYTES)),
    number("ipResourceId"),
    number("ipResourceSubscriptionId"),
    Column("addressFrom", LargeBinary(ADDRESS_BYTES)),
    Column("addressTo", LargeBinary(ADDRESS_BYTES)),
    title("login", 100, index=True),
    title("password", 100),
    day("dateFrom"),
    day("dateTo"),
    number("contractObjectId"),
    small("status"),
    number("sessionCountLimit"),
    small("deviceState"),
    number("accessCode"),
    title("deviceOptions", 255),
    text("config"),
    title("comment", 255),
    title("title", 255),
)
"""``status`` 0 open, 1 closed, 2 locked; ``deviceState`` −1 removed, 0 off, 1 on. ``identifier`` and
``deviceOptions`` are comma lists."""
inet_serv_type = Table(
    f"inet_serv_type_{INET}",
    METADATA,
    key(),
    title(),
    small("addressType"),
    small("addressAllInterface"),
    small("sessionInitiationType"),
    number("sessionCountLimit"),
    small("sessionCountLimitLock"),
    small("needLogin"),
    small("needDevice"),
    small("needInterface"),
    small("needVlan"),
    small("needIdentifier"),
    small("needMacAddress"),
    small("needContractObject"),
    small("needRestriction"),
    small("personalInterface", 1),
    small("personalVlan", 1),
    title("deviceTypeIds", 100),
    title("deviceGroupIds", 100),
    title("parentTypeIds", 100),
    number("trafficTypeLinkId"),
    small("ipFromParentRange"),
    text("config"),
)
"""``addressType`` is the code of modules.md 2.3; the lists of ids are joined by commas."""
inet_option = Table(
    f"inet_option_{INET}",
    METADATA,
    key(),
    title(),
    number("parentId"),
    small("groupIntersection"),
    text("config"),
    title("comment", 255),
)
inet_serv_option = Table(
    f"inet_serv_option_{INET}",
    METADATA,
    part_of_key("serviceId"),
    part_of_key("optionId"),
    day("dateFrom"),
    day("dateTo"),
)


def _sessions(name: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", mask_type(), primary_key=True, autoincrement=False),
        Column("connectionId", mask_type(), nullable=False),
        number("servId", index=True),
        number("contractId", index=True),
        number("deviceId"),
        number("devicePort", -1),
        title("acctSessionId", 100),
        optional_title("callingStationId", 100),
        optional_title("calledStationId", 100),
        title("username", 100),
        Column("ipAddress", LargeBinary(ADDRESS_BYTES)),
        moment("sessionStart"),
        moment("sessionStop"),
        moment("lastActive"),
        number("sessionTime"),
        money("sessionCost"),
        small("status", 1),
        small("deviceState", 1),
        number("accessCode"),
    )


inet_session = _sessions(f"inet_session_{INET}")
"""Sessions that are going on: ``status`` 1 alive, 2 suspended."""
inet_session_log = _sessions(f"inet_session_log_{INET}")
"""Ended sessions: ``status`` 3 closed, 4 finished. The billing keeps a table for each month, the emulator one."""
