"""`cics check FILE`: what would happen to a file if it were sent, with nothing stored."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from expectations.finding import Finding
from expectations.run import validate
from orchestration import duck
from orchestration.contracts.model import shipped_catalogue
from orchestration.contracts.periods import named, period_in_name, period_of
from orchestration.intake import archive
from orchestration.intake.examine import examine
from orchestration.intake.item import Item
from orchestration.intake.load import open_stage, prepare
from orchestration.intake.profile import profile
from orchestration.intake.receive import Terms, admit, opened
from orchestration.intake.recognise import RefusedFileError, in_version
from orchestration.intake.report import Fault, faults
from orchestration.partnership.load import load_partnership
from orchestration.settings import Settings
from orchestration.state.ledger import Issue, now

THROW_AWAY_KEY = "check"  # the staging of a large file lives in a folder removed at the end


@dataclass
class Trial:
    """The answer for one table of a file."""

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


def as_one(trials: Sequence[Trial]) -> dict[str, Any]:
    """The answer for a whole file, for `--json`: its sums, and each table's own under `tables`."""
    return {
        "accepted": all(t.is_accepted for t in trials),
        "summary": "; ".join(t.summary for t in trials),
        "rows_read": sum(t.rows_read for t in trials),
        "rows_good": sum(t.rows_good for t in trials),
        "issues": [vars(i) for t in trials for i in t.issues],
        "faults": [vars(f) for t in trials for f in t.faults],
        "tables": [t.as_json() for t in trials],
    }


def try_file(
    path: Path, partner: str | None, period: date | None, settings: Settings
) -> list[Trial]:
    """Open, recognise and validate a file as intake would; a trial for each table in it.

    `partner` also checks that it is owed and shared; `period` is any day of the period, for a file
    whose name does not say it.
    """
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"home": Path(folder)})
        own.tmp.mkdir(parents=True)
        terms = Terms(own, load_partnership(settings.partnership_file), shipped_catalogue())
        whole = Item(partner or "", path.name, path, "", None, archive.survey(path), now())
        return [
            _try(item, path.parent.name, partner, period, terms)
            for item in opened(whole, own.tmp / uuid4().hex, terms)
        ]


def _try(item: Item, folder: str, partner: str | None, period: date | None, terms: Terms) -> Trial:
    try:
        if item.refusal is not None:
            raise item.refusal
        assert item.heading is not None
        kind = item.heading.contract.period
        if period is not None:
            item.period = period_of(kind, period)
        item.period = item.period or period_in_name(kind, item.name, folder)
        if item.period is None:
            raise RefusedFileError("period_unknown", "Give the period with --period YYYY-MM")
        if partner:
            admit(item, terms)
        else:
            item.heading = in_version(item.heading, terms.catalogue, item.period)
        con = duck.connect(terms.settings)
        open_stage(con, item.found.size, terms.settings.tmp, THROW_AWAY_KEY)
        prepare(con, terms.catalogue)
        (seen,) = examine(con, [item], terms.catalogue, terms.settings.tmp)
        listed = faults(con)
        contract = item.heading.contract
        frame = profile(con, [item], [seen], {}, terms.catalogue).frame
        findings = validate(frame, contract.standard, contract.table)
        con.close()
    except RefusedFileError as error:
        issue = Issue(error.rule, "", "reject", 0, str(error))
        return Trial(False, f"{item.name} would be refused: {error}", issues=(issue,))
    summary = (
        f"{contract.national} ({contract.title}), {named(item.period)}: {seen.rows_read:,} rows, "
        f"{seen.rows_good:,} would be loaded, {seen.rows_held:,} held back, {seen.rows_warned:,} with a warning"
    )
    blocking = [f.message for f in findings if f.is_blocking]
    if blocking:
        summary += ". It would be refused: " + "; ".join(blocking)
    is_nothing = seen.rows_read == 0 and contract.may_be_empty
    is_accepted = not blocking and (seen.rows_good > 0 or is_nothing)
    issues = (*seen.issues, *(_as_issue(f) for f in findings if f.status in ("fail", "error")))
    return Trial(is_accepted, summary, seen.rows_read, seen.rows_good, issues, listed)


def _as_issue(found: Finding) -> Issue:
    """A check of the whole, told beside the rules about rows."""
    severity: Literal["reject", "warn"] = "reject" if found.is_blocking else "warn"
    return Issue(found.check_id, found.column_name, severity, 0, found.message)
