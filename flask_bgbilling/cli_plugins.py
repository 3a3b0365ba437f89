"""The command ``flask bgbilling plugins``: who adds what, and who fails."""

import sys
import traceback

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_bgbilling.plugins import Plugins


@click.command()
@click.option("--trace", is_flag=True, help="Ask every plugin at every hook and tell what each answered, and when.")
@with_appcontext
def plugins(trace: bool) -> None:
    """Lists the plugins with their hooks. Ends with 1 when one cannot be loaded or raises."""
    mounted = current_app.extensions.get("bgbilling")
    if mounted is None:
        raise click.ClickException("This application does not mount BGBilling.")
    known: Plugins = mounted.services.plugins
    if trace:
        _trace(known)
    else:
        known.ask()
    for plugin in known.overview():
        click.echo(f"{plugin.name}  [{plugin.origin}]  {', '.join(plugin.hooks) or 'not loaded'}")
        for failure in plugin.failures:
            click.echo(f"  failed at {failure.place}: {failure.reason}")
    sys.exit(1 if any(plugin.failures for plugin in known.overview()) else 0)


def _trace(known: Plugins) -> None:
    for asked in known.ask():
        gave = ", ".join(asked.keys) or "nothing"
        told = f"raised {type(asked.error).__name__}" if asked.error is not None else f"gave {gave}"
        click.echo(f"{asked.hook}: {asked.plugin} {told} in {asked.seconds * 1000:.1f} ms")
        if asked.error is not None:
            click.echo("".join(traceback.format_exception(asked.error)).rstrip())
    click.echo()
