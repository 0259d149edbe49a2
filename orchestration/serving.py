"""Start the dashboards as processes of their own; they are never imported here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

PORTS = {"board": 8501, "operational": 8502}
READY_SECONDS = 60


@dataclass
class Server:
    """A running dashboard server of one audience."""

    audience: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Where it is to be seen, on this machine alone."""
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> None:
        """Return once it answers; RuntimeError when it ended or stays silent."""
        last = time.monotonic() + READY_SECONDS
        while time.monotonic() < last:
            if self.process.poll() is not None:
                raise RuntimeError(
                    f"the {self.audience} server ended with code {self.process.returncode}"
                )
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"the {self.audience} server does not answer on port {self.port}")

    def stop(self) -> None:
        """End it, by force if it must be."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()


def serve(home: Path, audience: str, port: int | None = None) -> Server:
    """Start the server of one audience on loopback."""
    chosen = port or PORTS[audience]
    arguments = ["--audience", audience, "--port", str(chosen), "--home", str(home)]
    process = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
        [sys.executable, "-m", "dashboards.serve", *arguments],
        env={**os.environ, "CICS_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    return Server(audience, chosen, process)
