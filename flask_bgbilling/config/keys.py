"""Every key of ``configuration.md`` 2 with its kind: the table behind the linter and the documentation.

A form is the key with places: ``<N>`` is a whole number, ``<NAME>`` any name without a dot, ``<BILLING>`` the
id of a server. A form that ends with ``*`` covers everything that begins so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Final, Literal

from flask_bgbilling.config import mapping, values

Kind = Callable[[str], object]
Scope = Literal["global", "user", "process type", "permission", "person"]
References = Literal["none", "server", "servers"]

# Comparing for likeness takes quadratic time; no known key is half as long.
LONGEST_COMPARED: Final = 200
_LIKE_ENOUGH: Final = 0.6

_PLACE = re.compile(r"<(?:N|NAME|BILLING)>")
_INDEX = re.compile(r"[+-]?[0-9]+")
_PATTERNS: Final = {"<N>": r"[+-]?[0-9]+", "<NAME>": r"[^.]+", "<BILLING>": r"[^.]+"}


@dataclass(frozen=True, slots=True)
class Key:
    """One known key: its form, the kind of its value and where it is written.

    ``references`` says that the value names servers. An ``obsolete`` key is known but has no effect.
    ``successor`` is the newer name of the key's last part.
    """

    form: str
    kind: Kind = values.plain
    scope: Scope = "global"
    references: References = "none"
    obsolete: bool = False
    successor: str = ""
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        open_end = self.form.endswith("*")
        pieces = re.split(f"({_PLACE.pattern})", self.form.removesuffix("*"))
        expression = "".join(_PATTERNS.get(piece, re.escape(piece)) for piece in pieces)
        object.__setattr__(self, "pattern", re.compile(expression + (".*" if open_end else ""), re.DOTALL))


def _server_keys(prefix: str) -> tuple[Key, ...]:
    return (
        Key(f"{prefix}.id", values.server_id),
        Key(f"{prefix}.title"),
        Key(f"{prefix}.url", values.url),
        Key(f"{prefix}.customerIdParam", values.natural),
        Key(f"{prefix}.timezone", values.zone),
        Key(f"{prefix}.requestTimeOut", values.positive),
        Key(f"{prefix}.connectTimeOut", values.positive),
        Key(f"{prefix}.version", values.version),
        Key(f"{prefix}.markerRequestParam", values.marker),
        Key(f"{prefix}.contract_pattern.<N>.title_pattern"),
        Key(f"{prefix}.copyParamMapping", mapping.pairs),
        Key(f"{prefix}.closedInverted", values.boolean),
        Key(f"{prefix}.db.driver"),
        Key(f"{prefix}.db.url", values.jdbc),
        Key(f"{prefix}.db.user"),
        Key(f"{prefix}.db.pswd"),
        Key(f"{prefix}.db.charset"),
        Key(f"{prefix}.db.maxIdle", values.integer),
        Key(f"{prefix}.db.maxTotal", values.integer),
        Key(f"{prefix}.db.maxActive", values.integer),
        Key(f"{prefix}.db.validationTimeout", values.integer),
        Key(f"{prefix}.db.trace"),
        Key(f"{prefix}.db.slave.*"),
        Key(f"{prefix}.db.trash.*"),
    )


KEYS: Final = (
    Key("bgbilling:enable", values.boolean),
    *_server_keys("bgbilling:server.<N>"),
    *_server_keys("bgbilling.<N>"),
    Key("bgbilling:search.contract.param.address.paramIds", values.integers),
    Key("bgbilling:search.pageSize", values.page_size),
    Key("bgbilling:journal.keepDays", values.days),
    Key("contract:<BILLING>.processes.queue", values.natural),
    Key("bgbilling:login", scope="user"),
    Key("bgbilling:login.<BILLING>", scope="user"),
    Key("bgbilling:password", scope="user"),
    Key("bgbilling:password.<BILLING>", scope="user"),
    Key("bgbilling:userId.<BILLING>", values.natural, scope="user"),
    Key("bgbilling:contractType.<N>.title"),
    Key("bgbilling:contractType.<N>.billing", references="server"),
    Key("bgbilling:contractType.<N>.patternId", values.natural),
    Key("bgbilling:contractType.<N>.tariffList", values.id_titles),
    Key("bgbilling:contractType.<N>.tariffPosition", values.integer),
    Key("bgbilling:creator.confirmParameters", values.integers),
    Key("bgbilling:creator.searchParameters", values.integers),
    Key("bgbilling:creator.importParameters", values.integers),
    Key("bgbilling:creator.titleDistance", values.integer),
    Key("bgbilling:creator.titleDistance.<N>", values.integer),
    Key("bgbilling:creator.importBillingIds", values.identifiers, references="servers"),
    Key("bgbilling:creator.reviewSeveral", values.boolean),
    Key("bgbilling:creator.parameterGroupRule.<N>.contractTitlePattern"),
    Key("bgbilling:creator.parameterGroupRule.<N>.paramGroupId", values.natural),
    Key("bgbilling:creator.parameterGroupRule.<N>.titlePatternId", values.integer),
    Key("bgbilling:creator.server.<N>.billingId", references="server"),
    Key("bgbilling:creator.server.<N>.user"),
    Key("bgbilling:creator.server.<N>.pswd"),
    Key("bgbilling:creator.server.<N>.paramMapping", mapping.pairs),
    Key("bgbilling:creator.server.<N>.pageSize", values.positive),
    Key("bgbilling:creator.server.<N>.minCustomerTitleLength", values.natural),
    Key("bgbilling:addressFeed.<BILLING>.key", values.feed_keys),
    Key("bgbilling:addressFeed.<BILLING>.cityIds", values.integers),
    Key("bgbilling:addressImport.billingId", references="server"),
    Key("bgbilling:addressImport.user"),
    Key("bgbilling:addressImport.pswd"),
    Key("bgbilling:addressImport.delete", values.boolean),
    Key("messageType.<N>.title"),
    Key("messageType.<N>.class"),
    Key("messageType.<N>.billingId", references="server"),
    Key("messageType.<N>.user"),
    Key("messageType.<N>.pswd"),
    Key("messageType.<N>.processTypeId", values.positive),
    Key("messageType.<N>.openStatusId", values.positive),
    Key("messageType.<N>.closeStatusId", values.positive),
    Key("messageType.<N>.statusParamId", values.positive),
    Key("messageType.<N>.costParamId", values.natural),
    Key("messageType.<N>.autoCloseParamId", values.natural),
    Key("messageType.<N>.markMessagesReadStatusIds", values.integers),
    Key("messageType.<N>.pageSize", values.positive),
    Key("messageType.<N>.topicId", values.natural),
    Key("messageType.<N>.addFirstMessageInDescription", values.boolean),
    Key("messageType.<N>.newMessageEvent", values.boolean),
    Key("messageType.<N>.packageParamId", obsolete=True),
    Key("messageType.<N>.check.empty.subject", values.boolean),
    Key("messageType.<N>.unprocessedMessageNotify", values.boolean),
    Key("messageType.<N>.offerNumberFromParamId", values.natural),
    Key("messageType.<N>.autoNumberRegister"),
    Key("messageType.<N>.search.<N>.title"),
    Key("messageType.<N>.search.<N>.class"),
    Key("messageType.<N>.search.<N>.billingId", references="server"),
    Key("messageType.<N>.search.<N>.commands"),
    Key("messageType.<N>.search.<N>.expressionNumberPreprocess"),
    Key("messageType.<N>.search.<N>.stringExpressionNumberPreprocess", successor="expressionNumberPreprocess"),
    Key("messageType.<N>.search.<N>.paramIds", values.integers),
    Key("messageType.<N>.search.<N>.closed", values.boolean),
    Key("messageType.<N>.search.<N>.hidden", values.boolean),
    Key("messageType.<N>.search.<N>.subContracts", values.boolean),
    Key("messageType.<N>.saver.class"),
    Key("messageType.<N>.saver.paramId", values.positive),
    Key("messageType.<N>.saver.format", obsolete=True),
    Key("message.possible.process.<N>.class"),
    Key("message.possible.process.<N>.color"),
    Key("message.possible.process.<N>.processCityParamId", values.positive),
    Key("message.possible.process.<N>.contractAddressParamId", values.positive),
    Key("message.possible.process.<N>.contractAddressParamId.<BILLING>", values.positive),
    Key("bgbilling:processLinkedContract.<N>.groupIds", values.integers, "process type"),
    Key("bgbilling:processLinkedContract.<N>.titleRegexp", scope="process type"),
    Key("bgbilling:processLinkedContract.<N>.billingIds", values.identifiers, "process type", "servers"),
    Key("bgbilling:linkCustomerOnContractLink", values.boolean, "process type"),
    Key("bgbilling:processShowLinkContractProcess", values.boolean, "process type"),
    Key("bgbilling:linkedContractShowJsp", scope="process type"),
    Key("bgbilling:processShowLinkedContractsInfo", scope="process type", obsolete=True),
    Key("wizard.*", scope="process type"),
    Key("createWizard.*", scope="process type"),
    Key("onProcessEvent.<N>.events", scope="process type"),
    Key("onProcessEvent.<N>.eventsExclude", scope="process type"),
    Key("onProcessEvent.<N>.class", scope="process type"),
    Key("onProcessEvent.<N>.ifExpression", scope="process type"),
    Key("onProcessEvent.<N>.doExpression", scope="process type"),
    Key("onProcessEvent.<N>.checkExpression", scope="process type"),
    Key("onProcessEvent.<N>.checkErrorMessage", scope="process type"),
    Key("scheduler.start", values.boolean),
    Key("scheduler.task.<NAME>.class"),
    Key("scheduler.task.<NAME>.minutes", values.cron_field(*values.SCHEDULE_FIELDS["minutes"])),
    Key("scheduler.task.<NAME>.hours", values.cron_field(*values.SCHEDULE_FIELDS["hours"])),
    Key("scheduler.task.<NAME>.dm", values.cron_field(*values.SCHEDULE_FIELDS["dm"])),
    Key("scheduler.task.<NAME>.month", values.cron_field(*values.SCHEDULE_FIELDS["month"])),
    Key("scheduler.task.<NAME>.dw", values.cron_field(*values.SCHEDULE_FIELDS["dw"])),
    Key("scheduler.task.<NAME>.enable", values.boolean),
    Key("scheduler.task.<NAME>.messageTypeIds", values.integers),
    Key("billingIds", values.identifiers, "permission", "servers"),
    Key("parameterIds", values.integers, "permission"),
    Key("paymentTypeIds", scope="permission"),
    Key("allowedTypeIds", values.integers, "permission"),
    Key("iface.bgbilling.contractOpenMode", values.natural, "person"),
    Key("address.format"),
    Key("param.phone.format"),
    Key("param.phone.format.number", values.phone_masks),
    Key("processCustomerLinkRoles"),
    Key("customer.reference.pattern"),
    Key("document:pattern.<N>.title"),
    Key("document:pattern.<N>.scope"),
    Key("document:pattern.<N>.type"),
    Key("document:pattern.<N>.file"),
    Key("document:pattern.<N>.titleRegexp"),
    Key("document:pattern.<N>.number"),
    Key("document:pattern.<N>.counter"),
    Key("document:pattern.<N>.language"),
    Key("document:pattern.<N>.script", obsolete=True),
    Key("include.<N>", values.boolean),
)

CLASSES: Final = (
    "AddressImport",
    "BGBillingMessagePossibleProcessSearchFoundLinksContractAddressCity",
    "BGBillingMessageTypeContactSaverPhone",
    "BGBillingMessageTypeSearchCall",
    "BGBillingMessageTypeSearchContractByAddress",
    "BGBillingMessageTypeSearchContractByTitleAndComment",
    "BGBillingMessageTypeSearchEmail",
    "CustomerCreator",
    "MessageExchange",
    "MessagePossibleProcessSearchFoundLinks",
    "MessagePossibleProcessSearchFoundLinksCustomerAddressCity",
    "MessagePossibleProcessSearchMessageFrom",
    "MessageTypeCall",
    "MessageTypeContactSaverPhone",
    "MessageTypeEmail",
    "MessageTypeHelpDesk",
    "MessageTypeNote",
    "MessageTypeSearchCall",
    "MessageTypeSearchCustomerByTitle",
    "MessageTypeSearchEmail",
)


def known(key: str) -> Key | None:
    """The known key that ``key`` is one of."""
    return next((one for one in KEYS if one.pattern.fullmatch(key)), None)


def is_ours(key: str) -> bool:
    """Whether ``key`` stands in our part of a configuration, so that not knowing it is a mistake."""
    head = re.split(r"[:.]", key, maxsplit=1)[0]
    if len(head) > LONGEST_COMPARED:
        return False
    return head.casefold() == "bgbilling" or bool(get_close_matches(head.casefold(), ["bgbilling"], cutoff=0.85))


def nearest(key: str) -> str | None:
    """The known key that was probably meant, with the numbers of ``key`` in its places."""
    if len(key) > LONGEST_COMPARED:
        return None
    written = _parts(key)
    likeness, form = max((_likeness(written, _parts(one.form)), one.form) for one in KEYS)
    if likeness < _LIKE_ENOUGH:
        return None
    for number in (part for part in written if _INDEX.fullmatch(part)):
        form = form.replace("<N>", number, 1)
    return form


def _parts(key: str) -> list[str]:
    return re.split(r"[.:]", key)


def _likeness(written: list[str], form: list[str]) -> float:
    """How much a key looks like a form, from 0 to 1.

    The worst part counts, so that a long common beginning does not make different keys look alike.
    """
    if len(written) == len(form):
        return min(map(_part_likeness, written, form))
    same = next(
        (
            index
            for index, (mine, theirs) in enumerate(zip(written, form, strict=False))
            if _part_likeness(mine, theirs) < 1
        ),
        min(len(written), len(form)),
    )
    rest, other = "".join(written[same:]), "".join(form[same:])
    # A missing or an additional dot is a rarer slip than a wrong letter.
    return 0.75 * SequenceMatcher(None, rest.casefold(), other.casefold()).ratio() if same else 0.0


def _part_likeness(written: str, form: str) -> float:
    if form == "<N>":
        return 1.0 if _INDEX.fullmatch(written) else 0.0
    if form in _PATTERNS or written == form:
        return 1.0
    return min(SequenceMatcher(None, written.casefold(), form.casefold()).ratio(), 0.99)


def misplaced_index(key: str) -> tuple[str, str] | None:
    """The form of a known key and the part of ``key`` that should be a number but is not."""
    parts = key.split(".")
    for one in KEYS:
        places = one.form.split(".")
        if "<N>" not in places or len(places) != len(parts):
            continue
        wrong = [
            part for place, part in zip(places, parts, strict=True) if place == "<N>" and not _INDEX.fullmatch(part)
        ]
        rest_agrees = all(
            place in ("<N>", part) or place in _PATTERNS for place, part in zip(places, parts, strict=True)
        )
        if wrong and rest_agrees:
            return one.form, wrong[0]
    return None
