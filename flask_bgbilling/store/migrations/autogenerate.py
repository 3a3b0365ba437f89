"""A plugin of Alembic: the host's own migrations leave our tables alone.

Our tables are in the host's database and not in its metadata, so ``flask db migrate`` would drop them. Alembic finds
this module by the entry point group ``alembic.plugins``; the entry point's name begins with ``alembic.autogenerate``
because only such plugins run unless an ``env.py`` asks for others.
"""

from typing import TYPE_CHECKING

from flask_bgbilling.store.base import VERSION_TABLE

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.runtime.plugins import Plugin
    from alembic.util import PriorityDispatchResult


def setup(plugin: "Plugin") -> None:
    """Called by Alembic when it is imported."""
    from alembic.util import DispatchPriority

    plugin.add_autogenerate_comparator(overlook_ours, "schema", priority=DispatchPriority.FIRST)
    plugin.add_autogenerate_comparator(spare_ours, "schema", priority=DispatchPriority.LAST)


def overlook_ours(context: "AutogenContext", found: "UpgradeOps", schemas: set[str | None]) -> "PriorityDispatchResult":
    """Keeps our tables from being read, and from being reported as removed.

    The list is no public name of Alembic; should it go, only the reports come back, for :func:`spare_ours` decides.
    """
    from alembic.util import PriorityDispatchResult

    filters = getattr(context, "_name_filters", None)
    if isinstance(filters, list):
        ours = _ours(context)
        filters.append(
            lambda name, kind, parents: not (kind == "table" and parents.get("schema_name") is None and name in ours)
        )
    return PriorityDispatchResult.CONTINUE


def spare_ours(context: "AutogenContext", found: "UpgradeOps", schemas: set[str | None]) -> "PriorityDispatchResult":
    """Takes back what was found out about tables of ours that the host's metadata does not know."""
    from alembic.operations.ops import DropTableOp, ModifyTableOps
    from alembic.util import PriorityDispatchResult

    ours = _ours(context)
    found.ops[:] = [
        one
        for one in found.ops
        if not (isinstance(one, DropTableOp | ModifyTableOps) and one.schema is None and one.table_name in ours)
    ]
    return PriorityDispatchResult.CONTINUE


def _ours(context: "AutogenContext") -> set[str]:
    """Names of our tables, as far as they are not in the metadata that is compared."""
    from flask_bgbilling.store.tables import ChangeRow

    theirs = {table.name for table in context.sorted_tables if table.schema is None}
    return {VERSION_TABLE, *ChangeRow.metadata.tables} - theirs
