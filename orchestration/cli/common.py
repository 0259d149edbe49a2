"""What every command shares: its options, its settings, how a result or a refusal is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from orchestration.logs import configure_logs
from orchestration.settings import Settings, load_settings

console = Console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="The home folder; $CICS_HOME or ./var.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Audience = Annotated[str, typer.Option(help="board or operational")]


def refuse(reason: str) -> NoReturn:
    """End with a reason and exit code 1."""
    console.print(f"[bold]Refused:[/bold] {reason}", highlight=False)
    raise SystemExit(1)


def settings_of(home: Path | None, *, quiet: bool = False) -> Settings:
    """The home's settings, logs set up; `quiet` keeps a query's output clean."""
    settings = load_settings(home)
    configure_logs(settings, quiet=quiet)
    return settings


def tell(result: dict[str, Any], as_json: bool, show: Callable[[], None]) -> None:
    """Print a result as JSON, or have it shown to a person."""
    if as_json:
        print(json.dumps(result, indent=2, default=str))
    else:
        show()


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the terminal; called with a label, what is done and what there is to do."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("looking", total=None)

        def report(label: str, done: int, total: int) -> None:
            bar.update(task, description=label or "done", completed=done, total=total)

        yield report


def month_of(text: str) -> date:
    """The first day of a month written YYYY-MM; BadParameter for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise typer.BadParameter("a month is written YYYY-MM") from error


def check_audience(audience: str) -> None:
    """BadParameter unless there is such an audience."""
    if audience not in ("board", "operational"):
        raise typer.BadParameter("the audience is board or operational")
