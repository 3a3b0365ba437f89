"""Brings vendored assets: the only way in which files of static/bgbilling/vendor change.

    python -m tests.meta.vendor

Packs the packages below with npm, takes the named files, and records version, licence and sha256 in ``vendor.json``.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent.parent / "flask_bgbilling" / "static" / "bgbilling" / "vendor"


@dataclass(frozen=True)
class Package:
    """An npm package and what is taken of it: path inside the package to name here."""

    name: str
    version: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "htmx.org",
        "2.0.11",
        {"package/dist/htmx.min.js": "htmx.min.js", "package/LICENSE": "htmx.LICENSE"},
    ),
)


def main() -> None:
    """Packs, unpacks, records."""
    recorded = []
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
                    (VENDOR / target).write_bytes(content)
                    digests[target] = hashlib.sha256(content).hexdigest()
            recorded.append(
                {"name": package.name, "version": about["version"], "licence": about["license"], "files": digests}
            )
    (VENDOR / "vendor.json").write_text(json.dumps(recorded, indent=2) + "\n", "utf-8")


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    assert member is not None, name
    return member.read()


if __name__ == "__main__":
    main()
