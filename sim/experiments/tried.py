"""The points that a search or a fit has tried: each run once, however often it is proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from sim.experiments.design import Point, point_of
from sim.experiments.proposals import Chosen

Evaluate = Callable[[Sequence[Point]], pd.DataFrame]
"""Runs points and gives their values: point, replication, outcome, value, unfinished."""


class Tried:
    """Points with their values; the base is number 0."""

    def __init__(self, base: Point, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._numbers: dict[str, int] = {}
        self._values = [evaluate([base])]
        self.points = [base]
        self.chosen: dict[int, Chosen] = {}
        """What each point but the base sets its factors to."""

    def run(self, proposed: Sequence[Chosen]) -> list[int]:
        """The numbers of the points that are proposed, after those that are new were run."""
        fresh: list[Point] = []
        numbers = []
        for chosen in proposed:
            number = self._numbers.setdefault(_settings(chosen), len(self.points) + len(fresh))
            if number == len(self.points) + len(fresh):
                fresh.append(point_of(number, f"p{number}", chosen))
                self.chosen[number] = chosen
            numbers.append(number)
        if fresh:
            self._values.append(self._evaluate(fresh))
            self.points += fresh
        return numbers

    @property
    def values(self) -> pd.DataFrame:
        """Those of all points, sorted as those of a sweep."""
        return pd.concat(self._values, ignore_index=True)

    @property
    def latest(self) -> pd.DataFrame:
        """Those of the base and of the points that were run last."""
        return pd.concat([self._values[0], self._values[-1]], ignore_index=True)


def _settings(chosen: Chosen) -> str:
    """What a point sets, as one text: points that set the same are equal, whatever they are called."""
    return repr(sorted((path, value) for choice in chosen.values() for path, value in choice.settings.items()))
