"""Search: the best point that keeps some sentences, or the Pareto front of several goals.

All points are run with the same seed and replications, so that they meet the same luck. The best of many noisy numbers
is too good to be true: what is found is run once more with fresh replications, which are told beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from sim.experiments.design import Point
from sim.experiments.proposals import Chosen, Proposal, Proposals, combinations
from sim.experiments.tried import Evaluate, Tried
from sim.metrics.shape import Bools, Floats, shaped
from sim.scenario.axes import Axis

Broken = Callable[[pd.DataFrame, int], Mapping[str, float]]
"""By how much a point, of which there are values, breaks each sentence: above 0 if it does, missing if unknown."""

TRIALS = {
    "trial": "int64",
    "point": "int64",
    "feasible": "bool",
    "front": "bool",
}


@dataclass(frozen=True)
class Sought:
    """What is looked for."""

    axes: tuple[Axis, ...]
    goals: Mapping[str, int]
    """Outcomes, each with 1 if lower is better and -1 if higher is."""
    trials: int
    together: int
    seed: int


@dataclass(frozen=True)
class Searched:
    """What was found: all points that were tried, their values, and the trials in their order."""

    points: tuple[Point, ...]
    values: pd.DataFrame
    trials: pd.DataFrame
    whole: bool
    """Whether all combinations of the factors were tried."""

    @property
    def found(self) -> tuple[Point, ...]:
        """The points of the front, which is the best one if there is one goal; none if all break a sentence."""
        numbers = set(self.trials.loc[self.trials["front"], "point"].tolist())
        return tuple(point for point in self.points if point.number in numbers)


def search(sought: Sought, base: Point, evaluate: Evaluate, broken: Broken) -> Searched:
    """Try so many points, the base not counted; all of them if the factors have no more combinations."""
    judged = _Judged(sought, Tried(base, evaluate), broken)
    count = combinations(sought.axes)
    if count is not None and count <= sought.trials:
        judged.try_all(list(_every(sought.axes)))
        return judged.searched(whole=True)
    proposals = Proposals(sought.axes, len(sought.goals), sought.seed)
    left = sought.trials
    while left:
        asked = proposals.ask(min(sought.together, left))
        judged.try_all([proposal.chosen for proposal in asked])
        judged.tell(proposals, asked)
        left -= len(asked)
    return judged.searched(whole=False)


def _every(axes: Sequence[Axis]) -> Iterator[Chosen]:
    """All combinations; the last factor changes fastest."""
    factors = [axis.factor for axis in axes]
    for choices in product(*(axis.choices for axis in axes)):
        yield dict(zip(factors, choices, strict=True))


class _Judged:
    """The points tried so far, with what came of them."""

    def __init__(self, sought: Sought, tried: Tried, broken: Broken) -> None:
        self._sought, self._tried, self._broken = sought, tried, broken
        self._order: list[int] = []
        self._scores: dict[int, list[float]] = {}
        self._violations: dict[int, Mapping[str, float]] = {}

    def try_all(self, proposed: Sequence[Chosen]) -> None:
        """Run and judge points."""
        numbers = self._tried.run(proposed)
        self._order += numbers
        values = self._tried.latest
        means = values.groupby(["outcome", "point"])["value"].mean()
        for number in dict.fromkeys(numbers):
            if number not in self._scores:
                goals = self._sought.goals.items()
                self._scores[number] = [sign * float(means.get((goal, number), np.nan)) for goal, sign in goals]
                self._violations[number] = self._broken(values, number)

    def tell(self, proposals: Proposals, asked: Sequence[Proposal]) -> None:
        """What came of the points that were tried last."""
        for proposal, number in zip(asked, self._order[-len(asked) :], strict=True):
            proposals.tell(proposal, self._scores[number], self._violations[number])

    def searched(self, *, whole: bool) -> Searched:
        """The trials in their order, and which of them no other beats."""
        numbers = sorted(self._scores)
        feasible = np.array([self._feasible(number) for number in numbers], dtype=np.bool_)
        front = front_of(np.array([self._scores[number] for number in numbers], dtype=np.float64), feasible)
        at = np.searchsorted(numbers, self._order)
        columns = {"trial": np.arange(len(at)), "point": self._order, "feasible": feasible[at], "front": front[at]}
        return Searched(tuple(self._tried.points), self._tried.values, shaped(TRIALS, columns), whole)

    def _feasible(self, number: int) -> bool:
        """Whether all is measured and no sentence broken."""
        broken = any(not violation <= 0 for violation in self._violations[number].values())
        return not broken and not np.isnan(self._scores[number]).any()


def front_of(scores: Floats, feasible: Bools) -> Bools:
    """Which feasible rows no other one beats: none is as good in all columns and better in one. Low is good."""
    found = feasible.copy()
    for row in np.flatnonzero(feasible):
        as_good = (scores <= scores[row]).all(axis=1)
        better = (scores < scores[row]).any(axis=1)
        found[row] = not (feasible & as_good & better).any()
    return found
