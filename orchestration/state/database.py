"""Open the state database, migrated to this release."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import event

from orchestration.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def open_state(settings: Settings) -> sa.Engine:
    """An engine on the migrated state database; SQLite waits for another writer, then fails."""
    settings.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(settings.state_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_is_durable)
    with engine.connect() as connection:
        _enforce_references(connection, False)
        with connection.begin():
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        _enforce_references(connection, True)
    return engine


def _enforce_references(connection: sa.Connection, enforced: bool) -> None:
    """SQLite changes a table by making it anew, which references to it would forbid."""
    if connection.dialect.name == "sqlite":
        if enforced and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the state's references do not hold after the migration")
        connection.exec_driver_sql(f"PRAGMA foreign_keys={'ON' if enforced else 'OFF'}")
        connection.commit()


def _sqlite_is_durable(connection: object, _record: object) -> None:
    """WAL lets readers read while a run writes; FULL survives a power cut."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
