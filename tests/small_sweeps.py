"""Tables of sweeps made by hand, in the form in which a sweep hands them on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def outcomes_table(*rows: Mapping[str, object]) -> pd.DataFrame:
    """Outcomes; what is not given is that of a transit time in days."""
    usual = {"outcome": "time", "label": "Transit time", "unit": "d", "unit_size": 86400.0, "better": "lower",
             "measure": "{}", "what": "transit time, mean"}  # fmt: skip
    return pd.DataFrame([{**usual, **row} for row in rows or ({},)])


def points_table(rows: Sequence[Mapping[str, object]], names: Sequence[str] = ()) -> pd.DataFrame:
    """Points: the first is the base, the others are p1, p2, ... if they have no names."""
    labels = names or ["base", *(f"p{number}" for number in range(1, len(rows)))]
    return pd.DataFrame(
        [{"point": n, "name": name, **row} for n, (name, row) in enumerate(zip(labels, rows, strict=True))]
    )


def factors_table(*rows: Mapping[str, object]) -> pd.DataFrame:
    """Factors; what is not given is that of a number of hours between 0 and 1."""
    usual = {"label": "", "unit": "h", "low": 0.0, "high": 1.0, "scale": "linear", "kind": "range"}
    made = [{**usual, **row} for row in rows]
    return pd.DataFrame([{**row, "label": row["label"] or row["factor"]} for row in made])


def values_table(
    points: pd.DataFrame, model: Callable[[Mapping[str, Any], int], float], replications: int, outcome: str = "time"
) -> pd.DataFrame:
    """Values of an outcome, in units of the code: a model of point and replication in place of a simulator."""
    rows = [
        {"point": int(str(row["point"])), "replication": replication, "outcome": outcome,
         "value": model({str(key): value for key, value in row.items()}, replication), "unfinished": 0, "asked": 0}
        for row in points.to_dict("records")
        for replication in range(replications)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"value": np.float64})
