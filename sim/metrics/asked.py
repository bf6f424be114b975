"""What a measure asks of a run: whom or which places, and over which time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sim.log import NOT_YET
from sim.metrics.accounts import Accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Bools, Ints


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of a run, with names and seconds."""

    held: Accounts
    names: tuple[str, ...]
    begin: int
    end: int
    at: int | None
    statistic: str
    so_far: int | None = None
    """Who is still on the way or waits counts by the time so far; asked of those who have had so many seconds."""

    @classmethod
    def of(cls, held: Accounts, aim: Mapping[str, Any], measure: Mapping[str, Any]) -> Asked:
        """One aim of a measure as the legend's observations hold it."""
        setting = held.journeys.setting
        begin, end, so_far = aim["from_s"], aim["to_s"], measure.get("so_far")
        last = setting.horizon if end is None else int(end)
        return cls(
            held=held,
            names=tuple(aim["names"]),
            begin=setting.warm_up if begin is None else int(begin),
            # Whoever was released a second later has not had so many.
            end=last if so_far is None else min(last, setting.horizon - int(so_far) + 1),
            at=None if aim["at_s"] is None else int(aim["at_s"]),
            statistic=str(measure["statistic"]),
            so_far=so_far,
        )

    @property
    def journeys(self) -> Journeys:
        """What the run was."""
        return self.held.journeys

    @property
    def replications(self) -> int:
        """How many there are."""
        return len(self.journeys.replications)

    @cached_property
    def places(self) -> Ints:
        """The places, rising; NOT_YET among them for a name that none has."""
        return np.unique(self.journeys.setting.place_rows(self.names))

    @cached_property
    def released(self) -> Ints:
        """Entities of the flows that were released in the period, as rows of the legend."""
        return self.held.once(("released", self.names, self.begin, self.end), self._released)

    @cached_property
    def ends(self) -> Ints:
        """When each of them has come to its end; NOT_YET for who has not."""
        of = self.journeys.travellers.ends
        return self.held.once(("ends", self.names, self.begin, self.end), lambda: of(self.released))

    @cached_property
    def arrived(self) -> tuple[Ints, Ints]:
        """Replication of each of them that has arrived, by its place among them, and how long it was under way."""
        return self.held.once(("arrived", self.names, self.begin, self.end), self._arrived)

    def _arrived(self) -> tuple[Ints, Ints]:
        found, some = self.journeys.travellers, np.flatnonzero(self.ends != NOT_YET)
        done = self.released[some]
        return found.replication[done], self.ends[some] - found.release[done]

    def _released(self) -> Ints:
        setting, found = self.journeys.setting, self.journeys.travellers
        of_flow = _among(setting.flow_rows(self.names), len(setting.flows))
        return np.flatnonzero(of_flow[found.flow] & (found.release >= self.begin) & (found.release < self.end))

    @cached_property
    def visits(self) -> Ints:
        """Which visits are at the places, in the order of the log; at slots there are none."""
        setting = self.journeys.setting
        places = _among(np.setdiff1d(self.places, setting.slots), len(setting.places))
        return np.flatnonzero(places[self.journeys.visits.place])

    def run(self, visits: Ints) -> Ints:
        """The replication of some visits, by its place among them."""
        return self.journeys.travellers.replication[self.journeys.visits.who[visits]]


def _among(rows: Ints, table: int) -> Bools:
    """For each row of a table, and last for NOT_YET, whether it is one of these."""
    among = np.zeros(table + 1, dtype=bool)
    among[rows] = True
    among[-1] = False
    return among
