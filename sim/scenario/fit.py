"""The fit of an experiment: free values of the scenario, and the observations that they are fitted to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.scenario.axes import stated_range
from sim.scenario.ids import Id
from sim.scenario.numbers import Bound, Named
from sim.scenario.search import Seed, Together, Trials

DEVIATIONS = 2 * 1.96
"""Standard deviations of a normal distribution that its 95 % interval is wide."""


class Target(Named):
    """An observation that an outcome is to come close to."""

    outcome: str
    """An outcome of the experiment: a median, a quantile, a count."""
    observed: Bound
    """What was observed: a fact of seeds/, or a number with its note."""
    spread: Bound | None = None
    """Standard deviation of the observation: how far the truth may be from what was observed. Left out: from the low
    and the high end that the fact or the number has, which are taken for its 95 % interval."""
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


def spread_of(target: Target) -> float | None:
    """Standard deviation of an observation, in units of the code; None if nothing says it, or it is 0."""
    if target.spread is not None:
        return target.spread.value or None
    try:
        low, high = stated_range("observed", target.observed.written)
    except ValueError:
        return None
    return (high.value - low.value) / DEVIATIONS or None
