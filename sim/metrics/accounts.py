"""What every metric starts from: the journeys of a log, where their seconds went and what they cost, once for all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sim.log import Log
from sim.metrics.burdens import Burdens, fees
from sim.metrics.causes import Seconds, seconds
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path, paths, pieces
from sim.metrics.shape import Floats


@dataclass(frozen=True, eq=False)
class Accounts:
    """Journeys with what is worked out from them on first use."""

    journeys: Journeys

    @cached_property
    def spent(self) -> Seconds:
        """Where the seconds of each visit went."""
        return seconds(self.journeys)

    @cached_property
    def burdens(self) -> Burdens:
        """What each entity bears in all."""
        return Burdens(self.journeys, lambda: self.spent, lambda: self.fees)

    @cached_property
    def fees(self) -> Floats:
        """USD per TEU due at each row."""
        return fees(self.journeys)

    @cached_property
    def pieces(self) -> tuple[Floats, Floats]:
        """For each step the shares of its leg's length at which it begins and ends."""
        return pieces(self.journeys)

    @cached_property
    def paths(self) -> list[Path]:
        """The path of each flow that arrived."""
        return paths(self.journeys)


def accounts(log: Log | Accounts) -> Accounts:
    """The accounts of a log; accounts themselves are given back, so that metrics can share them."""
    return log if isinstance(log, Accounts) else Accounts(Journeys.of(log))
