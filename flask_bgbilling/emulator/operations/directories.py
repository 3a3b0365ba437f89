"""Domains of contracts (contract.md 19)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping, select

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.registry import JsonCall, json_rpc

DOMAINS = "ru.bitel.oss.kernel.directories.domain"
ROOT = 0


@json_rpc(DOMAINS, "DomainService", "domainList", since="7.1")
def domain_list(call: JsonCall) -> object:
    """All domains in one list, each without its children."""
    return [_bean(domain, []) for domain in _domains(call)]


@json_rpc(DOMAINS, "DomainService", "domainTree", since="7.1")
def domain_tree(call: JsonCall) -> object:
    """The tree under a root of id 0."""
    domains = _domains(call)
    return {"id": ROOT, "parentId": -1, "title": "", "comment": "", "children": _children(domains, ROOT)}


@json_rpc(DOMAINS, "DomainService", "domainGet", since="7.1")
def domain_get(call: JsonCall) -> object:
    """One domain with its children, null when there is none."""
    wanted = call.integer("id")
    domains = _domains(call)
    for domain in domains:
        if domain["id"] == wanted:
            return _bean(domain, _children(domains, wanted))
    return None


def _domains(call: JsonCall) -> Sequence[RowMapping]:
    domains = schema.domain
    return call.db.execute(select(domains).order_by(domains.c.title, domains.c.id)).mappings().all()


def _children(domains: Sequence[RowMapping], parent: int) -> list[dict[str, object]]:
    return [_bean(domain, _children(domains, domain["id"])) for domain in domains if domain["parentId"] == parent]


def _bean(domain: RowMapping, children: list[dict[str, object]]) -> dict[str, object]:
    return {
        "id": domain["id"],
        "title": domain["title"],
        "parentId": domain["parentId"],
        "comment": domain["comment"] or "",
        "children": children,
    }
