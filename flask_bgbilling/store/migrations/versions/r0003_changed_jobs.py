"""When a job was touched last, by which pages that look on find what is new; the name of the person whose job it is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MYSQL = ("mysql", "mariadb")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), *MYSQL)

TABLE = "bgb_job"
INDEX = "ix_bgb_job_changed_at"


def upgrade() -> None:
    """Adds what is missing: MariaDB may have broken off half-way."""
    inspector = sa.inspect(op.get_bind())
    present = {column["name"] for column in inspector.get_columns(TABLE)}
    if "changed_at" not in present:
        op.add_column(TABLE, sa.Column("changed_at", MOMENT))
    if "person_name" not in present:
        op.add_column(TABLE, sa.Column("person_name", sa.String(200)))
    if INDEX not in {index["name"] for index in inspector.get_indexes(TABLE)}:
        op.create_index(INDEX, TABLE, ["changed_at"])
    op.execute("UPDATE bgb_job SET changed_at = created_at WHERE changed_at IS NULL")
