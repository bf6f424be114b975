"""Why late: the transit time of each flow split by cause and place, so that the parts add up to the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.causes import CAUSES, Seconds, cause_of_step
from sim.metrics.journeys import Journeys
from sim.metrics.shape import HOUR_S, Floats, Ints, counts, distinct, shaped, spans, texts, totals

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "cause": "str",
    "place": "Int64",
    "name": "str",
    "node": "str",
    "hours": "float64",
    "total_s": "int64",
}

CLOSED = CAUSES.index("closed")


def why_late(log: Log | Accounts) -> pd.DataFrame:
    """Hours per finished shipment by cause and place; their sum over a flow is its mean transit time.

    ``total_s`` are the seconds of all finished shipments together, whole numbers that add up exactly. The time of a
    ride is that of its consist's own visits between boarding and being let off. What a place causes stands under the
    place; where there is none, ``name`` is the service at a call or ride and the label of the step elsewhere. Shipments
    released in ``[warm_up, horizon)``.
    """
    held = accounts(log)
    journeys = held.journeys
    steps = len(journeys.setting.steps)
    parts = _seconds_by_step(journeys, held.spent)
    cause = cause_of_step(journeys)
    of_part = np.stack([cause.waited, np.full(steps, CLOSED), cause.stayed])
    part, cell, step = np.nonzero(parts)
    seconds = parts[part, cell, step]
    spot, spots = _spots(journeys)
    key = (cell * len(CAUSES) + of_part[part, step]) * len(spots) + spot[step]
    groups, where = np.unique(key, return_inverse=True)
    total = totals(where, seconds, len(groups))
    rest, at = np.divmod(groups, max(len(spots), 1))
    cells, number = np.divmod(rest, len(CAUSES))
    finished = counts(journeys.cell[journeys.arrived], journeys.cells)
    values = {
        "replication": journeys.replications[cells // max(len(journeys.setting.reported), 1)],
        "flow": texts(
            journeys.setting.flows["flow"], journeys.setting.reported[cells % max(len(journeys.setting.reported), 1)]
        ),
        "cause": np.array(CAUSES, dtype=object)[number],
        **{name: spots[name].take(at).reset_index(drop=True) for name in ("place", "name", "node")},
        "hours": total / finished[cells] / HOUR_S,
        "total_s": total,
    }
    return shaped(COLUMNS, values)


def _seconds_by_step(journeys: Journeys, spent: Seconds) -> Floats:
    """Seconds of all finished shipments that count: (waited, closed or stayed) x cell x step."""
    rows, found, steps = journeys.rows, journeys.trips, len(journeys.setting.steps)
    arrived = np.zeros(len(journeys.travellers.teu), dtype=bool)
    arrived[journeys.arrived] = True
    own = np.flatnonzero(arrived[rows.who])
    of_own = journeys.cell[rows.who[own]] * steps + rows.step[own]
    # A trip is expanded once for each cell that has shipments on it, with their number as the weight.
    shared = np.flatnonzero(arrived[rows.who[found.ride]])
    key = found.trip[shared] * max(journeys.cells, 1) + journeys.cell[rows.who[found.ride[shared]]]
    pairs, which = distinct(key)
    shipments = counts(which, len(pairs))
    trip, cell = np.divmod(pairs, max(journeys.cells, 1))
    pair, row = spans(found.board[trip] + 1, found.alight[trip])
    of_trip = cell[pair] * steps + rows.step[row]
    size = journeys.cells * steps
    parts = [
        totals(of_own, seconds[own], size) + totals(of_trip, seconds[row] * shipments[pair], size)
        for seconds in (spent.waited, spent.closed, spent.stayed)
    ]
    return np.stack(parts).reshape(3, journeys.cells, steps)


def _spots(journeys: Journeys) -> tuple[Ints, pd.DataFrame]:
    """For each step the row of a table of all places, followed by what is at none: stops of services, free steps."""
    steps = journeys.setting.steps
    place = steps["place"].to_numpy(dtype=np.int64, na_value=NOT_YET)
    own = steps["label"].where(steps["label"] != "", steps["name"])
    named = pd.DataFrame(
        {"name": own.where(journeys.setting.of_kind("occupy"), steps["service"]), "node": steps["node"]}
    )
    elsewhere = named[place == NOT_YET].drop_duplicates().sort_values(["node", "name"])
    number = pd.MultiIndex.from_frame(elsewhere).get_indexer(pd.MultiIndex.from_frame(named))
    spots = pd.concat(
        [
            journeys.setting.places[["place", "name", "node"]].astype({"place": "Int64"}),
            elsewhere.assign(place=pd.array([pd.NA] * len(elsewhere), dtype="Int64")),
        ],
        ignore_index=True,
    )
    return np.where(place == NOT_YET, len(journeys.setting.places) + number, place), spots
