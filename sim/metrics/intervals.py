"""Intervals of a mean over replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from sim.metrics.shape import Floats, Ints, counts, ratio, totals

CONFIDENCE = 0.95
NORMAL = 1.96
"""Standard errors to either side that hold 95 % of what chance does."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """For each group the mean and the bounds of its interval, with the number of values they rest on."""

    mean: Floats
    low: Floats
    high: Floats
    values: Ints


def intervals(group: Ints, value: Floats, groups: int, confidence: float = CONFIDENCE) -> Intervals:
    """Student's t interval of the mean of each group, both bounds included; missing values are left out.

    One value gives a mean and no interval: low and high are missing. No value gives neither.
    """
    there = ~np.isnan(value)
    group, value = group[there], value[there]
    number = counts(group, groups)
    mean = ratio(totals(group, value, groups), number)
    spread = totals(group, (value - mean[group]) ** 2, groups)
    error = np.sqrt(ratio(ratio(spread, number - 1), number))
    half = stdtrit(np.maximum(number - 1, 1), (1 + confidence) / 2) * error
    return Intervals(mean=mean, low=mean - half, high=mean + half, values=number)
