"""Which factor moves an outcome, and which moves it most, as far as replications that met the same luck can tell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sim.metrics.curves import Level, levels
from sim.metrics.paired import JOINT_LEVEL, differences
from sim.metrics.shape import Floats, shaped

COLUMNS = {
    "outcome": "str",
    "factor": "str",
    "unit": "str",
    "least": "str",
    "most": "str",
    "difference": "float64",
    "low": "float64",
    "high": "float64",
    "p_holm": "float64",
    "p_first": "float64",
}


def effects(values: pd.DataFrame, points: pd.DataFrame, factors: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """A row for each outcome and factor of :func:`sim.metrics.curves.curves` with two values or more, the widest first.

    ``least`` and ``most``: the values of the factor with the least and the largest mean; ``difference`` is between
    these two, paired by replication, with its 95 % interval. ``p_holm``: p of there being none, corrected by Holm over
    all pairs of values of all factors, among which these were chosen. ``p_first``: p of the first factor that is told
    (p_holm below 0.05) moving the outcome no farther than this one, paired and corrected over the others; missing of
    itself, and where none is told.
    """
    rows = []
    for outcome in outcomes.to_dict("records"):
        found = levels(values, points, factors, outcome)
        own = {factor: each for factor, each in found.items() if len(each) > 1}
        rows += _of_outcome(own, outcome) if own else []
    return shaped(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def _of_outcome(found: Mapping[str, list[Level]], outcome: Mapping[Hashable, Any]) -> list[dict[str, Any]]:
    pairs = [(factor, *pair) for factor, each in found.items() for pair in combinations(range(len(each)), 2)]
    sides = [_replications(found, pairs, side) for side in (1, 2)]
    apart = differences(sides[1], sides[0])
    rows = []
    for factor, each in found.items():
        means = [float(np.nanmean(level.values)) for level in each]
        least, most = int(np.argmin(means)), int(np.argmax(means))
        # All alike: any two of them.
        most = 1 if most == least else most
        at, sign = pairs.index((factor, min(least, most), max(least, most))), 1.0 if least < most else -1.0
        ends = sorted((sign * float(apart.low[at]), sign * float(apart.high[at])))
        rows.append({"outcome": outcome["outcome"], "factor": factor, "unit": outcome["unit"],
                     "least": each[least].setting, "most": each[most].setting,
                     "difference": sign * float(apart.mean[at]), "low": ends[0], "high": ends[1],
                     "p_holm": float(apart.p_holm[at]), "p_first": np.nan,
                     "values": each[most].values - each[least].values})  # fmt: skip
    rows.sort(key=lambda row: -row["difference"])
    return _against_first(rows)


def _replications(found: Mapping[str, list[Level]], pairs: list[tuple[str, int, int]], side: int) -> Floats:
    """One side of all pairs, a row for each."""
    return np.stack([found[pair[0]][int(pair[side])].values for pair in pairs])


def _against_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the p of the first factor that is told doing no more than each of the others."""
    first = next((row for row in rows if row["p_holm"] < JOINT_LEVEL), None)
    others = [row for row in rows if row is not first]
    if first is not None and others:
        farther = differences(first["values"][None, :], np.stack([row["values"] for row in others]))
        # Of two sides: who does more the other way round is not told to do less.
        p = np.where(farther.mean > 0, farther.p_holm, 1.0)
        for row, chance in zip(others, p.tolist(), strict=True):
            row["p_first"] = chance
    return rows
