"""Between what numbers a measure can lie, whatever an interval or a surrogate says."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.metrics.intervals import Intervals
from sim.metrics.shape import Floats
from sim.metrics.values import measure_of

SHARES = frozenset({"moving-share", "on-time-share", "utilisation", "load-factor"})
"""Measures that are parts of a whole; all others are at least 0."""


class Bounds(NamedTuple):
    """The least and the largest number that there can be, both included."""

    low: float = -np.inf
    high: float = np.inf

    def cut(self, value: Floats) -> Floats:
        """The numbers, each no farther than the bounds; missing ones stay."""
        return np.clip(value, self.low, self.high)

    def interval(self, found: Intervals) -> Intervals:
        """Intervals that reach no farther; of means beyond the bounds they stay as they are."""
        sound = (found.mean >= self.low) & (found.mean <= self.high)
        low, high = (np.where(sound, self.cut(end), end) for end in (found.low, found.high))
        return Intervals(found.mean, low, high, found.values)


def bounds(outcome: Mapping[Hashable, Any]) -> Bounds:
    """Those of an outcome in the unit in which it is shown; none of a difference, or where no measure is told."""
    measure = measure_of(outcome)
    if len(measure.get("aims", ())) != 1:
        return Bounds()
    return Bounds(0.0, 1.0 / float(outcome["unit_size"]) if measure["of"] in SHARES else np.inf)
