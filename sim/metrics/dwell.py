"""Time at each place: waiting, stay and both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.shape import HOUR_S, counts, grouped, grouped_quantiles, grouped_totals, ratio, shaped, texts

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
    there = journeys.at_places
    rows, spot, spots = there.visits, there.spot, there.spots
    counting = journeys.travellers.release.take(rows.who) >= journeys.setting.warm_up
    begun, refused = counts(spot.compress(counting), spots), counts(spot.compress(counting & rows.refused), spots)
    # Those that do not count here stand behind all the others.
    group = np.where(counting & (rows.left != NOT_YET) & ~rows.refused, spot, spots)
    order, first = grouped(group, spots + 1)
    visits = np.diff(first[:-1])
    wait, total = ((end - rows.requested).take(order[: first[-2]]) for end in (rows.entered, rows.left))
    (wait_p95,) = grouped_quantiles(wait, visits, (0.95,))
    total_p50, total_p95 = grouped_quantiles(total, visits, (0.5, 0.95))
    wait_s, total_s = grouped_totals(wait, visits), grouped_totals(total, visits)
    seen = np.flatnonzero(begun)
    run, place = np.divmod(seen, max(len(there.places), 1))
    place = there.places[place]
    values = {
        "replication": journeys.replications[run],
        "place": place,
        **{name: texts(journeys.setting.places[name], place) for name in ("name", "node", "kind")},
        "visits": visits[seen],
        "wait_mean_h": ratio(wait_s, visits)[seen] / HOUR_S,
        "wait_p95_h": wait_p95[seen] / HOUR_S,
        "stay_mean_h": ratio(total_s - wait_s, visits)[seen] / HOUR_S,
        "total_mean_h": ratio(total_s, visits)[seen] / HOUR_S,
        "total_p50_h": total_p50[seen] / HOUR_S,
        "total_p95_h": total_p95[seen] / HOUR_S,
        "unfinished": (begun - visits - refused)[seen],
        "turned_away": refused[seen],
    }
    return shaped(COLUMNS, values)
