"""Where the points of an experiment lie: each factor as a number from 0 to 1, and which points differ in what."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from sim.counts import of_unit
from sim.metrics.response import BASE
from sim.metrics.shape import Bools, Floats

SAME = 1e-9
"""Share of a factor's range below which two of its values are one: what sums of binary fractions leave."""


def named(points: pd.DataFrame, factor: str) -> bool:
    """Whether a factor takes names of levels, or texts, and no numbers."""
    return not is_numeric_dtype(points[factor])


def coordinates(points: pd.DataFrame, factors: pd.DataFrame) -> Floats:
    """A row for each point, a column for each factor, from 0 (its least value) to 1 (its largest).

    Where a range goes by ratios so does the number. Names stand at equal distances in their order of the alphabet.
    """
    found = [_coordinate(points[str(row["factor"])], row) for row in factors.to_dict("records")]
    return np.column_stack(found) if found else np.empty((len(points), 0))


def _coordinate(column: pd.Series[Any], factor: Mapping[Hashable, Any]) -> Floats:
    if not is_numeric_dtype(column):
        names = sorted(set(column.astype(str)))
        return column.astype(str).map(names.index).to_numpy(dtype=np.float64) / max(len(names) - 1, 1)
    value = column.to_numpy(dtype=np.float64)
    low, high = _ends(column, factor)
    if factor["scale"] == "log" and low > 0 and (value > 0).all():
        value, low, high = np.log(value), float(np.log(low)), float(np.log(high))
    return (value - low) / (high - low) if high > low else np.zeros(len(value))


def _ends(column: pd.Series[Any], factor: Mapping[Hashable, Any]) -> tuple[float, float]:
    """The range as stated, else that of the points."""
    low, high = (float(factor[name]) for name in ("low", "high"))
    return (float(column.min()), float(column.max())) if np.isnan(low) or np.isnan(high) else (low, high)


def apart_from_base(points: pd.DataFrame, factors: pd.DataFrame) -> Bools:
    """A row for each point, a column for each factor: whether it has there another value than the base.

    A base that has none, since its scenario says nothing there, differs from all that have one.
    """
    base = np.flatnonzero(points["point"] == BASE)
    if not len(base):
        return np.ones((len(points), len(factors)), dtype=bool)
    where = coordinates(points, factors)
    own = where[base[0]]
    alike = (np.abs(where - own) <= SAME) | (np.isnan(where) & np.isnan(own))
    return np.asarray(~alike, dtype=bool)


def settings(points: pd.DataFrame, factor: Mapping[Hashable, Any]) -> list[str]:
    """What a factor is set to at each point, as it is read: a number with its unit, or a name."""
    column = points[str(factor["factor"])]
    if not is_numeric_dtype(column):
        return [str(value) for value in column]
    unit = str(factor["unit"])
    return [_read(value, unit) for value in column.to_numpy(dtype=np.float64).tolist()]


def _read(value: float, unit: str) -> str:
    """A number of four digits, or of all that stand before its point."""
    if np.isnan(value):
        return ""
    text = f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return of_unit(text, unit)


def places(column: pd.Series[Any], known: pd.Series[Any]) -> Floats:
    """Where values stand on an axis: numbers where they are, names one after the other as they come in ``known``."""
    if is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64)
    order = {name: float(at) for at, name in enumerate(dict.fromkeys(known.astype(str)))}
    return np.array([order[name] for name in column.astype(str)], dtype=np.float64)


def is_grid(points: pd.DataFrame, factors: pd.DataFrame) -> bool:
    """Whether the points, without the base, are each value of each factor with each of the others, once."""
    tried = points[points["point"] != BASE]
    keys = factors["factor"].astype(str).tolist()
    if not keys or not len(tried):
        return False
    sizes = [tried[key].nunique() for key in keys]
    return bool(np.prod(sizes) == len(tried) == len(tried[keys].drop_duplicates()))
