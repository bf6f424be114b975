"""How much stands before and in each place over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import HOUR_S, Floats, Ints, shaped, texts, totals

COLUMNS = {
    "replication": "int64",
    "place": "int64",
    "name": "str",
    "time_s": "int64",
    "waiting": "int64",
    "inside": "int64",
    "waiting_teu": "int64",
    "inside_teu": "int64",
}

GRID_S = 6 * HOUR_S


def stock(log: Log | Accounts) -> pd.DataFrame:
    """Entities that wait, ``[requested, entered)``, and that hold units, ``[entered, released)``, every 6 hours.

    From second 0 to the horizon, both included, warm-up and all traffic included, for each replication and each place
    that was ever visited. TEU: the entity's own, or those aboard a consist. Where units are kept longer than the
    entity stays (a yard slot until departure, a fleet that returns, a headway) it is inside until it gives them back.
    """
    journeys = accounts(log).journeys
    rows = journeys.rows
    at = np.flatnonzero(rows.place != NOT_YET)
    visited = np.unique(rows.place[at])
    times = np.arange(0, journeys.horizon + 1, GRID_S)
    group = journeys.travellers.replication[rows.who[at]] * len(visited) + np.searchsorted(visited, rows.place[at])
    shape = (len(journeys.replications) * len(visited), len(times))
    teu = journeys.aboard[at]
    columns = {}
    waited = np.where(rows.refused, rows.left, rows.entered)
    for name, begin, end in (("waiting", rows.requested, waited), ("inside", rows.entered, rows.released)):
        columns[name] = _present(group, (begin[at], end[at]), None, shape)
        columns[f"{name}_teu"] = _present(group, (begin[at], end[at]), teu, shape)
    return shaped(COLUMNS, _keys(journeys, visited, times) | columns)


def _present(group: Ints, span: tuple[Ints, Ints], weights: Floats | None, shape: tuple[int, int]) -> Ints:
    """How many (or how much weight) of each group are within their ``[begin, end)`` at each time of the grid."""
    cells = shape[0] * (shape[1] + 1)
    change = np.zeros(cells)
    for times, sign in zip(span, (1, -1), strict=True):
        some = np.flatnonzero(times != NOT_YET)
        # The first moment of the grid at or after the time; the column past the end takes what lies behind it.
        slot = np.minimum(-(-times[some] // GRID_S), shape[1])
        change += sign * totals(group[some] * (shape[1] + 1) + slot, None if weights is None else weights[some], cells)
    present = np.cumsum(change.reshape(shape[0], shape[1] + 1), axis=1)[:, :-1]
    return np.rint(present).astype(np.int64).ravel()


def _keys(journeys: Journeys, visited: Ints, times: Ints) -> dict[str, object]:
    place = np.tile(np.repeat(visited, len(times)), len(journeys.replications))
    return {
        "replication": np.repeat(journeys.replications, len(visited) * len(times)),
        "place": place,
        "name": texts(journeys.places["name"], place),
        "time_s": np.tile(times, len(journeys.replications) * len(visited)),
    }
