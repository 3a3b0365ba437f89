"""Jobs with their log and leases; links of contracts, contracts being created, cases of the import."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MYSQL = ("mysql", "mariadb")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), *MYSQL)
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LONG_TEXT = sa.Text().with_variant(mysql.LONGTEXT(), *MYSQL)

INDEXES = {
    "bgb_job": {
        "ix_bgb_job_parent_id_state": ["parent_id", "state"],
        "ix_bgb_job_kind_id": ["kind", "id"],
        "ix_bgb_job_state_not_before": ["state", "not_before"],
    },
    "bgb_job_log": {
        "ix_bgb_job_log_job_id_id": ["job_id", "id"],
    },
    "bgb_contract_link": {
        "ix_bgb_contract_link_write_at": ["write_at"],
        "ix_bgb_contract_link_customer_id_billing_id": ["customer_id", "billing_id"],
    },
    "bgb_contract_creation": {
        "ix_bgb_contract_creation_customer_id_id": ["customer_id", "id"],
        "ix_bgb_contract_creation_state_id": ["state", "id"],
    },
    "bgb_import_case": {
        "ix_bgb_import_case_customer_id": ["customer_id"],
        "ix_bgb_import_case_state_id": ["state", "id"],
    },
}


def exact(length: int) -> sa.types.TypeEngine[str]:
    """A short name that is compared character by character."""
    return sa.String(length).with_variant(mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), *MYSQL)


def upgrade() -> None:
    """Makes the tables; where MariaDB broke off half-way, what is missing."""
    op.create_table(
        "bgb_job",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", exact(80), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("params", LONG_TEXT, nullable=False),
        sa.Column("state", exact(16), nullable=False),
        sa.Column("cursor", LONG_TEXT),
        sa.Column("result", LONG_TEXT),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer()),
        sa.Column("person_id", exact(64), nullable=False),
        sa.Column("owner", exact(64)),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("heartbeat_at", MOMENT),
        sa.Column("lease_until", MOMENT),
        sa.Column("not_before", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("parent_id", sa.BigInteger()),
        sa.Column("schedule", exact(80)),
        sa.Column("due_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_bgb_job"),
        sa.UniqueConstraint("schedule", "due_at", name="uq_bgb_job_schedule_due_at"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "bgb_job_log",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("level", exact(8), nullable=False),
        sa.Column("message", sa.String(400), nullable=False),
        sa.Column("message_values", LONG_TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bgb_job_log"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "bgb_lease",
        sa.Column("name", exact(120), nullable=False),
        sa.Column("owner", exact(64), nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_bgb_lease"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "bgb_contract_link",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("billing_id", exact(64), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("contract_title", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("person_id", exact(64), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written", sa.String(64)),
        sa.Column("write_at", MOMENT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error_code", exact(40)),
        sa.PrimaryKeyConstraint("id", name="pk_bgb_contract_link"),
        sa.UniqueConstraint("billing_id", "contract_id", name="uq_bgb_contract_link_billing_id_contract_id"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "bgb_contract_creation",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("once", exact(64), nullable=False),
        sa.Column("billing_id", exact(64), nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("contract_id", sa.Integer()),
        sa.Column("contract_title", sa.String(200), nullable=False),
        sa.Column("person_id", exact(64), nullable=False),
        sa.Column("person_name", sa.String(200), nullable=False),
        sa.Column("state", exact(16), nullable=False),
        sa.Column("step", exact(32), nullable=False),
        sa.Column("error_code", exact(40)),
        sa.Column("sealed_plan", LONG_TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bgb_contract_creation"),
        sa.UniqueConstraint("once", name="uq_bgb_contract_creation_once"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    op.create_table(
        "bgb_import_case",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("billing_id", exact(64), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("contract_title", sa.String(200), nullable=False),
        sa.Column("state", exact(16), nullable=False),
        sa.Column("outcome", exact(32), nullable=False),
        sa.Column("customer_id", sa.BigInteger()),
        sa.Column("job_id", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("error_code", exact(40)),
        sa.Column("sealed_details", LONG_TEXT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bgb_import_case"),
        sa.UniqueConstraint("billing_id", "contract_id", name="uq_bgb_import_case_billing_id_contract_id"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    inspector = sa.inspect(op.get_bind())
    for table, indexes in INDEXES.items():
        present = {index["name"] for index in inspector.get_indexes(table)}
        for name, columns in indexes.items():
            if name not in present:
                op.create_index(name, table, columns)
