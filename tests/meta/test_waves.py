"""Requests that wait for each other are counted as what they are, whoever begins them."""

import pytest

from flask_bgbilling.wire.ops.contracts import CONTRACT_INFO
from tests.sessions import opened
from tests.support import Emulated
from tests.waves import Waves

CID = 101


def test_waves(emulated: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    billing = opened(emulated("9.2"))
    billing.call(CONTRACT_INFO, cid=CID)  # what a first call asks beside is not counted
    waves = Waves(monkeypatch)

    waves.begin()
    side_by_side = [billing.start(CONTRACT_INFO, cid=CID) for _ in range(3)]
    for pending in side_by_side:
        pending.result()
    assert (waves.calls, waves.depth) == (3, 1)

    waves.begin()
    billing.call(CONTRACT_INFO, cid=CID)
    billing.call(CONTRACT_INFO, cid=CID)
    assert (waves.calls, waves.depth) == (2, 2)

    waves.begin()
    first, aside = billing.start(CONTRACT_INFO, cid=CID), billing.start(CONTRACT_INFO, cid=CID)
    first.result()
    billing.start(CONTRACT_INFO, cid=CID).result()
    aside.result()
    assert (waves.calls, waves.depth) == (3, 2)
