"""Declarations of operations as intervals of versions, not only at the versions that we test against."""

import inspect
from itertools import pairwise

import pytest

from flask_bgbilling.wire.operation import JsonRpc, Operation, RawAction, XmlAction
from flask_bgbilling.wire.version import Band, Version
from tests.meta.test_rules import OPERATIONS

# What newer servers do no more, or by another operation, and the version that ended it.
ENDED = {
    "labels.GROUPS": "9.2",  # labels take their place (contract.md)
    "labels_writes.GROUP_ADDITION": "9.2",  # labels_writes.LABELS_REPLACEMENT takes their place (contract.md 8)
    "labels_writes.GROUP_REMOVAL": "9.2",
    "modules.MODULE_CHOICE": "9.2410",  # modules.CONTRACT_MODULES and the choice are apart (contract.md)
    "notes.NOTE_HEADS": "8.2",  # the list has the texts too (contract.md 13)
    "server.INSTALLED_PLUGINS": "8.2",  # the menu lists them (transport.md)
    "tariffs.TARIFF_GROUP_LIST": "9.2",  # taken away (money.md 9)
}
LOWEST, HIGHEST = Version("0"), Version("999")


def interval(band: Band) -> tuple[Version, Version]:
    return band.since or LOWEST, band.below or HIGHEST


def intervals(operation: Operation[object]) -> list[tuple[Version, Version]]:
    return sorted(interval(form.bands) for form in operation.forms)


@pytest.mark.parametrize("place", OPERATIONS)
def test_bands_neither_overlap_nor_leave_a_hole(place: str) -> None:
    found = intervals(OPERATIONS[place])
    assert all(since < below for since, below in found), "a band without versions"
    for (_, below), (since, _) in pairwise(found):
        assert below == since, f"{below} and {since}"


@pytest.mark.parametrize("place", OPERATIONS)
def test_what_a_newer_version_can_do_it_does_not_forget(place: str) -> None:
    assert intervals(OPERATIONS[place])[-1][1] == (Version(ENDED[place]) if place in ENDED else HIGHEST)


@pytest.mark.parametrize("place", OPERATIONS)
def test_all_forms_take_the_same_arguments(place: str) -> None:
    """A caller does not know the version, so a call that fits one form fits all."""
    required: list[set[str]] = []
    taken: list[set[str]] = []
    for form in OPERATIONS[place].forms:
        parameters = inspect.signature(form.params if isinstance(form, JsonRpc) else form.fields).parameters.values()
        open_end = any(one.kind is one.VAR_KEYWORD for one in parameters)
        own = {one.name for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)}
        if isinstance(form, JsonRpc) and form.service.of_module:
            own |= {"module_id"}
        required.append({one.name for one in parameters if one.default is one.empty and one.name in own})
        if not open_end:
            taken.append(own)
    for names in required:
        for others in taken:
            assert names <= others, f"{names - others} is asked for by one form and refused by another"


def test_every_form_says_how_it_is_called() -> None:
    for place, operation in OPERATIONS.items():
        assert operation.forms, place
        for form in operation.forms:
            assert isinstance(form, XmlAction | RawAction | JsonRpc)
            assert "/" in str(form), place
