"""From properties to settings: reads what it can and says what it could not.

A bad optional value falls back to its default, a bad required one disables its server; neither stops the
rest.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from flask_bgbilling.config import values
from flask_bgbilling.config.mapping import pairs
from flask_bgbilling.config.messages import MESSAGES, Problem, shown
from flask_bgbilling.config.properties import Properties, parse
from flask_bgbilling.config.settings import (
    DEFAULT_CONNECT_TIMEOUT,
    DEFAULT_KEEP_DAYS,
    DEFAULT_PAGE_SIZE,
    DEFAULT_REQUEST_TIMEOUT,
    DatabaseSettings,
    DisabledServer,
    JournalSettings,
    SearchSettings,
    Server,
    Settings,
)
from flask_bgbilling.config.values import Mistake

SERVER_PREFIX: Final = "bgbilling:server."
OLD_SERVER_PREFIX: Final = "bgbilling."
ENABLE_KEY: Final = "bgbilling:enable"
ADDRESS_PARAMETERS_KEY: Final = "bgbilling:search.contract.param.address.paramIds"
PAGE_SIZE_KEY: Final = "bgbilling:search.pageSize"
KEEP_DAYS_KEY: Final = "bgbilling:journal.keepDays"
PHONE_MASKS_KEY: Final = "param.phone.format.number"

_Value = TypeVar("_Value")
_Default = TypeVar("_Default")


def load_text(
    text: str, *, includes: Mapping[int, str] = MappingProxyType({}), local_zone: ZoneInfo | None = None
) -> Settings:
    """Settings of a configuration text; the version is a hash of all texts. Never raises."""
    texts = [text, *(f"{number}\0{includes[number]}" for number in sorted(includes))]
    return load(parse(text, includes=includes), version=content_version(texts), local_zone=local_zone)


def content_version(texts: Iterable[str]) -> str:
    """A short text that differs whenever the contents differ; the same in every process."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def load(properties: Properties, *, version: str = "", local_zone: ZoneInfo | None = None) -> Settings:
    """Settings of properties. Servers that name no zone have ``local_zone``, else that of this machine."""
    reader = _Reader(properties)
    enabled = reader.value(ENABLE_KEY, values.boolean, True)
    search = SearchSettings(
        address_parameter_ids=tuple(
            dict.fromkeys(
                reader.value(ADDRESS_PARAMETERS_KEY, values.integers, properties.integers(ADDRESS_PARAMETERS_KEY))
            )
        ),
        page_size=reader.value(PAGE_SIZE_KEY, values.page_size, DEFAULT_PAGE_SIZE),
    )
    journal = JournalSettings(keep_days=reader.value(KEEP_DAYS_KEY, values.days, DEFAULT_KEEP_DAYS))
    phone_masks = reader.value(PHONE_MASKS_KEY, values.phone_masks, ())
    servers, disabled, server_problems = _servers(properties, local_zone or machine_zone(), phone_masks)
    return Settings(
        enabled=enabled,
        servers=servers,
        disabled_servers=disabled,
        search=search,
        journal=journal,
        version=version,
        problems=(*reader.problems, *server_problems),
        properties=properties,
    )


def machine_zone() -> ZoneInfo:
    """The time zone of this machine, UTC when it cannot be told."""
    candidates = [os.environ.get("TZ", "").removeprefix(":")]
    with suppress(OSError, UnicodeDecodeError):
        candidates.append(Path("/etc/timezone").read_text(encoding="ascii"))
    candidates.append(os.path.realpath("/etc/localtime").rpartition("/zoneinfo/")[2])
    for candidate in candidates:
        try:
            return values.zone(candidate)
        except Mistake:
            continue
    return ZoneInfo("UTC")


def server_sections(properties: Properties) -> tuple[dict[int, Properties], list[Problem]]:
    """The keys of every server by its number, those of the old form ``bgbilling.<N>.`` included.

    Where a key stands in both forms, the new one wins.
    """
    sections = properties.indexed(SERVER_PREFIX)
    problems = []
    for number, old in properties.indexed(OLD_SERVER_PREFIX).items():
        entries = [entry for key in old if (entry := old.entry(key))]
        first = min(entries, key=lambda entry: entry.line or 0)
        problems.append(
            Problem(
                "key-deprecated",
                first.key,
                first.line,
                first.source,
                {"near": first.key.replace(OLD_SERVER_PREFIX, SERVER_PREFIX, 1)},
            )
        )
        sections[number] = old.merged(sections[number]) if number in sections else old
    return dict(sorted(sections.items())), problems


def _servers(
    properties: Properties, local_zone: ZoneInfo, phone_masks: tuple[str, ...]
) -> tuple[tuple[Server, ...], tuple[DisabledServer, ...], list[Problem]]:
    sections, problems = server_sections(properties)
    servers: list[Server] = []
    disabled: list[DisabledServer] = []
    numbers: dict[str, int] = {}
    for number, section in sections.items():
        reader = _Reader(section, f"{SERVER_PREFIX}{number}.")
        server = _server(number, section, reader, local_zone, phone_masks)
        written_id = section.text("id").strip()
        # Hosts compare links by collations that fold case: "Bitel" and "bitel" would be one billing.
        first = numbers.setdefault(written_id.casefold(), number) if written_id else number
        if first != number:
            reader.refuse("id", "server-id-duplicate", first=first)
        problems.extend(reader.problems)
        if server is None or reader.refused:
            title = section.text("title").strip()
            disabled.append(DisabledServer(number, written_id, title, tuple(reader.refused)))
        else:
            servers.append(server)
    return tuple(servers), tuple(disabled), problems


