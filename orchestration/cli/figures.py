"""Commands that ask the published figures."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.common import AsJson, Audience, Home, check_audience, refuse, settings_of

app = typer.Typer()


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

    check_audience(audience)
    settings = settings_of(home, quiet=True)
    try:
        frame = ask(settings, load_keys(settings), audience, query)  # type: ignore[arg-type]
    except duckdb.Error as error:
        refuse(str(error).split("\n")[0])
    if as_json:
        print(frame.to_json(orient="records", date_format="iso"))
    else:
        print(frame.to_csv(index=False), end="")
