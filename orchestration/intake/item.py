"""One file on its way in: where it lies, what its bytes are like, what it was recognised as."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.contracts.periods import Period
from orchestration.intake.archive import Bytes
from orchestration.intake.recognise import Heading, RefusedFileError
from orchestration.state.ledger import Issue, Unit


@dataclass
class Item:
    """One table's file: a file as sent, or one that a ZIP, workbook or message held."""

    partner_code: str
    name: str
    path: Path
    archive_sha256: str
    member: str | None
    """Its place in what was archived, like `2` or `0/3`; None for a file as sent."""
    found: Bytes
    received_at: datetime
    heading: Heading | None = None
    period: Period | None = None
    refusal: RefusedFileError | None = None
    warnings: list[Issue] = field(default_factory=list)
    ledger_id: int = 0
    is_standing: bool = False
    """Read again from the archive, though it stands already."""
    released: frozenset[int] = frozenset()
    """Lines somebody let in although they break a rule."""

    @property
    def unit(self) -> Unit | None:
        """The unit it is for; None until both table and period are known."""
        if self.heading is None or self.period is None:
            return None
        contract = self.heading.contract
        return Unit(self.partner_code, contract.standard, contract.table, self.period.start)

    @property
    def recognised(self) -> tuple[Heading, Period]:
        """Heading and period of a recognised item."""
        assert self.heading is not None
        assert self.period is not None
        return self.heading, self.period
