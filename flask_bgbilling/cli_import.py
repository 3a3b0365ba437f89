"""Commands about the import of customers: ``flask bgbilling import …``."""

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_bgbilling.domain.customers.foreseeing import Foreseen
from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.matching import Evidence
from flask_bgbilling.errors import BGBillingError


@click.group("import")
def imports() -> None:
    """The import of customers from contracts."""


@imports.command("dry-run")
@click.argument("billing")
@click.option("--limit", type=click.IntRange(1, 1_000), default=None, help="How many contracts; else a page of them.")
@with_appcontext
def dry_run(billing: str, limit: int | None) -> None:
    """Prints what a run of the import would do with the next contracts of BILLING; writes nothing anywhere.

    Each contract meets the customers that those before it would make. Imports wait until it is done.
    """
    importing = _importing()
    try:
        told = importing.dry_run(billing, limit)
    except BGBillingError as error:
        raise click.ClickException(error.text()) from error
    for one in told:
        for line in lines(one):
            click.echo(line)
    click.echo(f"{len(told)} contracts looked at, nothing written")


def lines(one: Foreseen) -> list[str]:
    """A contract with what would become of it, and below it every customer that was looked at."""
    head = f"{one.found.number} (ID {one.found.cid}) “{one.found.comment[:80]}”"
    if one.problem:
        return [f"{head}: {one.outcome}: {one.problem}"]
    whom = f" {_customer(one, one.customer_id, one.title)}" if one.customer_id else ""
    renamed = f", renamed to “{one.new_title[:160]}”" if one.new_title is not None else ""
    return [f"{head}: {one.outcome}{whom}{renamed}", *(_told(one, evidence) for evidence in one.evidence)]


def _customer(one: Foreseen, customer_id: int, title: str) -> str:
    maker = one.makers.get(customer_id)
    name = f"the new customer of {maker}" if maker is not None else f"customer {customer_id}"
    return f"{name} “{title[:80]}”"


def _told(one: Foreseen, found: Evidence) -> str:
    by = (
        f"parameter {found.parameter_id} = “{found.value[:60]}” (contract's {found.source_id})"
        if found.parameter_id
        else ""
    )
    distance = f"distance {found.distance}" if found.distance is not None else ""
    parts = [f"phase {found.phase}", _customer(one, found.customer_id, found.title), by, distance]
    return f"    {'+' if found.accepted else '-'} " + ", ".join(part for part in parts if part)


def _importing() -> CustomerImport:
    mounted: Any = current_app.extensions.get("bgbilling")
    found: CustomerImport | None = mounted.services.importing if mounted is not None else None
    if found is None:
        raise click.ClickException("This application imports no customers: it has none, or keeps no journal.")
    return found
