"""Time at each place: waiting, stay and both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.shape import HOUR_S, counts, quantiles, ratio, shaped, texts, totals

COLUMNS = {
    "replication": "int64",
    "place": "int64",
    "name": "str",
    "node": "str",
    "kind": "str",
    "visits": "int64",
    "wait_mean_h": "float64",
    "wait_p95_h": "float64",
    "stay_mean_h": "float64",
    "total_mean_h": "float64",
    "total_p50_h": "float64",
    "total_p95_h": "float64",
    "unfinished": "int64",
    "turned_away": "int64",
}


def dwell(log: Log | Accounts) -> pd.DataFrame:
    """Waiting ``[requested, entered)``, stay ``[entered, left)`` and their sum, of the visits that had ended.

    Visits of whatever was released from the warm-up on: shipments, consists and the rest of the traffic.
    ``unfinished`` are the visits that had begun and not ended; ``turned_away`` those that ended without entry. A row
    for each replication and place visited in it.
    """
    journeys = accounts(log).journeys
    rows, found, places = journeys.rows, journeys.travellers, len(journeys.places)
    taken = np.flatnonzero((rows.place != NOT_YET) & (found.release[rows.who] >= journeys.warm_up))
    group = found.replication[rows.who[taken]] * places + rows.place[taken]
    groups = len(journeys.replications) * places
    begun, refused = counts(group, groups), counts(group[rows.refused[taken]], groups)
    over = (rows.left[taken] != NOT_YET) & ~rows.refused[taken]
    group, done = group[over], taken[over]
    visits = counts(group, groups)
    wait, total = rows.entered[done] - rows.requested[done], rows.left[done] - rows.requested[done]
    (wait_p95,) = quantiles(group, wait, groups, (0.95,))
    total_p50, total_p95 = quantiles(group, total, groups, (0.5, 0.95))
    seen = np.flatnonzero(begun)
    place = seen % max(places, 1)
    values = {
        "replication": journeys.replications[seen // max(places, 1)],
        "place": place,
        **{name: texts(journeys.places[name], place) for name in ("name", "node", "kind")},
        "visits": visits[seen],
        "wait_mean_h": ratio(totals(group, wait, groups), visits)[seen] / HOUR_S,
        "wait_p95_h": wait_p95[seen] / HOUR_S,
        "stay_mean_h": ratio(totals(group, total - wait, groups), visits)[seen] / HOUR_S,
        "total_mean_h": ratio(totals(group, total, groups), visits)[seen] / HOUR_S,
        "total_p50_h": total_p50[seen] / HOUR_S,
        "total_p95_h": total_p95[seen] / HOUR_S,
        "unfinished": (begun - visits - refused)[seen],
        "turned_away": refused[seen],
    }
    return shaped(COLUMNS, values)
