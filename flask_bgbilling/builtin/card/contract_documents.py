"""Documents that are made for the contract and kept by the host (card-screens.md 4, tab 5).

A plugin of its own: it is there only where the host keeps documents. What the billing prints are printable cards,
:mod:`flask_bgbilling.builtin.card.documents`.
"""

from collections.abc import Sequence

from flask_bgbilling.builtin.card.paging import page_number
from flask_bgbilling.domain.contracts.editing import mark
from flask_bgbilling.domain.documents.data import READING
from flask_bgbilling.domain.documents.errors import DocumentGone
from flask_bgbilling.domain.documents.service import ContractDocuments, facts_of, file_name
from flask_bgbilling.errors import N_
from flask_bgbilling.hookspecs import (
    ActionContext,
    CardAction,
    CardSection,
    Change,
    SectionContext,
    SectionFile,
    SectionView,
    hookimpl,
)

READ, CREATE, DELETE = "contract.document.read", "contract.document.create", "contract.document.delete"
KEY = "documents"
STORED, PREVIEW = "stored", "preview.html"


class ContractDocumentsPlugin:
    """The section and its actions."""

    def __init__(self, documents: ContractDocuments) -> None:
        self._documents = documents

    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        """The section of documents."""
        actions = (
            CardAction("make", N_("Make a document"), CREATE, self.plan_making, self.form),
            CardAction(
                "delete", N_("Delete the document"), DELETE, self.plan_deleting, self.deletion, record="document"
            ),
        )
        return [
            CardSection(
                KEY, N_("Documents"), 212, READ, self.render, file=self.file, actions=actions, operations=READING
            )
        ]

    def render(self, context: SectionContext) -> SectionView:
        """The page ``page`` of documents; the one that the argument ``show`` names stands in a frame."""
        page = self._documents.listed(context, page_number(context))
        shown = context.number("show")
        document = next((one.document for one in page.items if one.document.id == shown), None)
        values = {"page": page, "shown": document if document and document.format == "html" else None}
        return SectionView("bgbilling/card/contract_documents.html", {**values, "stored": STORED})

    def file(self, context: SectionContext, name: str) -> SectionFile:
        """A document: ``stored`` with its number in ``document``; a preview: ``preview.html`` with ``type``.

        Documents are downloaded; a page with ``frame=1`` is for the sandboxed frame, as a preview is.
        """
        if name == PREVIEW:
            return SectionFile(PREVIEW, "html", self._documents.preview(context, context.number("type")))
        if name != STORED:
            raise DocumentGone
        document, body = self._documents.opened(context, context.number("document"))
        framed = document.format == "html" and context.value("frame") == "1"
        stem = document.name.removesuffix(f".{document.format}")
        return SectionFile(file_name(stem, document.format), document.format, body, attached=not framed)

    def form(self, context: ActionContext) -> SectionView:
        """Type and day of a new document."""
        values = {"offered": self._documents.offered(context), "today": context.today, "preview": PREVIEW}
        return SectionView("bgbilling/card/contract_document_form.html", {**values, "submit": N_("Make the document")})

    def deletion(self, context: ActionContext) -> SectionView:
        """The document that is going to be deleted."""
        document = self._documents.existing(context, context.number("document"))
        draft = {"facts": facts_of(document), "seen": mark(document.id)}
        values = {"draft": draft, "danger": True, "submit": N_("Delete the document")}
        return SectionView("bgbilling/card/deletion.html", values)

    def plan_making(self, context: ActionContext) -> Change:
        """A new document."""
        return self._documents.plan_making(context)

    def plan_deleting(self, context: ActionContext) -> Change:
        """One document less."""
        return self._documents.plan_deleting(context)


def document_plugins(documents: ContractDocuments | None) -> tuple[ContractDocumentsPlugin, ...]:
    """The plugin, where the host keeps documents."""
    return () if documents is None else (ContractDocumentsPlugin(documents),)
