"""The fit of an experiment: free values of the scenario, and the observations that they are fitted to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.ids import Id
from sim.scenario.numbers import Bound, Named
from sim.scenario.search import Seed, Together, Trials


class Target(Named):
    """An observation that an outcome is to come close to."""

    outcome: str
    """An outcome of the experiment: a median, a quantile, a count."""
    observed: Bound
    """What was observed: a fact of seeds/, or a number with its note."""
    spread: Bound | None = None
    """Standard deviation of the observation: how far the true value may be from what was observed. Left out: a quarter
    of the way from the low to the high end of the fact or the number, which are taken for its 95 % interval."""
    held_out: bool = False
    """Whether it is kept out of the fit and only compared with it."""
    note: str = ""


class Fit(Named):
    """Fit the factors, which are ranges, to targets."""

    targets: Annotated[dict[Id, Target], Field(min_length=1)]
    trials: Trials
    """Points that are tried: the first half fills the space, the rest looks for the best fit."""
    together: Together = 8
    """Points that are proposed before the first of them is judged; the result depends on it, not on the workers."""
    seed: Seed = 1
    """Of the proposals."""
