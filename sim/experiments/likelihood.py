"""The likelihood of observations over the space of the factors, by surrogates in place of the simulator.

All of the space was held for equally likely. A sample that fills it is weighed by exp(-misfit / 2); where too few of
its points bear any weight it is drawn again, from a normal distribution of the mean and twice the covariance that the
weights have, and weighed by exp(-misfit / 2) over that distribution's density (adaptive importance sampling).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import multivariate_normal, qmc

from sim.metrics.shape import Floats

SAMPLE = 2**14
"""Points of the sample."""
TELLING = 2000.0
"""Effective number of points (Kish) from which on quantiles can be told."""
SOME = 200.0
"""Effective number from which on the covariance of a sample can be told."""
ROUNDS = 12
"""How often the sample is drawn at most, closer each time to where the weight is."""
WIDER = 2.0
"""By how much the covariance of a sample is larger than that of the weights of the one before."""
RIDGE = 1e-12
"""Least variance along an axis, in shares of its range squared."""
INTERVAL = (0.025, 0.975)

Misfit = Callable[[Floats], Floats]
"""Of positions (points, axes), 0 to 1 on each axis."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """What is left of the space: for each axis the ends of the 95 % interval, in shares of its range."""

    low: Floats
    high: Floats
    best: Floats
    """The position of the least misfit."""
    correlation: Floats
    """Between the axes."""
    effective: float
    """Effective number of points that bear the weight."""

    @property
    def left(self) -> Floats:
        """Width of the interval, in shares of that of a range of which nothing is known."""
        return (self.high - self.low) / (INTERVAL[1] - INTERVAL[0])


def weigh(misfit: Misfit, axes: int, seed: int) -> Weighed:
    """Weigh the space of so many axes."""
    sample = qmc.Sobol(axes, rng=seed).random(SAMPLE)
    found = misfit(sample)
    power = -0.5 * found
    best, least = sample[np.argmin(found)], float(found.min())
    for round_ in range(ROUNDS):
        if _effective(power) >= TELLING:
            break
        mean, spread = _moments(sample, _weight(_tempered(power)))
        normal = multivariate_normal(mean, WIDER * spread)
        drawn = qmc.MultivariateNormalQMC(mean, WIDER * spread, rng=seed + 1 + round_).random(SAMPLE)
        sample = drawn[((drawn >= 0) & (drawn <= 1)).all(axis=1)]
        found = misfit(sample)
        if found.min() < least:
            best, least = sample[np.argmin(found)], float(found.min())
        power = -0.5 * found - normal.logpdf(sample)
    weight = _weight(power)
    ends = np.array([_quantiles(column, weight) for column in sample.T])
    spread = _moments(sample, weight)[1]
    size = np.sqrt(np.diag(spread))
    return Weighed(ends[:, 0], ends[:, 1], best, spread / np.outer(size, size), _effective(power))


def _weight(power: Floats) -> Floats:
    """Weights, the largest of which is 1, from their logarithms."""
    return np.asarray(np.exp(power - power.max()))


def _effective(power: Floats) -> float:
    """Effective number of points by Kish."""
    weight = _weight(power)
    return float(weight.sum() ** 2 / (weight**2).sum())


def _tempered(power: Floats) -> Floats:
    """Logarithms of the weights, halved until enough points bear them to tell where to draw next."""
    while _effective(power) < min(SOME, len(power) / 2):
        power = power / 2
    return power


def _moments(sample: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance."""
    mean = np.average(sample, axis=0, weights=weight)
    apart = sample - mean
    return mean, (apart.T * weight) @ apart / weight.sum() + RIDGE * np.eye(sample.shape[1])


def _quantiles(values: Floats, weight: Floats) -> Floats:
    """The ends of the interval that holds 95 % of the weight."""
    order = np.argsort(values, kind="stable")
    share = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    return np.interp(INTERVAL, share, values[order])
