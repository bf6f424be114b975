"""Calibration: free values of a scenario fitted to observations, and what the observations cannot tell.

How far a point is from the observations is the sum over the targets of ((simulated - observed) / error)^2, where the
error squared is that of the observation plus that of the simulated mean. Half of the trials fill the space of the
factors, the others look for the least misfit. From all trials a surrogate is made of each target, and over the space
of the factors, all of which was held for equally likely, points are weighed by exp(-misfit / 2): the likelihood of
observations with normal errors (Kennedy and O'Hagan 2001, with the error of the surrogate in place of their Gaussian
process). What then is left of the range of a factor is its interval; a factor of which most of its range is left was
not identified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import qmc

from sim.experiments.design import Point
from sim.experiments.likelihood import Weighed, weigh
from sim.experiments.proposals import Chosen, Proposals
from sim.experiments.surrogate import Surrogate, surrogate
from sim.experiments.tried import Evaluate, Tried
from sim.metrics.intervals import NORMAL, intervals
from sim.metrics.shape import Floats, shaped
from sim.scenario.axes import Axis

NARROW, WIDE = 0.5, 0.8
"""Shares of its range that are left of a factor: identified below the one, not at all above the other."""
TOGETHER = 0.8
"""Correlation from which on two factors are told by the observations only together."""

FITTED = {
    "factor": "str",
    "label": "str",
    "unit": "str",
    "prior_low": "float64",
    "prior_high": "float64",
    "own": "float64",
    "fitted": "float64",
    "low": "float64",
    "high": "float64",
    "left": "float64",
    "identified": "str",
    "together": "str",
}

TRIALS = {"trial": "int64", "point": "int64", "misfit": "float64"}

TARGETS = {
    "target": "str",
    "outcome": "str",
    "observed": "float64",
    "spread": "float64",
    "observed_low": "float64",
    "observed_high": "float64",
    "before": "float64",
    "before_low": "float64",
    "before_high": "float64",
    "fitted": "float64",
    "low": "float64",
    "high": "float64",
    "before_apart": "float64",
    "apart": "float64",
    "held_out": "bool",
    "explained": "float64",
}


@dataclass(frozen=True)
class Aim:
    """A target in the units of the code."""

    target: str
    outcome: str
    observed: float
    spread: float
    held_out: bool


@dataclass(frozen=True)
class Asked:
    """What is fitted to what."""

    axes: tuple[Axis, ...]
    """Ranges all of them."""
    aims: tuple[Aim, ...]
    trials: int
    together: int
    seed: int

    @property
    def fitted_to(self) -> tuple[Aim, ...]:
        """The targets that are not held out."""
        return tuple(aim for aim in self.aims if not aim.held_out)


@dataclass(frozen=True)
class Calibrated:
    """The best point that was run, and what is left of the ranges."""

    points: tuple[Point, ...]
    values: pd.DataFrame
    best: Point
    trials: pd.DataFrame
    factors: pd.DataFrame
    targets: pd.DataFrame

    @property
    def misfit(self) -> float:
        """That of the best point."""
        return float(self.trials.loc[self.trials["point"] == self.best.number, "misfit"].iloc[0])


def calibrate(asked: Asked, base: Point, evaluate: Evaluate) -> Calibrated:
    """Look for the least misfit, and weigh the space of the factors."""
    tried = Tried(base, evaluate)
    order = _tried_by_proposals(asked, tried)
    surfaces = _surfaces(asked, tried)
    weighed = _weighed(asked, tried, surfaces)
    if weighed is not None:
        # Where the surfaces fit best is worth a run of its own.
        order += tried.run([_at(asked.axes, weighed.best)])
    found = misfits(asked.fitted_to, tried.values, order)
    best = min(order, key=lambda number: (np.isnan(found[number]), found[number], number))
    trials = {"trial": np.arange(len(order)), "point": order, "misfit": [found[number] for number in order]}
    return Calibrated(
        points=tuple(tried.points),
        values=tried.values,
        best=tried.points[best],
        trials=shaped(TRIALS, trials),
        factors=_factors(asked, tried.chosen[best], weighed),
        targets=_targets(asked, tried, best, surfaces),
    )


def _tried_by_proposals(asked: Asked, tried: Tried) -> list[int]:
    """The points of all trials in their order: the first half fills the space, the rest looks for the least misfit."""
    proposals = Proposals(asked.axes, 1, asked.seed)
    filling = qmc.Halton(len(asked.axes), rng=asked.seed).random(asked.trials // 2)
    names = [axis.factor for axis in asked.axes]
    proposals.enter([dict(zip(names, row, strict=True)) for row in filling.tolist()])
    order: list[int] = []
    found: dict[int, float] = {}
    while len(order) < asked.trials:
        each = proposals.ask(min(asked.together, asked.trials - len(order)))
        numbers = tried.run([proposal.chosen for proposal in each])
        found |= misfits(asked.fitted_to, tried.latest, [number for number in numbers if number not in found])
        for proposal, number in zip(each, numbers, strict=True):
            proposals.tell(proposal, [found[number]], {})
        order += numbers
    return order


def misfits(aims: Sequence[Aim], values: pd.DataFrame, points: Sequence[int]) -> dict[int, float]:
    """How far points are from the observations; missing where one of them was not simulated, or the point refused."""
    own = values.groupby(["outcome", "point"])["value"]
    mean, noise = own.mean(), (own.var() / own.count()).fillna(0.0)
    found = {}
    for point in dict.fromkeys(points):
        parts = []
        for aim in aims:
            at = (aim.outcome, point)
            error = aim.spread**2 + float(noise.get(at, np.nan))
            parts.append((float(mean.get(at, np.nan)) - aim.observed) ** 2 / error)
        found[point] = sum(parts)
    return found


Surfaces = Mapping[str, Surrogate | None]
"""Of each target; None if there are too few points."""


def _surfaces(asked: Asked, tried: Tried) -> Surfaces:
    positions = _positions(asked.axes, tried)
    means = tried.values.groupby(["outcome", "point"])["value"].mean()
    return {
        aim.target: surrogate(positions, np.array([means.get((aim.outcome, n), np.nan) for n in sorted(tried.chosen)]))
        for aim in asked.aims
    }


def _positions(axes: Sequence[Axis], tried: Tried) -> Floats:
    """Where the points lie, 0 to 1 along each axis; the base, which may lie outside, is not among them."""
    rows = [[axis.share(tried.chosen[n][axis.factor].value) for axis in axes] for n in sorted(tried.chosen)]
    return np.array(rows, dtype=np.float64)


def _weighed(asked: Asked, tried: Tried, surfaces: Surfaces) -> Weighed | None:
    """What is left of the space; None if there are too few points for a surface of each target."""
    aims = [(aim, surface) for aim in asked.fitted_to if (surface := surfaces[aim.target]) is not None]
    if len(aims) < len(asked.fitted_to):
        return None
    noise = _noise(asked, tried)

    def misfit(positions: Floats) -> Floats:
        errors = [aim.spread**2 + noise[aim.outcome] + surface.error**2 for aim, surface in aims]
        parts = [
            (surface(positions) - aim.observed) ** 2 / error for (aim, surface), error in zip(aims, errors, strict=True)
        ]
        return np.asarray(np.sum(parts, axis=0), dtype=np.float64)

    return weigh(misfit, len(asked.axes), asked.seed)


def _noise(asked: Asked, tried: Tried) -> dict[str, float]:
    """Variance of the mean over the replications of a point, the middle of all points, by outcome."""
    own = tried.values.groupby(["outcome", "point"])["value"]
    variance = (own.var() / own.count()).groupby("outcome").median()
    return {aim.outcome: float(np.nan_to_num(variance.get(aim.outcome, 0.0))) for aim in asked.aims}


def _at(axes: Sequence[Axis], position: Floats) -> Chosen:
    return {axis.factor: axis.at(float(share)) for axis, share in zip(axes, position, strict=True)}


def _factors(asked: Asked, best: Chosen, weighed: Weighed | None) -> pd.DataFrame:
    rows = []
    for at, axis in enumerate(asked.axes):
        row = {"factor": axis.factor, "label": axis.label, "unit": axis.unit, "prior_low": axis.low}
        row |= {"prior_high": axis.high, "own": axis.own.value, "fitted": best[axis.factor].value}
        if weighed is None:
            row |= {"low": np.nan, "high": np.nan, "left": np.nan, "identified": "not known", "together": ""}
        else:
            low, high = (axis.between(float(end[at])) for end in (weighed.low, weighed.high))
            left = float(weighed.left[at])
            other = [
                asked.axes[n].factor for n in np.flatnonzero(np.abs(weighed.correlation[at]) > TOGETHER) if n != at
            ]
            row |= {"low": low, "high": high, "left": left, "identified": _word(left), "together": ", ".join(other)}
        rows.append(row)
    return shaped(FITTED, {name: [row[name] for row in rows] for name in FITTED})


def _word(left: float) -> str:
    return "yes" if left < NARROW else "hardly" if left < WIDE else "no"


def _targets(asked: Asked, tried: Tried, best: int, surfaces: Surfaces) -> pd.DataFrame:
    rows = []
    for aim in asked.aims:
        own = tried.values[tried.values["outcome"] == aim.outcome]
        each = [own.loc[own["point"] == number, "value"].to_numpy(dtype=np.float64) for number in (0, best)]
        (before, before_low, before_high), (fitted, low, high) = (_mean(value) for value in each)
        surface = surfaces[aim.target]
        rows.append(
            {
                "target": aim.target,
                "outcome": aim.outcome,
                "observed": aim.observed,
                "spread": aim.spread,
                "observed_low": aim.observed - NORMAL * aim.spread,
                "observed_high": aim.observed + NORMAL * aim.spread,
                "before": before,
                "before_low": before_low,
                "before_high": before_high,
                "fitted": fitted,
                "low": low,
                "high": high,
                "before_apart": _apart(aim, each[0]),
                "apart": _apart(aim, each[1]),
                "held_out": aim.held_out,
                "explained": np.nan if surface is None else surface.explained,
            }
        )
    return shaped(TARGETS, {name: [row[name] for row in rows] for name in TARGETS})


def _mean(value: Floats) -> tuple[float, float, float]:
    """Mean over the replications of a point with its 95 % interval; missing if nothing was simulated."""
    found = intervals(np.zeros(len(value), dtype=np.int64), value, 1)
    return float(found.mean[0]), float(found.low[0]), float(found.high[0])


def _apart(aim: Aim, value: Floats) -> float:
    """Simulated less observed, in standard errors of both; missing if nothing was simulated."""
    if not len(value):
        return np.nan
    noise = np.var(value, ddof=1) / len(value) if len(value) > 1 else 0.0
    return float((np.mean(value) - aim.observed) / np.sqrt(aim.spread**2 + noise))
