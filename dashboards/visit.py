"""One reader's run of one page: scope, build and day, fixed from start to end.

`app.py` opens the visit; a view asks for it. It lives in the run's own context, not in the session,
so a rerun cannot see the build of the run before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from dashboards.access.scope import Scope
from dashboards.published.snapshot import Snapshot
from dashboards.settings import Settings


@dataclass(frozen=True)
class Visit:
    """What a view works with."""

    settings: Settings
    scope: Scope
    snapshot: Snapshot

    @property
    def today(self) -> date:
        """The day the reader is on."""
        return self.settings.today()

    @property
    def is_board(self) -> bool:
        """Whether figures are disclosed ones: small counts withheld, others rounded to five."""
        return self.settings.audience == "board"


_current: ContextVar[Visit] = ContextVar("visit")


@contextmanager
def visiting(visit: Visit) -> Iterator[Visit]:
    """Make `visit` the current one and give its cursor back at the end, however the run ends."""
    token = _current.set(visit)
    try:
        yield visit
    finally:
        _current.reset(token)
        visit.snapshot.close()


def current_visit() -> Visit:
    """The visit of this run. Raises LookupError outside one."""
    return _current.get()
