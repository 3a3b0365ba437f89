"""Writes the pages of the documentation that are made from the code.

``python -m docs.generate`` writes them, ``--check`` only says whether one is stale (and exits with 1 then).
"""

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docs.references import operations_page, permissions_page, sections, table, unused

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CARD = "/contract/<billing>/<id>"

PAGES_TESTS = "tests/e2e/test_card_pages.py"
BROWSER_TESTS = "tests/e2e/test_card_browser.py"
SERVICE_TESTS = "tests/unit/test_card_service.py"
MONEY_PAGES = "tests/e2e/test_money_pages.py"
MONEY_TESTS = "tests/e2e/test_money_sections.py"
BASICS_CHANGES = "tests/e2e/test_changes_basics.py"
MODULES_CHANGES = "tests/e2e/test_changes_modules.py"
OBJECT_CHANGES = "tests/e2e/test_changes_objects.py"
PARAMETER_CHANGES = "tests/e2e/test_changes_parameters.py"
SCRIPT_CHANGES = "tests/e2e/test_changes_scripts.py"
MONEY_CHANGES = "tests/e2e/test_changes_payments.py"
STATUS_CHANGES = "tests/e2e/test_changes_status.py"


@dataclass(frozen=True)
class Row:
    """A row of the reference: where it stands, what it shows, which section reads it, which test proves it.

    ``section`` is a section's key; empty means the card itself. ``query`` are the section's arguments.
    """

    place: str
    what: str
    section: str
    test: str
    query: str = ""


def _tree(number: str, what: str, section: str, test: str = "") -> Row:
    return Row(f"5, line {number}", what, section, test or f"{PAGES_TESTS}::test_the_tree_leads_to_every_section")


MONEY_TREE = f"{MONEY_PAGES}::test_the_tree_tells_values_and_opens_the_month_of_the_balance"

