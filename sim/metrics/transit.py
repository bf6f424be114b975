"""Transit time by flow: level, spread and reliability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import DAY_S, Floats, counts, quantiles, ratio, shaped, totals

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "direction": "str",
    "scope": "str",
    "finished": "int64",
    "unfinished": "int64",
    "turned_away": "int64",
    "mean_d": "float64",
    "p50_d": "float64",
    "p90_d": "float64",
    "p95_d": "float64",
    "buffer_index": "float64",
    "planning_time_index": "float64",
    "on_time_share": "float64",
}


def transit(log: Log | Accounts) -> pd.DataFrame:
    """Transit times of finished shipments released in ``[warm_up, horizon)``; the others are counted beside them.

    Unfinished are those under way when the run ended; turned away those that were refused or gave up for good.
    buffer_index = (P95 - mean) / mean (US DOT ARC-IT, Travel Time Reliability: the share of extra time that gives 95 %
    on time). planning_time_index = P95 / free-flow time (FHWA Urban Congestion Reports), free flow being the flow's
    running and working times without any waiting. on_time_share = share of the finished within the flow's promise.
    A row for each replication and reported flow, though nothing of it may have finished.
    """
    journeys = accounts(log).journeys
    who, found, cells = journeys.arrived, journeys.travellers, journeys.cells
    cell, took = journeys.cell[who], found.finished[who] - found.release[who]
    finished = counts(cell, cells)
    mean = ratio(totals(cell, took, cells), finished)
    p50, p90, p95 = quantiles(cell, took, cells, (0.5, 0.9, 0.95))
    away = counts(journeys.cell[found.counts & journeys.turned_away], cells)
    named = journeys.of_cells("direction", "scope", "free_flow_s")
    values = {
        **named,
        "finished": finished,
        "unfinished": counts(journeys.cell[found.counts], cells) - finished - away,
        "turned_away": away,
        "mean_d": mean / DAY_S,
        "p50_d": p50 / DAY_S,
        "p90_d": p90 / DAY_S,
        "p95_d": p95 / DAY_S,
        "buffer_index": ratio(p95 - mean, mean),
        "planning_time_index": ratio(p95, named["free_flow_s"].to_numpy()),
        "on_time_share": on_time_share(journeys),
    }
    return shaped(COLUMNS, values)


def on_time_share(journeys: Journeys) -> Floats:
    """The share of each cell of finished shipments; missing for a flow without a promise."""
    who, found, cells = journeys.arrived, journeys.travellers, journeys.cells
    promises = journeys.setting.flows["promise_s"].to_numpy(dtype=np.float64, na_value=np.nan)
    promise = np.tile(promises[journeys.setting.reported], len(journeys.replications))
    cell, took = journeys.cell[who], found.finished[who] - found.release[who]
    kept = totals(cell, (took <= promise[cell]).astype(np.int64), cells)
    return np.where(np.isnan(promise), np.nan, ratio(kept, counts(cell, cells)))
