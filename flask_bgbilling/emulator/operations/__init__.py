"""Every operation of the emulated billing; importing this package fills the registry."""

from __future__ import annotations

from importlib import import_module

AREAS: tuple[str, ...] = (
    "addresses",
    "cards",
    "contract_info",
    "contracts",
    "directories",
    "face_and_mode",
    "hierarchy",
    "labels",
    "limits",
    "modules",
    "notes",
    "objects",
    "parameter_directories",
    "parameter_values",
    "parameters",
    "scripts",
    "search",
    "statuses",
    "web_access",
)
"""The modules that declare operations, one name a line."""

for _area in AREAS:
    import_module(f"{__name__}.{_area}")
