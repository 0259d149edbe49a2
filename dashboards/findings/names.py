"""Names of partners and services on a day: both are dated, and a service may move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.published.rows import Party

WHOLE = "The partnership"


@dataclass(frozen=True)
class Names:
    """Lookup of names; a code nobody named is shown as it is, never left out."""

    parties: Sequence[Party]

    def party(self, kind: str, code: str, day: date | None = None) -> Party | None:
        """The row in force on `day`, else the latest one with that code."""
        rows = [row for row in self.parties if row.kind == kind and row.code == code]
        if day is not None:
            for row in rows:
                starts = row.valid_from is None or row.valid_from <= day
                if starts and (row.valid_to is None or day <= row.valid_to):
                    return row
        return max(rows, key=lambda row: row.valid_from or date.min, default=None)

    def full(self, level: str, code: str, day: date | None = None) -> str:
        """Full name of a party at a level (partnership, provider, service)."""
        if level == "partnership":
            return WHOLE
        row = self.party("service" if level == "service" else "partner", code, day)
        return row.name if row else code

    def short(self, code: str, day: date | None = None) -> str:
        """Short name of a partner."""
        row = self.party("partner", code, day)
        return row.short_name if row else code

    def position(self, level: str, code: str) -> int:
        """Place in the published order, which is the contract's."""
        row = self.party("service" if level == "service" else "partner", code)
        return row.position if row else len(self.parties)