ROWS = (
    Row("2", "opening by address", "", f"{PAGES_TESTS}::test_the_head_shows_the_row_of_the_contract"),
    Row("2", "a contract that is gone", "", f"{PAGES_TESTS}::test_a_contract_that_is_gone_says_so"),
    Row("2", "buffer of opened objects", "", f"{PAGES_TESTS}::test_an_opened_card_is_in_the_buffer_once"),
    Row("3, elements 1, 2, 7, 8", "head: number, name, id, period, billing", "",
        f"{PAGES_TESTS}::test_the_head_shows_the_row_of_the_contract"),
    Row("3", "number, comment, days, face, mode, hidden, each to be changed", "basics",
        f"{BASICS_CHANGES}::test_every_property_is_changed"),
    Row("3, element 9", "the contract opened in the billing's own client", "basics",
        f"{BASICS_CHANGES}::test_the_contract_is_opened_in_the_client"),
    Row("4, tab 1", "parameters with the left tree", "", f"{PAGES_TESTS}::test_the_tree_leads_to_every_section"),
    Row("4, tab 4", "processes, linked and made from here", "processes",
        "tests/e2e/test_processes.py::test_the_section_of_the_card"),
    Row("4, tab 5", "documents made for the contract, kept by the host", "documents",
        "tests/e2e/test_contract_documents.py::test_a_document_is_made_downloaded_and_deleted"),
    Row("—", "the sender of a message saved in the contract", "contacts",
        "tests/e2e/test_message_pages.py::test_the_journal_of_the_contract_tells_of_the_phone"),
    Row("4, tab 3", "printable cards", "cards", f"{PAGES_TESTS}::test_printable_cards_as_files"),
    _tree("1", "contract parameters", "parameters"),
    _tree("2", "objects: active / all", "objects"),
    _tree("3", "hierarchy: counts or kind", "hierarchy", f"{PAGES_TESTS}::test_hierarchy_links_both_ways"),
    _tree("4", "status", "status", MONEY_TREE),
    _tree("5", "limit", "limit", MONEY_TREE),
    _tree("6", "mode", "mode", MONEY_TREE),
    _tree("7", "face", "face", MONEY_TREE),
    _tree("8", "balance with its month", "balance", MONEY_TREE),
    _tree("9", "incoming remainder", "balance", MONEY_TREE),
    _tree("10", "payments", "payments", MONEY_TREE),
    _tree("11", "accruals", "accounts", MONEY_TREE),
    _tree("12", "charges", "charges", MONEY_TREE),
    _tree("13", "outgoing remainder", "balance", MONEY_TREE),
    _tree("14", "tariff plans and their titles", "tariffs", MONEY_TREE),
    _tree("15", "modules with their states", "modules", f"{PAGES_TESTS}::test_modules_attached_and_available"),
    _tree("16", "web access", "web", f"{PAGES_TESTS}::test_actions_and_web_access"),
    _tree("17", "groups and their titles", "groups", f"{PAGES_TESTS}::test_groups_or_labels"),
    _tree("18", "behaviour scripts and their titles", "scripts", MONEY_TREE),
    _tree("19", "additional actions", "actions"),
    _tree("20", "number of notes", "notes", MONEY_TREE),
    Row("6.1", "list with its switches and groups", "parameters",
        f"{PAGES_TESTS}::test_parameters_show_what_is_stored", "filled=all&group=1"),
    Row("6.1", "values by type, parts and history of one", "parameters",
        f"{PAGES_TESTS}::test_every_parameter_opens_with_its_parts_and_history", "parameter=<id>"),
    Row("6.1", "reference to another contract", "parameters",
        f"{PAGES_TESTS}::test_a_reference_leads_to_the_contract", "parameter=<id>"),
    Row("6.1, option parameterIds", "only granted parameters", "parameters",
        "tests/unit/test_card_parameters.py::test_the_grant_decides_which_parameters_there_are"),
    Row("6.1", "texts, days, flags, lists with an own text changed in their lines", "parameters",
        f"{PARAMETER_CHANGES}::test_texts_days_flags_and_lists"),
    Row("6.1", "several phones with comments, several e-mails with names", "parameters",
        f"{PARAMETER_CHANGES}::test_phones_and_emails"),
    Row("6.1", "addresses with suggestions of the address book, the room kept", "parameters",
        f"{PARAMETER_CHANGES}::test_addresses"),
    Row("6.1", "the parameter group changed", "parameters", f"{PARAMETER_CHANGES}::test_the_group"),
    Row("6.1, option parameterIds", "only granted parameters are changed", "parameters",
        f"{PARAMETER_CHANGES}::test_only_covered_parameters_are_changed"),
    Row("6.2", "list", "objects", f"{PAGES_TESTS}::test_objects_with_parameters_and_modules"),
    Row("6.2", "one object: parameters, empty ones too; modules on it", "objects",
        f"{PAGES_TESTS}::test_objects_with_parameters_and_modules", "object=<id>&empty=1&parts=1"),
    Row("6.2", "objects added, changed, closed and deleted", "objects",
        f"{OBJECT_CHANGES}::test_an_object_is_added_changed_closed_and_deleted"),
    Row("6.2", "texts, lists and dates of an object changed in their lines", "objects",
        f"{OBJECT_CHANGES}::test_values_of_parameters", "object=<id>"),
    Row("6.2", "addresses of an object changed", "objects",
        f"{OBJECT_CHANGES}::test_an_address_of_an_object", "object=<id>"),
    Row("6.3", "super contract, sub-contracts, independent", "hierarchy",
        f"{PAGES_TESTS}::test_hierarchy_links_both_ways"),
    Row("6.3", "sub-contracts attached; they are detached in the billing's client", "hierarchy",
        f"{MODULES_CHANGES}::test_a_contract_becomes_a_sub_contract"),
    Row("6.4", "periods, future tasks, history", "status", f"{MONEY_TESTS}::test_status_with_plans_and_history"),
    Row("6.4", "another status, from today or planned", "status",
        f"{STATUS_CHANGES}::test_the_status_is_changed_today_and_planned"),
    Row("6.5", "limit, paged log, tasks", "limit", f"{MONEY_TESTS}::test_limit_with_log_and_tasks"),
    Row("6.5", "another limit, for ever or some days; tasks cancelled", "limit",
        f"{STATUS_CHANGES}::test_the_limit_for_ever_for_days_and_back"),
    Row("6.6", "mode and its log", "mode", f"{MONEY_TESTS}::test_face_and_mode_with_history"),
    Row("6.6, 6.7", "mode and face changed beside their logs", "mode",
        f"{BASICS_CHANGES}::test_face_and_mode_are_changed_beside_their_logs"),
    Row("6.7", "face and its log", "face", f"{MONEY_TESTS}::test_face_and_mode_with_history"),
    Row("6.8", "payments, own and of sub-contracts", "payments",
        f"{MONEY_TESTS}::test_payments_and_charges_of_a_whole_contract", "since=&until="),
    Row("6.8", "charges, own and of sub-contracts", "charges",
        f"{MONEY_TESTS}::test_payments_and_charges_of_a_whole_contract", "since=&until="),
    Row("6.8", "a payment or a charge added, changed, deleted", "payments",
        f"{MONEY_CHANGES}::test_an_entry_is_added_changed_and_deleted"),
    Row("6.8", "money entered once, whatever happens to the answer", "payments",
        "tests/e2e/test_changes_money_once.py::test_a_lost_answer_is_found_in_the_billing"),
    Row("6.8", "receipt of a payment on a fiscal registrator", "payments",
        "tests/e2e/test_changes_receipts.py::test_a_receipt_follows_a_payment"),
    Row("6.8", "accruals by month and service", "accounts", f"{MONEY_TESTS}::test_accruals_by_month_and_service"),
    Row("6.8", "balance by month with chart", "balance",
        f"{MONEY_TESTS}::test_balance_of_the_chosen_month_with_the_months_before"),
    Row("6.8", "money transferred to another contract", "balance",
        "tests/e2e/test_changes_transfer.py::test_money_goes_to_a_contract_by_its_number"),
    Row("6.8", "detailed balance", "balance-detail",
        f"{MONEY_TESTS}::test_detailed_balance_runs_from_opening_to_closing"),
    Row("6.8", "second table for sub-contracts", "payments",
        f"{MONEY_TESTS}::test_payments_of_sub_contracts_stand_apart"),
    Row("6.9, head and tab 1, 2", "current, global and personal plans", "tariffs",
        f"{MONEY_TESTS}::test_tariffs_with_titles"),
    Row("6.9, tab 3", "options: current, history, available", "tariffs",
        f"{MONEY_TESTS}::test_options_with_history_and_modes"),
    Row("6.10", "attached and available", "modules", f"{PAGES_TESTS}::test_modules_attached_and_available"),
    Row("6.10", "modules attached and detached", "modules", f"{MODULES_CHANGES}::test_modules_come_and_go"),
    Row("6.11", "groups of the contract and all others", "groups", f"{PAGES_TESTS}::test_groups_or_labels", "all=1"),
    Row("6.11", "groups put on and taken off", "groups", f"{BASICS_CHANGES}::test_groups_are_put_on_and_taken_off"),
    Row("6.12", "scripts and their log", "scripts", f"{MONEY_TESTS}::test_scripts_and_a_page_of_their_log"),
    Row("6.12", "scripts attached, changed and detached", "scripts",
        f"{SCRIPT_CHANGES}::test_a_script_is_attached_changed_and_detached"),
    Row("6.13", "actions that are offered", "actions", f"{PAGES_TESTS}::test_actions_and_web_access"),
    Row("6.13", "an action executed, its report", "actions",
        f"{SCRIPT_CHANGES}::test_an_additional_action_tells_its_report"),
    Row("6.14", "notes with their texts", "notes", f"{MONEY_TESTS}::test_notes_with_texts"),
    Row("6.14", "notes added, changed and deleted", "notes",
        "tests/e2e/test_changes_notes.py::test_a_note_is_added_changed_and_deleted"),
    Row("—", "journal of the contract", "journal", "tests/e2e/test_journal.py::test_a_contract_has_its_own_journal"),
    Row("3", "the customer, shown and changed in the head", "customer",
        "tests/e2e/test_links.py::test_a_contract_is_linked_changed_and_unlinked"),
    Row("3", "whether the billing knows its customer; told again by hand", "customer",
        "tests/e2e/test_links.py::test_the_billing_is_told_by_hand"),
    Row("3", "what the import of customers decided, and why; importing by hand", "import",
        "tests/e2e/test_import_pages.py::test_the_card_shows_the_import_and_does_it"),
    Row("3", "copying from the customer: old and new values, then done", "copying",
        "tests/e2e/test_creation_browser.py::test_a_contract_is_made_and_copied_into"),
    Row("3", "a linked contract that is gone", "",
        "tests/e2e/test_links.py::test_the_customers_card_lists_contracts_and_each_fails_alone"),
    Row("8", "printable cards as PDF", "cards", f"{PAGES_TESTS}::test_printable_cards_as_files"),
    Row("8", "full card as a page", "cards", f"{BROWSER_TESTS}::test_the_full_card_is_shown_in_a_sandbox", "full=1"),
)  # fmt: skip


