"""How outcomes answer to the points of an experiment: means with intervals, and what changes against the base."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.metrics.bounds import bounds
from sim.metrics.censoring import unfinished
from sim.metrics.intervals import intervals
from sim.metrics.paired import differences
from sim.metrics.shape import shaped
from sim.metrics.values import alike, matrix

COLUMNS = {
    "point": "int64",
    "name": "str",
    "outcome": "str",
    "unit": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "replications": "int64",
    "unfinished": "int64",
    "asked": "int64",
    "too_good": "bool",
    "difference": "float64",
    "difference_low": "float64",
    "difference_high": "float64",
    "p_holm": "float64",
}

BASE = 0
"""The point that all others are compared with."""


def response(values: pd.DataFrame, points: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """A row for each point and outcome, in the units in which they are shown, sorted by point, then as the outcomes.

    ``low`` and ``high``: 95 % interval of the mean over replications (Student's t; missing with one), cut at what the
    measure can be, such as 0 and, of a share, 100 %. ``replications``: those that gave a value; 0 of a point that was
    not run. ``unfinished`` of ``asked``: shipments, or visits, of all replications that had not come to their end;
    ``too_good``: so many that the mean is too good without them. The differences to the base are paired by replication,
    ``p_holm`` is corrected over the points of the outcome. A point that sets all factors as the base does is not
    compared with it: it would be the base against itself.
    """
    parts = [_of_outcome(values, points, outcome) for outcome in outcomes.to_dict("records")]
    if not parts:
        return shaped(COLUMNS, {name: [] for name in COLUMNS})
    found = pd.concat(parts, ignore_index=True).sort_values("point", kind="stable", ignore_index=True)
    return shaped(COLUMNS, {name: found[name] for name in COLUMNS})


def _of_outcome(values: pd.DataFrame, points: pd.DataFrame, outcome: Mapping[Hashable, Any]) -> pd.DataFrame:
    key = str(outcome["outcome"])
    numbers = matrix(values, points, key, float(outcome["unit_size"]))
    rows = len(numbers)
    mean = bounds(outcome).interval(intervals(np.repeat(np.arange(rows), numbers.shape[1]), numbers.ravel(), rows))
    where = np.flatnonzero(points["point"].to_numpy() == BASE)
    others = ~alike(points, int(where[0])) if len(where) else np.ones(rows, dtype=bool)
    base = numbers[where] if len(where) else np.full((1, numbers.shape[1]), np.nan)
    apart = differences(numbers[others], base)
    without = unfinished(values, points, outcome)
    found = pd.DataFrame(
        {
            "point": points["point"].to_numpy(),
            "name": points["name"].to_numpy(),
            "outcome": key,
            "unit": outcome["unit"],
            "mean": mean.mean,
            "low": mean.low,
            "high": mean.high,
            "replications": mean.values,
            "unfinished": without.number,
            "asked": without.asked,
            "too_good": without.too_good,
        }
    )
    columns = {"difference": "mean", "difference_low": "low", "difference_high": "high", "p_holm": "p_holm"}
    for column, field in columns.items():
        found[column] = np.nan
        found.loc[others, column] = getattr(apart, field)
    return found
