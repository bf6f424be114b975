"""What each factor does alone: an outcome with one factor at an end of its range and all others as in the base."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.metrics.coordinates import apart_from_base, is_grid, named, settings
from sim.metrics.response import BASE
from sim.metrics.shape import Bools, shaped

COLUMNS = {
    "outcome": "str",
    "factor": "str",
    "end": "str",
    "point": "int64",
    "setting": "str",
    "base": "str",
    "unit": "str",
    "difference": "float64",
    "low": "float64",
    "high": "float64",
    "p_holm": "float64",
}


def tornado(response: pd.DataFrame, points: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """Rows by outcome, then factor, then end, in the units in which outcomes are shown; differences to the base.

    Only points at which a single factor differs from the base have a say, and of these the least value below it (end
    low) and the largest above it (high). Of names, which have no order, those with the least and the largest outcome.
    Intervals are those of the paired difference, and ``p_holm`` is that of the response. A grid has none: it knows more
    of a factor than what it does alone.
    """
    apart = apart_from_base(points, factors)
    alone = (apart.sum(axis=1) == 1) & (not is_grid(points, factors))
    rows = [
        row
        for _, own in response.groupby("outcome", sort=False)
        for number, factor in enumerate(factors.to_dict("records"))
        for row in _of_factor(own, points, factor, alone & apart[:, number])
    ]
    return shaped(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def _of_factor(
    own: pd.DataFrame, points: pd.DataFrame, factor: Mapping[Hashable, Any], tried: Bools
) -> Iterator[dict[str, Any]]:
    key = str(factor["factor"])
    texts = dict(zip(points["point"], settings(points, factor), strict=True))
    base = texts.get(BASE, "")
    found = points[tried].merge(own, on="point").dropna(subset=["difference"])
    order = "difference" if named(points, key) else key
    found = found.sort_values(order, kind="stable")
    for end, row in _ends(found, points, key).items():
        yield {
            "outcome": row["outcome"], "factor": key, "end": end, "point": row["point"],
            "setting": texts[row["point"]], "base": base, "unit": row["unit"], "difference": row["difference"],
            "low": row["difference_low"], "high": row["difference_high"], "p_holm": row["p_holm"],
        }  # fmt: skip


def _ends(found: pd.DataFrame, points: pd.DataFrame, key: str) -> dict[str, Mapping[Hashable, Any]]:
    """Rows in their order: the first below the base, and the last above it."""
    rows = found.to_dict("records")
    if named(points, key):
        below, above = rows[:-1], rows[-1:]
    else:
        base = points.loc[points["point"] == BASE, key].to_numpy(dtype=np.float64)
        middle = float(base[0]) if len(base) and not np.isnan(base[0]) else -np.inf
        below, above = ([row for row in rows if (row[key] < middle) is side] for side in (True, False))
    return {end: row[at] for end, row, at in (("low", below, 0), ("high", above, -1)) if row}
