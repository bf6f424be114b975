"""Why late: the transit time of each flow split by cause and place, so that the parts add up to the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log, numbers_of
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.causes import CAUSES, Seconds, cause_of_step
from sim.metrics.journeys import Journeys
from sim.metrics.shape import HOUR_S, Floats, Ints, Words, counts, distinct, shaped, spans, texts, totals

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
    place = np.minimum(at, len(journeys.setting.places))
    cells, number = np.divmod(rest, len(CAUSES))
    finished = counts(journeys.cell[journeys.arrived], journeys.cells)
    values = {
        "replication": journeys.replications[cells // max(len(journeys.setting.reported), 1)],
        "flow": texts(
            journeys.setting.flows["flow"], journeys.setting.reported[cells % max(len(journeys.setting.reported), 1)]
        ),
        "cause": np.array(CAUSES, dtype=object)[number],
        "place": pd.arrays.IntegerArray(place, place == len(journeys.setting.places)),
        **{name: spots[at, column] for column, name in enumerate(("name", "node"))},
        "hours": total / finished[cells] / HOUR_S,
        "total_s": total,
    }
    return shaped(COLUMNS, values)


def _seconds_by_step(journeys: Journeys, spent: Seconds) -> Floats:
    """Seconds of all finished shipments that count: (waited, closed or stayed) x cell x step."""
    rows, found, steps = journeys.rows, journeys.trips, len(journeys.setting.steps)
    entity, own = journeys.rows_of_arrived
    of_own = (journeys.cell * steps).take(journeys.arrived).take(entity) + rows.step.take(own)
    arrived = np.zeros(len(journeys.travellers.teu), dtype=bool)
    arrived[journeys.arrived] = True
    # A trip is expanded once for each cell that has shipments on it, with their number as the weight.
    shared = np.flatnonzero(arrived.take(found.who))
    key = found.trip.take(shared) * max(journeys.cells, 1) + journeys.cell.take(found.who.take(shared))
    pairs, which = distinct(key)
    shipments = counts(which, len(pairs))
    trip, cell = np.divmod(pairs, max(journeys.cells, 1))
    pair, row = spans(found.board[trip] + 1, found.alight[trip])
    of_trip = (cell * steps).take(pair) + rows.step.take(row)
    size, weight = journeys.cells * steps, shipments.take(pair)
    parts = [
        totals(of_own, seconds.take(own), size) + totals(of_trip, seconds.take(row) * weight, size)
        for seconds in (spent.waited, spent.closed, spent.stayed)
    ]
    return np.stack(parts).reshape(3, journeys.cells, steps)


def _spots(journeys: Journeys) -> tuple[Ints, Words]:
    """For each step the row of a table of all places, followed by what is at none: stops of services, free steps.

    The table holds names and nodes.
    """
    setting = journeys.setting
    words = (setting.words(name) for name in ("label", "name", "service", "node"))
    named = [
        (service if not occupies else label or name, node)
        for occupies, label, name, service, node in zip(setting.of_kind("occupy").tolist(), *words, strict=True)
    ]
    place = numbers_of(setting.steps, "place")
    there = list(zip(setting.places["name"].tolist(), setting.places["node"].tolist(), strict=True))
    free = {each for each, at in zip(named, place.tolist(), strict=True) if at == NOT_YET}
    elsewhere = sorted(free, key=lambda each: (each[1], each[0]))
    number = {each: len(there) + row for row, each in enumerate(elsewhere)}
    spot = [number[each] if at == NOT_YET else at for each, at in zip(named, place.tolist(), strict=True)]
    return np.array(spot, np.int64), np.array([*there, *elsewhere], dtype=object).reshape(-1, 2)
