"""The state that outlives the warehouse: what came in, what was run, what was published.

No personal value stands here: files are named, rows are numbered, values are not kept.
Times are UTC without an offset, so that SQLite and PostgreSQL hold them alike.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
LedgerId = BigInteger().with_variant(Integer, "sqlite")

submission = Table(
    "submission",
    metadata,
    Column("ledger_id", LedgerId, primary_key=True, autoincrement=True),
    Column("run_id", String(40), nullable=False),
    Column("partner_code", String(20), nullable=False),
    Column("standard", String(20)),
    Column("table_name", String(40)),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("received_at", DateTime, nullable=False),
    Column("header_created_at", DateTime),
    Column("file_name", Text, nullable=False),
    Column("archive_sha256", String(64), nullable=False),
    Column("member", String(40)),
    Column("sha256", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("contract_version", String(20)),
    Column("status", String(12), nullable=False),
    Column("reason", Text),
    Column("is_active", Boolean, nullable=False, default=False),
    Column("rows_read", BigInteger),
    Column("rows_loaded", BigInteger),
    Column("rows_quarantined", BigInteger),
    Column("rows_warned", BigInteger),
    Column("rows_released", BigInteger),
    Column("confirmed_created_at", DateTime),
    Column("confirmed_received_at", DateTime),
    Column("finished_at", DateTime),
    Index(None, "partner_code", "standard", "table_name", "period_start"),
    comment="One file for one unit (partner, standard, period, table), or one refused file",
)

submission_issue = Table(
    "submission_issue",
    metadata,
    Column("ledger_id", ForeignKey(submission.c.ledger_id), primary_key=True),
    Column("rule_id", String(60), primary_key=True),
    Column("column_name", String(400), primary_key=True, default=""),
    Column("severity", String(10), nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("message", Text, nullable=False),
    comment="How many rows of a submission broke which rule",
)

submission_profile = Table(
    "submission_profile",
    metadata,
    Column("ledger_id", ForeignKey(submission.c.ledger_id), primary_key=True),
    Column("profile", Text, nullable=False),
    comment="Statistics of a submission as JSON: what its checks compare with later ones",
)

check_result = Table(
    "check_result",
    metadata,
    Column("ledger_id", ForeignKey(submission.c.ledger_id), primary_key=True),
    Column("check_id", String(80), primary_key=True),
    Column("column_name", String(80), primary_key=True, default=""),
    Column("category", String(20), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("status", String(16), nullable=False),
    Column("observed", Float),
    Column("low", Float),
    Column("high", Float),
    Column("message", Text, nullable=False),
    comment="What an expectation found in the profile of a submission",
)

drift = Table(
    "drift",
    metadata,
    Column("drift_id", LedgerId, primary_key=True, autoincrement=True),
    Column("partner_code", String(20), nullable=False),
    Column("standard", String(20), nullable=False),
    Column("table_name", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("column_name", String(80), nullable=False),
    Column("value", String(80), nullable=False),
    Column("first_ledger_id", BigInteger, nullable=False),
    Column("first_period", Date, nullable=False),
    Column("first_seen_at", DateTime, nullable=False),
    Column("last_period", Date, nullable=False),
    UniqueConstraint(
        "partner_code", "standard", "table_name", "kind", "column_name", "value", name="uq_drift"
    ),
    comment="Columns and codes a partner began or ceased to send",
)

quarantine_decision = Table(
    "quarantine_decision",
    metadata,
    Column("decision_id", LedgerId, primary_key=True, autoincrement=True),
    Column("ledger_id", ForeignKey(submission.c.ledger_id), nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("action", String(10), nullable=False),
    Column("author", String(120), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    comment="Who released or rejected a held-back row, and why; the latest stands",
)

alert = Table(
    "alert",
    metadata,
    Column("alert_id", LedgerId, primary_key=True, autoincrement=True),
    Column("kind", String(30), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("message", Text, nullable=False),
    Column("raised_at", DateTime, nullable=False),
    Column("raise_sent_at", DateTime),
    Column("recovered_at", DateTime),
    Column("recovery_sent_at", DateTime),
    comment="What somebody must know, when it was told, and when it ended",
)

run = Table(
    "run",
    metadata,
    Column("run_id", String(40), primary_key=True),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("trigger", String(20), nullable=False),
    Column("status", String(12), nullable=False),
    Column("files_received", Integer),
    Column("seconds_intake", Float),
    Column("seconds_build", Float),
    Column("seconds_publish", Float),
    Column("build_id", String(20)),
    Column("message", Text),
    comment="One pass of the pipeline, by whoever started it",
)

build = Table(
    "build",
    metadata,
    Column("build_id", String(20), primary_key=True),
    Column("run_id", String(40), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("as_at", Date, nullable=False),
    Column("published_at", DateTime, nullable=False),
    Column("last_ledger_id", BigInteger, nullable=False),
    comment="Each published snapshot and what went into it",
)

restatement = Table(
    "restatement",
    metadata,
    Column("restatement_id", LedgerId, primary_key=True, autoincrement=True),
    Column("build_id", String(20), nullable=False),
    Column("previous_build_id", String(20), nullable=False),
    Column("kpi_id", String(20), nullable=False),
    Column("part", String(20), nullable=False),
    Column("quarter", String(12), nullable=False),
    Column("level", String(12), nullable=False),
    Column("code", String(40), nullable=False),
    Column("before_numerator", BigInteger),
    Column("before_denominator", BigInteger),
    Column("before_value", Float),
    Column("before_status", String(20)),
    Column("after_numerator", BigInteger),
    Column("after_denominator", BigInteger),
    Column("after_value", Float),
    Column("after_status", String(20)),
    Column("cause", Text, nullable=False),
    comment="A figure of an ended quarter that a later build changed, true values",
)
