"""Tidy values: what a sweep keeps of each replication, a row for each point, replication and outcome."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from sim.metrics.shape import Bools, Floats

VALUES = {
    "point": "int64",
    "replication": "int64",
    "outcome": "str",
    "value": "float64",
    "unfinished": "int64",
    "asked": "int64",
}
"""Columns: in units of the code, missing where nothing was measured; ``unfinished``: who is left out of the value;
``asked``: of how many it was asked, 0 of a value that leaves out nobody.
"""


def measure_of(outcome: Mapping[Hashable, Any]) -> dict[str, Any]:
    """The measure that a row of the outcomes holds as JSON; empty where it tells none, as of a price."""
    measure: dict[str, Any] = json.loads(str(outcome["measure"]) or "{}")
    return measure


def matrix(values: pd.DataFrame, points: pd.DataFrame, outcome: str, size: float = 1.0) -> Floats:
    """Values of an outcome with a row for each point and a column for each replication; missing where there is none.

    Rows in the order of ``points``, columns by number of the replication; in units of so many of the code's.
    """
    own = values[values["outcome"] == outcome]
    columns = sorted(values["replication"].unique().tolist())
    table = own.pivot(index="point", columns="replication", values="value")
    table = table.reindex(index=points["point"], columns=columns)
    return table.to_numpy(dtype=np.float64) / size


SAME = 1e-9
"""Share of a number below which two of them are one: what sums of binary fractions leave."""


def alike(points: pd.DataFrame, at: int) -> Bools:
    """Which points are the point in row ``at`` over again: that row, and those with the same value of every factor."""
    found = np.ones(len(points), dtype=bool)
    factors = [name for name in points.columns if name not in ("point", "name")]
    for name in factors:
        column = points[name]
        if is_numeric_dtype(column):
            number = column.to_numpy(dtype=np.float64)
            found &= np.isclose(number, number[at], rtol=SAME, atol=0.0, equal_nan=True)
        else:
            found &= (column.astype(str) == str(column.iloc[at])).to_numpy()
    # Of points whose factors nobody tells none is known to be alike.
    return found if factors else np.arange(len(points)) == at
