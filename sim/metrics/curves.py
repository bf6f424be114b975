"""Outcomes over the values of one factor: alone, the others as in the base, or averaged over a grid of the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

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
}

ALONE, AVERAGED = "as in the base", "averaged"
"""What stands in ``others``."""


def curves(values: pd.DataFrame, points: pd.DataFrame, factors: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Rows by outcome, factor and value, rising; empty for a design that is neither a grid nor changes one at a time.

    ``at``: the number of the factor, or of a name in the order of the points. Of a grid of several factors each
    replication is averaged over all points with that value, and the interval is that of these averages.
    """
    grid = is_grid(points, factors)
    apart = apart_from_base(points, factors)
    rows = []
    for outcome in outcomes.to_dict("records"):
        numbers = matrix(values, points, str(outcome["outcome"]), float(outcome["unit_size"]))
        for number, factor in enumerate(factors.to_dict("records")):
            alone = ~np.any(np.delete(apart, number, axis=1), axis=1)
            chosen = (points["point"] != BASE).to_numpy() if grid else np.asarray(alone, dtype=bool)
            if grid or (apart[:, number] & alone).any():
                known = {"outcome": outcome["outcome"], "unit": outcome["unit"], "factor": factor["factor"],
                         "others": AVERAGED if grid and len(factors) > 1 else ALONE}  # fmt: skip
                rows += [{**known, **row} for row in _of_factor(numbers, points, factor, chosen)]
    return shaped(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def _of_factor(
    numbers: Floats, points: pd.DataFrame, factor: Mapping[Hashable, Any], chosen: Bools
) -> list[dict[str, Any]]:
    key, texts = str(factor["factor"]), settings(points, factor)
    at = places(points[key], points[key])
    found = []
    for value in np.unique(at[chosen & ~np.isnan(at)]).tolist():
        rows = np.flatnonzero(chosen & (at == value))
        own = numbers[rows]
        own = own[:, ~np.isnan(own).any(axis=0)].mean(axis=0)
        mean = intervals(np.zeros(len(own), dtype=np.int64), own, 1)
        if mean.values[0]:
            found.append({"at": value, "setting": texts[rows[0]], "mean": mean.mean[0], "low": mean.low[0],
                          "high": mean.high[0], "points": len(rows), "replications": mean.values[0]})  # fmt: skip
    return found
