"""Differences between settings that met the same luck: paired by replication, corrected for many by Holm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr
from statsmodels.stats.multitest import multipletests

from sim.metrics.intervals import intervals
from sim.metrics.shape import Floats, Ints

JOINT_LEVEL = 0.05
"""Chance that any of the differences corrected together is taken for one that is none."""


FEW = 2
"""Pairs whose differences may be alike by chance."""


@dataclass(frozen=True, eq=False)
class Differences:
    """For each setting the mean difference with its 95 % interval, and p of there being none, as it is and by Holm."""

    mean: Floats
    low: Floats
    high: Floats
    p: Floats
    p_holm: Floats
    pairs: Ints
    """Replications that gave a value in both."""


def differences(value: Floats, against: Floats) -> Differences:
    """Row by row (a column for each replication) the difference to ``against``, whose row is one or as many.

    Student's t over the replications that both have. With one pair there is neither an interval nor a p. Differences
    that are all alike are certain: p is 1 where they are 0, else 0. But two alike of numbers that vary by replication
    may be so by chance, since much comes in whole trains: they have no p. Holm's correction is over all rows that have
    a p.
    """
    apart = value - against
    group = np.repeat(np.arange(len(apart)), apart.shape[1])
    found = intervals(group, apart.ravel(), len(apart))
    p = _chance(apart, found.mean, found.values)
    vary = np.where(np.isnan(apart), False, value != value[:, :1]).any(axis=1)
    p[(found.values == FEW) & (p == 0) & vary] = np.nan
    return Differences(found.mean, found.low, found.high, p, holm(p), found.values)


def _chance(apart: Floats, mean: Floats, pairs: Ints) -> Floats:
    """Two-sided p of Student's t for a mean of 0."""
    there = ~np.isnan(apart)
    spread = np.where(there, (apart - mean[:, None]) ** 2, 0.0).sum(axis=1)
    # Equal numbers leave a spread of rounding alone.
    spread[spread <= pairs * (1e-12 * mean) ** 2] = 0.0
    free = np.maximum(pairs - 1, 1)
    error = np.sqrt(spread / free / np.maximum(pairs, 1))
    t = np.divide(np.abs(mean), error, out=np.where(mean == 0, 0.0, np.inf), where=error > 0)
    return np.where(pairs > 1, 2 * stdtr(free, -t), np.nan)


def holm(p: Floats) -> Floats:
    """Corrected so that the chance of any false alarm among all of them stays what it is for one; missing ones stay."""
    there = ~np.isnan(p)
    corrected = np.full(len(p), np.nan)
    if there.any():
        corrected[there] = multipletests(p[there], method="holm")[1]
    return corrected