def address(row: Row) -> str:
    """The route of a row below the extension's prefix."""
    return CARD + (f"/{row.section}" if row.section else "") + (f"?{row.query}" if row.query else "")


def mistakes() -> Iterator[str]:
    """What is wrong with the rows: unknown sections, sections without a row, tests that do not exist."""
    known = sections()
    for row in ROWS:
        if row.section and row.section not in known:
            yield f"{row.place}: no section {row.section!r}"
        path, _, name = row.test.partition("::")
        if name not in _tests(ROOT / path):
            yield f"{row.place}: no test {row.test}"
    for key in known.keys() - {row.section for row in ROWS}:
        yield f"section {key!r} has no row"
    for place in unused():
        yield f"operation {place} alters something and no action uses it: see FURTHER in docs/references.py"


def _tests(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}


def card_screens() -> str:
    """The sections of the card, and where each row of the reference is."""
    found = sections()
    by_section = table(
        ("section", "key", "permission", "route"),
        ((section.title, f"`{key}`", f"`{section.permission}`", f"`{CARD}/{key}`") for key, section in found.items()),
    )
    by_row = table(
        ("reference", "what it shows", "route", "test"),
        ((row.place, row.what, f"`{address(row)}`", f"`{row.test}`") for row in ROWS),
    )
    return f"""# Screens of the contract card

Written by `python -m docs.generate`; do not edit. Routes are relative to the address where the extension is mounted.

## Sections

Every section is a plugin through `bgbilling_card_sections`. Opening the card needs `contract.read`.

{by_section}

## Where each screen of the reference is

The numbers are those of the screen reference, sections 2 to 6.14 and 8, as far as they read.

{by_row}
"""


PAGES: Mapping[str, Callable[[], str]] = {
    "card-screens.md": card_screens,
    "operations.md": operations_page,
    "permissions.md": permissions_page,
}


def stale() -> list[str]:
    """Names of pages that differ from what the code says."""
    return [name for name, make in PAGES.items() if _written(name) != make()]


def _written(name: str) -> str:
    path = DOCS / name
    return path.read_text("utf-8") if path.is_file() else ""


def main(arguments: list[str]) -> int:
    """Writes or checks all pages; gives the exit code."""
    problems = list(mistakes())
    if arguments == ["--check"]:
        problems += [f"docs/{name} is stale: run python -m docs.generate" for name in stale()]
    elif not problems:
        for name, make in PAGES.items():
            (DOCS / name).write_text(make(), "utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201 - a command's output
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
