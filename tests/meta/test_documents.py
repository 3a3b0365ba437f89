"""What the documentation promises is what there is."""

import re
from pathlib import Path
from typing import Any

import click

import flask_bgbilling
from flask_bgbilling import hookspecs
from flask_bgbilling.cli import bgbilling
from flask_bgbilling.config.keys import KEYS
from flask_bgbilling.emulator.faults import NAMES

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"

PUBLIC = [
    "ActionContext",
    "BGBilling",
    "BGBillingError",
    "BillingError",
    "CardAction",
    "CardMenuItem",
    "CardSection",
    "Change",
    "ConfigurationError",
    "Creation",
    "Fact",
    "FormFields",
    "Gone",
    "InputError",
    "InvalidField",
    "JobKind",
    "PropertyAccounts",
    "Question",
    "SecretBox",
    "SectionContext",
    "SectionFile",
    "SectionView",
    "Step",
    "TreeItem",
    "hookimpl",
]


def test_public_names_are_pinned() -> None:
    assert flask_bgbilling.__all__ == PUBLIC
    assert all(getattr(flask_bgbilling, name) is not None for name in PUBLIC)


def test_every_hook_is_documented() -> None:
    text = (DOCS / "plugins.md").read_text("utf-8")
    hooks = [name for name in vars(hookspecs) if name.startswith("bgbilling_")]
    assert hooks
    assert [name for name in hooks if f"### `{name}(" not in text] == []
    assert all(getattr(hookspecs, name).__doc__ for name in hooks)


def test_every_key_is_documented() -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    assert [key.form for key in KEYS if f"| `{key.form}` |" not in text] == []


def test_every_command_is_documented() -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    assert [path for path in _commands("flask bgbilling", bgbilling) if f"`{path}" not in text] == []


def _commands(path: str, group: click.Group) -> list[str]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(f"{path} {name}", command)
        else:
            found.append(f"{path} {name}")
    return found


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in (ROOT / "README.md", *DOCS.glob("*.md")):
        for target in re.findall(r"\]\(([^)#:\s]+)\)", document.read_text("utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{document.name}: {target}")
    assert broken == []


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    listed = re.findall(r"^ +- .+: (\S+\.md)$", text, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in DOCS.glob("*.md"))
    index = (DOCS / "index.md").read_text("utf-8")
    assert [name for name in listed if name != "index.md" and f"({name})" not in index] == []


def test_the_emulators_faults_are_documented() -> None:
    from flask_bgbilling.emulator import faults

    text = (DOCS / "emulator.md").read_text("utf-8")
    assert [name for name in NAMES if f"| `{name}` |" not in text] == []
    assert faults.__doc__ is not None
    assert [name for name in NAMES if f"``{name}``" not in faults.__doc__] == []


def test_the_host_in_the_documentation_works(tmp_path: Path) -> None:
    configuration = tmp_path / "bgbilling.conf"
    readme = (ROOT / "README.md").read_text("utf-8")
    configuration.write_text(re.findall(r"```properties\n(.*?)```", readme, re.DOTALL)[0], "utf-8")
    (source,) = re.findall(r"```python\n(from collections.*?)```", (DOCS / "hosting.md").read_text("utf-8"), re.DOTALL)
    host: dict[str, Any] = {"__name__": "host"}
    exec(source.replace("/etc/crm/bgbilling.conf", str(configuration)), host)
    client = host["create_app"]().test_client()
    assert client.get("/bgbilling/search").location == "/sign-in?next=%2Fbgbilling%2Fsearch"
    with client.session_transaction() as session:
        session["user_id"] = 7
    answer = client.get("/bgbilling/search", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "<title>Contracts</title>" in answer.text
