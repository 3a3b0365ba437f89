"""Contract objects: the list, and one object with its parameters and modules (card-screens.md 6.2)."""

from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.domain.contracts.objects import UnknownObject, read_object, read_objects
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionView, TreeItem


def tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """Active and all objects."""
    return (TreeItem(N_("Objects"), f"{card.objects_active}/{card.objects_total}", section="objects"),)


def render(context: SectionContext) -> SectionView:
    """The list; ``object`` opens one, ``empty=1`` shows its empty parameters too, ``parts=1`` its address parts."""
    chosen = context.value("object")
    if not chosen:
        return SectionView("bgbilling/card/objects.html", {"objects": read_objects(context.contract)})
    if not (chosen.isascii() and chosen.isdigit()):
        raise UnknownObject(object=chosen[:20])
    with_parts = context.value("parts") == "1"
    opened_object = read_object(context.contract, int(chosen[:18]), with_addresses=with_parts)
    return SectionView(
        "bgbilling/card/object.html",
        {
            "object": opened_object,
            "show_empty": context.value("empty") == "1",
            "with_parts": with_parts,
        },
    )


SECTIONS = (CardSection("objects", N_("Contract objects"), 20, "contract.objects.read", render, tree),)
