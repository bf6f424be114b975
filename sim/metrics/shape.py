"""Tables of fixed columns, and the few array operations that all metrics share. Knows nothing of logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray
from pandas.api.types import pandas_dtype

Ints = NDArray[np.int64]
Whole = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = NDArray[np.object_]

HOUR_S = 3600
DAY_S = 86400

SMALL = 2**30
"""Below this a number, and the sum or difference of two, is held in 32 bits."""
FEW = 2**12
"""How many numbers are put in order by comparing."""
DENSE = 8
"""How many times their own number the largest of some numbers may be that are counted."""
DIGIT = 2**16 - 1
MANY = 1000
"""From how many numbers on a sample of them is looked at first."""
SAMPLED = 16
"""The sample is one in so many."""


def shaped(columns: Mapping[str, str], values: Mapping[str, Any]) -> pd.DataFrame:
    """A table with the given columns in their order and types, rows numbered from 0; without rows it keeps both.

    Arrays of the right type become its columns as they are.
    """
    return pd.DataFrame({name: _typed(values[name], kind) for name, kind in columns.items()}, copy=False)


def _typed(values: Any, kind: str) -> Any:
    dtype = _dtype(kind)
    if getattr(values, "dtype", None) == dtype:
        return values
    if isinstance(dtype, np.dtype):
        return np.asarray(values, dtype=dtype)
    return pd.array(np.asarray(values, dtype=object), dtype=dtype)


@cache
def _dtype(kind: str) -> Any:
    return pandas_dtype(kind)


def texts(column: pd.Series[Any], rows: Ints) -> ExtensionArray:
    """What stands in the given rows of a legend's column."""
    found: ExtensionArray = column.array.take(rows)
    return found


