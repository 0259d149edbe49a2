"""Held-back rows after intake: reading them, and deciding about them.

A submission's held-back rows lie encrypted in one file, as `take_in` wrote them. Decisions are kept
for ever with author and reason; the latest about a line stands. A release has the submission read
again from the archive by the next run, on the same path as before.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyrage

from orchestration.contracts.model import shipped_catalogue
from orchestration.intake.examine import NEVER_RELEASED
from orchestration.keys import load_keys
from orchestration.lock import writer_lock
from orchestration.settings import Settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Ledger

CSV_FIELD_LIMIT = 1 << 21


class QuarantineError(ValueError):
    """A decision that cannot be taken; the message says why."""


class Quarantine:
    """The held-back rows of a home."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = Ledger(open_state(settings))

    def waiting(self) -> list[dict[str, Any]]:
        """Standing submissions with rows held back, newest first."""
        decided: dict[int, set[int]] = {}
        for decision in self.ledger.decisions():
            decided.setdefault(decision["ledger_id"], set()).add(decision["line"])
        rows = []
        for row in reversed(self.ledger.active_submissions()):
            if row["rows_quarantined"]:
                ledger_id, held = row["ledger_id"], row["rows_quarantined"]
                unit = f"{row['partner_code']} {row['standard']}.{row['table_name']}"
                rows.append(
                    {
                        "submission": ledger_id,
                        "unit": f"{unit} {row['period_start']:%Y-%m}",
                        "file": row["file_name"],
                        "held": held,
                        "undecided": max(held - len(decided.get(ledger_id, ())), 0),
                    }
                )
        return rows

    def rows(self, ledger_id: int, *, with_values: bool = False) -> list[dict[str, Any]]:
        """A submission's held-back rows in file order; what was sent only when asked for."""
        latest = {d["line"]: d for d in self.ledger.decisions() if d["ledger_id"] == ledger_id}
        found = []
        for held in self._held(ledger_id):
            line = int(held.pop("line"))
            decision = latest.get(line)
            row = {
                "line": line,
                "rules": held.pop("rules"),
                **{
                    name: decision[column] if decision else None
                    for name, column in (
                        ("decision", "action"),
                        ("author", "author"),
                        ("reason", "reason"),
                    )
                },
            }
            if with_values:
                row["values"] = {name: value for name, value in held.items() if value}
            found.append(row)
        return found

    def decide(
        self, ledger_id: int, lines: Sequence[int], action: str, author: str, reason: str
    ) -> None:
        """Record a decision; QuarantineError when nothing such is held back or may be let in."""
        if not author.strip() or not reason.strip():
            raise QuarantineError("A decision needs an author and a reason")
        with writer_lock(self.settings.lock_file):
            submission = self.ledger.submission(ledger_id)
            if submission is None or not submission["is_active"]:
                raise QuarantineError(f"Submission {ledger_id} does not stand; nothing to decide")
            rows = self.rows(ledger_id)
            held = {row["line"]: row["rules"] for row in rows}
            let_in = self.ledger.released_lines([ledger_id]).get(ledger_id, set())
            if unknown := sorted(
                set(lines) - set(held) - (let_in if action == "reject" else set())
            ):
                listed = ", ".join(map(str, unknown[:10]))
                raise QuarantineError(f"Submission {ledger_id} holds back no line {listed}")
            if action == "release":
                several = Counter(row["line"] for row in rows)
                if crowded := [line for line in lines if several[line] > 1]:
                    raise QuarantineError(
                        f"Line {crowded[0]} holds several held-back rows; one cannot be told from"
                        " the others, so the sender must correct it"
                    )
                self._must_be_releasable(submission, {line: held[line] for line in lines})
            reads_again = action == "release" or bool(set(lines) & let_in)
            self.ledger.decide(ledger_id, lines, action, author, reason, reads_again=reads_again)

    def _must_be_releasable(self, submission: Any, rules: dict[int, str]) -> None:
        contract = shipped_catalogue().contracts[submission["standard"], submission["table_name"]]
        needed = {c.name for c in contract.mandatory}
        for line, broken in rules.items():
            for rule, _, column in (r.partition(":") for r in broken.split()):
                if rule in NEVER_RELEASED or (rule.startswith("bad_") and column in needed):
                    raise QuarantineError(
                        f"Line {line} breaks {rule}: without a valid value it cannot be a row;"
                        " it is the sender's to correct"
                    )

    def _held(self, ledger_id: int) -> list[dict[str, str]]:
        path = self.settings.quarantine / f"{ledger_id}.csv.age"
        if not path.exists():
            return []
        keys = load_keys(self.settings)
        text = pyrage.decrypt(path.read_bytes(), [keys.archive]).decode("utf-8")
        csv.field_size_limit(CSV_FIELD_LIMIT)
        return list(csv.DictReader(io.StringIO(text, newline="")))
