"""Types of messages: the product description's snippets as they stand, blocks that cannot be used, older names."""

import logging
from collections.abc import Mapping, Sequence

import pytest

from flask_bgbilling import hookimpl
from flask_bgbilling.config.check import check
from flask_bgbilling.config.messages import Problem
from flask_bgbilling.config.properties import parse
from flask_bgbilling.domain.messages.contract_searches import phone_commands
from flask_bgbilling.hookspecs import MessageSearch, MessageSearchClass, SearchAnswer
from tests.memory_customers import MemoryCustomers
from tests.messaging import CALLS, Searching

BY_TITLE = """messageType.1.search.{@inc:cnt}.title=По номеру/примечанию
messageType.1.search.{@cnt}.class=BGBillingMessageTypeSearchContractByTitleAndComment
messageType.1.search.{@cnt}.billingId=bg
"""
BY_CALL = """messageType.1.search.1.title=Договор по номеру звонящего
messageType.1.search.1.class=BGBillingMessageTypeSearchCall
messageType.1.search.1.billingId=bg
messageType.1.search.1.commands=contractByPhoneParam:27
messageType.1.search.1.expressionNumberPreprocess=if (numberFrom.length() == 11) { numberFrom = numberFrom.substring(1) }; return numberFrom;
"""  # noqa: E501 - word for word
BY_EMAIL = """messageType.1.search.{@inc:cnt}.title=Договор по параметру email
messageType.1.search.{@cnt}.class=BGBillingMessageTypeSearchEmail
messageType.1.search.{@cnt}.billingId=bg
messageType.1.search.{@cnt}.paramIds=7
"""
SAVER = """messageType.<ID>.saver.class=BGBillingMessageTypeContactSaverPhone
messageType.<ID>.saver.paramId=27
""".replace("<ID>", "1")

SERVER = "bgbilling:server.1.id=bg\nbgbilling:server.1.title=BG\nbgbilling:server.1.url=http://bg.example/executer\n"


class Desk(Searching):
    """Message types of a text, without any billing behind them."""

    def __init__(self, text: str, *plugins: object, customers: MemoryCustomers | None = None) -> None:
        super().__init__({}, text, plugins=plugins, customers=customers)

    @property
    def names(self) -> list[tuple[int, str, str]]:
        return [(one.number, one.title, one.class_name) for one in self.type.searches]

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(one.code, one.key) for one in self.types.current().problems]

    def linted(self, text: str) -> list[Problem]:
        return check(SERVER + text, messages=self.types.classes())


@pytest.mark.parametrize(
    ("snippet", "number", "title", "class_name"),
    [
        (BY_TITLE, 1, "По номеру/примечанию", "BGBillingMessageTypeSearchContractByTitleAndComment"),
        (BY_CALL, 1, "Договор по номеру звонящего", "BGBillingMessageTypeSearchCall"),
        (BY_EMAIL, 1, "Договор по параметру email", "BGBillingMessageTypeSearchEmail"),
    ],
)
def test_a_snippet_of_the_description_works_as_it_stands(
    snippet: str, number: int, title: str, class_name: str
) -> None:
    desk = Desk(CALLS + snippet)
    assert desk.names == [(number, title, class_name)]
    assert desk.type.searches[0].made.billing_id == "bg"
    assert desk.problems == [] == desk.linted(CALLS + snippet)


def test_searches_that_run_by_themselves_have_no_form() -> None:
    made = {text: Desk(CALLS + text).type.searches[0].made for text in (BY_TITLE, BY_CALL, BY_EMAIL)}
    assert [made[text].form is None for text in (BY_TITLE, BY_CALL, BY_EMAIL)] == [False, True, True]


def test_the_saver_of_the_description() -> None:
    desk = Desk(CALLS + SAVER)
    assert desk.type.saver.permission == "contract.parameters.update"
    assert desk.linted(CALLS + SAVER) == []


def test_counted_and_written_numbers_stand_together() -> None:
    counted = BY_CALL.replace("search.1.", "search.7.")
    desk = Desk(CALLS + BY_TITLE + counted + BY_EMAIL)
    assert [number for number, _, _ in desk.names] == [1, 2, 7]
    # All three snippets one under the other name the first search twice: the later one stays, and the linter says so.
    text = CALLS + BY_TITLE + BY_CALL + BY_EMAIL
    assert [name for _, _, name in Desk(text).names] == [
        "BGBillingMessageTypeSearchCall",
        "BGBillingMessageTypeSearchEmail",
    ]
    assert {one.code for one in desk.linted(text)} == {"key-overwritten"}


def test_searches_stand_in_the_order_of_their_numbers() -> None:
    text = CALLS
    for number in (10, 2):
        text += BY_EMAIL.replace("{@inc:cnt}", str(number)).replace("{@cnt}", str(number))
    assert [number for number, _, _ in Desk(text).names] == [2, 10]


@pytest.mark.parametrize(
    ("written", "registered"),
    [
        ("ru.bgcrm.plugin.bgbilling.dao.MessageTypeSearchCall", "BGBillingMessageTypeSearchCall"),
        ("ru.bgcrm.plugin.bgbilling.dao.MessageTypeSearchEmail", "BGBillingMessageTypeSearchEmail"),
        (
            "ru.bgcrm.plugin.bgbilling.dao.MessageTypeSearchContractByTitleAndComment",
            "BGBillingMessageTypeSearchContractByTitleAndComment",
        ),
        ("ru.bgcrm.plugin.bgbilling.message.BGBillingMessageTypeSearchCall", "BGBillingMessageTypeSearchCall"),
        ("MessageTypeSearchCall", "MessageTypeSearchCall"),
    ],
)
def test_older_names_and_full_names_are_known(written: str, registered: str) -> None:
    text = f"""{CALLS}messageType.1.search.1.class={written}
messageType.1.search.1.billingId=bg
messageType.1.search.1.paramIds=7
messageType.1.search.1.commands={"customer" if written == registered else "contract"}ByPhoneParam:27
"""
    desk = Desk(text, customers=MemoryCustomers({}))
    assert [name for _, _, name in desk.names] == [registered]
    assert desk.problems == ([] if written == registered else [("class-old", "messageType.1.search.1.class")])


