"""Everything that can be wrong in a configuration, as codes with parameters.

The linter, the settings and the source never write sentences: they make a `Problem`, and whoever shows it
translates `Problem.message` and fills in `Problem.params`. No problem ever holds the value of a secret key.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from flask_bgbilling.errors import N_, fill

Severity = Literal["error", "warning"]

SHOWN_LENGTH: Final = 80
_SECRET_KEY = re.compile(
    r"pass(?:word|wd)|pswd|secret|token|^bgbilling:addressFeed\..*\.key$|^telephony\.[^.]+\.key$", re.IGNORECASE
)
_URL_CREDENTIALS = re.compile(r"(?<=://)\S*@")
_URL_PASSWORD = re.compile(r"((?:password|passwd|pswd|pwd)=)[^&;]*", re.IGNORECASE)


MESSAGES: Final[Mapping[str, str]] = {
    # the language
    "line-without-equals": N_("This line has no key and is ignored: expected key=value, or # before a comment."),
    "block-unterminated": N_(
        "The multi-line value of %(key)s never ends and is lost: expected a line “%(terminator)s” after it."
    ),
    "key-overwritten": N_("%(key)s is set again, the value from line %(first)s is lost: expected it once."),
    "macro-unknown": N_("%(macro)s is unknown here: expected a key that is set above this line."),
    "macro-operation": N_("%(macro)s asks for an unknown operation: expected {@inc:name} or {@name}."),
    "macro-too-long": N_("%(macro)s makes the configuration too long and is left as it is: expected a short value."),
    "append-block": N_("“<<” after “+=” is taken literally: expected a one-line value, or “=<<”."),
    "include-missing": N_("%(key)s names a text that does not exist: expected the number of a configuration."),
    # keys
    "key-unknown": N_("%(key)s is not known and has no effect."),
    "key-unknown-near": N_("%(key)s is not known and has no effect: expected perhaps %(near)s."),
    "key-index": N_("%(key)s has no effect: expected a whole number in place of “%(index)s”, as in %(form)s."),
    "key-spaces": N_("The space before “=” is part of the key, so %(key)s is not read: expected no space."),
    "key-deprecated": N_("%(key)s has an old form: expected %(near)s."),
    "key-obsolete": N_("%(key)s is not used any more: expected no such line."),
    "class-none": N_("%(key)s names “%(value)s”, which nothing here can do: expected one of %(near)s."),
    "class-near": N_("%(key)s names the unknown class “%(value)s”: expected perhaps %(near)s."),
    "class-old": N_("%(key)s names a class by its older name: expected %(near)s."),
    "block-refused": N_("The block of %(key)s is left out: %(detail)s"),
    # values
    "integer": N_("%(key)s is “%(value)s”: expected a whole number."),
    "positive": N_("%(key)s is “%(value)s”: expected a whole number greater than 0."),
    "natural": N_("%(key)s is “%(value)s”: expected a whole number, 0 or greater."),
    "range": N_("%(key)s is “%(value)s”: expected a whole number from %(least)s to %(most)s."),
    "boolean": N_("%(key)s is “%(value)s”: expected 1, true, yes or on; or 0, false or no."),
    "integers": N_("%(key)s holds “%(value)s”: expected whole numbers separated by commas."),
    "id-titles": N_("%(key)s holds “%(value)s”: expected number:title, separated by semicolons."),
    "identifiers": N_("%(key)s holds “%(value)s”: expected IDs of billings separated by commas."),
    "url": N_("%(key)s is “%(value)s”: expected http://host/path or https://host/path of the executer."),
    "url-credentials": N_("%(key)s holds a login: expected an address without it; accounts belong to the users."),
    "zone": N_("%(key)s is “%(value)s”: expected the name of a time zone, for example Europe/Moscow."),
    "version": N_("%(key)s is “%(value)s”: expected a version that starts with one of %(versions)s."),
    "marker": N_("%(key)s is “%(value)s”: expected name:value."),
    "marker-reserved": N_("%(key)s uses the name “%(value)s” of the billing itself: expected another name."),
    "mapping": N_("%(key)s holds “%(value)s”: expected number:number, separated by semicolons."),
    "mapping-lengths": N_("%(key)s holds “%(value)s”: expected as many values in the left brackets as in the right."),
    "jdbc": N_("%(key)s is “%(value)s”: expected jdbc:mysql://host/database."),
    "commands": N_("%(key)s holds “%(value)s”: expected contractByPhoneParam:number."),
    "cron": N_("%(key)s is “%(value)s”: expected numbers, lists, ranges, */n or * as in a cron line."),
    "cron-range": N_("%(key)s holds “%(value)s”: expected numbers from %(least)s to %(most)s, the smaller one first."),
    "phone-masks": N_("%(key)s holds “%(value)s”: expected masks such as +7 (XXX) XXX-XX-XX, separated by commas."),
    "feed-key": N_(
        "%(key)s cannot be used: expected one key, or two with a comma between, of at least 16 Latin letters, digits,"
        " - or _."
    ),
    # blocks
    "required": N_("%(key)s is missing or empty: it is required."),
    "server-id": N_("%(key)s is “%(value)s”: expected Latin letters, digits and underscores."),
    "server-id-long": N_("%(key)s is “%(value)s”: expected at most %(most)s characters."),
    "server-id-tight": N_(
        "%(key)s is “%(value)s”: expected at most %(most)s characters, so that HelpDesk links fit everywhere."
    ),
    "server-id-duplicate": N_("%(key)s is “%(value)s”, which server %(first)s already has: expected another ID."),
    "database-url": N_("%(key)s is missing: without it the other database keys have no effect."),
    "billing-unknown": N_("%(key)s names the billing “%(value)s”: expected the ID of a configured server."),
    "rule-ignored": N_("%(key)s is missing or 0: the rule has no effect."),
    "group-unknown": N_("%(key)s names the group %(value)s: expected the number of a group of the processes."),
    "process-event": N_("%(key)s names “%(value)s”: expected the name of an event, or *."),
    "process-expression": N_("%(key)s cannot be read: %(reason)s"),
    "process-rule-empty": N_("%(key)s is missing: the rule does nothing without it or checkExpression."),
    "rule-condition": N_("%(key)s is missing: the rule matches nothing without it or billingIds."),
    "tariff-position": N_("%(key)s is “%(value)s”: expected -1, to replace the first tariff, or a position from 0."),
    "tariff-list": N_("%(key)s holds “%(value)s”: expected every tariff once, with a number above 0 and a title."),
    "confirm-empty": N_("%(key)s is empty: no contract will be matched to a customer by its title."),
    "creator-twice": N_("%(key)s is “%(value)s”, which block %(first)s already has: expected each billing once."),
    "creator-title": N_(
        "%(key)s holds “%(value)s”: expected parameters of customers only, the title is imported anyway."
    ),
    "pattern": N_("%(key)s is “%(value)s”: expected a regular expression."),
    "parameter-unknown": N_("%(key)s names parameters that customers do not have: %(value)s."),
    "parameter-type": N_("%(key)s names parameters of another type: %(value)s; expected %(types)s."),
    "parameter-unmapped": N_("%(key)s names parameters that no server maps, so they have no effect: %(value)s."),
    "customer-group": N_("%(key)s names the group %(value)s: expected the number of a group of customers' parameters."),
    "customer-title-pattern": N_(
        "%(key)s names the title pattern %(value)s: expected -1, 0 or the number of a pattern of customers' titles."
    ),
    "customers-unread": N_(
        "The customers of this application cannot be read (%(reason)s): what is said of them here was not checked."
    ),
    "copy-several": N_(
        "%(key)s holds “%(value)s”: expected one parameter of the contract, only the first of them is written."
    ),
    "mapping-no-list": N_("%(key)s holds “%(value)s”: expected brackets only for lists."),
    "mapping-item": N_("%(key)s holds “%(value)s”: the customers' list has no %(items)s."),
    "document-type": N_("%(key)s is “%(value)s”: expected one of %(known)s."),
    "document-file": N_("%(key)s is “%(value)s”: expected a path inside of the folder of templates."),
    "document-ending": N_("%(key)s is “%(value)s”: expected a name that ends with %(ending)s, for the type %(kind)s."),
    "document-counter": N_("%(key)s is “%(value)s”: expected Latin letters, digits, dots, - or _."),
    "document-number": N_("%(key)s is no expression that can be read: %(reason)s"),
    # the source
    "source-missing": N_("The configuration file %(path)s cannot be read: %(reason)s"),
    "source-encoding": N_("The configuration file %(path)s is not UTF-8 text."),
    "source-empty": N_("The configuration file %(path)s has become empty; the previous configuration stays in force."),
    "source-large": N_("The configuration file %(path)s is larger than %(most)s bytes."),
    "source-value": N_("%(key)s has a value of the type %(type)s: expected text, a number, yes or no, or a list."),
}

WARNINGS: Final = frozenset(
    {
        "line-without-equals",
        "key-overwritten",
        "append-block",
        "key-unknown",
        "key-unknown-near",
        "key-deprecated",
        "key-obsolete",
        "class-near",
        "class-none",
        "class-old",
        "server-id-tight",
        "database-url",
        "rule-ignored",
        "rule-condition",
        "process-rule-empty",
        "tariff-position",
        "tariff-list",
        "confirm-empty",
        "creator-twice",
        "creator-title",
        "parameter-unmapped",
        "mapping-no-list",
        "copy-several",
        "customers-unread",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a configuration: what, where, and what was expected instead.

    ``line`` counts from 1 and is ``None`` when the configuration has no lines (a mapping) or the mistake
    concerns no line. ``source`` is empty for the main text and the including key (``include.5``) for an
    included one. ``params`` fills the places of ``message``.
    """

    code: str
    key: str = ""
    line: int | None = None
    source: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        """``error`` when something that was meant does not work, else ``warning``."""
        return "warning" if self.code in WARNINGS else "error"

    @property
    def message(self) -> str:
        """The English message id with ``%(name)s`` places for ``params``."""
        return MESSAGES[self.code]

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """The message as a person reads it, in English unless ``translate`` is given."""
        template = translate(self.message) if translate else self.message
        return fill(template, {"key": self.key, **self.params})

    def __str__(self) -> str:
        place = ", ".join(filter(None, (self.source, f"line {self.line}" if self.line else "")))
        return f"{place}: {self.severity}: {self.text()}" if place else f"{self.severity}: {self.text()}"


def is_secret(key: str) -> bool:
    """Whether the value of ``key`` must never be shown, logged or quoted."""
    return _SECRET_KEY.search(key) is not None


def shown(key: str, value: str) -> str:
    """``value`` in a form that may stand in a message: secrets masked, short, on one line."""
    if is_secret(key):
        return "***"
    masked = _URL_PASSWORD.sub(r"\1***", _URL_CREDENTIALS.sub("***@", value))
    line = "".join(character if character.isprintable() else "·" for character in masked)
    return line if len(line) <= SHOWN_LENGTH else line[: SHOWN_LENGTH - 1] + "…"
