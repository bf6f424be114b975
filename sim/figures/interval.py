"""Means over replications as figures tell them: with a whisker, and with brackets in a caption."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.metrics.intervals import intervals

NARROWEST = 0.004
"""Share of the longest bar: a whisker that is narrower could not be seen."""


def over_replications(rows: pd.DataFrame, key: str, column: str) -> pd.DataFrame:
    """Mean, low and high of a column by key: 95% interval (Student's t), missing with one replication."""
    number, keys = pd.factorize(rows[key], sort=True)
    value = rows[column].to_numpy(dtype=np.float64, na_value=np.nan)
    found = intervals(np.asarray(number, dtype=np.int64), value, len(keys))
    return pd.DataFrame({"mean": found.mean, "low": found.low, "high": found.high}, index=pd.Index(keys, name=key))


def told(values: pd.Series, unit: str = "") -> str:
    """The mean of what replications say with its 95% interval; see :func:`in_words`. Nothing told lies below 0."""
    once = pd.DataFrame({"all": 0, "value": values.to_numpy(dtype=np.float64, na_value=np.nan)})
    return in_words(tuple(over_replications(once, "all", "value").iloc[0]), unit)


def in_words(ends: tuple[float, ...], unit: str = "") -> str:
    """Mean, low and high as text: the interval in brackets, if there is one that is as wide as the last digit.

    ``unit`` follows the mean as it is, with the space before it if there is one.
    """
    mean, low, high = ends
    bounds = style.number(max(low, 0.0)), style.number(high)
    alone = np.isnan(low) or bounds[0] == bounds[1]
    return f"{style.number(mean)}{unit}" + ("" if alone else f" ({' to '.join(bounds)})")


def whiskers(axes: Axes, ends: pd.DataFrame) -> None:
    """The intervals of horizontal bars, in their order, each with its mean at the far end of what is drawn."""
    longest = float(ends["mean"].max())
    for row, (mean, low, high) in enumerate(ends[["mean", "low", "high"]].to_numpy(dtype=np.float64)):
        seen = high - low > NARROWEST * longest
        if seen:
            axes.errorbar(mean, row, xerr=[[mean - max(low, 0.0)], [high - mean]], color=style.INK, linewidth=0.9,
                          capsize=2.5, capthick=0.9)  # fmt: skip
        axes.annotate(style.number(mean), (high if seen else mean, row), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=style.SMALL)  # fmt: skip
    far = np.nanmax(ends[["mean", "high"]].to_numpy(dtype=np.float64)) if len(ends) else 0.0
    axes.set_xlim(0, max(float(far), 1e-9) * 1.18)


WHISKERS = "Whiskers: 95% intervals of the means over replications."
ONCE = "One replication: no intervals."


def how(replications: float) -> str:
    """The sentence on whiskers that a figure has beside it."""
    return WHISKERS if replications > 1 else ONCE
