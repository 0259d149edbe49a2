"""The partnership as the simulation needs it: services, teams and senders by position."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.partnership.model import Partnership, Return, Service, Team
from orchestration.synthetic.profiles import Profile, profile_of

ACTIVITY = ("csds", "mhsds")
"""The standards referrals and contacts are sent in. Who sends the first shares one record."""


@dataclass(frozen=True)
class Alliance:
    """Who sees children and who sends what. Positions in these tuples are used everywhere else.

    `senders` send referrals and contacts, those of CSDS before those of MHSDS and their services
    in the same order; a service whose provider sends none is left out. `lead` is the sender that
    runs triage and whose record everybody who sends CSDS writes into.
    """

    name: str
    partners: tuple[str, ...]
    kinds: tuple[str, ...]
    senders: tuple[str, ...]
    activity: tuple[str, ...]
    """The standard of each sender."""
    returns: tuple[Return, ...]
    services: tuple[Service, ...]
    profiles: tuple[Profile, ...]
    triage_team: Team
    teams: tuple[Team, ...]
    lead: int

    @classmethod
    def on(cls, partnership: Partnership, first: date, last: date) -> Alliance:
        """The alliance of the months `first` to `last`; ValueError when it changes meanwhile."""
        found = [
            (code, standard)
            for standard in ACTIVITY
            for code in partnership.partner_codes
            if any(r.standard == standard and r.partner_code == code for r in partnership.returns)
        ]
        senders = tuple(code for code, _ in found)
        held = [s for s in partnership.services if s.is_valid_on(first) or s.is_valid_on(last)]
        changing = [s.code for s in held if not (s.is_valid_on(first) and s.is_valid_on(last))]
        if changing:
            raise ValueError(f"a service starts, ends or moves in these months: {changing[0]}")
        triage = next(s for s in held if s.is_triage)
        services = tuple(
            s
            for standard in ACTIVITY
            for s in held
            if (s.provider_code, standard) in found and not s.is_triage
        )
        teams = [t for t in partnership.teams if t.is_valid_on(first)]
        triage_team = next(t for t in teams if t.service_code == triage.code)
        codes = {s.code for s in services}
        behind = {s.code for s in services if (s.provider_code, ACTIVITY[0]) not in found}
        own = sorted(
            (t for t in teams if t.service_code in codes), key=lambda t: t.service_code in behind
        )
        return cls(
            name=partnership.short_name,
            partners=partnership.partner_codes,
            kinds=tuple(
                o.kind for c in partnership.partner_codes if (o := partnership.organisation(c))
            ),
            senders=senders,
            activity=tuple(standard for _, standard in found),
            returns=partnership.returns,
            services=services,
            profiles=tuple(profile_of(s.code) for s in services),
            triage_team=triage_team,
            # the triage team comes first: team 0 sees no child
            teams=(triage_team, *own),
            lead=senders.index(triage.provider_code),
        )

    def sending(self, standard: str) -> Alliance:
        """The part of the alliance whose activity is sent in one standard, triage team included."""
        senders = [c for c, s in zip(self.senders, self.activity, strict=True) if s == standard]
        services = tuple(s for s in self.services if s.provider_code in senders)
        codes = {s.code for s in services}
        lead = self.senders[self.lead]
        return replace(
            self,
            senders=tuple(senders),
            activity=(standard,) * len(senders),
            services=services,
            profiles=tuple(profile_of(s.code) for s in services),
            teams=(self.triage_team, *(t for t in self.teams[1:] if t.service_code in codes)),
            lead=senders.index(lead) if lead in senders else 0,
        )

    def owes(self, partner: str, standard: str, table: str, period: date | None = None) -> bool:
        """Whether the calendar names the partner's table, for a period if its first day is given."""
        return any(
            (r.partner_code, r.standard) == (partner, standard)
            and table in r.tables
            and (period is None or r.is_valid_on(period))
            for r in self.returns
        )

    def bit(self, partner: str) -> int:
        """The partner's mark where several partners' rows stand in one table."""
        return 1 << self.partners.index(partner)

    @property
    def service_sender(self) -> NDArray[np.int8]:
        """Position of each service's provider among the senders."""
        return np.array([self.senders.index(s.provider_code) for s in self.services], np.int8)

    @property
    def is_autism_pathway(self) -> NDArray[np.bool_]:
        """Whether each service is an autism pathway."""
        return np.array([s.is_autism_pathway for s in self.services])

    @property
    def discipline(self) -> NDArray[np.int8]:
        """A number for each service's discipline, equal where the discipline is."""
        names = sorted({s.discipline for s in self.services})
        return np.array([names.index(s.discipline) for s in self.services], np.int8)

    def team_for(self, setting: str) -> NDArray[np.int8]:
        """For each service the position of its team in `setting`, else of its community team."""
        found = []
        for service in self.services:
            own = [i for i, t in enumerate(self.teams) if t.service_code == service.code]
            fitting = [i for i in own if self.teams[i].setting == setting]
            found.append((fitting or own)[0])
        return np.array(found, np.int8)
