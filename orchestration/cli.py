"""`cics`: the same work as the scheduler's, from a terminal.

Exit codes: 0 done, 1 refused with a reason, 2 wrong usage. Heavy imports stand inside the commands,
so that `cics --help` answers at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from orchestration.logs import configure_logs
from orchestration.settings import Settings, load_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys_app = typer.Typer(no_args_is_help=True, help="The home's keys.")
app.add_typer(keys_app, name="keys")
bench_app = typer.Typer(no_args_is_help=True, help="Measure speed against a reference in one run.")
app.add_typer(bench_app, name="bench")
console = Console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="The home folder; $CICS_HOME or ./var.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Audience = Annotated[str, typer.Option(help="board or operational")]


def main() -> None:
    """Entry point: known refusals become one clear line and exit code 1."""
    try:
        app()
    except Exception as error:
        if not isinstance(error, _refusals()):
            raise
        _refuse(str(error))


def _refusals() -> tuple[type[Exception], ...]:
    """Errors whose message is meant for the person at the terminal; imported when one came up."""
    from orchestration.contracts.model import ContractError
    from orchestration.keys import MissingKeyError
    from orchestration.lock import WriterBusyError
    from orchestration.partnership.load import PartnershipError
    from orchestration.run import FailedBuildError
    from orchestration.warehouse.build import BuildError
    from orchestration.warehouse.definitions import DefinitionError
    from orchestration.warehouse.snapshot import NoSnapshotError

    return (
        BuildError,
        ContractError,
        DefinitionError,
        FailedBuildError,
        MissingKeyError,
        NoSnapshotError,
        PartnershipError,
        WriterBusyError,
    )


def _refuse(reason: str) -> NoReturn:
    console.print(f"[bold]Refused:[/bold] {reason}", highlight=False)
    raise SystemExit(1)


def _settings(home: Path | None, *, quiet: bool = False) -> Settings:
    settings = load_settings(home)
    configure_logs(settings, quiet=quiet)
    return settings


def _tell(result: dict[str, Any], as_json: bool, show: Callable[[], None]) -> None:
    if as_json:
        print(json.dumps(result, indent=2, default=str))
    else:
        show()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
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


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError as error:
        raise typer.BadParameter("a month is written YYYY-MM") from error


@app.command()
def run(home: Home = None, as_json: AsJson = False, trigger: str = "command") -> None:
    """Take in what has settled in landing; build and publish when there is something new."""
    from orchestration.run import run_once

    with _progress() as progress:
        report = run_once(_settings(home), trigger, progress, wait=False)
    _tell(report.as_json(), as_json, lambda: _show_report(report.as_json()))


def _show_report(report: dict[str, Any]) -> None:
    counts = ", ".join(f"{n} {status}" for status, n in report["submissions"].items()) or "none"
    console.print(f"Submissions: {counts}", highlight=False)
    console.print(
        f"Rows: {report['rows_loaded']:,} loaded, {report['rows_quarantined']:,} held back",
        highlight=False,
    )
    for refusal in report["not_loaded"][:20]:
        console.print(f"  {refusal}", highlight=False)
    if report["build_id"]:
        console.print(f"Published build {report['build_id']}", highlight=False)
        if report["restatements"]:
            console.print(
                f"{report['restatements']} earlier figures were restated", highlight=False
            )
    else:
        console.print(report["message"], highlight=False)
    spent = ", ".join(f"{name} {seconds} s" for name, seconds in report["seconds"].items())
    console.print(spent, highlight=False)


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
        _refuse(f"{out} is not empty")
    truth = make(
        Options(children, _month(first), _month(last), seed, faults, out), load_partnership()
    )
    _tell(
        {"out": str(out), **truth["totals"]},
        as_json,
        lambda: console.print(f"Wrote {out}: {truth['totals']}", highlight=False),
    )


@app.command()
def demo(
    home: Home = None,
    children: Annotated[int, typer.Option(min=1)] = 3000,
    serve_after: Annotated[bool, typer.Option("--serve/--no-serve")] = True,
    seed: int = 1,
) -> None:
    """Make up an alliance in a demo home, run the whole pipeline, serve the dashboards."""
    from orchestration.demo import prepare_demo
    from orchestration.run import run_once

    where = (home or load_settings().home).resolve()
    console.print(f"A demo home is made in {where}", highlight=False)
    prepare_demo(where, children, seed)
    with _progress() as progress:
        report = run_once(_settings(where), "demo", progress, wait=False)
    _show_report(report.as_json())
    if serve_after:
        _serve_both(where)


def _serve_both(home: Path) -> None:
    from orchestration.serving import serve

    servers = [serve(home, audience) for audience in ("board", "operational")]
    for server in servers:
        server.wait_until_ready()
        console.print(f"{server.audience:>12}: {server.address}", highlight=False)
    console.print("Ctrl-C ends them", highlight=False)
    try:
        for server in servers:
            server.process.wait()
    except KeyboardInterrupt:
        pass
    finally:
        for server in servers:
            server.stop()


@app.command()
def serve(
    home: Home = None,
    audience: Audience = "board",
    port: Annotated[int | None, typer.Option(help="8501 for board, 8502 for operational.")] = None,
) -> None:
    """Serve the dashboards of one audience on this machine."""
    from orchestration.serving import serve as start

    _check_audience(audience)
    server = start(_settings(home).home, audience, port)
    server.wait_until_ready()
    console.print(server.address, highlight=False)
    try:
        raise SystemExit(server.process.wait())
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


@app.command()
def schedule(
    home: Home = None, port: Annotated[int, typer.Option(help="Of the scheduler's pages.")] = 3000
) -> None:
    """Run the scheduler: its pages, and the daemon that looks into landing and keeps the hours."""
    from orchestration.scheduling import run_scheduler

    settings = _settings(home)
    raise SystemExit(run_scheduler(settings, port, lambda t: console.print(t, highlight=False)))


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

    settings = _settings(home, quiet=True)
    trials = try_file(file, partner or None, _month(period) if period else None, settings)

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

    _tell(as_one(trials), as_json, show)
    if not all(trial.is_accepted for trial in trials):
        raise SystemExit(1)


@app.command()
def status(home: Home = None, as_json: AsJson = False) -> None:
    """What is published, how fresh it is, which returns are missing, how the last run ended."""
    from orchestration.status import status_of

    found = status_of(_settings(home, quiet=True))

    def show() -> None:
        for label, value in found["headline"].items():
            console.print(f"{label}: {value}", highlight=False)
        table = Table("partner", "standard", "data to", "missing", "rejected")
        for row in found["partners"]:
            table.add_row(
                *(str(row[k]) for k in ("partner", "standard", "data_to", "missing", "rejected"))
            )
        console.print(table)

    _tell(found, as_json, show)


@app.command()
def sql(
    query: Annotated[
        str, typer.Argument(help="One statement; tables are listed in docs/architecture.md.")
    ],
    audience: Audience = "board",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Ask the published snapshot, read-only."""
    import duckdb

    from orchestration.keys import load_keys
    from orchestration.warehouse.snapshot import query as ask

    _check_audience(audience)
    settings = _settings(home, quiet=True)
    try:
        frame = ask(settings, load_keys(settings), audience, query)  # type: ignore[arg-type]
    except duckdb.Error as error:
        _refuse(str(error).split("\n")[0])
    if as_json:
        print(frame.to_json(orient="records", date_format="iso"))
    else:
        print(frame.to_csv(index=False), end="")


@bench_app.command("intake")
def bench_intake(
    rows: Annotated[int, typer.Option(min=1000)] = 10_000_000,
    passes: Annotated[int, typer.Option(min=1)] = 3,
    as_json: AsJson = False,
) -> None:
    """Intake of one contacts file beside a plain DuckDB load of it."""
    from orchestration.bench import bench_intake as measure

    found = measure(rows, passes, lambda text: console.print(text, highlight=False))

    def show() -> None:
        for name, value in found.items():
            console.print(f"{name}: {value}", highlight=False)

    _tell(found, as_json, show)


@keys_app.command("make")
def make(home: Home = None) -> None:
    """Write new keys for an empty home; existing keys are never replaced."""
    from orchestration.keys import make_keys

    settings = _settings(home)
    make_keys(settings, is_demo=settings.demo)
    console.print(f"Keys are in {settings.secrets}; keep a copy elsewhere", highlight=False)


def _check_audience(audience: str) -> None:
    if audience not in ("board", "operational"):
        raise typer.BadParameter("the audience is board or operational")


if __name__ == "__main__":
    main()
