"""The journal of changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MYSQL = ("mysql", "mariadb")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), *MYSQL)
INDEXES = {
    "ix_bgb_change_billing_id_contract_id_id": ["billing_id", "contract_id", "id"],
    "ix_bgb_change_person_id_id": ["person_id", "id"],
    "ix_bgb_change_created_at": ["created_at"],
    "ix_bgb_change_state_id": ["state", "id"],
    "ix_bgb_change_fingerprint_id": ["fingerprint", "id"],
}


def exact(length: int) -> sa.types.TypeEngine[str]:
    """A short name that is compared character by character."""
    return sa.String(length).with_variant(mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin"), *MYSQL)


def upgrade() -> None:
    """Makes ``bgb_change``; where MariaDB broke off half-way, what is missing."""
    op.create_table(
        "bgb_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("deadline_at", MOMENT),
        sa.Column("person_id", exact(64), nullable=False),
        sa.Column("person_name", sa.String(200), nullable=False),
        sa.Column("billing_id", exact(64), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("contract_title", sa.String(200), nullable=False),
        sa.Column("action", exact(80), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("state", exact(16), nullable=False),
        sa.Column("error_code", exact(40)),
        sa.Column("request_ids", sa.String(400), nullable=False),
        sa.Column("once", exact(64), nullable=False),
        sa.Column("fingerprint", exact(64)),
        sa.Column("lane", exact(64)),
        sa.Column("sealed_details", sa.Text().with_variant(mysql.LONGTEXT(), *MYSQL)),
        sa.PrimaryKeyConstraint("id", name="pk_bgb_change"),
        sa.UniqueConstraint("once", name="uq_bgb_change_once"),
        sa.UniqueConstraint("lane", name="uq_bgb_change_lane"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
        if_not_exists=True,
    )
    present = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("bgb_change")}
    for name, columns in INDEXES.items():
        if name not in present:
            op.create_index(name, "bgb_change", columns)
