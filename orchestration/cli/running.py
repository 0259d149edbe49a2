"""Commands that run things: the demo, one pass, the servers, the scheduler, and how they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from orchestration.cli.common import (
    AsJson,
    Audience,
    Home,
    check_audience,
    console,
    progress_bar,
    settings_of,
    tell,
)
from orchestration.settings import load_settings

app = typer.Typer()


@app.command()
def run(home: Home = None, as_json: AsJson = False, trigger: str = "command") -> None:
    """Take in what has settled in landing; build and publish when there is something new."""
    from orchestration.run import run_once

    with progress_bar() as progress:
        report = run_once(settings_of(home), trigger, progress, wait=False)
    tell(report.as_json(), as_json, lambda: _show_report(report.as_json()))


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
    with progress_bar() as progress:
        report = run_once(settings_of(where), "demo", progress, wait=False)
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

    check_audience(audience)
    server = start(settings_of(home).home, audience, port)
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

    settings = settings_of(home)
    raise SystemExit(run_scheduler(settings, port, lambda t: console.print(t, highlight=False)))


@app.command()
def status(home: Home = None, as_json: AsJson = False) -> None:
    """What is published, how fresh it is, which returns are missing, how the last run ended."""
    from orchestration.status import status_of

    found = status_of(settings_of(home, quiet=True))

    def show() -> None:
        for label, value in found["headline"].items():
            console.print(f"{label}: {value}", highlight=False)
        table = Table("partner", "standard", "data to", "missing", "rejected")
        for row in found["partners"]:
            table.add_row(
                *(str(row[k]) for k in ("partner", "standard", "data_to", "missing", "rejected"))
            )
        console.print(table)

    tell(found, as_json, show)
