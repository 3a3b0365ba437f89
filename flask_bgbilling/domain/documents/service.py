"""Documents of a contract: listed, shown, made and deleted, as one person may do it.

Making one reads everything and fills the template before anything is noted, so that mistakes are told while nothing has
happened; then the number is counted, the template filled once more if it wrote the number, and the file is stored.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from os import PathLike

from flask_bgbilling.config.document_types import DocumentType, document_types
from flask_bgbilling.config.settings import Settings
from flask_bgbilling.domain.contracts.contract import Contract
from flask_bgbilling.domain.contracts.info import ContractCard, read_card
from flask_bgbilling.domain.documents.data import ContractData, DocumentValues, Permissions, clean
from flask_bgbilling.domain.documents.errors import (
    BodyLost,
    DocumentGone,
    NoDocumentTypes,
    NoPreview,
    NumberBroken,
)
from flask_bgbilling.domain.documents.folder import TemplateFolder
from flask_bgbilling.domain.documents.rendering import Renderer, missing_library
from flask_bgbilling.domain.documents.writing import Writing
from flask_bgbilling.domain.links.service import ContractLinks
from flask_bgbilling.errors import N_
from flask_bgbilling.expr import Expression, ExpressionError
from flask_bgbilling.facts import Fact
from flask_bgbilling.fields import refuse
from flask_bgbilling.hookspecs import ActionContext, Change, Creation, SectionContext, Step
from flask_bgbilling.ports import Document, DocumentObject, Documents, NewDocument, Users
from flask_bgbilling.store.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

PER_PAGE = 30
LONGEST_NUMBER = 60
LONGEST_NAME = 150
_NO_NAME = re.compile(r"[^\w .,()№+=@!&«»-]+")


@dataclass(frozen=True)
class OfferedType:
    """A type that fits the contract. ``missing`` is a library that is not installed; it cannot be made then."""

    type: DocumentType
    missing: str

    @property
    def has_preview(self) -> bool:
        """Whether it can be looked at before it is made."""
        return self.type.format == "html"


@dataclass(frozen=True)
class ShownDocument:
    """A document with its moment on the billing's clock."""

    document: Document
    at: datetime


