"""A crawl with a pseudo-language: whatever is shown without its brackets did not come from the catalogue."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.support import NullTranslations
from flask.testing import FlaskClient

from flask_bgbilling.web import i18n
from tests.e2e.conftest import Host, HostFactory
from tests.meta.messages import DOMAINS, stored
from tests.support import ALL_BANDS

HX = {"HX-Request": "true"}
SPOKEN = ("title", "placeholder", "aria-label", "alt", "data-bgb-all", "data-bgb-copied")
SILENT = {"script", "style", "code", "template", "select-data"}
# Words that are data: titles of the test's billings, logins, words of the protocol.
DATA = {"CRM", "BITEL", "DS", "TKS", "HTTP", "HTML", "PDF", "ID", "IP", "VIP", "Inet", "operator", "contract"}

KNOWN = {message.id if isinstance(message.id, str) else message.id[0] for message in stored(DOMAINS[0])}


class Pseudo(NullTranslations):
    """A language in which every text of the catalogue stands in brackets."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message in KNOWN else message

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        text = singular if num == 1 else plural
        return f"⟦{text}⟧" if singular in KNOWN else text


class Words(HTMLParser):
    """Collects Latin words of a page that stand outside of the pseudo-language's brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.depth = 0
        self.strangers: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attributes:
            if name in SPOKEN or (tag == "input" and name == "value" and dict(attributes).get("type") == "submit"):
                self._look(value or "", f"<{tag} {name}>")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._look(data, "text")

    def _look(self, text: str, place: str) -> None:
        rest = []
        for character in text:
            self.depth += (character == "⟦") - (character == "⟧")
            if not self.depth and character != "⟧":
                rest.append(character)
        outside = re.sub(r"\S*[@\d_./:#-]\S*", " ", "".join(rest))
        for word in re.findall(r"[A-Za-z]{1,}", outside):
            if word not in DATA:
                self.strangers.append(f"{place}: {word!r} in {text.strip()[:80]!r}")


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    translations = Pseudo()
    monkeypatch.setattr(i18n, "catalogue", lambda language: translations)


def strangers(client: FlaskClient, address: str, *, fragment: bool = False) -> list[str]:
    """Texts of a page that did not come from the catalogue; of the extension's part only."""
    answer = client.get(address, headers=HX if fragment else {})
    text = answer.get_data(as_text=True)
    if not fragment:
        begin, end = text.index('<main id="main"'), text.index("</main>")
        text = text[begin:end]
    assert "⟦" in text, f"{address} says nothing in the pseudo-language"
    words = Words()
    words.feed(text)
    return [f"{address}: {found}" for found in words.strangers]


SEARCHES = (
    "search",
    "search?q=Иванов",
    "search?q=Ленина 12",
    "search?q=79161234567",
    "search?q=нетничегоподобного",
    "search?by=number&number=1&page=2",
    "search?by=id&id=abc",
    "search?by=date&since=01.01.2026&until=01.01.2020",
    "search?by=address&street=Ленина&house=1",
    "search?by=address&street=нет такой",
    "search?by=phone&phone=1",
    "search?show=text",
    "search?show=list",
    "search?show=phone",
    "search?show=date",
    "search?show=email",
    "search?billing=nowhere&q=1",
    "contract/nowhere/1",
    "contract/ds/999999",
    "contract/ds/101/nowhere",
    "contract/ds/101/journal",
    "journal",
    "journal?contract=nowhere",
    "journal?text=nowhere&before=1",
    "nowhere",
)


@pytest.mark.usefixtures("pseudo")
def test_search_and_errors_speak_the_readers_language(hosted: HostFactory) -> None:
    host = hosted(ds="9.2", tks="7.2")
    client = host.client("admin", "ru")
    assert [found for search in SEARCHES for found in strangers(client, f"/bgbilling/{search}")] == []


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("fault", ["reset", "http-500", "garbled", "cut-body", "hang"])
def test_a_failing_billing_is_told_in_the_readers_language(hosted: HostFactory, fault: str) -> None:
    host = hosted(extra="bgbilling:server.1.requestTimeOut=3000" if fault == "hang" else "", ds="9.2")
    client = host.client("admin", "ru")
    assert client.get("/bgbilling/contract/ds/101").status_code == 200
    host.emulators["ds"].faults.set(fault, **({"size": 2000} if fault == "garbled" else {}))
    for address in ("search?q=Иванов", "contract/ds/101"):
        assert strangers(client, f"/bgbilling/{address}") == []


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("band", ALL_BANDS)
def test_the_card_speaks_the_readers_language(hosted: HostFactory, band: str) -> None:
    host = hosted(ds=band)
    client = host.client("admin", "ru")
    found = strangers(client, "/bgbilling/contract/ds/101")
    for address in sections(host):
        for cid in (101, 150):
            found += strangers(client, address.format(cid=cid), fragment=True)
    assert found == []


def sections(host: Host) -> Iterator[str]:
    """Addresses of all sections, with the filters and details that they offer."""
    for section in host.app.extensions["bgbilling"].services.plugins.card_sections():
        address = f"/bgbilling/contract/ds/{{cid}}/{section.key}"
        yield address
        yield f"{address}?since=2020-01-01&until=2020-02-01"
        yield f"{address}?since=x&until=2020-02-01"
        yield f"{address}?page=99"
    for rest in ("parameters?filled=0", "parameters?parameter=4", "objects?object=1", "tariffs?view=options"):
        yield f"/bgbilling/contract/ds/{{cid}}/{rest}"


PARTS = (
    "search/offer/streets?street=Лен",
    "search/offer/houses?street_id=1&house=1",
    "search/offer/parameters?kind=phone&billing=ds",
    "search/offer/parameters?kind=nothing",
    "search/offer/values",
    "search/ds?q=Иванов",
    "search/ds?by=number&number=нетничегоподобного",
    "search/off?q=1",
    "contract/ds/101/nowhere",
    "contract/ds/101/file/cards/nowhere.pdf",
)
SWITCHED_OFF = "bgbilling:server.9.id=off\nbgbilling:server.9.title=ВЫКЛЮЧЕН\nbgbilling:server.9.url=ftp://nowhere\n"


@pytest.mark.usefixtures("pseudo")
def test_parts_of_pages_speak_the_readers_language(hosted: HostFactory) -> None:
    client = hosted(ds="9.2", extra=SWITCHED_OFF).client("admin", "ru")
    found = strangers(client, "/bgbilling/search")
    for part in PARTS:
        answer = client.get(f"/bgbilling/{part}", headers=HX)
        words = Words()
        words.feed(answer.get_data(as_text=True))
        found += [f"{part}: {stranger}" for stranger in words.strangers]
    assert found == []


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("band", ["7.2", "9.2"])
def test_refusals_are_told_in_the_readers_language(hosted: HostFactory, band: str) -> None:
    host = hosted(ds=band)
    accountant, operator = host.client("accountant", "ru"), host.client("operator", "ru")
    found = strangers(accountant, "/bgbilling/contract/ds/101")
    for address in sections(host):
        found += strangers(accountant, address.format(cid=101), fragment=True)
    operator.post("/profile", data={"login": "operator", "password": "wrong"})
    found += strangers(operator, "/bgbilling/contract/ds/101") + strangers(operator, "/bgbilling/search?q=Иванов")
    operator.post("/profile", data={"login": "", "password": ""})
    found += strangers(operator, "/bgbilling/contract/ds/101") + strangers(operator, "/bgbilling/search?q=Иванов")
    operator.post("/sign-out")
    found += strangers(operator, "/bgbilling/contract/ds/101/notes", fragment=True)
    assert found == []
