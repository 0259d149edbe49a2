"""Commands about extracts: making some up, and trying one before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.common import AsJson, Home, console, month_of, refuse, settings_of, tell

app = typer.Typer()


@app.command()
def generate(
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    children: Annotated[int, typer.Option(min=1)] = 3000,
    first: Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")] = "2023-04",
    last: Annotated[str, typer.Option("--to", help="Last month, YYYY-MM.")] = "2026-09",
    seed: int = 1,
    faults: Annotated[float, typer.Option(min=0, max=0.5, help="Share of bad rows.")] = 0.001,
    as_json: AsJson = False,
) -> None:
    """Make up an alliance's extracts, with the truth beside them. No real person is in them."""
    from orchestration.partnership.load import load_partnership
    from orchestration.synthetic.generate import generate as make
    from orchestration.synthetic.options import Options

    if out.exists() and any(out.iterdir()):
        refuse(f"{out} is not empty")
    truth = make(
        Options(children, month_of(first), month_of(last), seed, faults, out), load_partnership()
    )
    tell(
        {"out": str(out), **truth["totals"]},
        as_json,
        lambda: console.print(f"Wrote {out}: {truth['totals']}", highlight=False),
    )


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    partner: Annotated[str, typer.Option(help="Code of the partner whose file it is.")] = "",
    period: Annotated[str, typer.Option(help="Month, YYYY-MM, if no name or header says.")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Try a file before it is sent: same recognition, same rules, nothing stored."""
    from orchestration.intake.trial import as_one, try_file

    settings = settings_of(home, quiet=True)
    trials = try_file(file, partner or None, month_of(period) if period else None, settings)

    def show() -> None:
        for trial in trials:
            console.print(trial.summary, highlight=False)
            table = Table("rule", "column", "rows", "what happens", "what it means")
            for issue in trial.issues:
                happens = "held back" if issue.severity == "reject" else "kept"
                table.add_row(
                    issue.rule_id,
                    issue.column_name,
                    str(issue.failed or ""),
                    happens,
                    issue.message,
                )
            if trial.issues:
                console.print(table)
            for fault in trial.faults[:20]:
                console.print(f"  line {fault.line}: {fault.column} {fault.rule}", highlight=False)

    tell(as_one(trials), as_json, show)
    if not all(trial.is_accepted for trial in trials):
        raise SystemExit(1)
