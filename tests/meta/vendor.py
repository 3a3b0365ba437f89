"""Brings vendored assets: the only way in which files of static/bgbilling/vendor and of the fonts change.

    python -m tests.meta.vendor

Packs the packages below with npm, takes the named files, and records version, licence and sha256 in the ``vendor.json``
of their folder.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent / "flask_bgbilling"
VENDOR = PACKAGE / "static" / "bgbilling" / "vendor"
FONTS = PACKAGE / "domain" / "documents" / "fonts"
FOLDERS = (VENDOR, FONTS)


@dataclass(frozen=True)
class Package:
    """An npm package and what is taken of it: path inside the package to name here.

    ``licence`` is said here where the package only refers to a file.
    """

    name: str
    version: str
    files: dict[str, str]
    folder: Path = VENDOR
    licence: str = ""


PACKAGES = (
    Package(
        "htmx.org",
        "2.0.11",
        {"package/dist/htmx.min.js": "htmx.min.js", "package/LICENSE": "htmx.LICENSE"},
    ),
    Package(
        "dejavu-fonts-ttf",
        "2.37.3",
        {
            "package/LICENSE": "DejaVu.LICENSE",
            **{
                f"package/ttf/DejaVuSerifCondensed{face}.ttf": f"DejaVuSerifCondensed{face}.ttf"
                for face in ("", "-Bold", "-Italic", "-BoldItalic")
            },
        },
        FONTS,
        "Bitstream-Vera",
    ),
)


def main() -> None:
    """Packs, unpacks, records."""
    recorded: dict[Path, list[dict[str, object]]] = {folder: [] for folder in FOLDERS}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            packed = subprocess.run(
                ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
                cwd=folder, check=True, capture_output=True, text=True,
            ).stdout.strip()  # fmt: skip
            digests = {}
            with tarfile.open(Path(folder, packed)) as archive:
                about = json.loads(_read(archive, "package/package.json"))
                for source, target in package.files.items():
                    content = _read(archive, source)
                    (package.folder / target).write_bytes(content)
                    digests[target] = hashlib.sha256(content).hexdigest()
            licence = package.licence or about["license"]
            recorded[package.folder].append(
                {"name": package.name, "version": about["version"], "licence": licence, "files": digests}
            )
    for folder, entries in recorded.items():
        (folder / "vendor.json").write_text(json.dumps(entries, indent=2) + "\n", "utf-8")


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member is not None, name
    return member.read()


if __name__ == "__main__":
    main()
