"""How much an experiment asks for: its points, the runs at them, and those that need none of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sim.counts import counted
from sim.experiments.design import equal_points, points
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

    def __str__(self) -> str:
        points = f"{counted(self.points, 'point')} with the base"
        equal = f" ({self.equal:,} the same as others)" if self.equal else ""
        each = counted(self.replications, "replication")
        return f"{self.file}: {points}{equal}, {each}, {counted(self.runs, 'run')}"


def size(loaded: LoadedExperiment) -> Size:
    """How much an experiment asks for."""
    found = points(loaded)
    equal = len(equal_points(found))
    runs = (len(found) - equal) * loaded.replications
    return Size(str(loaded.path), len(found), loaded.replications, equal, runs)
