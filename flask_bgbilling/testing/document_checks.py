"""What an adapter of ``Documents`` promises, check by check."""

from dataclasses import replace
from datetime import date

from flask_bgbilling.ports import Document, DocumentObject, Documents, NewDocument, Person
from flask_bgbilling.testing.cases import Check, promise, raises

NOBODY = 2_000_000_000
FEW = 50
CONTRACT = DocumentObject("contract", "check", 101)
LONGEST_NAME = 150
BODY = bytes(range(256)) * 40 + b"\r\n\n\x1a"
KEPT = ("object", "name", "format", "type_key", "type", "number", "day")


def example(person: Person, object: DocumentObject = CONTRACT) -> NewDocument:
    """A document of a person."""
    day = date(2026, 11, 23)
    return NewDocument(object, "Акт № 7.pdf", "pdf", BODY, "document:pattern.3", "Акт сверки", "7/24", day, person)


def checks(person: Person) -> tuple[Check, ...]:
    """Every check; ``person`` is somebody whom the host knows."""
    act = example(person)

    def a_document_is_read_as_it_was_stored(documents: Documents) -> None:
        stored = documents.store(act)
        promise(stored.id > 0, f"store gave the id {stored.id!r}")
        found = documents.get(stored.id)
        promise(found == stored, f"get gives {found!r}, store gave {stored!r}")
        _same(stored, act)
        promise(documents.body(stored.id) == BODY, "body does not give back the bytes that were stored")
        promise(stored.size == len(BODY), f"size is {stored.size}, not {len(BODY)}")
        promise(stored.created_at.tzinfo is not None, "created_at has no time zone")

    def every_format_is_taken(documents: Documents) -> None:
        for kind in ("html", "docx", "pdf"):
            stored = documents.store(replace(act, format=kind, name=f"a.{kind}", body=b""))
            promise(stored.format == kind, f"format {kind} came back as {stored.format!r}")
            promise(documents.body(stored.id) == b"", "an empty body does not come back empty")

    def the_latest_stands_first(documents: Documents) -> None:
        before = documents.count(CONTRACT)
        made = [documents.store(replace(act, number=str(number))).id for number in range(3)]
        listed = [one.id for one in documents.of_object(CONTRACT, FEW)][:3]
        promise(listed == made[::-1], f"of_object gives {listed}, not the latest first: {made[::-1]}")
        limited = [one.id for one in documents.of_object(CONTRACT, 1, 1)]
        promise(limited == [made[1]], f"of_object(…, 1, 1) gives {limited}, not {[made[1]]}")
        promise(documents.count(CONTRACT) == before + 3, "count does not count what was stored")

    def documents_belong_to_one_object(documents: Documents) -> None:
        stored = documents.store(act)
        for other in (
            replace(CONTRACT, billing_id="other"),
            replace(CONTRACT, number=NOBODY),
            replace(CONTRACT, kind="process"),
        ):
            shown = [one.id for one in documents.of_object(other, FEW)]
            promise(stored.id not in shown, f"of_object gives the document of {CONTRACT} for {other}")
            promise(documents.count(other) == 0, f"count counts the document of {CONTRACT} for {other}")

    def names_are_only_for_people(documents: Documents) -> None:
        names = ("..", "../../etc/passwd.html", "C:\\x.html", "ё" * (LONGEST_NAME - 5) + ".html", "'; DROP.html", "")
        wanted = [replace(act, name=name, body=b"%d" % at) for at, name in enumerate((*names, names[1]))]
        made = [documents.store(one) for one in wanted]
        for stored, one in zip(made, wanted, strict=True):
            promise(stored.name == one.name, f"the name {one.name!r} came back as {stored.name!r}")
            promise(documents.body(stored.id) == one.body, f"a document {one.name!r} has the body of another one")

    def a_document_is_deleted(documents: Documents) -> None:
        stored, other = documents.store(act), documents.store(act)
        promise(documents.delete(stored.id), "delete of a document gave False")
        promise(documents.get(stored.id) is None, "after delete the document is still there")
        promise(stored.id not in [one.id for one in documents.of_object(CONTRACT, FEW)], "of_object still lists it")
        raises(LookupError, lambda: documents.body(stored.id), "body of a deleted document: LookupError")
        promise(not documents.delete(stored.id), "delete of no document gave True")
        promise(documents.body(other.id) == BODY, "delete took another document's body away")

    def unknown_ids(documents: Documents) -> None:
        promise(documents.get(NOBODY) is None, "get gives a document that does not exist")
        raises(LookupError, lambda: documents.body(NOBODY), "body of nothing: LookupError")

    def numbers_never_come_twice(documents: Documents) -> None:
        first = documents.next_number("check.first")
        given = [first, *(documents.next_number("check.first") for _ in range(20))]
        promise(given == list(range(first, first + 21)), f"next_number does not count up by one: {given}")
        other = [documents.next_number("check.second") for _ in range(2)]
        promise(other[1] == other[0] + 1, "next_number of one key depends on another")
        promise(other[0] <= first, f"a new key begins with {other[0]}, though another one began with {first}")
        longest = documents.next_number("k" * 100)
        promise(documents.next_number("k" * 99) == longest, "next_number takes two long keys for one")

    return (
        a_document_is_read_as_it_was_stored,
        every_format_is_taken,
        the_latest_stands_first,
        documents_belong_to_one_object,
        names_are_only_for_people,
        a_document_is_deleted,
        unknown_ids,
        numbers_never_come_twice,
    )


def _same(stored: Document, wanted: NewDocument) -> None:
    for name in KEPT:
        given, expected = getattr(stored, name), getattr(wanted, name)
        promise(given == expected, f"{name} came back as {given!r}, not {expected!r}")
    promise(stored.person_id == wanted.person.id, f"person_id came back as {stored.person_id!r}")