def _server(
    number: int, section: Properties, reader: "_Reader", local_zone: ZoneInfo, phone_masks: tuple[str, ...]
) -> Server | None:
    billing_id = reader.required("id", values.server_id)
    title = reader.required("title", values.plain)
    url = reader.required("url", values.url)
    timezone = reader.essential("timezone", values.zone, local_zone)
    version = reader.essential("version", values.version, None)
    request_timeout = _seconds(reader, "requestTimeOut", DEFAULT_REQUEST_TIMEOUT)
    connect_timeout = _seconds(reader, "connectTimeOut", min(request_timeout, DEFAULT_CONNECT_TIMEOUT))
    customer_parameter_id = reader.value("customerIdParam", values.natural, 0)
    marker = reader.value("markerRequestParam", values.marker, None)
    closed_inverted = reader.value("closedInverted", values.boolean, None)
    reader.value("copyParamMapping", pairs, ())
    if billing_id is None or title is None or url is None:
        return None
    return Server(
        number=number,
        id=billing_id,
        title=title.strip(),
        url=url,
        timezone=timezone,
        customer_parameter_id=customer_parameter_id,
        request_timeout=request_timeout,
        connect_timeout=connect_timeout,
        version=version,
        marker=marker,
        contract_patterns=_contract_patterns(section),
        copy_parameter_mapping=section.text("copyParamMapping"),
        closed_inverted=closed_inverted,
        phone_masks=phone_masks,
        database=_database(section.sub("db."), reader),
    )


def _seconds(reader: "_Reader", key: str, default: float) -> float:
    milliseconds = reader.value(key, values.positive, None)
    return default if milliseconds is None else milliseconds / 1000


def _contract_patterns(section: Properties) -> Mapping[int, str]:
    patterns = {
        number: pattern.text("title_pattern")
        for number, pattern in section.indexed("contract_pattern.").items()
        if pattern.text("title_pattern").strip()
    }
    return MappingProxyType(patterns)


def _database(section: Properties, reader: "_Reader") -> DatabaseSettings | None:
    url = reader.value("db.url", values.jdbc, None)
    if url is None:
        if section and not section.text("url").strip():
            reader.problems.append(noted(section, "url", "database-url", f"{reader.prefix}db."))
        return None
    return DatabaseSettings(
        url=url, user=section.text("user"), password=section.text("pswd"), driver=section.text("driver")
    )


class _Reader:
    """Reads values of one block and collects what is wrong with them."""

    def __init__(self, properties: Properties, prefix: str = "") -> None:
        self.problems: list[Problem] = []
        self.refused: list[Problem] = []
        self._properties = properties
        self.prefix = prefix

    def value(self, key: str, kind: Callable[[str], _Value], default: _Default) -> _Value | _Default:
        """The value of an optional key; a bad one is reported and the default taken."""
        text = self._properties.text(key)
        if not text.strip():
            return default
        try:
            return kind(text)
        except Mistake as mistake:
            self.problems.extend(problems_of(mistake, self._properties, key, self.prefix))
            return default

    def essential(self, key: str, kind: Callable[[str], _Value], default: _Default) -> _Value | _Default:
        """The value of an optional key whose default would be dangerous in place of a bad one."""
        before = len(self.problems)
        read = self.value(key, kind, default)
        self.refused.extend(self.problems[before:])
        return read

    def required(self, key: str, kind: Callable[[str], _Value]) -> _Value | None:
        """The value of a key without which the block is of no use."""
        if not self._properties.text(key).strip():
            self.refuse(key, "required")
            return None
        return self.essential(key, kind, None)

    def refuse(self, key: str, code: str, **params: str | int) -> None:
        """Reports that the block cannot be used because of ``key``."""
        problem = noted(self._properties, key, code, self.prefix, **params)
        self.problems.append(problem)
        self.refused.append(problem)


def noted(properties: Properties, key: str, code: str, prefix: str = "", **params: str | int) -> Problem:
    """A problem of ``key``, placed where it is set or, when it is absent, where its block begins."""
    entry = properties.entry(key)
    if entry is None:
        entries = [one for name in properties if (one := properties.entry(name))]
        first = min(entries, key=lambda one: (one.source, one.line or 0), default=None)
        if first is None:
            return Problem(code, prefix + key, params=params)
        return Problem(code, prefix + key, first.line, first.source, params)
    if "%(value)s" in MESSAGES[code]:
        params.setdefault("value", shown(entry.key, entry.value))
    return Problem(code, entry.key, entry.line, entry.source, params)


def problems_of(mistake: Mistake, properties: Properties, key: str, prefix: str = "") -> list[Problem]:
    """The problems that a mistaken value makes, one for each of its mistakes."""
    return [_problem_of(one, properties, key, prefix) for one in (mistake, *mistake.further)]


def _problem_of(mistake: Mistake, properties: Properties, key: str, prefix: str) -> Problem:
    entry = properties.entry(key)
    params = dict(mistake.params)
    if mistake.value is not None:
        params["value"] = shown(entry.key if entry else key, mistake.value)
    return noted(properties, key, mistake.code, prefix, **params)
