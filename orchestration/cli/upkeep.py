"""Commands for who keeps an installation: keys, and measuring speed."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.common import AsJson, Home, console, settings_of, tell

keys_app = typer.Typer(no_args_is_help=True, help="The home's keys.")
bench_app = typer.Typer(no_args_is_help=True, help="Measure speed against a reference in one run.")


@bench_app.command("intake")
def bench_intake(
    kind: Annotated[
        str, typer.Option(help="contacts, episodes (SSDA903) or census (XML)")
    ] = "contacts",
    rows: Annotated[int, typer.Option(min=1000)] = 10_000_000,
    passes: Annotated[int, typer.Option(min=1)] = 3,
    warm: Annotated[bool, typer.Option(help="Load the libraries before measuring.")] = False,
    as_json: AsJson = False,
) -> None:
    """Intake of one large file, beside a plain DuckDB load of it; of a census, rows are children."""
    from orchestration.bench import LOADS
    from orchestration.bench import bench_intake as measure

    if kind not in LOADS:
        raise typer.BadParameter(f"the kind is one of {', '.join(LOADS)}")
    found = measure(
        kind, rows, passes, lambda text: console.print(text, highlight=False), warm=warm
    )

    def show() -> None:
        for name, value in found.items():
            console.print(f"{name}: {value}", highlight=False)

    tell(found, as_json, show)


@keys_app.command("make")
def make(home: Home = None) -> None:
    """Write new keys for an empty home; existing keys are never replaced."""
    from orchestration.keys import make_keys

    settings = settings_of(home)
    make_keys(settings, is_demo=settings.demo)
    console.print(f"Keys are in {settings.secrets}; keep a copy elsewhere", highlight=False)
