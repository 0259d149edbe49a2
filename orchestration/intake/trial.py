"""`cics check FILE`: what would happen to a file if it were sent, with nothing stored."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from orchestration import duck
from orchestration.contracts.model import shipped_catalogue
from orchestration.intake import archive
from orchestration.intake.examine import examine
from orchestration.intake.load import open_stage
from orchestration.intake.read import as_utf8, first_line
from orchestration.intake.recognise import (
    RefusedFileError,
    expected,
    month,
    period_in_name,
    recognise,
)
from orchestration.intake.report import Fault, faults
from orchestration.partnership.load import load_partnership
from orchestration.settings import Settings
from orchestration.state.ledger import Issue

THROW_AWAY_KEY = "check"  # the staging of a large file lives in a folder removed at the end


@dataclass
class Trial:
    """The answer for one file."""

    is_accepted: bool
    summary: str
    rows_read: int = 0
    rows_good: int = 0
    issues: tuple[Issue, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The answer for `--json`."""
        return {
            "accepted": self.is_accepted,
            "summary": self.summary,
            "rows_read": self.rows_read,
            "rows_good": self.rows_good,
            "issues": [vars(i) for i in self.issues],
            "faults": [vars(f) for f in self.faults],
        }


def try_file(path: Path, partner: str | None, period: date | None, settings: Settings) -> Trial:
    """Recognise and validate one CSV as intake would; `partner` also checks that it is owed."""
    catalogue = shipped_catalogue()
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"home": Path(folder)})
        own.tmp.mkdir(parents=True)
        found = archive.survey(path)
        try:
            text = as_utf8(path, found, own.tmp / "heading")
            heading = recognise(first_line(text, "utf-8"), catalogue)
            whole = month(period) if period else period_in_name(path.name, path.parent.name)
            if whole is None:
                raise RefusedFileError("period_unknown", "Give the month with --period YYYY-MM")
            if partner:
                partnership = load_partnership(settings.partnership_file)
                expected(heading.contract, whole, partner, partnership, settings.today())
            con = duck.connect(own)
            open_stage(con, found.size, own.tmp, THROW_AWAY_KEY)
            seen = examine(con, path, found, heading, whole, catalogue, own.tmp)
            listed = faults(con)
            con.close()
        except RefusedFileError as error:
            issue = Issue(error.rule, "", "reject", 0, str(error))
            return Trial(False, f"The file would be refused: {error}", issues=(issue,))
    contract = heading.contract
    summary = (
        f"{contract.national} ({contract.title}), {whole.start:%Y-%m}: {seen.rows_read:,} rows, "
        f"{seen.rows_good:,} would be loaded, {seen.rows_held:,} held back, {seen.rows_warned:,} with a warning"
    )
    summary = re.sub(r"\s+", " ", summary)
    return Trial(seen.rows_good > 0, summary, seen.rows_read, seen.rows_good, seen.issues, listed)
