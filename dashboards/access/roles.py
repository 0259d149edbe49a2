"""Roles: which views each may open and whose figures it sees.

Until sign-in is set up these are demonstration roles, which the reader picks; a real server will map
an identity to a role from a reviewed file, and the rest of the app will not notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.access.scope import Scope
from dashboards.settings import Audience

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Role:
    """A role, the views it may open (by key) and the providers it sees (None: all)."""

    name: str
    views: frozenset[str]
    providers: tuple[str, ...] | None = None

    def scope(self, audience: Audience) -> Scope:
        """The scope a reader in this role has on this server."""
        return Scope(role=self.name, providers=self.providers, audience=audience)


EVERY_VIEW = frozenset({"kpi_results", "returns"})
DEMO_ROLES: Mapping[Audience, tuple[Role, ...]] = {
    "board": (
        Role("Board member", EVERY_VIEW),
        Role("Commissioner", EVERY_VIEW),
    ),
    "operational": (
        Role("Performance team", EVERY_VIEW),
        Role("Data engineer", frozenset({"returns"})),
        Role("Service manager, CNWL", EVERY_VIEW, ("RV3",)),
        Role("Service manager, Whittington", EVERY_VIEW, ("RKE",)),
        Role("Service manager, Royal Free", EVERY_VIEW, ("RAL",)),
        Role("Service manager, Tavistock", EVERY_VIEW, ("RNK",)),
    ),
}


def demo_refusal(*, is_demo: bool, address: str | None, headers: Mapping[str, str]) -> str | None:
    """Why nobody may come in without sign-in, or None when this is a demonstration on this machine.

    A forwarded request came through a proxy, so it may come from anywhere.
    """
    if not is_demo:
        return "Sign-in is not set up yet, so this server shows nothing."
    if address not in LOOPBACK or any(name.lower() == "x-forwarded-for" for name in headers):
        return "Demonstration roles work on this machine only, so this server shows nothing here."
    return None
