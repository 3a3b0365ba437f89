"""How imports are told to people: message ids."""

from collections.abc import Mapping
from typing import Final

from flask_bgbilling.errors import N_

OUTCOMES: Final[Mapping[str, str]] = {
    "new": N_("New customers"),
    "confirmed": N_("Found by title and parameter"),
    "alike": N_("Found by parameter and title"),
    "chosen": N_("Chosen by a person"),
    "several": N_("Waiting for a person"),
    "short": N_("Title too short"),
    "linked": N_("Had a customer already"),
    "passed": N_("No longer to be imported"),
    "failed": N_("Failed, tried again later"),
}
"""What became of contracts, as a job counts them."""

DECISIONS: Final[Mapping[str, str]] = {
    "new": N_("Nobody fits: a new customer"),
    "confirmed": N_("The title fits, and a parameter confirms it"),
    "alike": N_("A parameter leads to the customer, and the title is alike"),
    "chosen": N_("A person has chosen the customer"),
    "several": N_("Several customers fit"),
    "short": N_("The comment is too short to be a name"),
    "failed": N_("It did not work"),
}
"""What was decided about one contract, and why."""

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": (N_("to be decided"), "warn"),
    "failed": (N_("not imported"), "bad"),
    "done": (N_("imported"), "good"),
    "merged": (N_("merged and imported"), "good"),
    "rejected": (N_("not to be imported"), "quiet"),
    "short": (N_("not imported, the comment is too short"), "quiet"),
    "undone": (N_("undone"), "quiet"),
}
"""How a case stands: a message id and a tone."""

FILTERS: Final[Mapping[str, str]] = {
    "waiting": N_("To be decided"),
    "failed": N_("Not imported"),
    "done": N_("Imported"),
    "merged": N_("Merged"),
    "rejected": N_("Rejected"),
    "short": N_("Too short"),
    "undone": N_("Undone"),
}
"""What a list of cases is narrowed to, above it."""
