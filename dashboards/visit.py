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
from dashboards.published.operations import Operations, open_operations
from dashboards.published.snapshot import Snapshot
from dashboards.settings import Settings


@dataclass
class Visit:
    """What a view works with."""

    settings: Settings
    scope: Scope
    snapshot: Snapshot
    _operations: Operations | None = None

    def operations(self) -> Operations | None:
        """The operations file, opened when first asked for; None where there is none to read."""
        if self._operations is None:
            self._operations = open_operations(self.settings)
        return self._operations

    @property
    def queries(self) -> int:
        """Queries asked so far; answers from the cache are none."""
        return self.snapshot.queries + (self._operations.queries if self._operations else 0)

    def close(self) -> None:
        """Give back what was borrowed."""
        self.snapshot.close()
        if self._operations is not None:
            self._operations.close()

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
    """Make `visit` the current one and close it at the end, however the run ends."""
    token = _current.set(visit)
    try:
        yield visit
    finally:
        _current.reset(token)
        visit.close()


def current_visit() -> Visit:
    """The visit of this run. Raises LookupError outside one."""
    return _current.get()
