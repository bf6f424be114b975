"""The best of several runs that met the same luck: which may be it, and how many replications tell them apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.metrics.intervals import intervals
from sim.metrics.shape import Floats, shaped

COLUMNS = {
    "run": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "first": "bool",
    "may_be_best": "bool",
    "replications": "int64",
}

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Best:
    """The ranking of runs by one number of the key table."""

    metric: str
    label: str
    unit: str
    table: pd.DataFrame
    """As of :func:`ranking`."""
    highest: bool
    zone: float | None
    """Difference that does not matter."""
    due: int | None
    """Replications of each run that select the first; None where no zone was given."""


def ranking(names: list[str], values: Floats, *, highest: bool = False) -> pd.DataFrame:
    """A row for each run: its mean with the 95 % interval, whether it is first, and whether it may be the best.

    ``values``: a row for each run, a column for each replication; replications that a run lacks are left out of all.
    The runs that may be the best hold the best with a chance of 95 % at least: a run is left out if another is better
    by more than chance, by Student's t of the pairs at 5 % over the number of others (Bonferroni; Nelson, Swann,
    Goldsman and Song (2001), Simple procedures for selecting the best simulated system when the number of alternatives
    is large, with the variances of the differences, so that common random numbers count).
    """
    whole = values[:, ~np.isnan(values).any(axis=0)]
    runs, number = whole.shape
    found = intervals(np.repeat(np.arange(runs), number), whole.ravel(), runs)
    worth = found.mean if highest else -found.mean
    margin = _quantile(runs, number) * _spreads(whole) / math.sqrt(max(number, 1)) if number > 1 else np.inf
    behind = worth[None, :] - worth[:, None] > margin
    first = int(np.nanargmax(worth)) if number else 0
    table = {
        "run": names,
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "first": np.arange(runs) == first,
        "may_be_best": ~(behind & ~np.eye(runs, dtype=bool)).any(axis=1),
        "replications": np.full(runs, number),
    }
    return shaped(COLUMNS, table)


def replications_due(values: Floats, zone: float) -> int:
    """Replications of each run after which the first of them is the best with a chance of 95 % at least.

    If the best is better than all others by the indifference ``zone`` or more; else one is chosen that is as good but
    for the zone. Clark and Yang (1986), A Bonferroni selection procedure when using common random numbers with unknown
    variances: the largest (t s / zone)^2 of all pairs, s the standard deviation of their differences in the
    replications there are, t of 5 % over the number of others. Never fewer than there are. At least two are due.
    """
    whole = values[:, ~np.isnan(values).any(axis=0)]
    runs, number = whole.shape
    widest = float((_quantile(runs, number) * _spreads(whole)).max())
    # What rounding leaves above a whole number is no replication.
    return max(int(number), math.ceil((widest / zone) ** 2 - 1e-9))


def _quantile(runs: int, number: int) -> float:
    """Student's t of one side, shared by all others."""
    return float(stdtrit(number - 1, 1 - (1 - CONFIDENCE) / max(runs - 1, 1)))


def _spreads(values: Floats) -> Floats:
    """(runs x runs) Standard deviation of the differences of each pair."""
    apart = values[:, None, :] - values[None, :, :]
    spread: Floats = apart.std(axis=2, ddof=1)
    return spread
