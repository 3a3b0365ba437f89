"""Commands about the import of customers: ``flask bgbilling import …``."""

from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_bgbilling.domain.customers.importing import CustomerImport
from flask_bgbilling.domain.customers.matching import Evidence, ImportDecision
from flask_bgbilling.domain.customers.reading import ReadContract
from flask_bgbilling.errors import BGBillingError


@click.group("import")
def imports() -> None:
    """The import of customers from contracts."""


@imports.command("dry-run")
@click.argument("billing")
@click.option("--limit", type=click.IntRange(1, 10_000), default=None, help="How many contracts; else a page of them.")
@with_appcontext
def dry_run(billing: str, limit: int | None) -> None:
    """Prints what the import would decide about the next contracts of BILLING; writes nothing anywhere."""
    importing = _importing()
    count = 0
    try:
        for read, decision in importing.dry_run(billing, limit):
            count += 1
            for line in lines(read, decision):
                click.echo(line)
    except BGBillingError as error:
        raise click.ClickException(error.text()) from error
    click.echo(f"{count} contracts looked at, nothing written")


def lines(read: ReadContract, decision: ImportDecision | None) -> list[str]:
    """A contract with its decision, and below it every customer that was looked at."""
    head = f"{read.found.number} (ID {read.found.cid}) “{read.found.comment[:80]}”"
    if decision is None:
        return [f"{head}: cannot be read: {read.problem.text() if read.problem else ''}"]
    whom = f" customer {decision.customer.id} “{decision.customer.title[:80]}”" if decision.customer else ""
    renamed = f", renamed to “{decision.new_title[:160]}”" if decision.new_title is not None else ""
    return [f"{head}: {decision.outcome}{whom}{renamed}", *(_told(one) for one in decision.evidence)]


def _told(one: Evidence) -> str:
    by = f"parameter {one.parameter_id} = “{one.value[:60]}” (contract's {one.source_id})" if one.parameter_id else ""
    distance = f"distance {one.distance}" if one.distance is not None else ""
    parts = [f"phase {one.phase}", f"customer {one.customer_id} “{one.title[:80]}”", by, distance]
    return f"    {'+' if one.accepted else '-'} " + ", ".join(part for part in parts if part)


def _importing() -> CustomerImport:
    mounted: Any = current_app.extensions.get("bgbilling")
    found: CustomerImport | None = mounted.services.importing if mounted is not None else None
    if found is None:
        raise click.ClickException("This application imports no customers: it has none, or keeps no journal.")
    return found
