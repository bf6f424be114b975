"""How full consists depart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log, numbers_of
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Bools, counts, ratio, shaped, texts, totals
from sim.metrics.trips import teu_boarded

COLUMNS = {
    "replication": "int64",
    "service": "str",
    "departures": "int64",
    "capacity_teu": "int64",
    "loaded_teu": "int64",
    "load_factor": "float64",
}


def load_factor(log: Log | Accounts) -> pd.DataFrame:
    """TEU aboard by TEU of room, over all departures of a service from the warm-up on.

    A departure is the end of a call that is not the last of the consist's route, nor before its wait for a slot; a
    consist that calls at three stops departs twice. A row for each replication and service that has consists.
    """
    journeys = accounts(log).journeys
    rows, found = journeys.rows, journeys.travellers
    services = journeys.setting.services["service"]
    services = services[services.isin(journeys.movers.groups)].reset_index(drop=True)
    of_entity = journeys.among(services)
    calls = journeys.setting.of_kind("call")
    onward = calls & (~journeys.setting.last_of_route(calls) | circulates(journeys.setting.steps))
    onward &= ~_before_slot(journeys)
    call = journeys.trips.call
    called = call.compress(onward.take(rows.step.take(call)))
    left = rows.left.take(called)
    called = called.compress((left >= journeys.setting.warm_up) & (left != NOT_YET))
    service = of_entity[rows.who[called]]
    gone, service = called[service != NOT_YET], service[service != NOT_YET]
    cell = found.replication[rows.who[gone]] * len(services) + service
    cells = len(journeys.replications) * len(services)
    boarded = teu_boarded(rows, journeys.trips, found.teu, journeys.riding)
    room = totals(cell, journeys.movers.capacity_teu[rows.who[gone]], cells)
    loaded = np.rint(totals(cell, journeys.aboard(gone) + boarded.take(gone), cells))
    values = {
        "replication": np.repeat(journeys.replications, len(services)),
        "service": texts(services, np.tile(np.arange(len(services)), len(journeys.replications))),
        "departures": counts(cell, cells),
        "capacity_teu": room,
        "loaded_teu": loaded,
        "load_factor": ratio(loaded, room),
    }
    return shaped(COLUMNS, values)


def circulates(steps: pd.DataFrame) -> Bools:
    """Whether a step is of a route that begins again: it ends with a choice, of no other way than back."""
    last: dict[str, tuple[int, str]] = {}
    route_of = steps["route"].tolist()
    for route, position, kind in zip(route_of, steps["position"].tolist(), steps["kind"].tolist(), strict=True):
        last[route] = max(last.get(route, (position, kind)), (position, kind))
    return np.array([last[route][1] == "choose" for route in route_of], dtype=bool)


def _before_slot(journeys: Journeys) -> Bools:
    """Whether a step comes before the wait for a slot, with another call after it."""
    waits: Bools = np.isin(numbers_of(journeys.setting.steps, "place"), journeys.setting.slots)
    return np.append(waits[1:], [False] * min(len(waits), 1))
