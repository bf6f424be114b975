"""Tables of fixed columns, and the few array operations that all metrics share. Knows nothing of logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import pandas_dtype

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HOUR_S = 3600
DAY_S = 86400


def shaped(columns: Mapping[str, str], values: Mapping[str, Any]) -> pd.DataFrame:
    """A table with the given columns in their order and types, rows numbered from 0; without rows it keeps both."""
    return pd.DataFrame({name: pd.Series(values[name]).astype(pandas_dtype(kind)) for name, kind in columns.items()})


def texts(column: pd.Series[Any], rows: Ints) -> pd.Series[Any]:
    """The text that stands in the given rows of a legend's column."""
    return column.take(rows).reset_index(drop=True)


def spans(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """All numbers of the ranges ``[start, stop)`` one after the other, and beside each the number of its range."""
    length = np.maximum(stop - start, 0)
    which = np.repeat(np.arange(len(length)), length)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
    return which, start[which] + offset


def totals(group: Ints, weights: Floats | Ints | None, groups: int) -> Floats:
    """Sum of the weights (or the count) of each group ``0 .. groups - 1``. Whole numbers add up exactly to 2**53."""
    return np.bincount(group, weights=weights, minlength=groups).astype(np.float64)


def counts(group: Ints, groups: int) -> Ints:
    """How many rows each group ``0 .. groups - 1`` has."""
    return np.bincount(group, minlength=groups).astype(np.int64)


def ratio(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """Part by whole, missing where the whole is 0 or missing."""
    whole = np.asarray(whole, dtype=np.float64)
    sound = whole > 0
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=sound)
    return result


def quantiles(group: Ints, value: Ints, groups: int, shares: tuple[float, ...]) -> list[Floats]:
    """Quantiles of whole numbers >= 0 in each group, linear between order statistics (numpy's default).

    One array for each share, with a number for each group; missing for a group without values.
    """
    width = int(value.max(initial=0)) + 1
    count = counts(group, groups)
    first = np.cumsum(count) - count
    # Sorting one composed number is several times faster than sorting by two columns.
    ordered = np.sort(group * width + value) - np.repeat(np.arange(groups), count) * width
    found = []
    for share in shares:
        result = np.full(groups, np.nan)
        some = np.flatnonzero(count)
        place = (count[some] - 1) * share
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, count[some] - 1)
        below, above = ordered[first[some] + low], ordered[first[some] + high]
        result[some] = below + (above - below) * (place - low)
        found.append(result)
    return found


def row_quantiles(values: Ints, shares: tuple[float, ...]) -> list[Floats]:
    """Quantiles of each row of a matrix with columns, linear between order statistics; an array for each share."""
    last = values.shape[1] - 1
    low = [int(last * share) for share in shares]
    high = [min(k + 1, last) for k in low]
    # Far faster than numpy's quantile along this axis.
    ordered = np.partition(values, sorted({*low, *high}), axis=1)
    return [
        ordered[:, a] + (ordered[:, b] - ordered[:, a]) * (last * share - a)
        for a, b, share in zip(low, high, shares, strict=True)
    ]
