"""What may be done to each row of a list of payments or charges, as far as its type tells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask_bgbilling.domain.contracts.contract import part
from flask_bgbilling.domain.contracts.posting_changes import PostingKind
from flask_bgbilling.domain.contracts.posting_types import TypeChoice, grouped
from flask_bgbilling.domain.contracts.postings import PostingLine
from flask_bgbilling.hookspecs import SectionContext
from flask_bgbilling.ports import Grant
from flask_bgbilling.wire.dto.server import TypeNode

ADDING = "add"
CHANGING = frozenset({"edit", "delete"})
"""Keys of the actions that a type kept for the billing itself forbids."""


def expect_lines(kind: PostingKind, context: SectionContext) -> None:
    """Has what the rows of a list are told by read beside the list itself."""
    if any(key != ADDING for key in context.actions):
        context.contract.billing.start_directory(kind.types)


def changeable_lines(
    kind: PostingKind, context: SectionContext, lines: Sequence[PostingLine]
) -> Mapping[str, frozenset[int]]:
    """The numbers of the lines that each granted action is offered for.

    Types come from the directory, which is in memory most of the time; without it everything is offered that the grant
    does not forbid, and the form says what is wrong.
    """
    billing = context.contract.billing
    grants = {key: grant for key, grant in context.actions.items() if key != ADDING}
    if not grants or not lines:
        return {}
    tree: tuple[TypeNode, ...] = part(lambda: billing.directory(kind.types)).value or ()
    known = [choice for group in grouped(tree, lambda _: True) for choice in group.types]
    by_id = {choice.id: choice for choice in known}
    by_title: defaultdict[str, list[TypeChoice]] = defaultdict(list)
    for choice in known:
        by_title[choice.title].append(choice)

    def types_of(line: PostingLine) -> list[TypeChoice]:
        if line.type_id is None:
            # Lists of XML have titles, which nothing keeps from being there twice.
            return by_title[line.type_title]
        return [by_id[line.type_id]] if line.type_id in by_id else []

    def covered(line: PostingLine, grant: Grant) -> bool:
        if not kind.narrows(grant, billing.id):
            return True
        numbers = [choice.id for choice in types_of(line)] if line.type_id is None else [line.type_id]
        return any(kind.covers(grant, billing.id, number) for number in numbers)

    def by_hand(line: PostingLine) -> bool:
        types = types_of(line)
        return not types or any(choice.usable for choice in types)

    return {
        key: frozenset(
            line.id for line in lines if line.id and covered(line, grant) and (key not in CHANGING or by_hand(line))
        )
        for key, grant in grants.items()
    }
