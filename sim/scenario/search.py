"""The search of an experiment: which points are looked for instead of a design."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.expectations import Sentence
from sim.scenario.ids import Id
from sim.scenario.lists import OneOrMore
from sim.scenario.numbers import Named

PRICE = "price"
"""Name of what the factors cost: the sum of price times value over the factors that have a price."""

MOST_TRIALS = 100_000


Seed = Annotated[int, Field(ge=0, lt=2**32)]
Trials = Annotated[int, Field(ge=2, le=MOST_TRIALS)]
Together = Annotated[int, Field(ge=1, le=1000)]


class Search(Named):
    """The cheapest point that keeps some sentences, or the front of points that none beats in both of two goals."""

    goals: Annotated[OneOrMore, Field(max_length=3)]
    """`price`, or outcomes that say which way is better. Of one goal the best point is looked for, of several the
    Pareto front."""
    subject_to: dict[Id, Sentence] = {}
    """Sentences as in `expect`, judged at the point itself: `p95 < 18 d`. A point that breaks one is no answer."""
    trials: Trials
    """Points that are tried at most. If the factors have no more combinations than that, all are tried."""
    together: Together = 8
    """Points that are proposed before the first of them is judged; the result depends on it, not on the workers."""
    seed: Seed = 1
    """Of the proposals."""
    confirm: Annotated[int | None, Field(ge=2, le=10_000)] = None
    """Fresh replications at the points found, since the best of many noisy numbers is too good; left out: as many as
    there were."""