@dataclass(frozen=True)
class DocumentList:
    """A page of a contract's documents, the latest first, and what can be made. ``found`` counts all of them."""

    items: tuple[ShownDocument, ...]
    found: int
    index: int
    offered: tuple[OfferedType, ...]

    @property
    def count(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.found // PER_PAGE))


class ContractDocuments:
    """The host's documents of contracts. ``links`` know whose contract it is, where the host has customers."""

    def __init__(
        self,
        port: Documents,
        unit_of_work: UnitOfWork,
        users: Users,
        settings: Callable[[], Settings],
        renderer: Renderer,
        links: ContractLinks | None = None,
    ) -> None:
        self._port = port
        self._unit_of_work = unit_of_work
        self._users = users
        self._settings = settings
        self._renderer = renderer
        self._links = links

    def listed(self, context: SectionContext, page: int) -> DocumentList:
        """A page of documents: one request, for who may not read the contract in the billing may not read them."""
        contract = context.contract
        card = read_card(contract)
        object = _object(contract)
        found = self._port.count(object)
        index = min(max(page, 1), max(1, -(-found // PER_PAGE)))
        rows = self._port.of_object(object, PER_PAGE, (index - 1) * PER_PAGE)
        items = tuple(ShownDocument(row, row.created_at.astimezone(contract.billing.zone)) for row in rows)
        return DocumentList(items, found, index, self._offered(card))

    def offered(self, context: SectionContext) -> tuple[OfferedType, ...]:
        """What can be made for the contract: one request. Raises ``NoDocumentTypes``."""
        found = self._offered(read_card(context.contract))
        if not found:
            raise NoDocumentTypes
        return found

    def opened(self, context: SectionContext, document_id: int) -> tuple[Document, bytes]:
        """A document with its body: one request to the billing. Raises ``DocumentGone`` and ``BodyLost``."""
        read_card(context.contract)
        document = self._existing(context.contract, document_id)
        try:
            return document, self._port.body(document.id)
        except Exception as error:  # a disk of the host, or a defect of its adapter
            logger.exception("the body of document %s cannot be read", document.id)
            raise BodyLost from error

    def existing(self, context: SectionContext, document_id: int) -> Document:
        """A document of this contract; raises ``DocumentGone``."""
        return self._existing(context.contract, document_id)

    def preview(self, context: SectionContext, number: int) -> bytes:
        """A page as it would be made today; nothing is counted or stored. Raises ``NoPreview``."""
        card = read_card(context.contract)
        kind = next((one.type for one in self._offered(card) if one.type.number == number), None)
        if kind is None or kind.format != "html":
            raise NoPreview
        data = self._data(context, card, kind, context.today)
        return self._renderer.render(kind, data.variables(Writing(kind.language)))

    def plan_making(self, context: ActionContext) -> Change:
        """A document of the type and day that were chosen."""
        contract = context.contract
        card = read_card(contract)
        offered = self._offered(card)
        if not offered:
            raise NoDocumentTypes
        number = context.fields.identifier("type")
        kind = next((one.type for one in offered if one.type.number == number), None)
        if kind is None:
            refuse("type", N_("Choose one of the list."))
        day = context.fields.day("day")
        data = self._data(context, card, kind, day)
        self._number(kind, card, day, 0)
        variables = data.variables(Writing(kind.language))
        draft = self._renderer.render(kind, variables)

        def make() -> Document:
            with self._unit_of_work.alone():
                counter = self._port.next_number(kind.counter)
            written = self._number(kind, card, day, counter)
            body = self._renderer.render(kind, variables) if data.document.numbered(written, counter) else draft
            new = NewDocument(
                object=_object(contract),
                name=file_name(f"{kind.title} {written}", kind.format),
                format=kind.format,
                body=body,
                type_key=kind.key,
                type=kind.title,
                number=written,
                day=day,
                person=context.viewer,
            )
            with self._unit_of_work.alone():
                return self._port.store(new)

        def present() -> Iterable[int]:
            rows = self._port.of_object(_object(contract), PER_PAGE)
            return [row.id for row in rows if (row.type_key, row.day) == (kind.key, day)]

        return Change(
            (Step(N_("Document"), make),),
            after=(Fact(N_("Type of document"), kind.title), Fact(N_("Day"), day.isoformat(), "day")),
            subject=kind.title,
            creation=Creation((contract.cid, "document", kind.key, day.isoformat()), present),
            said=N_("The document is made"),
        )

    def plan_deleting(self, context: ActionContext) -> Change:
        """The document that the argument ``document`` names is deleted."""
        read_card(context.contract)
        document = self._existing(context.contract, context.number("document"))

        def delete() -> None:
            with self._unit_of_work.alone():
                self._port.delete(document.id)

        return Change(
            (Step(N_("Document"), delete),),
            before=facts_of(document),
            subject=document.name,
            said=N_("The document is deleted"),
        )

    def _existing(self, contract: Contract, document_id: int) -> Document:
        document = self._port.get(document_id)
        if document is None or document.object != _object(contract):
            raise DocumentGone
        return document

    def _offered(self, card: ContractCard) -> tuple[OfferedType, ...]:
        kinds = document_types(self._settings())
        return tuple(OfferedType(kind, missing_library(kind.format)) for kind in kinds if kind.fits(card.title))

    def _data(self, context: SectionContext, card: ContractCard, kind: DocumentType, day: date) -> ContractData:
        permissions = Permissions(self._users, context.viewer, context.contract.billing.id)
        document = DocumentValues(kind.title, day, context.viewer, "—", 0)
        return ContractData(context.contract, card, permissions, self._links, document, context.today)

    def _number(self, kind: DocumentType, card: ContractCard, day: date, counter: int) -> str:
        """The number of a document; raises ``NumberBroken``."""
        if not kind.expression:
            return str(counter)
        variables: dict[str, object] = {
            "contractNumber": clean(card.title),
            "contractComment": clean(card.comment),
            "contractId": card.cid,
            "billing": card.billing_id,
            "date": day.strftime("%d.%m.%Y"),
            "year": day.year,
            "month": day.month,
            "day": day.day,
            "counter": counter,
        }
        key = f"{kind.key}.number"
        try:
            found = Expression(kind.expression).evaluate(variables)
        except ExpressionError as error:
            raise NumberBroken(reason=error.text(), key=key) from error
        if not isinstance(found, str | int) or isinstance(found, bool) or not str(found).strip():
            raise NumberBroken(reason=type(found).__name__, key=key)
        return " ".join(clean(str(found)).split())[:LONGEST_NUMBER]


def contract_documents(
    port: Documents | None,
    unit_of_work: UnitOfWork,
    users: Users,
    settings: Callable[[], Settings],
    templates: str | PathLike[str] | None,
    links: ContractLinks | None = None,
) -> ContractDocuments | None:
    """The documents of an application whose templates are in a folder; ``None`` where the host keeps none."""
    if port is None:
        return None
    return ContractDocuments(port, unit_of_work, users, settings, Renderer(TemplateFolder(templates)), links)


def facts_of(document: Document) -> tuple[Fact, ...]:
    """A document as it is told to people and to the journal."""
    return (
        Fact(N_("Type of document"), document.type),
        Fact(N_("Number"), document.number),
        Fact(N_("Day"), document.day.isoformat(), "day"),
        Fact(N_("File"), document.name),
    )


def file_name(title: str, ending: str) -> str:
    """A name that every system can keep a file under; nothing of a path is left in it."""
    plain = " ".join(_NO_NAME.sub("-", clean(title)).split())
    return f"{plain[: LONGEST_NAME - 10].strip(' .-') or 'document'}.{ending}"


def _object(contract: Contract) -> DocumentObject:
    return DocumentObject("contract", contract.billing.id, contract.cid)
