"""What the plugin adds: each kind of hook once."""

from flask_bgbilling import CardMenuItem, CardSection, SectionView, TreeItem, hookimpl
from flask_bgbilling.hookspecs import (
    ContactSaver,
    ContactSaverClass,
    FoundContract,
    LinkEffects,
    MessageSearch,
    MessageSearchClass,
    PossibleProcessClass,
    PossibleProcessSearch,
    ProcessLinkRule,
    ScriptObject,
    SearchAnswer,
)

HEARD = []


def render(context):
    return SectionView("bgbilling/card/_section.html", {})


@hookimpl
def bgbilling_card_sections():
    return [CardSection("visits", "Visits", 300, "contract.visits.read", render, lambda card: [TreeItem("Visits")])]


@hookimpl
def bgbilling_card_menu():
    entry = CardMenuItem("visit", "New visit", 50, "contract.visits.read", lambda card: TreeItem("New visit"), render)
    return [entry]


def load_search(keys):
    billing_id = keys["billingId"]
    found = FoundContract(billing_id, 101, keys.get("number", "101"))
    return MessageSearch(lambda context: SearchAnswer([found]), billing_id=billing_id)


@hookimpl
def bgbilling_message_searches():
    return [MessageSearchClass("VisitsSearch", load_search, aliases=["org.example.VisitsSearch"])]


@hookimpl
def bgbilling_contact_savers():
    return [ContactSaverClass("VisitsSaver", lambda keys: ContactSaver(lambda context: None))]


@hookimpl
def bgbilling_possible_processes():
    return [PossibleProcessClass("VisitsProcesses", lambda keys: PossibleProcessSearch(lambda context: [1]))]


@hookimpl
def bgbilling_process_link_rules():
    return [ProcessLinkRule("visits", 50, lambda linked: LinkEffects(group_ids=[7]))]


@hookimpl
def bgbilling_script_objects():
    return [ScriptObject("visits", {"count": lambda context: 3})]


@hookimpl
def bgbilling_process_event(event):
    HEARD.append(event)
