"""Offered load: what the traffic asks of each place by month, against what the place can give.

Arrivals times service over capacity, from the entities of one replication and the mean times of the steps, without
any waiting. Above 1 a queue grows for as long as the month lasts, whatever the engine. At a choice the traffic goes by
its shares or its class, and evenly where the rule looks at the state of things. Consists that circulate are left out:
there are only so many of them, so that a queue of theirs cannot grow without end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.plan import batches, distributions, worth
from sim.plan.compile import Compiled
from sim.plan.flows import journey_rows
from sim.plan.forks import classes
from sim.plan.rows import StepRow, onward
from sim.plan.tables import Entities, Floats, Ints, StepKind
from sim.plan.timetables import month_edges
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

    A month of which the run has less than ten days is left out: a day's traffic says nothing of a month. So are pools
    whose units come back to another place: how many they have is for the run to show.
    """
    edges, names = month_edges(scenario)
    whole = np.diff(edges) >= SHORTEST_MONTH
    fleets = {key for key, service in scenario.services.items() if service.circulates}
    asked = _asked(compiled, entities, edges, fleets)
    given = _given(compiled, edges)
    loads, pools = [], compiled.plan.steps.pools()
    for place in (each for each in range(len(compiled.place_rows)) if each not in pools):
        for month, name in enumerate(names):
            if asked[place, month] > 0 and whole[month]:
                ratio = asked[place, month] / given[place, month] if given[place, month] else float("inf")
                loads.append(Load(compiled.place_rows[place].name, name, float(ratio)))
    return sorted(loads, key=lambda load: (load.place, load.month))


def _asked(compiled: Compiled, entities: Entities, edges: Ints, fleets: Collection[str]) -> Floats:
    """Unit-seconds asked of each place in each month by all groups but the fleets."""
    asked = np.zeros((len(compiled.place_rows), len(edges) - 1))
    for route, group in enumerate(compiled.groups):
        mine = np.flatnonzero(entities.route == route)
        if not len(mine) or group in fleets:
            continue
        rows = _rows(compiled, group)
        size = np.maximum(entities.teu[mine], entities.capacity[mine]).astype(np.float64)
        step = int(compiled.plan.routes.first[route])
        for position, share, arrival in _passages(compiled, rows, (entities, mine), size):
            row = rows[position]
            if row.kind == StepKind.OCCUPY and row.place:
                units = row.units * (size if row.units_per_teu else np.ones_like(size))
                cargo = worth.Cargo(size, 0.0, int(entities.class_[mine[0]]))
                held = worth.held(rows, position, cargo, _journey(compiled)) * units * share
                month = np.searchsorted(edges, arrival, side="right") - 1
                inside = (month >= 0) & (month < len(edges) - 1)
                np.add.at(asked[compiled.plan.steps.place[step + position]], month[inside], held[inside])
    return asked


def _rows(compiled: Compiled, group: str) -> tuple[StepRow, ...]:
    route = compiled.groups.index(group)
    return compiled.step_rows[compiled.plan.routes.first[route] : compiled.plan.routes.first[route + 1]]


def _journey(compiled: Compiled) -> worth.Journey:
    return lambda ride: journey_rows(_rows(compiled, ride.meaning.service), ride)


def _passages(
    compiled: Compiled, rows: Sequence[StepRow], who: tuple[Entities, Ints], size: Floats
) -> Iterator[tuple[int, float, Floats]]:
    """Each position with the share of the entities that come to it and the mean times at which they do."""
    entities, mine = who
    class_ = int(entities.class_[mine[0]])
    start, journey = entities.release[mine].astype(np.float64), _journey(compiled)
    coming: dict[int, tuple[float, Floats]] = {0: (1.0, start)}
    for position, row in enumerate(rows):
        share, arrival = coming.pop(position, (0.0, start))
        if not share:
            continue
        yield position, share, arrival
        left = arrival if row.kind == StepKind.CHOOSE else arrival + worth.stay(row, size, journey)
        for target, part in onward(row, position, class_):
            if part:
                before, at = coming.get(target, (0.0, left))
                coming[target] = (before + share * part, (before * at + share * part * left) / (before + share * part))


def free_flow_seconds(scenario: Scenario, compiled: Compiled, group: str) -> float:
    """Transit time of a flow with median times and no waiting at all, in seconds; at a choice by the fastest way.

    What each TEU adds counts for a shipment of mean size and for full consists.
    """
    rows, journey = _rows(compiled, group), _journey(compiled)
    flow = scenario.flows[group]
    class_ = classes(scenario)[flow.commodity, flow.priority]
    size = batches.mean_size(scenario, flow)
    left = [0.0] * (len(rows) + 1)
    for position in reversed(range(len(rows))):
        row = rows[position]
        ahead = [left[target] for target, share in onward(row, position, class_) if share]
        left[position] = _free(scenario, row, journey, size) + min(ahead, default=0.0)
    return left[0]


def _free(scenario: Scenario, row: StepRow, journey: worth.Journey, size: float) -> float:
    """Median time of one step without waiting."""
    if row.kind == StepKind.CHOOSE:
        return 0.0
    if row.kind != StepKind.RIDE:
        return distributions.median(row.duration) + row.per_teu * size
    capacity = scenario.services[row.meaning.service].capacity
    load = 0.0 if capacity is None else capacity.value
    return worth.ride_seconds(row, distributions.median, journey) + load * sum(each.per_teu for each in journey(row))


def _given(compiled: Compiled, edges: Ints) -> Floats:
    """Unit-seconds that each place can give in each month: capacity times pace over its windows."""
    places, windows = compiled.plan.places, compiled.plan.windows
    given = np.zeros((len(places.names), len(edges) - 1))
    for place in range(len(places.names)):
        rows = places.windows_of(place)
        starts = windows.time[rows].astype(np.float64)
        worth = windows.capacity[rows] * windows.pace[rows]
        sums = np.concatenate([[0.0], np.cumsum(worth[:-1] * np.diff(starts))])
        at = np.searchsorted(starts, edges, side="right") - 1
        given[place] = np.diff(sums[at] + worth[at] * (edges - starts[at]))
    return given
