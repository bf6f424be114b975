"""Offered load: what the traffic asks of each place by month, against what the place can give.

Arrivals times service over capacity, from the entities of one replication and the mean times of the steps, without
any waiting. Above 1 a queue grows for as long as the month lasts, whatever the engine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from sim.plan import distributions
from sim.plan.compile import Compiled
from sim.plan.steps import StepRow
from sim.plan.tables import Entities, Floats, Hold, Ints, StepKind
from sim.scenario.model import Scenario

SHORTEST_MONTH = 10 * 86400


@dataclass(frozen=True)
class Load:
    """Offered load of a place in a month: 1 is all that it can give; infinite if it is closed all month."""

    place: str
    month: str
    """Year and month, UTC: 2020-01."""
    ratio: float


def offered_loads(scenario: Scenario, compiled: Compiled, entities: Entities) -> list[Load]:
    """Loads of all places in the months of the run that have traffic, by place and month.

    A month of which the run has less than ten days is left out: a day's traffic says nothing of a month.
    """
    edges, names = month_edges(scenario)
    whole = np.diff(edges) >= SHORTEST_MONTH
    asked = _asked(compiled, entities, edges)
    given = _given(compiled, edges)
    loads = []
    for place in range(len(compiled.place_rows)):
        for month, name in enumerate(names):
            if asked[place, month] > 0 and whole[month]:
                ratio = asked[place, month] / given[place, month] if given[place, month] else float("inf")
                loads.append(Load(compiled.place_rows[place].name, name, float(ratio)))
    return sorted(loads, key=lambda load: (load.place, load.month))


def month_edges(scenario: Scenario) -> tuple[Ints, list[str]]:
    """Starts of the UTC months that the run touches, in seconds since the start, with the end; and their names."""
    start, horizon = scenario.start_utc, round(scenario.horizon.value)
    edges, names = [0], [f"{start:%Y-%m}"]
    year, month = start.year, start.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        edge = scenario.seconds(dt.datetime(year, month, 1, tzinfo=dt.UTC))
        if edge >= horizon:
            return np.array([*edges, horizon], np.int64), names
        edges.append(edge)
        names.append(f"{year}-{month:02}")


def _asked(compiled: Compiled, entities: Entities, edges: Ints) -> Floats:
    """Unit-seconds asked of each place in each month."""
    asked = np.zeros((len(compiled.place_rows), len(edges) - 1))
    first = compiled.plan.routes.first
    for route in range(len(compiled.groups)):
        mine = np.flatnonzero(entities.route == route)
        rows = compiled.step_rows[first[route] : first[route + 1]]
        size = np.maximum(entities.teu[mine], entities.capacity[mine]).astype(np.float64)
        arrival = entities.release[mine].astype(np.float64)
        for position, row in enumerate(rows):
            step = first[route] + position
            stay = _stay(compiled, row, size)
            if row.kind == StepKind.OCCUPY and row.place:
                units = row.units * (size if row.units_per_teu else np.ones_like(size))
                held = _held(compiled, rows, position, size) * units
                month = np.searchsorted(edges, arrival, side="right") - 1
                inside = (month >= 0) & (month < len(edges) - 1)
                np.add.at(asked[compiled.plan.steps.place[step]], month[inside], held[inside])
            arrival = arrival + stay
    return asked


def _stay(compiled: Compiled, row: StepRow, size: Floats) -> Floats:
    """Mean time that entities of these sizes spend at a step, waiting apart."""
    if row.kind == StepKind.RIDE:
        return np.full_like(size, ride_seconds(compiled, row, distributions.mean))
    return distributions.mean(row.duration) + row.per_teu * size


def _held(compiled: Compiled, rows: tuple[StepRow, ...], position: int, size: Floats) -> Floats:
    """Mean time that the units of a step stay taken, waiting apart."""
    row = rows[position]
    if row.hold is Hold.STAY:
        return _stay(compiled, row, size)
    after = 0.0 if row.hold_time is None else distributions.mean(row.hold_time)
    if row.hold is Hold.SECONDS:
        return np.full_like(size, after)
    assert row.hold_until is not None  # a hold until a later step names it
    through = sum((_stay(compiled, rows[at], size) for at in range(position, row.hold_until + 1)), np.zeros_like(size))
    return through + after


def ride_seconds(compiled: Compiled, ride: StepRow, of: distributions.Summary) -> float:
    """Mean or median time of a ride between two stops, waiting apart."""
    plan = compiled.plan
    route = compiled.groups.index(ride.meaning.service)
    rows = compiled.step_rows[plan.routes.first[route] : plan.routes.first[route + 1]]
    calls = [row.stop for row in rows]
    first, last = calls.index(ride.stop), calls.index(ride.to_stop)
    return sum(of(row.duration) for row in rows[first + 1 : last])


def free_flow_seconds(compiled: Compiled, group: str) -> float:
    """Transit time of a flow with median times and no waiting at all, in seconds."""
    plan = compiled.plan
    route = compiled.groups.index(group)
    rows = compiled.step_rows[plan.routes.first[route] : plan.routes.first[route + 1]]
    return sum(
        ride_seconds(compiled, row, distributions.median)
        if row.kind == StepKind.RIDE
        else distributions.median(row.duration)
        for row in rows
    )


def _given(compiled: Compiled, edges: Ints) -> Floats:
    """Unit-seconds that each place can give in each month: capacity times pace over its windows."""
    places, windows = compiled.plan.places, compiled.plan.windows
    given = np.zeros((len(places.names), len(edges) - 1))
    for place in range(len(places.names)):
        rows = slice(places.first_window[place], places.first_window[place + 1])
        starts = windows.time[rows].astype(np.float64)
        worth = windows.capacity[rows] * windows.pace[rows]
        sums = np.concatenate([[0.0], np.cumsum(worth[:-1] * np.diff(starts))])
        at = np.searchsorted(starts, edges, side="right") - 1
        given[place] = np.diff(sums[at] + worth[at] * (edges - starts[at]))
    return given
