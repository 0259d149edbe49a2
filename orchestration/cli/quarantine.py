"""Commands for held-back rows: what waits, what each breaks, and deciding about it."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.common import AsJson, Home, console, refuse, settings_of, tell

app = typer.Typer(no_args_is_help=True, help="Held-back rows: list, show, release, reject.")
Author = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
Lines = Annotated[list[int], typer.Argument(help="Lines of the file, as `show` names them.")]


@app.command("list")
def list_(home: Home = None, as_json: AsJson = False) -> None:
    """Submissions that stand and have rows held back, with how many nobody has decided about."""
    from orchestration.intake.quarantine import Quarantine

    waiting = Quarantine(settings_of(home, quiet=True)).waiting()

    def show_them() -> None:
        table = Table("submission", "unit", "file", "held back", "undecided")
        for row in waiting:
            table.add_row(
                *(str(row[k]) for k in ("submission", "unit", "file", "held", "undecided"))
            )
        console.print(table)

    tell({"submissions": waiting}, as_json, show_them)


@app.command()
def show(
    submission: int,
    values: Annotated[bool, typer.Option(help="Show what was sent: personal data.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """The held-back rows of a submission: line, rules broken, decision."""
    from orchestration.intake.quarantine import Quarantine, QuarantineError

    try:
        rows = Quarantine(settings_of(home, quiet=True)).rows(submission, with_values=values)
    except QuarantineError as error:
        refuse(str(error))

    def show_them() -> None:
        for row in rows:
            decision = f"  {row['decision']} by {row['author']}" if row["decision"] else ""
            console.print(f"line {row['line']}: {row['rules']}{decision}", highlight=False)
            for name, value in row.get("values", {}).items():
                console.print(f"    {name}: {value}", highlight=False)

    tell({"rows": rows}, as_json, show_them)


@app.command()
def release(
    submission: int, lines: Lines, author: Author, reason: Reason, home: Home = None
) -> None:
    """Let rows in although they break a rule. The next run reads the submission again."""
    _decide(submission, lines, "release", author, reason, home)


@app.command()
def reject(
    submission: int, lines: Lines, author: Author, reason: Reason, home: Home = None
) -> None:
    """Settle that rows stay out; a corrected file is the sender's to send."""
    _decide(submission, lines, "reject", author, reason, home)


def _decide(
    submission: int, lines: list[int], action: str, author: str, reason: str, home: Home
) -> None:
    from orchestration.intake.quarantine import Quarantine, QuarantineError

    try:
        Quarantine(settings_of(home, quiet=True)).decide(submission, lines, action, author, reason)
    except QuarantineError as error:
        refuse(str(error))
    then = "; the next run reads the submission again" if action == "release" else ""
    console.print(f"{len(lines)} decided{then}", highlight=False)
