"""Every operation of the emulated billing; importing this package fills the registry."""

from __future__ import annotations

from importlib import import_module

AREAS: tuple[str, ...] = (
    "accounts",
    "admin",
    "addresses",
    "balance",
    "cards",
    "charges",
    "contract_info",
    "contracts",
    "dialup",
    "directories",
    "face_and_mode",
    "hierarchy",
    "labels",
    "limits",
    "modules",
    "modules_bill",
    "modules_card",
    "modules_cashcheck",
    "modules_cerbercrypt",
    "modules_dispatch",
    "modules_helpdesk",
    "modules_inet",
    "modules_inet_devices",
    "modules_inet_sessions",
    "modules_inventory",
    "modules_npay",
    "modules_rscm",
    "modules_voice",
    "notes",
    "objects",
    "parameter_directories",
    "parameter_values",
    "parameters",
    "payments",
    "personal_tariffs",
    "reserves",
    "scripts",
    "search",
    "service",
    "statuses",
    "tariff_directories",
    "tariff_options",
    "tariffs",
    "users",
    "web_access",
)
"""The modules that declare operations, one name a line."""

for _area in AREAS:
    import_module(f"{__name__}.{_area}")
