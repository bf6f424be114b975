"""Outcomes over the values of one factor: alone, the others as in the base, or averaged over a grid of the others."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.bounds import bounds
from sim.metrics.censoring import unfinished
from sim.metrics.coordinates import apart_from_base, is_grid, places, settings
from sim.metrics.intervals import intervals
from sim.metrics.response import BASE
from sim.metrics.shape import Bools, Floats, shaped
from sim.metrics.values import matrix

COLUMNS = {
    "outcome": "str",
    "factor": "str",
    "others": "str",
    "at": "float64",
    "setting": "str",
    "unit": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "points": "int64",
    "replications": "int64",
    "too_good": "bool",
}

ALONE, AVERAGED = "as in the base", "averaged"
"""What stands in ``others``."""


@dataclass(frozen=True, eq=False)
class Level:
    """An outcome at one value of a factor."""

    at: float
    """The number of the factor, or of a name in the order of the points."""
    setting: str
    points: int
    values: Floats
    """Mean over the points by replication, missing where one of them has none."""
    too_good: bool


def curves(values: pd.DataFrame, points: pd.DataFrame, factors: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Rows by outcome, factor and value, rising; empty for a design that is neither a grid nor changes one at a time.

    ``at``: the number of the factor, or of a name in the order of the points. Of a grid of several factors each
    replication is averaged over all points with that value, and the interval is that of these averages. ``too_good``:
    at one of these points so many were unfinished that its mean is too good without them.
    """
    others = AVERAGED if is_grid(points, factors) and len(factors) > 1 else ALONE
    rows = []
    for outcome in outcomes.to_dict("records"):
        known = {"outcome": outcome["outcome"], "unit": outcome["unit"], "others": others}
        possible = bounds(outcome)
        for factor, found in levels(values, points, factors, outcome).items():
            for level in found:
                mean = possible.interval(intervals(np.zeros(len(level.values), dtype=np.int64), level.values, 1))
                rows.append({**known, "factor": factor, "at": level.at, "setting": level.setting,
                             "mean": mean.mean[0], "low": mean.low[0], "high": mean.high[0], "points": level.points,
                             "replications": mean.values[0], "too_good": level.too_good})  # fmt: skip
    return shaped(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def levels(
    values: pd.DataFrame, points: pd.DataFrame, factors: pd.DataFrame, outcome: Mapping[Hashable, Any]
) -> dict[str, list[Level]]:
    """By factor the values at which an outcome was measured, rising; see :func:`curves`."""
    grid, apart = is_grid(points, factors), apart_from_base(points, factors)
    numbers = matrix(values, points, str(outcome["outcome"]), float(outcome["unit_size"]))
    flawed = unfinished(values, points, outcome).too_good
    found: dict[str, list[Level]] = {}
    for number, factor in enumerate(factors.to_dict("records")):
        alone = ~np.any(np.delete(apart, number, axis=1), axis=1)
        chosen = (points["point"] != BASE).to_numpy() if grid else np.asarray(alone, dtype=bool)
        if grid or (apart[:, number] & alone).any():
            found[str(factor["factor"])] = []
            for value, setting, rows in _values(points, factor, chosen):
                own = numbers[rows].mean(axis=0)
                if not np.isnan(own).all():
                    level = Level(value, setting, len(rows), own, bool(flawed[rows].any()))
                    found[str(factor["factor"])].append(level)
    return found


def _values(
    points: pd.DataFrame, factor: Mapping[Hashable, Any], chosen: Bools
) -> Iterator[tuple[float, str, NDArray[np.intp]]]:
    """Each value of a factor among the chosen points, rising, as it is read, with the rows that have it."""
    key, texts = str(factor["factor"]), settings(points, factor)
    at = places(points[key], points[key])
    for value in np.unique(at[chosen & ~np.isnan(at)]).tolist():
        rows = np.flatnonzero(chosen & (at == value))
        yield value, texts[rows[0]], rows
