"""Transit times one by one: the base of all that is said about them."""

from __future__ import annotations

import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.shape import HOUR_S, shaped, texts

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "entity": "int64",
    "release_s": "int64",
    "finished_s": "int64",
    "hours": "float64",
    "teu": "int64",
}


def transit_times(log: Log | Accounts) -> pd.DataFrame:
    """From release to the end of the route: a row for each finished shipment of a reported flow.

    Shipments released in ``[warm_up, horizon)``. Sorted by replication and entity.
    """
    journeys = accounts(log).journeys
    who, found = journeys.arrived, journeys.travellers
    values = {
        "replication": journeys.replications[found.replication[who]],
        "flow": texts(journeys.setting.flows["flow"], found.flow[who]),
        "entity": journeys.movers.entity[who],
        "release_s": found.release[who],
        "finished_s": found.finished[who],
        "hours": (found.finished[who] - found.release[who]) / HOUR_S,
        "teu": found.teu[who],
    }
    return shaped(COLUMNS, values)
