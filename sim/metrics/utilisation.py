"""How much of each place's capacity was used, month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.months import Months, months
from sim.metrics.shape import HOUR_S, Floats, Ints, ratio, shaped, texts, totals

COLUMNS = {
    "replication": "int64",
    "place": "int64",
    "name": "str",
    "month": "str",
    "used_unit_h": "float64",
    "capacity_unit_h": "float64",
    "utilisation": "float64",
}


def utilisation(log: Log | Accounts) -> pd.DataFrame:
    """Unit-hours taken, ``[entered, released)``, by unit-hours there were in the place's windows, warm-up left out.

    Where breakdowns or weather cut a place, these are its windows in the replication. What is taken when the run ends
    counts up to the horizon. Units held over a closure that suspends the work are not in use meanwhile. Above 1 where
    a closure or cut leaves units in use that finish their work; missing where there was no capacity at all. A row for
    each replication, month and place that was ever visited.
    """
    journeys = accounts(log).journeys
    rows, span = journeys.rows, months(journeys, journeys.warm_up)
    at = np.flatnonzero((rows.place != NOT_YET) & (rows.entered != NOT_YET))
    visited = np.unique(rows.place[rows.place != NOT_YET])
    group = journeys.travellers.replication[rows.who[at]] * len(visited) + np.searchsorted(visited, rows.place[at])
    groups = len(journeys.replications) * len(visited)
    end = np.where(rows.released[at] == NOT_YET, journeys.horizon, rows.released[at])
    units = _units(journeys, at)
    used = _until_edges(group, rows.entered[at], units, (groups, span))
    used -= _until_edges(group, end, units, (groups, span))
    used -= _suspended(journeys, at, (group, end, units), (groups, span))
    used_h = np.diff(used, axis=1).ravel() / HOUR_S
    capacity_h = _capacity(journeys, visited, span) / HOUR_S
    place = np.tile(np.repeat(visited, len(span)), len(journeys.replications))
    values = {
        "replication": np.repeat(journeys.replications, len(visited) * len(span)),
        "place": place,
        "name": texts(journeys.places["name"], place),
        "month": np.array(span.names * groups, dtype=object),
        "used_unit_h": used_h,
        "capacity_unit_h": capacity_h,
        "utilisation": ratio(used_h, capacity_h),
    }
    return shaped(COLUMNS, values)


def _units(journeys: Journeys, at: Ints) -> Ints:
    """Units that each of the rows takes: the step's, or the step's for each TEU of the entity."""
    rows, steps = journeys.rows, journeys.steps
    units = steps["units"].to_numpy(dtype=np.int64, na_value=0)[rows.step[at]]
    each = steps["units_per_teu"].to_numpy(dtype=bool)[rows.step[at]]
    return np.where(each, units * journeys.travellers.teu[rows.who[at]], units)


def _until_edges(group: Ints, since: Ints, units: Ints, cut: tuple[int, Months]) -> Floats:
    """For each group and edge of a month the unit-seconds that would be used if units were taken from ``since`` on."""
    groups, span = cut
    width = len(span.edges) + 1
    slot = group * width + np.searchsorted(span.edges, since)
    taken = np.cumsum(totals(slot, units, groups * width).reshape(groups, width), axis=1)[:, :-1]
    missed = np.cumsum(totals(slot, units * since, groups * width).reshape(groups, width), axis=1)[:, :-1]
    return taken * span.edges - missed


def _suspended(journeys: Journeys, at: Ints, taken: tuple[Ints, Ints, Ints], cut: tuple[int, Months]) -> Floats:
    """For each group and edge of a month the unit-seconds until then in which units were held, but work suspended."""
    groups, span = cut
    entered = journeys.rows.entered[at]
    stops = journeys.places["suspends"].to_numpy(dtype=bool) & journeys.closed.ever
    some = np.flatnonzero(stops[journeys.rows.place[at]])
    where = journeys.where(at[some])
    group, end, units = (each[some] for each in taken)
    idle = np.zeros((groups, len(span.edges)))
    for edge, time in enumerate(span.edges.tolist()):
        closed = journeys.closed.between(where, entered[some], np.minimum(end, time))
        idle[:, edge] = totals(group, closed * units, groups)
    return idle


def _capacity(journeys: Journeys, visited: Ints, span: Months) -> Ints:
    """Unit-seconds of capacity in each month, replication by replication and in it place by place."""
    capacity = journeys.accrued(lambda windows: windows["capacity"])
    course = capacity.course[:, visited].ravel()
    accrued = capacity.until(np.repeat(course, len(span.edges)), np.tile(span.edges, len(course)))
    return np.diff(accrued.reshape(len(course), len(span.edges)), axis=1).ravel()
