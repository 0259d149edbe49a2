"""CICS_* environment to typed settings and paths, read once per command.

A home may hold `cics.env` with the same names; the environment wins. Nothing else reads os.environ.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestration.partnership.load import SHIPPED

PROJECT_ROOT = Path(__file__).resolve().parent.parent
ENV_FILE = "cics.env"


class Settings(BaseSettings):
    """Everything an installation may set. Sizes are DuckDB sizes such as `2GB`."""

    model_config = SettingsConfigDict(env_prefix="CICS_", extra="ignore", frozen=True)

    home: Path = Path("var")
    partnership_file: Path = SHIPPED
    dbt_project: Path = PROJECT_ROOT / "dbt_project"
    demo: bool = False
    as_at: date | None = None
    """The day the warehouse is asked about; today unless pinned, as the demo does."""
    received_at: Literal["clock", "mtime"] = "clock"
    """`mtime` trusts the files' own times: for the demo and for loading a backlog."""
    memory_limit: str = "4GB"
    threads: int | None = None
    keep_snapshots: int = Field(default=5, ge=2)
    max_file_bytes: int = 20 * 1024**3
    max_zip_ratio: int = 200
    max_zip_members: int = 500
    database_url: str | None = None
    """State database; SQLite in the home unless a PostgreSQL URL is given."""

    smtp_host: str | None = None
    """Mail server for alerts; without one they stand in the log alone."""
    smtp_port: int = 25
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    alert_from: str = "cics-warehouse@localhost"
    alert_to: str = ""
    """Who is told, separated by commas."""

    @property
    def alert_recipients(self) -> tuple[str, ...]:
        """The addresses of `alert_to`."""
        return tuple(a.strip() for a in self.alert_to.split(",") if a.strip())

    @property
    def landing(self) -> Path:
        """Where partners' files arrive: one folder per partner code."""
        return self.home / "landing"

    @property
    def archive(self) -> Path:
        """Every received byte, encrypted, named by its SHA-256."""
        return self.home / "archive"

    @property
    def quarantine(self) -> Path:
        """Rows held back, encrypted, one file per submission."""
        return self.home / "quarantine"

    @property
    def state(self) -> Path:
        """The ledger and what else outlives the warehouse."""
        return self.home / "state"

    @property
    def build_file(self) -> Path:
        """The warehouse being built; disposable, because archive and state rebuild it."""
        return self.home / "warehouse" / "build.duckdb"

    @property
    def published(self) -> Path:
        """Snapshots and `current.json`, which names the one to read."""
        return self.home / "published"

    @property
    def reports(self) -> Path:
        """Error reports, a folder per partner code."""
        return self.home / "reports"

    @property
    def secrets(self) -> Path:
        """Key files, mode 0600."""
        return self.home / "secrets"

    @property
    def tmp(self) -> Path:
        """Working files; emptied when a writer starts."""
        return self.home / "tmp"

    @property
    def dagster_home(self) -> Path:
        """The scheduler's own storage."""
        return self.home / "dagster"

    @property
    def lock_file(self) -> Path:
        """Held by whoever writes."""
        return self.home / "writer.lock"

    @cached_property
    def state_url(self) -> str:
        """SQLAlchemy URL of the state database."""
        return self.database_url or f"sqlite:///{self.state / 'state.sqlite'}"

    def today(self) -> date:
        """The as-at date: pinned, or the machine's."""
        return self.as_at or datetime.now(UTC).date()

    def make_folders(self) -> None:
        """Create the home; folders are private to their owner."""
        for folder in (
            self.home,  # first: a parent made on the way would be open to everybody
            self.landing,
            self.archive,
            self.quarantine,
            self.state,
            self.build_file.parent,
            self.published,
            self.reports,
            self.secrets,
            self.tmp,
            self.dagster_home,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def load_settings(home: Path | None = None) -> Settings:
    """Settings of `home` (or $CICS_HOME, or ./var), its `cics.env` under the environment."""
    first = Settings() if home is None else Settings(home=home)
    absolute = first.home.resolve()
    return Settings(home=absolute, _env_file=absolute / ENV_FILE)  # type: ignore[call-arg]
