"""Checks of submissions, drift, decisions on quarantined rows, alerts; members of members."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute("DROP TABLE IF EXISTS _alembic_tmp_submission")  # a migration killed half way
    with op.batch_alter_table("submission_issue") as table:
        table.alter_column("column_name", existing_type=sa.String(80), type_=sa.String(400))
    with op.batch_alter_table("submission") as table:
        table.add_column(sa.Column("confirmed_created_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("confirmed_received_at", sa.DateTime(), nullable=True))
        table.alter_column(
            "member",
            existing_type=sa.Integer(),
            type_=sa.String(40),
            postgresql_using="member::varchar",
        )
        table.add_column(sa.Column("rows_released", sa.BigInteger(), nullable=True))
    op.create_table(
        "submission_profile",
        sa.Column("ledger_id", big, sa.ForeignKey("submission.ledger_id"), primary_key=True),
        sa.Column("profile", sa.Text(), nullable=False),
        comment="Statistics of a submission as JSON: what its checks compare with later ones",
    )
    op.create_table(
        "check_result",
        sa.Column("ledger_id", big, sa.ForeignKey("submission.ledger_id"), primary_key=True),
        sa.Column("check_id", sa.String(80), primary_key=True),
        sa.Column("column_name", sa.String(80), primary_key=True),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("observed", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        comment="What an expectation found in the profile of a submission",
    )
    op.create_table(
        "drift",
        sa.Column("drift_id", big, primary_key=True, autoincrement=True),
        sa.Column("partner_code", sa.String(20), nullable=False),
        sa.Column("standard", sa.String(20), nullable=False),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("column_name", sa.String(80), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.Column("first_ledger_id", sa.BigInteger(), nullable=False),
        sa.Column("first_period", sa.Date(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_period", sa.Date(), nullable=False),
        sa.UniqueConstraint(
            "partner_code", "standard", "table_name", "kind", "column_name", "value",
            name="uq_drift",
        ),
        comment="Columns and codes a partner began or ceased to send",
    )  # fmt: skip
    op.create_table(
        "quarantine_decision",
        sa.Column("decision_id", big, primary_key=True, autoincrement=True),
        sa.Column("ledger_id", big, sa.ForeignKey("submission.ledger_id"), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        comment="Who released or rejected a held-back row, and why; the latest stands",
    )
    op.create_table(
        "alert",
        sa.Column("alert_id", big, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(), nullable=False),
        sa.Column("raise_sent_at", sa.DateTime(), nullable=True),
        sa.Column("recovered_at", sa.DateTime(), nullable=True),
        sa.Column("recovery_sent_at", sa.DateTime(), nullable=True),
        comment="What somebody must know, when it was told, and when it ended",
    )
