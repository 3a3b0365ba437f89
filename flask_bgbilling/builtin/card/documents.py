"""Printable cards, additional actions and self-care access (card-screens.md 6.13, 8; contract.md 16-18)."""

from datetime import date

from flask_bgbilling.builtin.card import additional_actions, web_password
from flask_bgbilling.domain.contracts.documents import (
    READING_ACTIONS,
    READING_CARDS,
    READING_WEB,
    read_actions,
    read_card_types,
    read_html,
    read_pdf,
    read_web_access,
)
from flask_bgbilling.domain.contracts.info import ContractCard
from flask_bgbilling.errors import N_, InputError
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionFile, SectionView, TreeItem

FULL_CARD = "card.html"
PDF_CARD = "card.pdf"


class UnknownFile(InputError):
    """The section has no file of this name."""

    code = "unknown file"
    message = N_("There is no file “%(file)s”.")
    remedy = N_("Go back to the card and choose a document there.")


def actions_tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line; the card does not tell how many actions there are."""
    return (TreeItem(N_("Additional actions"), section="actions"),)


def render_actions(context: SectionContext) -> SectionView:
    """What the installation offers for this contract."""
    return SectionView("bgbilling/card/actions.html", {"offered": read_actions(context.contract)})


def cards_tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line."""
    return (TreeItem(N_("Printable cards"), section="cards"),)


def render_cards(context: SectionContext) -> SectionView:
    """Kinds of cards to download; ``full=1`` shows the full card in a frame."""
    return SectionView(
        "bgbilling/card/cards.html",
        {
            "types": read_card_types(context.contract),
            "full": context.value("full") == "1",
            "full_card": FULL_CARD,
            "pdf_card": PDF_CARD,
        },
    )


def card_file(context: SectionContext, name: str) -> SectionFile:
    """The full card as a page, or the printable card that the argument ``card`` names."""
    if name == FULL_CARD:
        return SectionFile(FULL_CARD, "html", read_html(context.contract))
    card = context.value("card")
    if name == PDF_CARD and card:
        body = read_pdf(context.contract, card[:200])
        return SectionFile(f"card-{context.contract.cid}.pdf", "pdf", body)
    raise UnknownFile(file=name[:60])


def web_tree(card: ContractCard) -> tuple[TreeItem, ...]:
    """One line; the login is the contract's number."""
    return (TreeItem(N_("Web access"), section="web"),)


def render_web(context: SectionContext) -> SectionView:
    """Login, request limit and the log of logons; ``log=failed`` shows those that did not succeed."""
    failed = context.value("log") == "failed"
    since, until = _day(context.value("since")), _day(context.value("until"))
    page = context.value("page")
    access = read_web_access(
        context.contract,
        since=since,
        until=until,
        failed=failed,
        page=max(int(page[:9]), 1) if page.isascii() and page.isdigit() else 1,
    )
    return SectionView("bgbilling/card/web.html", {"access": access, "failed": failed})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(detail=N_("A day is written like 2026-06-01.")) from error


SECTIONS = (
    CardSection(
        "web",
        N_("Web access"),
        160,
        "contract.web.read",
        render_web,
        web_tree,
        actions=web_password.ACTIONS,
        operations=READING_WEB,
    ),
    CardSection(
        "actions",
        N_("Additional actions"),
        190,
        "contract.actions.read",
        render_actions,
        actions_tree,
        actions=additional_actions.ACTIONS,
        operations=READING_ACTIONS,
    ),
    CardSection(
        "cards",
        N_("Printable cards"),
        210,
        "contract.cards.read",
        render_cards,
        cards_tree,
        card_file,
        operations=READING_CARDS,
    ),
)
