"""Driving and rest: how a truck's run over its legs is cut into driving, breaks and daily rests.

The rule is planned: breaks and rests stand where the planned driving time says so, as a dispatcher plans them. Time
that a truck waits at a border counts neither as driving nor as rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.scenario.services import Driving


@dataclass(frozen=True)
class Stretch:
    """Driving for so many seconds, or resting."""

    seconds: float
    what: str
    """drive, break or rest."""


@dataclass
class Driver:
    """What one driver has driven since the last break and since the last daily rest."""

    rule: Driving
    since_break: float = field(default=0.0)
    since_rest: float = field(default=0.0)

    def drive(self, seconds: float) -> Iterator[Stretch]:
        """Cut a driving time into stretches; a break or rest comes before the driving that it makes lawful."""
        left = seconds
        while left > 0:
            if self.since_rest >= self.rule.day.value:
                yield self._rest("rest", self.rule.rest.value)
            elif self.since_break >= self.rule.block.value:
                yield self._rest("break", self.rule.break_.value)
            stretch = min(left, self.rule.block.value - self.since_break, self.rule.day.value - self.since_rest)
            self.since_break += stretch
            self.since_rest += stretch
            left -= stretch
            yield Stretch(stretch, "drive")

    def _rest(self, what: str, seconds: float) -> Stretch:
        self.since_break = 0.0
        if what == "rest":
            self.since_rest = 0.0
        return Stretch(seconds, what)
