"""Who had not come to an end when the run did, and from how many on a number is too good without them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.metrics.shape import Bools, Ints
from sim.metrics.values import measure_of

TAILS: Mapping[str, float] = MappingProxyType({"mean": 0.5, "median": 0.5, "p90": 0.1, "p95": 0.05, "most": 0.0})
"""By statistic the share of the longest times that lie beyond it, where those of who is still on the way belong."""
OF_THE_TAIL = 0.2
"""Share of its tail that a statistic bears: a tenth of all for a mean, a hundredth for the 95th percentile."""
TIMES = ("transit-time", "waiting-time")
PUNCTUAL = "on-time-share"


def bearable(outcome: Mapping[Hashable, Any]) -> float:
    """Largest share of unfinished ones with which an outcome can be taken as it is; infinite if they do not bias it."""
    measure = measure_of(outcome)
    if measure.get("of") in TIMES:
        tail = TAILS.get(str(measure.get("statistic")))
        return np.inf if tail is None else OF_THE_TAIL * tail
    return OF_THE_TAIL * TAILS["mean"] if measure.get("of") == PUNCTUAL else np.inf


class Unfinished(NamedTuple):
    """A number for each point, over all replications."""

    number: Ints
    asked: Ints
    too_good: Bools
    """Whether so many are unfinished that the outcome is too good without them."""


def unfinished(values: pd.DataFrame, points: pd.DataFrame, outcome: Mapping[Hashable, Any]) -> Unfinished:
    """How many an outcome leaves out at each point, and of how many."""
    own = values[values["outcome"] == outcome["outcome"]].groupby("point")[["unfinished", "asked"]].sum()
    number, asked = own.reindex(points["point"], fill_value=0).to_numpy(dtype=np.int64).T
    most = bearable(outcome)
    flawed = number > most * asked if np.isfinite(most) else np.zeros(len(points), dtype=np.bool_)
    return Unfinished(number, asked, flawed)
