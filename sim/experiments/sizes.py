"""How much an experiment asks for: its points, the runs at them, and those that need none of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sim.counts import counted
from sim.experiments.design import Point, equal_points
from sim.experiments.refused_points import to_try
from sim.scenario.experiment_files import LoadedExperiment


@dataclass(frozen=True)
class Size:
    """What an experiment comes to; the base is one of its points."""

    file: str
    points: int
    replications: int
    equal: int
    """Points that set what an earlier one sets, so that they need no runs."""
    runs: int
    tried: int
    """Points that were tried on the scenario before any run, of those that differ from the base."""

    def __str__(self) -> str:
        points = f"{counted(self.points, 'point')} with the base"
        equal = f" ({self.equal:,} the same as others)" if self.equal else ""
        own = self.points - self.equal - 1
        tried = f"; tried on the scenario before any run: {self.tried:,} of them" if self.tried < own else ""
        each = counted(self.replications, "replication")
        return f"{self.file}: {points}{equal}, {each}, {counted(self.runs, 'run')}{tried}"


def size(loaded: LoadedExperiment, found: tuple[Point, ...]) -> Size:
    """How much an experiment with some points asks for."""
    equal = len(equal_points(found))
    runs = (len(found) - equal) * loaded.replications
    return Size(str(loaded.path), len(found), loaded.replications, equal, runs, len(to_try(found)))
