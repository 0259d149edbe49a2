"""Report: tell the sender what was wrong, by file, line, column and rule. Values are never repeated."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.finding import Finding
from orchestration.state.ledger import Issue, Outcome

MOST_LINES = 10_000
MOST_LINES_SHOWN = 200


@dataclass(frozen=True)
class Fault:
    """One broken rule in one line of a file."""

    line: int
    column: str
    rule: str


def faults(con: duckdb.DuckDBPyConnection, number: int = 0, most: int = MOST_LINES) -> list[Fault]:
    """The first faults of a file in `stage`, by line; `number` is its place in the batch."""
    found = con.execute(
        """
        SELECT line, split_part(r, ':', 2), split_part(r, ':', 1)
        FROM (SELECT line, unnest(rules) AS r FROM stage.faults WHERE file_number = ?)
        ORDER BY ALL LIMIT ?
        """,
        [number, most],
    ).fetchall()
    return [Fault(*row) for row in found]


def write_report(
    folder: Path, name: str, file_name: str, unit: str, outcome: Outcome, found: Iterable[Fault]
) -> Path:
    """Write `<name>.csv` (a line per fault) and `<name>.html` (a page for people); the page's path."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    listed = list(found)
    messages = {(i.rule_id, i.column_name): i.message for i in outcome.issues}
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "column", "rule", "message"])
        if outcome.reason:
            writer.writerow([file_name, "", "", outcome.status, outcome.reason])
        for check in _failed(outcome):
            writer.writerow([file_name, "", check.column_name, check.check_id, check.message])
        for fault in listed:
            message = messages.get((fault.rule, fault.column), "")
            writer.writerow([file_name, fault.line, fault.column, fault.rule, message])
    page = folder / f"{name}.html"
    page.write_text(_page(file_name, unit, outcome, listed, messages), encoding="utf-8")
    return page


def _page(
    file_name: str,
    unit: str,
    outcome: Outcome,
    listed: list[Fault],
    messages: dict[tuple[str, str], str],
) -> str:
    told = {
        "loaded": "The file was taken in.",
        "rejected": "The file was refused as a whole. What you sent before still stands.",
    }.get(outcome.status, f"The file is a {outcome.status} one.")
    rows = "".join(_issue_row(issue) for issue in outcome.issues)
    lines = "".join(
        f"<tr><td>{f.line}</td><td>{html.escape(f.column) or '–'}</td><td>{html.escape(f.rule)}</td>"
        f"<td>{html.escape(messages.get((f.rule, f.column), ''))}</td></tr>"
        for f in listed[:MOST_LINES_SHOWN]
    )
    counts = "".join(
        f"<li>{label}: {count:,}</li>"
        for label, count in (
            ("Rows read", outcome.rows_read),
            ("Rows loaded", outcome.rows_loaded),
            ("Rows held back", outcome.rows_quarantined),
            ("Rows loaded with a warning", outcome.rows_warned),
        )
        if count is not None
    )
    reason = f"<p><strong>{html.escape(outcome.reason)}</strong></p>" if outcome.reason else ""
    more = (
        f"<p>The first {MOST_LINES_SHOWN} lines are shown; the CSV beside this page lists more.</p>"
        if len(listed) > MOST_LINES_SHOWN
        else ""
    )
    issues = (
        "<h2>What was found</h2><table><caption>Rules broken, and how often</caption><tr><th scope=col>Rule"
        "<th scope=col>Column<th scope=col>Rows<th scope=col>What happened<th scope=col>What it means</tr>"
        f"{rows}</table>"
        if rows
        else ""
    )
    where = (
        "<h2>Where</h2><table><caption>Lines of the file; the heading is line 1</caption><tr><th scope=col>Line"
        f"<th scope=col>Column<th scope=col>Rule<th scope=col>What it means</tr>{lines}</table>{more}"
        if lines
        else ""
    )
    checks = "".join(_finding_row(check) for check in _failed(outcome))
    checks = (
        "<h2>What looks unlike what is expected</h2><table><caption>Checks of the submission as a"
        " whole</caption><tr><th scope=col>Check<th scope=col>Column<th scope=col>What happened"
        f"<th scope=col>What was found</tr>{checks}</table>"
        if checks
        else ""
    )
    title = html.escape(f"{unit}: {file_name}")
    return (
        "<!doctype html><html lang=en-GB><meta charset=utf-8><title>" + title + "</title>"
        "<style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid #768692;padding:.3rem .6rem;"
        "text-align:left}caption{text-align:left;padding:.3rem 0}</style>"
        f"<h1>{title}</h1><p>{told}</p>{reason}<ul>{counts}</ul>{checks}{issues}{where}"
        "<p>Values are not repeated here; look them up in your own file by line.</p></html>\n"
    )


def _failed(outcome: Outcome) -> list[Finding]:
    return [f for f in outcome.findings if f.status in ("fail", "error")]


def _finding_row(found: Finding) -> str:
    happened = "the submission was refused" if found.is_blocking else "taken in, please check"
    return (
        f"<tr><td>{html.escape(found.check_id)}</td><td>{html.escape(found.column_name) or '–'}</td>"
        f"<td>{happened}</td><td>{html.escape(found.message)}</td></tr>"
    )


def _issue_row(issue: Issue) -> str:
    happened = "held back" if issue.severity == "reject" else "kept, please check"
    count = f"{issue.failed:,}" if issue.failed else "–"
    return (
        f"<tr><td>{html.escape(issue.rule_id)}</td><td>{html.escape(issue.column_name) or '–'}</td>"
        f"<td>{count}</td><td>{happened}</td><td>{html.escape(issue.message)}</td></tr>"
    )
