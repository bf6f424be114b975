"""How much an experiment asks for: its points, the runs at them, and those that need none of their own."""

from __future__ import annotations

from dataclasses import dataclass

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
        points = f"{self.points:,} {'point' if self.points == 1 else 'points'} with the base"
        equal = f" ({self.equal:,} the same as others)" if self.equal else ""
        each = f"{self.replications:,} {'replication' if self.replications == 1 else 'replications'}"
        return f"{self.file}: {points}{equal}, {each}, {self.runs:,} {'run' if self.runs == 1 else 'runs'}"


def size(loaded: LoadedExperiment) -> Size:
    """How much an experiment asks for."""
    found = points(loaded)
    equal = len(equal_points(found))
    runs = (len(found) - equal) * loaded.replications
    return Size(str(loaded.path), len(found), loaded.replications, equal, runs)
