"""Calendar months (UTC) of a run: all series over time are cut at them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.journeys import Journeys
from sim.metrics.shape import Ints


@dataclass(frozen=True, eq=False)
class Months:
    """The months that ``[from, horizon)`` touches."""

    names: list[str]
    """As "2020-01"."""
    edges: Ints
    """(months + 1) Seconds since the start: month m is ``[edges[m], edges[m + 1])``, cut at both ends of the span."""

    def __len__(self) -> int:
        return len(self.names)

    def of(self, time: Ints) -> Ints:
        """The month of each time; times after the span belong to the last month."""
        return np.minimum(np.searchsorted(self.edges, time, side="right") - 1, len(self) - 1)


def months(journeys: Journeys, begin: int) -> Months:
    """The months from a second of the run, included, to its horizon, not included."""
    start = np.datetime64(journeys.start.replace(tzinfo=None), "s")
    end = max(journeys.horizon, begin + 1)
    first = (start + np.timedelta64(begin, "s")).astype("datetime64[M]")
    last = (start + np.timedelta64(end - 1, "s")).astype("datetime64[M]")
    month = np.arange(first, last + np.timedelta64(2, "M"))
    edges = (month.astype("datetime64[s]") - start).astype(np.int64)
    edges[0], edges[-1] = begin, end
    return Months(names=[str(m) for m in month[:-1]], edges=edges)
