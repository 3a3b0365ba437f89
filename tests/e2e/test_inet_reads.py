"""Internet services and sessions of a contract in every version, beside the billing's own tables."""

from collections.abc import Mapping
from typing import Any

import pytest

from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.inet import read_inet_services, read_inet_sessions
from flask_bgbilling.wire.version import Version
from tests.sessions import opened
from tests.support import ALL_BANDS, Emulated

INET = 1


def depth(stored: Mapping[int, Mapping[str, Any]], row: Mapping[str, Any]) -> int:
    """How many parents a service has."""
    return 1 + depth(stored, stored[row["parentId"]]) if row["parentId"] else 0


@pytest.mark.parametrize("band", ALL_BANDS)
def test_services_are_those_of_the_table(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    served = next(iter(emulator.rows("inet_serv_1")))
    cid = served["contractId"]
    stored = {row["id"]: row for row in emulator.rows("inet_serv_1", contractId=cid)}
    services = read_inet_services(Contract(opened(emulator), cid), INET)
    assert {service.id for service in services} == set(stored)
    for service in services:
        row = stored[service.id]
        assert (service.login, service.since, service.until) == (row["login"], row["dateFrom"], row["dateTo"])
        assert service.level == depth(stored, row)
        assert service.status == (row["status"] if Version(band) < Version("9.2404") else min(row["status"], 1))


@pytest.mark.parametrize("band", ALL_BANDS)
def test_sessions_under_way(emulated: Emulated, band: str) -> None:
    emulator = emulated(band)
    alive = emulator.rows("inet_session_1")
    assert alive
    cid = alive[0]["contractId"]
    found = read_inet_sessions(Contract(opened(emulator), cid), INET)
    assert found.found == len(found.items) == sum(row["contractId"] == cid for row in alive)
    assert all(one.since is not None and one.since.utcoffset() is not None for one in found.items)
