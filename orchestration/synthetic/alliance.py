"""The partnership as the simulation needs it: services, teams and senders by position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.partnership.model import Partnership, Service, Team
from orchestration.synthetic.profiles import Profile, profile_of


@dataclass(frozen=True)
class Alliance:
    """Who sees children and who sends what. Positions in these tuples are used everywhere else.

    `senders` send CSDS; a service whose provider does not is left out. `lead` is the sender that
    runs triage and whose record everybody writes into.
    """

    name: str
    partners: tuple[str, ...]
    kinds: tuple[str, ...]
    senders: tuple[str, ...]
    services: tuple[Service, ...]
    profiles: tuple[Profile, ...]
    triage_team: Team
    teams: tuple[Team, ...]
    lead: int

    @classmethod
    def on(cls, partnership: Partnership, first: date, last: date) -> Alliance:
        """The alliance of the months `first` to `last`; ValueError when it changes meanwhile."""
        senders = tuple(
            code
            for code in partnership.partner_codes
            if any(r.standard == "csds" and r.partner_code == code for r in partnership.returns)
        )
        held = [s for s in partnership.services if s.is_valid_on(first) or s.is_valid_on(last)]
        changing = [s.code for s in held if not (s.is_valid_on(first) and s.is_valid_on(last))]
        if changing:
            raise ValueError(f"a service starts, ends or moves in these months: {changing[0]}")
        triage = next(s for s in held if s.is_triage)
        services = tuple(s for s in held if s.provider_code in senders and not s.is_triage)
        teams = [t for t in partnership.teams if t.is_valid_on(first)]
        triage_team = next(t for t in teams if t.service_code == triage.code)
        codes = {s.code for s in services}
        return cls(
            name=partnership.short_name,
            partners=partnership.partner_codes,
            kinds=tuple(
                o.kind for c in partnership.partner_codes if (o := partnership.organisation(c))
            ),
            senders=senders,
            services=services,
            profiles=tuple(profile_of(s.code) for s in services),
            triage_team=triage_team,
            # the triage team comes first: team 0 sees no child
            teams=(triage_team, *(t for t in teams if t.service_code in codes)),
            lead=senders.index(triage.provider_code),
        )

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
