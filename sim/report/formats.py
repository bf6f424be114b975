"""How numbers, times and addresses are written in a report."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.style import number
from sim.metrics.intervals import intervals

ABSENT = "–"
"""Stands where there is no number."""

BREAK = "\u200b"
"""Zero-width space: an address may be broken here."""

DAY_S = 86_400


def decimals_for(value: float) -> int:
    """Decimals that leave about three significant digits."""
    if not math.isfinite(value) or value == 0:
        return 0
    return min(3, max(0, 2 - math.floor(math.log10(abs(value)))))


def lean(value: float) -> str:
    """A number that was set, not measured: no zeros after its last digit."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Any, decimals: int | None = None) -> str:
    """A number, or a dash where there is none."""
    if pd.isna(value):
        return ABSENT
    return number(float(value)) if decimals is None else f"{float(value):,.{decimals}f}"


def between(mean: float, low: float, high: float, most: float = math.inf) -> str:
    """An interval with the decimals of its mean, a dash where there is none, or none as wide as the last digit.

    What is reported cannot be below 0, nor a share above 100%: the interval is cut there.
    """
    if math.isnan(low) or math.isnan(high):
        return ABSENT
    decimals = decimals_for(mean)
    lower, upper = (figure(min(max(bound, 0.0), most), decimals) for bound in (low, high))
    return f"{lower} to {upper}" if lower != upper else ABSENT


def with_interval(row: Mapping[Any, Any] | pd.Series, column: str, *, percent: bool = False) -> str:
    """A mean of :func:`over_replications` and, below it, its 95% interval where there is one; shares in per cent.

    A share stays between 0 and 100.
    """
    factor, most = (100.0, 100.0) if percent else (1.0, math.inf)
    mean, low, high = (factor * float(row[name]) for name in (column, f"{column}_low", f"{column}_high"))
    interval = between(mean, low, high, most)
    return plain(mean) if interval == ABSENT else f"{plain(mean)}\n{interval}"


def intervals_told(replications: float) -> str:
    """For a caption: where the intervals stand, or why there is none."""
    return "below a mean its 95% interval" if replications > 1 else "one replication, no intervals"


def figure(value: float, decimals: int) -> str:
    """A bound of an interval: so many decimals, and no more digits than a mean of its size has."""
    return number(value) if abs(value) >= 10_000 else f"{value:,.{decimals}f}"


def days(seconds: float) -> str:
    """A length of time in days, or in hours where it is short."""
    return f"{lean(seconds / DAY_S)} days" if seconds >= 2 * DAY_S else f"{lean(seconds / 3600)} h"


def breakable(text: str) -> str:
    """An address or a long word with places where it may be broken."""
    spaced = re.sub(r"([/?&=_-]|\.(?!\d))(?=\S)", rf"\1{BREAK}", text)
    return re.sub(r"([^\s\u200b]{24})(?=[^\s\u200b])", rf"\1{BREAK}", spaced)


def tidy(text: str) -> str:
    """A value as written, without the digits that binary fractions drag along, thousands set apart, free to break."""
    short = re.sub(r"\d+\.\d{7,}", lambda found: f"{float(found.group()):.6g}", text)
    return breakable(re.sub(r"(?<![\w.])\d{5,}(?![\w])", lambda found: f"{int(found.group()):,}", short))


def over_replications(rows: pd.DataFrame, keys: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Mean, low and high (``<column>_low``, ``<column>_high``) of each group over replications, sorted by key.

    Replications without a value are left out of that value's mean.
    """
    group = rows.groupby(list(keys), sort=True).ngroup().to_numpy()
    found = rows[list(keys)].drop_duplicates().sort_values(list(keys), ignore_index=True)
    for column in columns:
        values = rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
        measured = intervals(group.astype(np.int64), values, len(found))
        found[column], found[f"{column}_low"], found[f"{column}_high"] = measured.mean, measured.low, measured.high
    return found
