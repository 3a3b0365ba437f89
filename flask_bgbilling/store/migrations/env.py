"""What Alembic runs for a migration; ``flask_bgbilling.store.migrations.upgrade`` gives it the connection."""

from alembic import context

from flask_bgbilling.store.base import VERSION_TABLE
from flask_bgbilling.store.tables import ChangeRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ChangeRow.metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
