"""Tidy values: what a sweep keeps of each replication, a row for each point, replication and outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.metrics.shape import Floats

VALUES = {"point": "int64", "replication": "int64", "outcome": "str", "value": "float64", "unfinished": "int64"}
"""Columns: in units of the code, missing where nothing was measured; ``unfinished``: who is left out of the value."""


def matrix(values: pd.DataFrame, points: pd.DataFrame, outcome: str, size: float = 1.0) -> Floats:
    """Values of an outcome with a row for each point and a column for each replication; missing where there is none.

    Rows in the order of ``points``, columns by number of the replication; in units of so many of the code's.
    """
    own = values[values["outcome"] == outcome]
    columns = sorted(values["replication"].unique().tolist())
    table = own.pivot(index="point", columns="replication", values="value")
    table = table.reindex(index=points["point"], columns=columns)
    return table.to_numpy(dtype=np.float64) / size
