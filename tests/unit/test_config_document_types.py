"""Types of documents: what is read of their blocks, what is left out, and what the check says."""

import re
from pathlib import Path

import pytest

from example_host.__main__ import DOCUMENTS
from flask_bgbilling.config.check import check
from flask_bgbilling.config.document_types import DocumentType, document_types, is_inside
from flask_bgbilling.config.loading import load_text

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {"title": "Акт", "scope": "bgbilling-contract", "type": "html", "file": "acts/act.html"}


def block(at: int = 1, /, **keys: str) -> str:
    lines = {**GOOD, **keys}
    return "".join(f"document:pattern.{at}.{key}={value}\n" for key, value in lines.items() if value)


def types(text: str) -> tuple[DocumentType, ...]:
    return document_types(load_text(text))


def codes(text: str) -> list[str]:
    return [problem.code for problem in check(text)]


def test_a_block_is_read() -> None:
    (one,) = types(block(7, titleRegexp="A-.*", number="contractNumber + '/' + counter", counter="acts", language="en"))
    assert (one.number, one.title, one.format, one.file) == (7, "Акт", "html", "acts/act.html")
    assert (one.key, one.counter, one.language) == ("document:pattern.7", "acts", "en")
    assert one.fits("A-24-0101")
    assert not one.fits("BA-24-0101"), "the whole number has to fit"
    (plain,) = types(block())
    assert (plain.counter, plain.language, plain.expression) == ("pattern.1", "ru", "")
    assert plain.fits("")


def test_types_stand_in_the_order_of_their_numbers() -> None:
    assert [one.number for one in types(block(10) + block(9) + block(2, scope="process"))] == [9, 10]


def test_scopes_may_be_several_and_of_others() -> None:
    assert len(types(block(scope="process, bgbilling-contract"))) == 1
    assert types(block(scope="process", type="xslt", file="../x")) == ()
    assert codes(block(scope="process", type="xslt", file="../x", title="")) == []


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"title": ""}, "required"),
        ({"type": ""}, "required"),
        ({"file": ""}, "required"),
        ({"type": "xls"}, "document-type"),
        ({"file": "../act.html"}, "document-file"),
        ({"file": "/etc/act.html"}, "document-file"),
        ({"file": "act.docx"}, "document-ending"),
        ({"type": "docx"}, "document-ending"),
        ({"titleRegexp": "A-("}, "pattern"),
        ({"number": "contractNumber +"}, "document-number"),
        ({"counter": "счёт"}, "document-counter"),
        ({"language": "de"}, "document-type"),
    ],
)
def test_a_bad_block_is_left_out_and_reported(keys: dict[str, str], code: str) -> None:
    text = block(**keys) + block(2)
    assert [one.number for one in types(text)] == [2]
    assert codes(text) == [code]


def test_slips_are_told() -> None:
    assert codes(block(titel="Акт")) == ["key-unknown-near"]
    assert codes(block(script="com.example.Act")) == ["key-obsolete"]
    assert len(types(block(titel="Акт", script="x"))) == 1


def test_a_pattern_that_takes_for_ever_fits_nothing() -> None:
    (one,) = types(block(titleRegexp="(x+x+)+y"))
    assert not one.fits("x" * 200)


@pytest.mark.parametrize("file", ["a.html", "acts/2026/act 1.html", "Акт сверки.docx"])
def test_paths_inside_of_the_folder(file: str) -> None:
    assert is_inside(file)


@pytest.mark.parametrize(
    "file",
    ["", "/", "/a.html", "../a.html", "a/../../b.html", "a//b.html", "a/./b.html", ".a.html", "a\\..\\b.html",
     "C:/a.html", "a\0.html", "a\n.html", "a/..", "a/ ../b.html", "~/a.html/", "a" * 201, "http://example.net/a.html"],
)  # fmt: skip
def test_paths_that_might_lead_out(file: str) -> None:
    assert not is_inside(file)


def test_the_examples_are_right() -> None:
    assert codes(DOCUMENTS) == []
    assert [one.format for one in types(DOCUMENTS)] == ["html", "docx", "pdf"]
    (snippet,) = re.findall(r"```properties\n(.*?)```", (ROOT / "docs" / "documents.md").read_text("utf-8"), re.DOTALL)
    assert codes(snippet) == []
    assert len(types(snippet)) == 2
