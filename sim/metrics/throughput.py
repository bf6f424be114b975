"""What passes each place, month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.months import months
from sim.metrics.shape import counts, shaped, texts, totals

COLUMNS = {"replication": "int64", "place": "int64", "name": "str", "month": "str", "visits": "int64", "teu": "int64"}


def throughput(log: Log | Accounts) -> pd.DataFrame:
    """Visits that ended from the warm-up on, by the month in which they were left, and the TEU that they moved.

    All that passes counts, whenever it was released: shipments, consists (with the TEU aboard) and other traffic; not
    who was turned away or gave up. A row for each replication, month and place that was ever visited; months at both
    ends of the run may be cut.
    """
    journeys = accounts(log).journeys
    there, span = journeys.at_places, months(journeys, journeys.setting.warm_up)
    shape, rows = (len(journeys.replications), len(there.places), len(span)), there.visits
    done = np.flatnonzero((rows.left >= journeys.setting.warm_up) & ~rows.refused)
    group = there.spot.take(done) * shape[2] + span.of(rows.left.take(done))
    groups = int(np.prod(shape))
    run, which, month = np.unravel_index(np.arange(groups), shape) if groups else (np.arange(0),) * 3
    values = {
        "replication": journeys.replications[run],
        "place": there.places[which],
        "name": texts(journeys.setting.places["name"], there.places[which]),
        "month": np.array(span.names, dtype=object)[month],
        "visits": counts(group, groups),
        "teu": np.rint(totals(group, journeys.teu_at_places.take(done), groups)),
    }
    return shaped(COLUMNS, values)
