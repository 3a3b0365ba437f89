"""Opening cards and sections: permissions, isolation of plugins, what is remembered; domain logic without a billing."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flask_bgbilling.domain.billings import BillingAccess, Viewer
from flask_bgbilling.domain.contracts.contract import Contract, Part, part
from flask_bgbilling.domain.contracts.documents import read_html, read_pdf
from flask_bgbilling.domain.contracts.groups import read_groups, tree
from flask_bgbilling.domain.contracts.hierarchy import SubContract, read_relatives
from flask_bgbilling.domain.contracts.info import ContractCard, read_card, status_tone
from flask_bgbilling.domain.contracts.modules import read_modules
from flask_bgbilling.domain.contracts.objects import UnknownObject, read_object, read_objects
from flask_bgbilling.domain.contracts.parameters import UnknownParameter, read_parameter
from flask_bgbilling.domain.contracts.service import Contracts, SectionFailed, UnknownSection
from flask_bgbilling.errors import Absent, Forbidden, Garbled, NoRights, Refused, TimedOut, UnknownBilling
from flask_bgbilling.hookspecs import CardSection, SectionContext, SectionFile, SectionView, TreeItem, hookimpl
from flask_bgbilling.plugins import Plugins
from flask_bgbilling.ports import Grant, OpenedContract, Person
from flask_bgbilling.wire.dto.common import IdTitle, Period
from flask_bgbilling.wire.dto.contracts import (
    CardBalance,
    CardModule,
    ContractBean,
    ContractGroup,
    ContractInfo,
    HierarchyLinks,
    ModuleChoice,
)
from flask_bgbilling.wire.dto.objects import ContractObject
from flask_bgbilling.wire.dto.parameters import ObjectParameter, Parameter, ParameterList, ParameterType, Phone

NOW = datetime(2026, 6, 1, 12, 4, tzinfo=UTC)
INFO = ContractInfo(title="A-24-0001", comment="Иванов", status="Активен", limit=Decimal("-500"))
ANN = Person("1", "ann", "Ann")
DENIED = NoRights(billing="BiTel", operation="x", words="нет прав")


class Started:
    def __init__(self, read: Callable[[], Any]) -> None:
        self.result = read


class Billing:
    """Answers by the name of the operation; an exception instead of a value is raised."""

    id, title = "bitel", "BiTel"
    server = SimpleNamespace(phone_masks=())

    def __init__(self, **answers: object) -> None:
        self.answers = {name.replace("_", " "): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    def now(self) -> datetime:
        return NOW

    def today(self) -> date:
        return NOW.date()

    def supports(self, operation: Any) -> bool:
        return operation.name in self.answers

    def call(self, operation: Any, /, **arguments: object) -> Any:
        self.asked.append(operation.name)
        answer = self.answers[operation.name]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def start(self, operation: Any, /, **arguments: object) -> Any:
        return Started(lambda: self.call(operation, **arguments))


def contract(**answers: object) -> Contract:
    return Contract(cast(Any, Billing(**answers)), 501)


@dataclass
class Users:
    grants: Mapping[str, Grant | None]

    def current(self) -> Person | None:
        return ANN

    def grant(self, person: Person, permission: str) -> Grant | None:
        return self.grants.get(permission)

    def sign_in_address(self, back_to: str) -> str:
        return "/"


class Access:
    """Opens one billing; others are unknown."""

    def __init__(self, billing: Billing) -> None:
        self.billing = billing

    def server(self, viewer: Viewer, billing_id: str) -> object:
        if billing_id != "bitel":
            raise UnknownBilling(billing=billing_id)
        if not viewer.grant.covers_billing(billing_id):
            raise Forbidden(permission="billing")
        return object()

    def open(self, viewer: Viewer, billing_id: str) -> Billing:
        self.server(viewer, billing_id)
        return self.billing


@dataclass
class Buffer:
    contracts: list[OpenedContract] = field(default_factory=list)
    broken: bool = False

    def remember(self, person: Person, contract: OpenedContract) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.contracts.append(contract)


def bad(_: object) -> Any:
    raise RuntimeError("a bug of a stranger")


def lines(card: ContractCard) -> Sequence[TreeItem]:
    return (TreeItem("Good", card.status, section="good"),)


def render(context: SectionContext) -> SectionView:
    if context.value("fail"):
        raise TimedOut(billing="BiTel", operation="x", seconds=5)
    return SectionView("x.html", {"cid": context.contract.cid, "grant": context.grant, "today": context.today})


class Sections:
    @hookimpl
    def bgbilling_card_sections(self) -> Sequence[CardSection]:
        return (
            CardSection("broken", "Broken", 30, "card.read", bad, bad),
            CardSection("good", "Good", 10, "card.read", render, lines, lambda c, n: SectionFile(n, "pdf", b"%PDF")),
            CardSection("secret", "Secret", 20, "secret.read", render),
            CardSection("plain", "Plain", 40, "card.read", render),
        )


GRANT = Grant(parameter_ids=frozenset({7}))


def opened(buffer: Buffer | None = None, **answers: object) -> tuple[Contracts, Viewer]:
    access = cast(BillingAccess, Access(Billing(**{"contract_info": INFO, **answers})))
    viewer = Viewer(ANN, Grant(), Users({"contract.read": Grant(), "card.read": GRANT}))
    return Contracts(access, Plugins([Sections()]), buffer), viewer


def test_the_tree_has_what_the_viewer_may_open_and_survives_a_broken_plugin(caplog: pytest.LogCaptureFixture) -> None:
    contracts, viewer = opened()
    with caplog.at_level(logging.ERROR):
        card = contracts.open(viewer, "bitel", 501)
    assert [(branch.section.key, branch.items) for branch in card.tree] == [
        ("good", (TreeItem("Good", "Активен", section="good"),)),
        ("plain", (TreeItem("Plain", section="plain"),)),
    ]
    assert card.first is not None
    assert card.first.key == "good"
    assert "broken" in caplog.text
    assert (card.card.cid, card.card.billing_title, card.card.read_at) == (501, "BiTel", NOW)


def test_a_viewer_without_sections_has_a_card_all_the_same() -> None:
    contracts, _ = opened()
    nobody = Viewer(ANN, Grant(), Users({}))
    card = contracts.open(nobody, "bitel", 501)
    assert (card.tree, card.first) == ((), None)


def test_a_contract_that_is_gone_is_absent() -> None:
    contracts, viewer = opened(contract_info=None)
    with pytest.raises(Absent) as caught:
        contracts.open(viewer, "bitel", 501)
    assert caught.value.billing == "BiTel"


def test_an_account_that_may_not_read_the_card_still_gets_the_sections() -> None:
    contracts, viewer = opened(contract_info=DENIED)
    card = contracts.open(viewer, "bitel", 501)
    assert card.problem is DENIED
    assert (card.card.cid, card.card.billing_title, card.card.balance) == (501, "BiTel", None)
    assert [branch.items for branch in card.tree] == [
        (TreeItem("Good", section="good"),),
        (TreeItem("Broken", section="broken"),),
        (TreeItem("Plain", section="plain"),),
    ]
    assert contracts.open_section(viewer, "bitel", 501, "good", {}).problem is None


def test_a_section_gets_the_grant_of_its_own_permission() -> None:
    contracts, viewer = opened()
    section = contracts.open_section(viewer, "bitel", 501, "good", {"page": "2"})
    assert section.view == SectionView("x.html", {"cid": 501, "grant": GRANT, "today": NOW.date()})
    assert (section.problem, section.read_at, section.arguments) == (None, NOW, {"page": "2"})


def test_faults_of_the_billing_and_of_a_plugin_stay_in_the_section(caplog: pytest.LogCaptureFixture) -> None:
    contracts, viewer = opened()
    assert isinstance(contracts.open_section(viewer, "bitel", 501, "good", {"fail": "1"}).problem, TimedOut)
    with caplog.at_level(logging.ERROR):
        broken = contracts.open_section(viewer, "bitel", 501, "broken", {})
    assert isinstance(broken.problem, SectionFailed)
    assert "a bug of a stranger" in caplog.text
    assert "a bug" not in broken.problem.text()


def test_a_section_that_is_not_allowed_or_unknown_is_refused() -> None:
    contracts, viewer = opened()
    with pytest.raises(Forbidden):
        contracts.open_section(viewer, "bitel", 501, "secret", {})
    with pytest.raises(UnknownSection):
        contracts.open_section(viewer, "bitel", 501, "../etc", {})
    with pytest.raises(UnknownBilling):
        contracts.open_section(viewer, "other", 501, "good", {})
    foreign = Viewer(ANN, Grant(billing_ids=frozenset({"ds"})), viewer.users)
    with pytest.raises(Forbidden):
        contracts.open_section(foreign, "bitel", 501, "good", {})


def test_files_only_of_sections_that_have_them() -> None:
    contracts, viewer = opened()
    assert contracts.open_file(viewer, "bitel", 501, "good", "a.pdf", {}) == SectionFile("a.pdf", "pdf", b"%PDF")
    with pytest.raises(UnknownSection):
        contracts.open_file(viewer, "bitel", 501, "plain", "a.pdf", {})
    with pytest.raises(Forbidden):
        contracts.open_file(viewer, "bitel", 501, "secret", "a.pdf", {})


def test_an_opened_card_is_remembered_and_a_broken_buffer_does_not_matter() -> None:
    buffer = Buffer()
    contracts, viewer = opened(buffer)
    card = contracts.open(viewer, "bitel", 501).card
    contracts.remember(viewer, card, "/contract/bitel/501")
    assert buffer.contracts == [OpenedContract("bitel", 501, "A-24-0001 · Иванов", "/contract/bitel/501")]
    buffer.broken = True
    contracts.remember(viewer, card, "/contract/bitel/501")
    without, _ = opened(None)
    without.remember(viewer, card, "/contract/bitel/501")


@pytest.mark.parametrize(
    ("outgoing", "limit", "debt", "below"),
    [("-600", "-500", "600", True), ("-500", "-500", "500", False), ("0", "0", "0", False), ("5", "10", "0", True)],
)
def test_debt_and_limit(outgoing: str, limit: str, debt: str, below: bool) -> None:
    zero = Decimal(0)
    balance = CardBalance(date(2026, 6, 1), zero, zero, zero, zero, Decimal(outgoing))
    card = read_card(contract(contract_info=ContractInfo(title="A", balance=balance, limit=Decimal(limit))))
    assert (card.debt, card.below_limit) == (Decimal(debt), below)


def test_without_a_balance_there_is_no_debt() -> None:
    card = read_card(contract(contract_info=INFO))
    assert (card.debt, card.below_limit, card.heading) == (Decimal(0), False, "A-24-0001 · Иванов")


@pytest.mark.parametrize(
    ("title", "tone"),
    [
        ("Активен", "good"), ("Подключен", "good"), ("Отключен", "bad"), ("Заблокирован", "bad"), ("Закрыт", "quiet"),
        ("Приостановлен", "warn"), ("Отключается", "warn"), ("Подключается", "warn"), ("Неактивен", "bad"),
        ("Active", "good"), ("inactive", "bad"), ("", "quiet"), ("<script>", "quiet"),
    ],
)  # fmt: skip
def test_the_tone_of_a_status_title(title: str, tone: str) -> None:
    assert status_tone(title) == tone


def test_a_part_keeps_a_refusal_to_itself() -> None:
    assert part(lambda: 5).otherwise(0) == 5

    def denied() -> int:
        raise DENIED

    refused: Part[int] = part(denied)
    assert (refused.value, refused.problem, refused.otherwise(0)) == (None, DENIED, 0)
    with pytest.raises(ZeroDivisionError):
        part(lambda: 1 // 0)


def test_hierarchy_without_details_still_has_its_links() -> None:
    links = HierarchyLinks((IdTitle(5, "S-5"), IdTitle(6, "S-6")))
    bean = ContractBean(id=5, title="S-5", comment="c", period=Period(date(2024, 1, 1), None), balance_sub_mode=1)
    got = read_relatives(contract(contract_hierarchy=links, **{"sub-contracts": (bean,)}))
    assert got.subs == (
        SubContract(5, "S-5", "c", Period(date(2024, 1, 1), None), "independent"),
        SubContract(6, "S-6"),
    )
    assert read_relatives(contract(contract_hierarchy=links, **{"sub-contracts": DENIED})).subs == (
        SubContract(5, "S-5"),
        SubContract(6, "S-6"),
    )
    with pytest.raises(NoRights):
        read_relatives(contract(contract_hierarchy=DENIED, **{"sub-contracts": ()}))


def test_labels_stand_below_their_parents_and_none_is_lost() -> None:
    labels = (
        ContractGroup(2, "B", parent_id=1),
        ContractGroup(1, "A"),
        ContractGroup(3, "orphan", parent_id=99),
        ContractGroup(4, "circle", parent_id=5),
        ContractGroup(5, "circle", parent_id=4),
        ContractGroup(6, "own parent", parent_id=6),
    )
    got = tree(labels, frozenset({2, 4, 77}))
    assert [(line.group.id, line.depth, line.group.selected) for line in got] == [
        (1, 0, False), (2, 1, True), (3, 0, False), (6, 0, False), (4, 0, True), (5, 0, False), (77, 0, True),
    ]  # fmt: skip
    assert got[-1].group.title == "??? [77]"


def test_a_thousand_levels_of_labels_are_no_problem() -> None:
    labels = tuple(ContractGroup(number, "x", parent_id=number - 1) for number in range(1, 1001))
    assert tree(labels, frozenset())[-1].depth == 999


def test_groups_of_either_kind() -> None:
    group = ContractGroup(3, "VIP", True)
    assert [line.group for line in read_groups(contract(contract_groups=(group,)))] == [group]
    new = contract(contract_label_tree=(ContractGroup(3, "VIP"),), contract_labels=frozenset({3}))
    assert [line.group for line in read_groups(new)] == [group]


def test_modules_of_either_kind_get_their_state_from_the_card() -> None:
    info = ContractInfo(title="A", modules=(CardModule(8, "Inet", "p.inet.client", "1 / 1"),))
    inet, bill = IdTitle(8, "Inet"), IdTitle(9, "Bill")
    old = contract(contract_info=info, contract_modules=ModuleChoice((inet,), (bill,)))
    new = contract(contract_info=info, attached_modules=(inet,), module_instances=(inet, bill))
    assert read_modules(old) == read_modules(new)
    assert read_modules(old).attached == (CardModule(8, "Inet", "p.inet.client", "1 / 1"),)
    assert read_modules(old).available == (bill,)
    blind = contract(contract_info=DENIED, contract_modules=ModuleChoice((inet,), ()))
    assert read_modules(blind).attached == (CardModule(8, "Inet"),)


FLAT = ContractObject(7, "Flat", 2)


def test_objects_get_the_titles_of_their_types_where_there_is_a_directory() -> None:
    assert read_objects(contract(contract_objects=(FLAT,), object_types=(IdTitle(2, "Home"),)))[0].type_title == "Home"
    assert read_objects(contract(contract_objects=(FLAT,)))[0].type_title == ""
    assert read_objects(contract(contract_objects=(FLAT,), object_types=DENIED))[0].type_title == ""


def test_one_object_may_lack_its_parts() -> None:
    place = ObjectParameter(2, 4, "Place", "Main st.")
    whole = read_object(
        contract(
            contract_objects=(FLAT,), object_parameters=(place,), object_module_summary=DENIED,
            object_address_parameter=None,
        ),
        7,
        with_addresses=True,
    )  # fmt: skip
    assert whole.parameters.value == (place,)
    assert whole.uses.problem is DENIED
    assert [(parameter.id, address.value) for parameter, address in whole.addresses] == [(2, None)]
    with pytest.raises(UnknownObject):
        read_object(contract(contract_objects=(), object_parameters=(), object_module_summary=()), 7)


LISTED = ParameterList((Parameter(4, ParameterType.PHONE, "Phone", "79161234567[office]"),))


def test_one_parameter_with_its_parts() -> None:
    detail = read_parameter(
        contract(contract_parameters=LISTED, parameter_history=DENIED, phone_parameter=(Phone("79161234567", "b"),)),
        Grant(),
        4,
    )
    assert detail.history.problem is DENIED
    assert detail.phones is not None
    assert [phone.text for phone in detail.phones.otherwise(())] == ["+7 916 123-45-67"]
    assert (detail.address, detail.emails, detail.reference) == (None, None, None)


@pytest.mark.parametrize(("grant", "parameter"), [(Grant(parameter_ids=frozenset({5})), 4), (Grant(), 5)])
def test_a_parameter_that_is_not_there_or_not_allowed(grant: Grant, parameter: int) -> None:
    asked = contract(contract_parameters=LISTED, parameter_history=())
    with pytest.raises(UnknownParameter):
        read_parameter(asked, grant, parameter)
    if grant.parameter_ids:
        assert cast(Any, asked.billing).asked == [], "what is not allowed is not even asked for"


@pytest.mark.parametrize("body", [b"%PDF-1.4 x", b"\xef\xbb\xbf%PDF-1.4 x", b"\r\n%PDF-1.4 x"])
def test_a_pdf_is_known_by_its_first_bytes(body: bytes) -> None:
    assert read_pdf(contract(printable_card=body), "a.xsl") == b"%PDF-1.4 x"


@pytest.mark.parametrize("body", [b"", b"<html>sorry</html>", b"MZ\x90", b"x" * 2000 + b"%PDF-1.4"])
def test_what_is_no_pdf_is_garbled(body: bytes) -> None:
    with pytest.raises(Garbled):
        read_pdf(contract(printable_card=body), "a.xsl")
    with pytest.raises(Refused):
        read_pdf(contract(printable_card=Refused(words="нет")), "a.xsl")


def test_the_full_card_becomes_utf_8() -> None:
    assert read_html(contract(full_card="<p>Ёж</p>".encode())) == "<p>Ёж</p>".encode()
    assert read_html(contract(full_card="<p>Ёж</p>".encode("cp1251"))) == "<p>Ёж</p>".encode()
    assert read_html(contract(full_card=b"\xef\xbb\xbf<p>x</p>")) == b"<p>x</p>"
