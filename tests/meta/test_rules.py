"""Rules of the house that no linter knows."""

import hashlib
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flask_bgbilling.wire import ops
from flask_bgbilling.wire.operation import Operation
from flask_bgbilling.wire.version import Version
from tests.meta.vendor import FOLDERS
from tests.support import ALL_BANDS

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "flask_bgbilling"
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))


def operations() -> dict[str, Operation[object]]:
    """Every declared operation by the place where it stands."""
    found = {}
    for module in pkgutil.iter_modules(ops.__path__):
        loaded = importlib.import_module(f"{ops.__name__}.{module.name}")
        for name, value in vars(loaded).items():
            if isinstance(value, Operation):
                found.setdefault(id(value), (f"{module.name}.{name}", value))
    return dict(found.values())


OPERATIONS = operations()


@pytest.mark.parametrize("place", OPERATIONS)
def test_at_most_one_form_serves_a_version(place: str) -> None:
    operation = OPERATIONS[place]
    for band in ALL_BANDS:
        forms = [form for form in operation.forms if Version(band) in form.bands]
        assert len(forms) <= 1, f"{band}: {[str(form) for form in forms]}"
    assert any(operation.form(Version(band)) for band in ALL_BANDS), "no version can do this"


def test_operations_have_names_of_their_own() -> None:
    names = [operation.name for operation in OPERATIONS.values()]
    assert sorted(set(names)) == sorted(names)


def test_only_declarations_name_versions() -> None:
    """What differs by version is a form of an operation; the rest asks whether an operation is supported."""
    askers = [
        str(path.relative_to(PACKAGE))
        for room in ("domain", "builtin", "web", "wire")
        for path in (PACKAGE / room).rglob("*.py")
        if path.parent.name != "ops"
        and path.name not in {"version.py", "upload.py", "operation.py"}
        and re.search(r"\b(?:BELOW|FROM)_\d|\bband\(", path.read_text("utf-8"))
    ]
    assert askers == []


def test_modules_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("flask_bgbilling", "example_host")
        for path in (ROOT / folder).rglob("*.py")
        if (count := len(path.read_text("utf-8").splitlines())) > 500
    }
    assert long == {}


def test_nothing_is_left_for_later() -> None:
    unfinished = [
        f"{path.relative_to(ROOT)}: {found}"
        for folder in ("flask_bgbilling", "example_host")
        for path in (ROOT / folder).rglob("*.py")
        for found in re.findall(r"raise NotImplemented(?:Error)?\b|#\s*(?:TODO|FIXME|XXX)\b", path.read_text("utf-8"))
    ]
    assert unfinished == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_a_strict_content_policy(template: Path) -> None:
    text = re.sub(r"\{%.*?%\}", "", template.read_text("utf-8"), flags=re.DOTALL)  # words of Jinja are no attributes
    assert re.findall(r"\sstyle\s*=|\son\w+\s*=|hx-on|<style|javascript:", text) == []
    assert re.findall(r"\|\s*safe\b|autoescape false", text) == [], "billing text is hostile"
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []


def test_our_styles_stay_under_our_class() -> None:
    strangers = []
    for sheet in (PACKAGE / "static" / "bgbilling").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"(?:^|[{}])\s*([^@{}][^{}]*)\{", text):
            for selector in re.split(r",(?![^(]*\))", selectors.strip()):
                if not selector.startswith("@") and not re.match(
                    r"\s*(?:\.bgb|:root(?:\[[^]]*\]|:not\([^)]*\))* \.bgb|from|to|\d+%)", selector
                ):
                    strangers.append(f"{sheet.name}: {selector.strip()}")
    assert strangers == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_are_the_recorded_ones(folder: Path) -> None:
    recorded = json.loads((folder / "vendor.json").read_text("utf-8"))
    present = {path.name for path in folder.iterdir()} - {"vendor.json"}
    assert present == {name for entry in recorded for name in entry["files"]}
    for entry in recorded:
        assert entry["version"]
        assert entry["licence"]
        for name, digest in entry["files"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_the_emulator_loads_nothing_of_the_client() -> None:
    code = (
        "import sys, flask_bgbilling.emulator; "
        "print([name for name in sys.modules if name.startswith('flask_bgbilling.') "
        "and not name.startswith('flask_bgbilling.emulator') or name == 'flask'])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
