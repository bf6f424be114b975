"""How much of each place's capacity was used, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import AtPlaces, Journeys
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


@dataclass(frozen=True, eq=False)
class _Taken:
    """Units that visits take: of which spot, from when to when, how many."""

    spot: Ints
    begin: Ints
    end: Ints
    units: Ints


def utilisation(log: Log | Accounts) -> pd.DataFrame:
    """Unit-hours taken, ``[entered, released)``, by unit-hours there were in the place's windows, warm-up left out.

    Where breakdowns or weather cut a place, these are its windows in the replication. What is taken when the run ends
    counts up to the horizon. Units held over a closure that suspends the work are not in use meanwhile. Above 1 where
    a closure or cut leaves units in use that finish their work; missing where there was no capacity at all. A row for
    each replication, month and place that was ever visited.
    """
    journeys = accounts(log).journeys
    there, span = journeys.at_places, months(journeys, journeys.setting.warm_up)
    used, provided = usage(journeys, there, span)
    place = np.tile(np.repeat(there.places, len(span)), len(journeys.replications))
    values = {
        "replication": np.repeat(journeys.replications, len(there.places) * len(span)),
        "place": place,
        "name": texts(journeys.setting.places["name"], place),
        "month": np.array(span.names * there.spots, dtype=object),
        "used_unit_h": used.ravel() / HOUR_S,
        "capacity_unit_h": provided.ravel() / HOUR_S,
        "utilisation": ratio(used.ravel() / HOUR_S, provided.ravel() / HOUR_S),
    }
    return shaped(COLUMNS, values)


def usage(journeys: Journeys, there: AtPlaces, span: Months) -> tuple[Floats, Ints]:
    """Unit-seconds taken and unit-seconds of capacity: (spots x months), as in the table."""
    taken = _taken(journeys, there)
    edges = np.broadcast_to(span.edges, (there.spots, len(span.edges)))
    slots = span.begun(taken.begin), span.begun(taken.end)
    used = _until_edges(taken, slots, edges) - _suspended(journeys, there, taken, slots, span)
    course = journeys.provided.course[:, there.places].ravel()
    provided = journeys.provided.until(np.repeat(course, len(span.edges)), np.tile(span.edges, there.spots))
    return np.diff(used, axis=1), np.diff(provided.reshape(edges.shape), axis=1)


def _taken(journeys: Journeys, there: AtPlaces) -> _Taken:
    """All units that visits take."""
    visits, steps, horizon = there.visits, journeys.setting.steps, np.int64(journeys.setting.horizon)
    units = steps["units"].to_numpy(dtype=np.int64, na_value=0).take(visits.step)
    each = np.flatnonzero(steps["units_per_teu"].to_numpy(dtype=bool).take(visits.step))
    units[each] *= journeys.travellers.teu.take(visits.who.take(each))
    # Who has not entered takes them from the end of the run on, which is never.
    begin = np.where(visits.entered == NOT_YET, horizon, visits.entered)
    end = np.where((begin == horizon) | (visits.released == NOT_YET), horizon, visits.released)
    return _Taken(spot=there.spot, begin=begin, end=end, units=units)


def _until_edges(taken: _Taken, slots: tuple[Ints, Ints], edges: Ints) -> Floats:
    """For each spot and edge of a month the unit-seconds that were used until then.

    ``slots``: how many edges lie before the begin and the end of each visit. ``edges``: of each spot.
    """
    begun, over = slots
    used = _before_edges(taken.spot, over, taken.units * (taken.end - taken.begin), edges.shape)
    # What few hold over an edge is used in part until then.
    held = np.flatnonzero(begun != over)
    spot, units, since = (each.take(held) for each in (taken.spot, taken.units, taken.begin))
    for slot, sign in ((begun.take(held), 1), (over.take(held), -1)):
        in_use, missed = (_before_edges(spot, slot, number, edges.shape) for number in (units, units * since))
        used += sign * (in_use * edges - missed)
    return used


def _before_edges(spot: Ints, slot: Ints, number: Ints, shape: tuple[int, ...]) -> Floats:
    """For each spot and edge the sum of a number over those that have at most so many edges before them."""
    width = shape[1] + 1
    sums = totals(spot * width + slot, number, shape[0] * width)
    return np.cumsum(sums.reshape(shape[0], width), axis=1)[:, :-1]


def _suspended(journeys: Journeys, there: AtPlaces, taken: _Taken, slots: tuple[Ints, Ints], span: Months) -> Floats:
    """For each spot and edge of a month the unit-seconds until then in which units were held, but work suspended.

    They are what would be used by a clock that runs only while the place is closed.
    """
    closed = journeys.closed
    stops = journeys.setting.places["suspends"].to_numpy(dtype=bool) & closed.ever
    of_spot = np.tile(stops[there.places], len(journeys.replications))
    some = np.flatnonzero(of_spot.take(taken.spot))
    course = closed.course[:, there.places].ravel()
    spot = taken.spot.take(some)
    course_of = course.take(spot)
    begin, end = (closed.until(course_of, times.take(some)) for times in (taken.begin, taken.end))
    edges = closed.until(np.repeat(course, len(span.edges)), np.tile(span.edges, there.spots))
    held = _Taken(spot, begin, end, taken.units.take(some))
    return _until_edges(held, (slots[0].take(some), slots[1].take(some)), edges.reshape(there.spots, len(span.edges)))
