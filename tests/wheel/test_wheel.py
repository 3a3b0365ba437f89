"""The built wheel in an environment of its own."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is built: by pip, in isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (built,) = folder.glob("*.whl")
    return built


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
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # The dependencies come from this environment; the package itself does not, it is installed here in place.
    installed = Path(sysconfig.get_path("purelib"))
    for entry in installed.iterdir():
        if "flask_bgbilling" not in entry.name and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    python = environment / "bin" / "python"
    code = "import flask_bgbilling; print(flask_bgbilling.__file__, flask_bgbilling.BGBilling.__name__)"
    ran = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert str(environment) in ran.stdout
    listed = subprocess.run(
        [python, "-m", "flask_bgbilling.emulator", "--list"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "contract/ContractInfo" in listed.stdout
