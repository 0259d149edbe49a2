"""The scope of a reader: made once per run, first argument of every query."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.settings import Audience


@dataclass(frozen=True)
class Scope:
    """What one reader may be shown. `providers` None means every provider and the partnership."""

    role: str
    providers: tuple[str, ...] | None
    audience: Audience

    @property
    def provider_list(self) -> list[str] | None:
        """`providers` as a query parameter."""
        return None if self.providers is None else list(self.providers)
