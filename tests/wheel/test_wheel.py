"""The built wheel in an environment of its own."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


PLUGIN = ROOT / "tests" / "plugin_package"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is built: by pip, in isolation."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def plugin_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a stranger's plugin."""
    return build(PLUGIN, tmp_path_factory.mktemp("plugin"))


def build(source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


def installed(folder: Path, *wheels: Path) -> Path:
    """The Python of an environment of its own that has the wheels, and nothing of the source tree."""
    environment = folder / "venv"
    venv.create(environment, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
    # The dependencies come from this environment; the package itself does not, it is installed here in place.
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "flask_bgbilling" not in entry.name and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    return environment / "bin" / "python"


def run(python: Path, *arguments: str) -> str:
    """What a command prints, in the folder of its environment."""
    command = [str(python), *arguments]
    folder = python.parent.parent.parent
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder, timeout=120).stdout


def test_everything_a_page_needs_is_inside(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "flask_bgbilling/py.typed",
        "flask_bgbilling/templates/bgbilling/card.html",
        "flask_bgbilling/templates/bgbilling/_ui.html",
        "flask_bgbilling/static/bgbilling/bgbilling.css",
        "flask_bgbilling/static/bgbilling/vendor/htmx.min.js",
        "flask_bgbilling/static/bgbilling/icons.svg",
        "flask_bgbilling/translations/ru/LC_MESSAGES/bgbilling.mo",
        "flask_bgbilling/emulator/__main__.py",
    ):
        assert name in names
    sources = {f"flask_bgbilling/{path.relative_to(ROOT / 'flask_bgbilling')}" for path in _package_files()}
    assert sources - names == set()


def _package_files() -> list[Path]:
    return [
        path for path in (ROOT / "flask_bgbilling").rglob("*") if path.suffix in {".py", ".html", ".css", ".js", ".svg"}
    ]


def test_nothing_else_is_inside(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"flask_bgbilling"}


def test_it_works_where_only_its_dependencies_are(wheel: Path, tmp_path: Path) -> None:
    python = installed(tmp_path, wheel)
    code = "import flask_bgbilling; print(flask_bgbilling.__file__, flask_bgbilling.BGBilling.__name__)"
    assert str(tmp_path) in run(python, "-c", code)
    assert "contract/ContractInfo" in run(python, "-m", "flask_bgbilling.emulator", "--list")


HOST = """
from flask import Flask
from flask_bgbilling import BGBilling, PropertyAccounts


class Everybody:
    def current(self):
        return None

    def grant(self, person, permission):
        return None

    def sign_in_address(self, back_to):
        return "/"


app = Flask("host")
app.config["BGBILLING_CONFIG"] = "bgbilling:enable=1"
BGBilling(app, users=Everybody(), accounts=PropertyAccounts(lambda person_id: {}))
plugins = app.extensions["bgbilling"].services.plugins
print("sections", "visits" in [section.key for section in plugins.card_sections()])
print("menu", "visit" in [entry.key for entry in plugins.card_menu()])
print("searches", {"VisitsSearch", "org.example.VisitsSearch"} <= set(plugins.message_searches()))
print("savers", "VisitsSaver" in plugins.contact_savers())
print("possible", "VisitsProcesses" in plugins.possible_processes())
print("rules", "visits" in [rule.key for rule in plugins.process_link_rules()])
print("objects", "visits" in [script.name for script in plugins.script_objects()])
"""


def test_a_plugin_of_a_stranger_is_found_and_one_that_raises_is_named(
    wheel: Path, plugin_wheel: Path, tmp_path: Path
) -> None:
    python = installed(tmp_path, wheel, plugin_wheel)
    (tmp_path / "host.py").write_text(HOST, "utf-8")
    told = run(python, "host.py").splitlines()
    assert [line for line in told if not line.endswith("True")] == []
    assert len(told) == 7
    command = [str(python), "-m", "flask", "--app", "host", "bgbilling", "plugins", "--trace"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert ended.returncode == 1, ended.stderr
    assert "visits (bgbilling-visits 1.2)  [installed]  bgbilling_card_menu, bgbilling_card_sections" in ended.stdout
    assert "careless (bgbilling-visits 1.2) raised RuntimeError" in ended.stdout
    assert "failed at bgbilling_card_sections: RuntimeError: the calendar is not there" in ended.stdout
    assert "failed at bgbilling_message_searches: TypeError: str is no MessageSearchClass" in ended.stdout
    assert "missing (bgbilling-visits 1.2)  [installed]  not loaded" in ended.stdout
    assert "failed at visits.nowhere: ModuleNotFoundError" in ended.stdout
