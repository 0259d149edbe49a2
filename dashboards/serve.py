"""Start one dashboard server: `python -m dashboards.serve --audience board --port 8501 --home DIR`.

Two audiences are two processes with two keys, so a mistake in a page of one cannot show the other's data.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import get_args

from dashboards.settings import Audience

APP = Path(__file__).resolve().parent / "app.py"
DEFAULT_PORTS: dict[Audience, int] = {"board": 8501, "operational": 8502}


def server_command(audience: Audience, port: int, home: Path) -> tuple[list[str], dict[str, str]]:
    """The command that serves `audience`, and the environment to lay over the current one.

    Everything else is in `.streamlit/config.toml` beside `app.py`, which Streamlit finds from any
    working directory. The address is repeated here so that no setting elsewhere can open it up.
    """
    argv = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(APP),
        "--server.address=127.0.0.1",
        f"--server.port={port}",
    ]
    return argv, {"CICS_AUDIENCE": audience, "CICS_HOME": str(home.resolve())}


def main(arguments: list[str] | None = None) -> None:
    """Replace this process by the server, so that signals reach it."""
    parser = argparse.ArgumentParser(prog="dashboards.serve", description=__doc__)
    parser.add_argument("--audience", choices=get_args(Audience), default="board")
    parser.add_argument("--port", type=int, help="8501 for board, 8502 for operational")
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("CICS_HOME", "var")))
    chosen = parser.parse_args(arguments)
    audience: Audience = chosen.audience
    argv, env = server_command(audience, chosen.port or DEFAULT_PORTS[audience], chosen.home)
    os.execve(argv[0], argv, {**os.environ, **env})  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main()
