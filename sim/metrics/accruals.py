"""What a place accrues over time from its windows: closed seconds, unit-seconds of capacity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.log import numbers_of
from sim.metrics.shape import Bools, Ints


@dataclass(frozen=True, eq=False)
class Accrual:
    """The integral from 0 of a rate that is constant in each window ``[time, next time)`` of a place."""

    first: Ints
    """Windows of place p are rows ``first[p]`` up to, not including, ``first[p + 1]``."""
    time: Ints
    rate: Ints
    total: Ints
    """What has accrued when the window begins."""
    ever: Bools
    """Whether anything ever accrues at the place."""

    def until(self, place: Ints, time: Ints) -> Ints:
        """What has accrued at each place in ``[0, time)``, for times >= 0."""
        width = int(max(time.max(initial=0), self.time.max(initial=0))) + 1
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        window = np.searchsorted(owner * width + self.time, place * width + time, side="right") - 1
        return self.total[window] + self.rate[window] * (time - self.time[window])

    def between(self, place: Ints, begin: Ints, end: Ints) -> Ints:
        """What accrues at each place in ``[begin, end)``; places at which nothing ever does cost nothing."""
        result = np.zeros(len(place), dtype=np.int64)
        some = np.flatnonzero(self.ever[place] & (end > begin))
        if len(some):
            result[some] = self.until(place[some], end[some]) - self.until(place[some], begin[some])
        return result


def accrual(windows: pd.DataFrame, places: int, rate_of: Callable[[pd.DataFrame], pd.Series[Any]]) -> Accrual:
    """The integral of a rate that each window has, for places numbered from 0."""
    place, time = numbers_of(windows, "place"), numbers_of(windows, "time_s")
    rate = rate_of(windows).to_numpy(dtype=np.int64)
    first = np.searchsorted(place, np.arange(places + 1))
    gained = np.zeros(len(time), dtype=np.int64)
    gained[1:] = np.where(place[1:] == place[:-1], rate[:-1] * np.diff(time), 0)
    running = np.cumsum(gained)
    total = running - np.repeat(running[first[:-1]], np.diff(first)) if len(time) else running
    ever = np.zeros(places, dtype=bool)
    ever[place[rate > 0]] = True
    return Accrual(first=first, time=time, rate=rate, total=total, ever=ever)
