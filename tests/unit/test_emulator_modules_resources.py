"""Free numbers, VLANs and addresses of the emulated inventory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_bgbilling.emulator.model.resources import Range, address_of, blocks, gaps, number_of

RANGES = st.lists(
    st.tuples(st.integers(-5, 40), st.integers(0, 10)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8
)


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ([], [(1, 9)]),
        ([(1, 9)], []),
        ([(1, 1)], [(2, 9)]),
        ([(9, 9)], [(1, 8)]),
        ([(4, 5)], [(1, 3), (6, 9)]),
        ([(6, 6), (3, 4)], [(1, 2), (5, 5), (7, 9)]),
        ([(-3, 2), (8, 20)], [(3, 7)]),
        ([(20, 30)], [(1, 9)]),
    ],
)
def test_gaps(taken: list[Range], free: list[Range]) -> None:
    assert list(gaps((1, 9), taken)) == free


@given(whole=st.tuples(st.integers(0, 20), st.integers(20, 40)), taken=RANGES)
def test_gaps_are_what_nobody_has(whole: Range, taken: list[Range]) -> None:
    expected = {
        number for number in range(whole[0], whole[1] + 1) if not any(first <= number <= last for first, last in taken)
    }
    found = [number for first, last in gaps(whole, taken) for number in range(first, last + 1)]
    assert found == sorted(expected)


def test_blocks_lie_inside_the_free_ranges() -> None:
    assert list(blocks([(1, 5), (8, 9), (11, 11)], 2)) == [(1, 2), (3, 4), (8, 9)]
    assert list(blocks([(1, 11)], 4, aligned=True)) == [(4, 7), (8, 11)]
    assert list(blocks([(5, 7)], 4)) == []


def test_addresses_are_numbers() -> None:
    assert number_of(b"\x0a\x01\x02\x03") == 0x0A010203
    assert address_of(0x0A010203, 4) == b"\x0a\x01\x02\x03"
    assert address_of(1, 16) == bytes(15) + b"\x01"