def spans(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """All numbers of the ranges ``[start, stop)`` one after the other, and beside each the number of its range."""
    length = np.maximum(stop - start, 0)
    which = np.repeat(np.arange(len(length)), length)
    return which, np.arange(len(which)) + (start - np.cumsum(length) + length).take(which)


def totals(group: Ints, weights: Floats | Ints | None, groups: int) -> Floats:
    """Sum of the weights (or the count) of each group ``0 .. groups - 1``. Whole numbers add up exactly to 2**53."""
    return np.bincount(group, weights=weights, minlength=groups).astype(np.float64, copy=False)


def grouped_totals(value: Ints, count: Ints) -> Floats:
    """The sums of whole numbers that stand group by group, so many of each."""
    found, some = np.zeros(len(count)), np.flatnonzero(count)
    if len(some):
        found[some] = np.add.reduceat(value, (np.cumsum(count) - count)[some])
    return found


def counts(group: Ints, groups: int) -> Ints:
    """How many rows each group ``0 .. groups - 1`` has."""
    return np.bincount(group, minlength=groups).astype(np.int64, copy=False)


def ratio(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    """Part by whole, missing where the whole is 0 or missing."""
    whole = np.asarray(whole, dtype=np.float64)
    sound = whole > 0
    result = np.full(len(whole), np.nan)
    np.divide(part, whole, out=result, where=sound)
    return result


def ordered(key: Ints) -> Ints:
    """Order in which whole numbers >= 0 rise, equal ones as they come.

    They are counted, which is far quicker than comparing; too large ones digit by digit, of 16 bits.
    """
    if len(key) < FEW:
        return np.argsort(key, kind="stable")
    top = int(key.max())
    if top < DENSE * len(key):
        return _counted(key, top + 1)[0]
    order, _ = _counted(key & DIGIT, DIGIT + 1)
    for shift in range(16, top.bit_length(), 16):
        order = order.take(_counted((key.take(order) >> shift) & DIGIT, DIGIT + 1)[0])
    return order


def grouped(group: Ints, groups: int) -> tuple[Ints, Ints]:
    """Order in which the rows of each group ``0 .. groups - 1`` stand together, as they come; and where each begins.

    Group g has the places ``first[g]`` up to, not including, ``first[g + 1]``.
    """
    if len(group) < FEW:
        return np.argsort(group, kind="stable"), np.concatenate([[0], np.cumsum(counts(group, groups))])
    return _counted(group, groups)


def _counted(key: Ints, keys: int) -> tuple[Ints, Ints]:
    """The same of any number of them: a matrix with a column for each is turned from rows into columns."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - takes its time to import, which few rows are not worth

    rows = len(key)
    marks = np.zeros(rows, dtype=np.bool_)
    matrix = csr_array((marks, key.astype(np.int32), np.arange(rows + 1, dtype=np.int32)), shape=(rows, keys))
    turned = matrix.tocsc()
    return turned.indices.astype(np.int64), turned.indptr.astype(np.int64)


def distinct(key: Ints) -> tuple[Ints, Ints]:
    """The distinct ones of some whole numbers >= 0, rising, and for each of all which of them it is."""
    top = int(key.max(initial=-1)) + 1
    if top <= DENSE * len(key):
        there = np.zeros(top, dtype=bool)
        there[key] = True
        alone = np.flatnonzero(there)
        number = np.empty(top, dtype=np.int64)
        number[alone] = np.arange(len(alone))
        return alone, number.take(key)
    order = ordered(key)
    risen = key.take(order)
    fresh = np.ones(len(key), dtype=bool)
    fresh[1:] = risen[1:] != risen[:-1]
    which = np.empty(len(key), dtype=np.int64)
    which[order] = np.cumsum(fresh) - 1
    return risen.compress(fresh), which


def searched(value: Whole, ranges: tuple[Ints, Ints], sought: Whole) -> Ints:
    """For each sought number the first place in its range ``[begin, end)`` with no smaller value, else the range's end.

    Values rise within each range. All ranges are halved at once.
    """
    begin, end = ranges
    for _ in range(int((end - begin).max(initial=0)).bit_length()):
        middle = (begin + end) >> 1
        below = (begin < end) & (value.take(middle, mode="clip") < sought)
        begin, end = np.where(below, middle + 1, begin), np.where(below, end, middle)
    return begin


def quantiles(group: Ints, value: Ints, groups: int, shares: tuple[float, ...]) -> list[Floats]:
    """Quantiles of whole numbers in each group, linear between order statistics (numpy's default).

    One array for each share, with a number for each group; missing for a group without values.
    """
    order, first = grouped(group, groups)
    return grouped_quantiles(value.take(order), np.diff(first), shares)


def grouped_quantiles(value: Ints, count: Ints, shares: tuple[float, ...]) -> list[Floats]:
    """The same of values that stand group by group, so many of each."""
    some = np.flatnonzero(count)
    at, places = _places(count[some] - 1, shares)
    end = np.cumsum(count)[some]
    standing = np.empty(places.shape, np.int64)
    for group, (begin, stop) in enumerate(zip((end - count[some]).tolist(), end.tolist(), strict=True)):
        own, wanted = value[begin:stop].copy(), places[..., group]
        own.partition(wanted.ravel())
        standing[..., group] = own[wanted]
    found = np.full((len(shares), len(count)), np.nan)
    found[:, some] = _between(standing, at - places[0])
    return list(found)


def row_quantiles(value: Whole, shares: tuple[float, ...]) -> list[Floats]:
    """The same of each row of a table with at least a column; the numbers of a row may change their places."""
    at, places = _places(np.array([value.shape[1] - 1]), shares)
    standing = _standing(value, places.ravel()).T.reshape(*places.shape[:2], len(value))
    return list(_between(standing, at - places[0]))


def _places(last: Ints, shares: tuple[float, ...]) -> tuple[Floats, Ints]:
    """(shares x groups) Where quantiles are, if the last of a group is at ``last``; and the places before and after."""
    at = np.multiply.outer(np.array(shares), last)
    before = at.astype(np.int64)
    return at, np.stack([before, np.minimum(before + 1, last)])


def _between(standing: Ints, part: Floats) -> Floats:
    """What is so far between the numbers at two places."""
    before, after = standing
    found: Floats = before + (after - before) * part
    return found


def _standing(value: Whole, places: Ints) -> Ints:
    """What would stand at some places of each row of a table if it were in order.

    Of many numbers only the least and the greatest are looked at where that is enough: a sample tells up to which and
    from which on. A row in which it misleads, or too many are alike, is looked at as a whole.
    """
    columns = value.shape[1]
    near = 2 * places < columns
    least, most = places[near].max(initial=-1) + 1, columns - places[~near].min(initial=columns)
    if columns < MANY or 4 * (least + most) > columns:
        # Far faster than sorting, and than numpy's quantile.
        value.partition(places)
        return value[:, places].astype(np.int64)
    sample = np.sort(value[:, ::SAMPLED])
    low, high = sample[:, [_in_sample(least)]], sample[:, [-1 - _in_sample(most)]]
    ends, place = _ends(value, low, high, least + most), np.where(near, places, places - columns)
    ends.partition(place)
    found = ends[:, place].astype(np.int64)
    unsure = np.where(near, found >= low, found <= high).any(axis=1)
    if unsure.any():
        whole = value[unsure]
        whole.partition(places)
        found[unsure] = whole[:, places]
    return found


def _in_sample(number: int) -> int:
    """How many of a sample are hardly ever fewer than those of so many numbers that are in it."""
    expected = number / SAMPLED
    return int(expected + 3 * expected**0.5) + 1


def _ends(value: Whole, low: Whole, high: Whole, least: int) -> Whole:
    """The numbers of each row below one and above another; the first itself fills up all rows to one length.

    To that of the longest, and at least to ``least``.
    """
    outside = value < low
    outside |= value > high
    at = np.flatnonzero(outside)
    count = np.diff(np.searchsorted(at, np.arange(len(value) + 1) * value.shape[1]))
    ends = np.repeat(low, max(int(count.max()), least), axis=1)
    ends[np.arange(ends.shape[1]) < count[:, np.newaxis]] = value.ravel().take(at)
    return ends


def as_dicts(table: pd.DataFrame) -> list[Any]:
    """The rows of a table as dictionaries; where there is none, pandas would take its time for the columns."""
    return table.to_dict("records") if len(table) else []


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table in the forms of JSON; what is missing is null."""
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows
