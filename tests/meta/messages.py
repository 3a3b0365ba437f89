"""The catalogues: collects every message id from code and templates, and sees that each has its Russian words.

python -m tests.meta.messages --update     adds new messages to the catalogues, drops those that are gone
python -m tests.meta.messages --check      fails when a catalogue is behind, incomplete or fuzzy
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
KEYWORDS = {
    "t": None,
    "tn": (1, 2),
    "N_": None,
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
}
METHODS = [("**/emulator/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
PLACES = re.compile(r"%\((\w+)\)s")
STRAY = re.compile(r"%(?!\(\w+\)s|%)")
WORD = re.compile(r"\b(?!mail\b)[A-Za-z]{4,}\b")
FORMS = 3  # one договор, two договора, five договоров


@dataclass(frozen=True)
class Domain:
    """The messages of one package and where their catalogue lives."""

    name: str
    package: str

    @property
    def catalogue(self) -> Path:
        """The Russian catalogue; English needs none, its texts are the ids."""
        return ROOT / self.package / "translations" / "ru" / "LC_MESSAGES" / f"{self.name}.po"


DOMAINS = (Domain("bgbilling", "flask_bgbilling"), Domain("messages", "example_host"))


def collected(domain: Domain) -> Catalog:
    """A template catalogue with every message of the package."""
    template = Catalog(project="flask-bgbilling", charset="utf-8")
    for filename, _, message, comments, context in extract_from_dir(
        str(ROOT / domain.package),
        METHODS,
        options_map={"**/templates/**.html": {"silent": "false"}},
        keywords=KEYWORDS,
    ):
        template.add(message, None, [(f"{domain.package}/{filename}", 0)], auto_comments=comments, context=context)
    return template


def stored(domain: Domain) -> Catalog:
    """The Russian catalogue as it is in the tree; empty when there is none yet."""
    if not domain.catalogue.exists():
        return Catalog(locale="ru", domain=domain.name, project="flask-bgbilling", charset="utf-8")
    with domain.catalogue.open("rb") as source:
        return read_po(source, locale="ru", domain=domain.name)


def mistakes(domain: Domain) -> Iterator[str]:
    """What is wrong with the catalogue, a line each."""
    wanted, present = collected(domain), stored(domain)
    for message in wanted:
        if not message.id:
            continue
        found = present.get(_key(message))
        if found is None:
            yield f"{domain.catalogue.name}: missing {message.id!r}"
        else:
            yield from _wrong_with(domain, found)
    for message in present:
        if message.id and _key(message) not in {_key(one) for one in wanted}:
            yield f"{domain.catalogue.name}: no longer used {message.id!r}"


def _key(message: Message) -> str:
    """Under what a catalogue keeps a message: its id, the singular where there are forms."""
    return message.id if isinstance(message.id, str) else message.id[0]


def _wrong_with(domain: Domain, message: Message) -> Iterator[str]:
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield f"{domain.catalogue.name}: fuzzy {message.id!r}"
    if not all(texts):
        yield f"{domain.catalogue.name}: untranslated {message.id!r}"
    ids = message.id if isinstance(message.id, str) else message.id[1]
    for text in filter(None, texts):
        if (set(PLACES.findall(text)) ^ set(PLACES.findall(ids))) - {"n"}:
            yield f"{domain.catalogue.name}: places differ in {text!r}"
        if STRAY.search(text):
            yield f"{domain.catalogue.name}: a % that is no place in {text!r}"
        if text in (message.id, ids) and WORD.search(PLACES.sub("", text)):
            yield f"{domain.catalogue.name}: still English {text!r}"
    if len(texts) != (1 if isinstance(message.id, str) else FORMS):
        yield f"{domain.catalogue.name}: {len(texts)} forms of {message.id!r}"


def update(domain: Domain) -> None:
    """Writes the catalogue anew; known translations stay, new messages come in empty."""
    catalogue = stored(domain)
    catalogue.update(collected(domain), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Russian texts of {domain.package}."
    catalogue.fuzzy = False
    domain.catalogue.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalogue, width=110, sort_output=True, omit_header=False, include_lineno=False)
    stable = re.sub(
        rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|'
        rb"Report-Msgid-Bugs-To):.*\n",
        b"",
        text.getvalue(),
        flags=re.MULTILINE,
    )
    domain.catalogue.write_bytes(stable)


def compile_stale() -> None:
    """Compiles the catalogues that are newer than their compiled form; building the package does the same."""
    for domain in DOMAINS:
        source, compiled = domain.catalogue, domain.catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns:
            binary = io.BytesIO()
            write_mo(binary, stored(domain))
            fresh = compiled.with_suffix(".new")
            fresh.write_bytes(binary.getvalue())
            fresh.replace(compiled)


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.update:
        for domain in DOMAINS:
            update(domain)
    compile_stale()
    found = [line for domain in DOMAINS for line in mistakes(domain)]
    print("\n".join(found) or "catalogues are complete")  # noqa: T201
    return 1 if options.check and found else 0


if __name__ == "__main__":
    sys.exit(main())
