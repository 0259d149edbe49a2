"""What a dashboard server is told: its home, its audience, whether it is a demonstration.

The home's `cics.env` may hold the same names; the environment wins.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Audience = Literal["board", "operational"]
ENV_FILE = "cics.env"
LONDON = ZoneInfo("Europe/London")


class Settings(BaseSettings):
    """CICS_* settings of one server process."""

    model_config = SettingsConfigDict(env_prefix="CICS_", extra="ignore", frozen=True)

    home: Path = Path("var")
    audience: Audience = "board"
    """The less revealing one unless told otherwise."""
    demo: bool = False
    as_at: date | None = None
    """The day the reader is taken to be on; today unless pinned, as the demo does."""
    check_seconds: float = Field(default=10, gt=0)
    """How often an open page looks for newer figures."""

    @property
    def published(self) -> Path:
        """Snapshots and `current.json`, which names the one to read."""
        return self.home / "published"

    @property
    def key_file(self) -> Path:
        """This audience's own key: the only key this process ever reads."""
        return self.home / "secrets" / f"{self.audience}.key"

    def today(self) -> date:
        """The pinned day, or today in London."""
        return self.as_at or datetime.now(LONDON).date()


def load_settings() -> Settings:
    """Settings of $CICS_HOME (or ./var), its `cics.env` under the environment."""
    home = Settings().home.resolve()
    return Settings(home=home, _env_file=home / ENV_FILE)  # type: ignore[call-arg]
