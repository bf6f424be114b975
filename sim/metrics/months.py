"""Calendar months (UTC) of a run: all series over time are cut at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.journeys import Journeys
from sim.metrics.shape import DAY_S, Ints, Whole


@dataclass(frozen=True, eq=False)
class Months:
    """The months that ``[from, horizon)`` touches."""

    names: list[str]
    """As "2020-01"."""
    edges: Ints
    """(months + 1) Seconds since the start: month m is ``[edges[m], edges[m + 1])``, cut at both ends of the span."""

    def __len__(self) -> int:
        return len(self.names)

    def of(self, time: Whole) -> Ints:
        """The month of each time; times after the span belong to the last month."""
        return np.minimum(self.begun(time) - 1, len(self) - 1)

    def begun(self, time: Whole) -> Ints:
        """How many edges lie at or before each time, for times >= 0."""
        # Most edges lie between two days, and then none is left to be looked at within one.
        days = np.arange(int(time.max(initial=0)) // DAY_S + 1) * DAY_S
        before = np.searchsorted(self.edges, days, side="right")
        within = np.searchsorted(self.edges, days + DAY_S, side="left") - before
        upcoming = np.append(self.edges, np.iinfo(np.int64).max)
        begun: Ints = before.take(time // DAY_S)
        for _ in range(int(within.max())):
            begun += upcoming.take(begun) <= time
        return begun


def months(journeys: Journeys, begin: int) -> Months:
    """The months from a second of the run, included, to its horizon, not included."""
    start = np.datetime64(journeys.setting.start.replace(tzinfo=None), "s")
    end = max(journeys.setting.horizon, begin + 1)
    first = (start + np.timedelta64(begin, "s")).astype("datetime64[M]")
    last = (start + np.timedelta64(end - 1, "s")).astype("datetime64[M]")
    month = np.arange(first, last + np.timedelta64(2, "M"))
    edges = (month.astype("datetime64[s]") - start).astype(np.int64)
    edges[0], edges[-1] = begin, end
    return Months(names=[str(m) for m in month[:-1]], edges=edges)