def test_the_older_name_of_the_saver() -> None:
    old = "ru.bgcrm.plugin.bgbilling.dao.MessageTypeContactSaverPhone"
    assert Desk(CALLS + SAVER.replace("BGBillingMessageTypeContactSaverPhone", old)).type.saver is not None


BAD: Mapping[str, tuple[str, str]] = {
    "no billing": (BY_EMAIL.replace("billingId=bg", "billingId="), "block-refused"),
    "no parameters": (BY_EMAIL.replace("paramIds=7", "paramIds= , "), "block-refused"),
    "parameters that are none": (BY_EMAIL.replace("paramIds=7", "paramIds=x"), "block-refused"),
    "no commands": (BY_CALL.replace("commands=contractByPhoneParam:27", "commands="), "block-refused"),
    "an unknown command": (BY_CALL.replace("contractByPhoneParam", "contractByComment"), "block-refused"),
    "an expression that cannot be read": (BY_CALL.replace("return numberFrom;", "return ((;"), "block-refused"),
    "an unknown class": (BY_EMAIL.replace("SearchEmail", "SearchPigeon"), "class-none"),
    "no class": (BY_EMAIL.replace("class=BGBillingMessageTypeSearchEmail", "class="), "required"),
    "a search as saver": (SAVER.replace("ContactSaverPhone", "SearchCall"), "class-none"),
    "a saver without parameter": (SAVER.replace("paramId=27", "paramId=0"), "block-refused"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_block_is_left_out_and_the_others_stay(name: str, caplog: pytest.LogCaptureFixture) -> None:
    block, code = BAD[name]
    good = BY_EMAIL.replace("{@inc:cnt}", "50").replace("{@cnt}", "50")
    desk = Desk(CALLS + block + good)
    with caplog.at_level(logging.WARNING):
        assert [number for number, _, _ in desk.names] == [50]
    assert desk.type.saver is None
    assert [one.code for one in desk.types.current().problems] == [code]
    assert "messages:" in caplog.text
    assert [one for one in desk.linted(CALLS + block + good) if one.severity == "error" or one.code == "class-none"]


@pytest.mark.parametrize("missing", ["title", "class"])
def test_a_type_needs_title_and_class(missing: str) -> None:
    text = "".join(line + "\n" for line in CALLS.split("\n") if f".{missing}=" not in line) + BY_EMAIL
    assert Desk(text).types.current().types == {}


def test_a_class_that_gives_something_else_is_refused() -> None:
    class Strange:
        @hookimpl
        def bgbilling_message_searches(self) -> Sequence[MessageSearchClass]:
            return [MessageSearchClass("Strange", lambda keys: keys)]  # type: ignore[arg-type, return-value]

    desk = Desk(CALLS + "messageType.1.search.1.class=Strange\n", Strange())
    assert desk.problems == [("block-refused", "messageType.1.search.1.class")]


def test_a_class_of_a_plugin_gets_its_keys() -> None:
    given: list[dict[str, str]] = []

    def load(keys: Mapping[str, str]) -> MessageSearch:
        given.append(dict(keys))
        return MessageSearch(lambda context: SearchAnswer())

    class Mine:
        @hookimpl
        def bgbilling_message_searches(self) -> Sequence[MessageSearchClass]:
            return [MessageSearchClass("Mine", load, ("OlderMine",))]

    text = CALLS + "messageType.1.search.3.class=OlderMine\nmessageType.1.search.3.deep.key= x\n"
    assert Desk(text, Mine()).names == [(3, "", "Mine")]
    assert given == [{"class": "OlderMine", "deep.key": " x"}]


def test_possible_processes_without_configuration_are_those_of_the_sender() -> None:
    (only,) = Desk(CALLS).types.current().possible
    assert only.class_name == "MessagePossibleProcessSearchMessageFrom"


CITY = "BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity"


def test_possible_processes_of_the_configuration() -> None:
    text = f"""message.possible.process.2.class=MessagePossibleProcessSearchFoundLinks
message.possible.process.1.class={CITY}
message.possible.process.1.color=#ff0000
message.possible.process.1.processCityParamId=5
message.possible.process.1.contractAddressParamId.bg=12
message.possible.process.3.class={CITY}
message.possible.process.3.processCityParamId=5
message.possible.process.4.class={CITY}
message.possible.process.4.contractAddressParamId=5
"""
    found = Desk(text).types.current()
    assert [(one.number, one.color) for one in found.possible] == [(1, "#ff0000"), (2, "")]
    assert [problem.key for problem in found.problems] == [f"message.possible.process.{n}.class" for n in (3, 4)]


def test_a_number_after_a_comma_belongs_to_the_command_before_it() -> None:
    assert phone_commands("contractByPhoneParam:27") == ((27,),)
    assert phone_commands("contractByPhoneParam:27,28; contractByPhoneParam: 5;6") == ((27, 28), (5, 6))
    assert len(parse(BY_CALL)) == 5
