"""A plan laid out in the arrays of the compiled engine, as they are before anything has happened.

What hangs on the steps alone is laid out once for all replications, and for all plans that share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.layout import (
    ASKS,
    AT,
    AWAITED,
    BACK,
    BOARDS,
    BY_TEU,
    CALENDAR,
    CALENDAR_END,
    CALL,
    CALLS,
    CALLS_END,
    CHOOSE,
    CLASSES,
    CLOCK_ENTRIES,
    CUT_OFF,
    ENDS_HOLDS,
    ENTERS,
    FAMILY,
    FOR_EVER,
    FREE,
    GATES,
    GATES_END,
    GRANTED,
    HOLD,
    HOLD_TIME,
    HORIZON,
    JUMPED,
    KIND,
    LAST_GRANTED,
    LAST_READY,
    LAST_STEP,
    LEAST_LOAD,
    LOG_COLUMNS,
    LONGEST_QUEUE,
    LONGEST_WAIT,
    LOOKED,
    MARGIN,
    MOST_ROWS,
    NEXT_CHANGE,
    NEXT_RELEASE,
    NEXT_TOUCHED,
    NONE,
    OCCUPY,
    OPTIONS,
    OPTIONS_END,
    OTHERWISE,
    OVERTAKING,
    PATIENCE,
    PAUSE,
    PLACE,
    PLACES,
    POSITION,
    PROMISED,
    QUANTILES,
    READY,
    REPLICATION,
    RIDE,
    RULE,
    SECONDS,
    SEED,
    SERVER_COLUMNS,
    SHIFT,
    SLOT,
    STATE_COLUMNS,
    STAY,
    STEADY,
    STEP_COLUMNS,
    STREAM,
    TO_STOP,
    TOUCHED_FIRST,
    TOUCHED_LAST,
    UNITS,
    UNTIL,
    WINDOW,
    WINDOWS_END,
    World,
)
from sim.engines.outcomes import width
from sim.plan import ways
from sim.plan.draws import rounded
from sim.plan.tables import ABSENT, Bools, Entities, Floats, Hold, Ints, Kind, Plan, StepKind


def lay_out(plan: Plan, entities: Entities, run: tuple[int, int]) -> World:
    """The arrays of a replication before anything has happened; ``run`` is (seed, replication)."""
    lengths = np.diff(plan.routes.first)
    steps_ahead = np.where(entities.release < plan.horizon, lengths[entities.route], 0)
    order = np.argsort(entities.release, kind="stable")
    order = order[steps_ahead[order] > 0].astype(np.int32)
    priorities, rank = np.unique(entities.priority, return_inverse=True)
    servers = len(plan.places.names) + len(plan.stops.names)
    due = 4 * int(lengths.max(initial=0)) + 1024
    world = World(
        clock=np.zeros(CLOCK_ENTRIES, np.int64),
        queues=np.full((max(1, servers * len(priorities)), 2), NONE, np.int64),
        order=order,
        rank=rank.astype(np.int32),
        state=np.zeros((len(entities), STATE_COLUMNS), np.int64),
        keys=np.zeros(due, np.int64),
        subjects=np.zeros(due, np.int64),
        log=blank_log(int(steps_ahead.sum()), width(plan.horizon)),
        **_handed_in(entities),
        **_of_steps(_Read(plan, (len(plan.places.names), *(getattr(plan, name) for name in _STRUCTURE)))),
        **_of_windows(plan),
    )
    _wind(world, plan, run, len(priorities))
    return world


_STRUCTURE = ("steps", "distributions", "options", "slots", "routes", "gates")
"""Tables in which plans of the same scenario do not differ, whatever its breakdowns and the sizes of its places."""


@dataclass(frozen=True)
class _Read:
    """A plan of which some parts are looked at: plans that share these are the same."""

    plan: Plan = field(compare=False)
    parts: tuple[object, ...]


@lru_cache(maxsize=16)
def _of_steps(read: _Read) -> dict[str, Any]:
    """What the kernel reads of the steps, and of what they name: once for all replications."""
    plan = read.plan
    steps, calls = _steps(plan)
    return {
        "steps": steps,
        "per_teu": np.ascontiguousarray(plan.steps.per_teu, np.float64),
        "families": _families(plan),
        "parameters": np.stack([plan.distributions.a, plan.distributions.b, plan.distributions.c], axis=1),
        "quantiles": np.ascontiguousarray(plan.distributions.quantiles, np.float64),
        "calls": calls,
        "slots": np.ascontiguousarray(plan.slots.time),
        "options": np.stack([plan.options.target, plan.options.place, plan.options.class_], axis=1),
        "measures": _measures(plan),
        "route_first": np.ascontiguousarray(plan.routes.first),
    }


def _of_windows(plan: Plan) -> dict[str, Any]:
    """What is made of the places as they are from the begin on."""
    paces = _paces(plan)
    return {
        "servers": _servers(plan, paces),
        "windows": np.stack([plan.windows.time, plan.windows.capacity], axis=1),
        "paces": paces,
        "gates": _gates(plan),
        "changes": _changes(plan),
    }


def _handed_in(entities: Entities) -> dict[str, Any]:
    """What is known of the entities beforehand: not a copy, if it lies in one piece."""
    names = ("release", "route", "ordinal", "teu", "capacity", "slot", "class_", "value_of_time")
    return {name: np.ascontiguousarray(getattr(entities, name)) for name in names}


def blank_log(rows: int, numbers: np.dtype[Any]) -> NDArray[np.integer[Any]]:
    """Room for so many visits, with nothing in it yet. Raises OverflowError for more than the kernel can count."""
    if rows > MOST_ROWS:
        raise OverflowError(f"{rows} visits in one replication are more than the compiled engine can count")
    return np.empty((LOG_COLUMNS, rows), numbers)


def _wind(world: World, plan: Plan, run: tuple[int, int], classes: int) -> None:
    """Set the clock to the start."""
    begin = {
        HORIZON: plan.horizon,
        SEED: run[0],
        REPLICATION: run[1],
        CLASSES: classes,
        SHIFT: 62 - max(1, plan.horizon).bit_length(),
        GRANTED: NONE,
        LAST_GRANTED: NONE,
        TOUCHED_FIRST: NONE,
        TOUCHED_LAST: NONE,
        NEXT_CHANGE: int(world.changes[0, 0]) if world.changes.size else FOR_EVER,
        NEXT_RELEASE: int(world.release[world.order[0]]) if world.order.size else FOR_EVER,
        PLACES: len(plan.places.names),
        MARGIN: int(np.diff(plan.routes.first).max(initial=0)) + 2,
        JUMPED: NONE,
        PROMISED: world.log.shape[1],
    }
    for entry, value in begin.items():
        world.clock[entry] = value


def _families(plan: Plan) -> Ints:
    """Kinds of the distributions; after them stands no time at all."""
    given = plan.distributions
    families = np.zeros((len(given.kind) + 1, 3), np.int64)
    families[:-1, FAMILY] = given.kind
    families[:-1, QUANTILES] = given.first[:-1]
    families[-1, FAMILY] = Kind.FIXED
    for row in np.flatnonzero(given.kind == Kind.FIXED).tolist():
        families[row, SECONDS] = rounded(float(given.a[row]))
    return families


def _measures(plan: Plan) -> Floats:
    """What the options are measured by, but for whole numbers."""
    given = plan.options
    shares = [share for first, end in pairwise(given.first.tolist()) for share in accumulate(given.weight[first:end])]
    return np.stack([np.array(shares, np.float64), given.seconds, given.each, given.usd], axis=1)


def _paces(plan: Plan) -> Floats:
    """Pace of each window, 0 where a place suspends its work while it is closed."""
    suspends = np.repeat(plan.places.suspends, np.diff(plan.places.first_window))
    paces: Floats = np.where(suspends & (plan.windows.capacity == 0), 0.0, plan.windows.pace)
    return paces


def _changes(plan: Plan) -> Ints:
    """Time and place of the windows that take effect during the run, in the order in which they do."""
    time = plan.windows.time
    place = np.repeat(np.arange(len(plan.places.names)), np.diff(plan.places.first_window))
    due = np.flatnonzero((time > 0) & (time < plan.horizon))
    due = due[np.lexsort((place[due], time[due]))]
    return np.stack([time[due], place[due]]).astype(np.int64)


def _servers(plan: Plan, paces: Floats) -> Ints:
    """Places, then stops, before anything has happened."""
    places, stops = len(plan.places.names), len(plan.stops.names)
    servers = np.zeros((places + stops, SERVER_COLUMNS), np.int64)
    servers[:, [NEXT_TOUCHED, READY, LAST_READY]] = NONE
    first = plan.places.first_window
    servers[:places, FREE] = plan.windows.capacity[first[:-1]]
    servers[:places, OVERTAKING] = plan.places.overtaking
    servers[:places, WINDOW] = first[:-1]
    servers[:places, WINDOWS_END] = first[1:]
    servers[:places, STEADY] = np.logical_and.reduceat(paces == 1.0, first[:-1]) if places else True
    servers[places:, OVERTAKING] = plan.stops.overtaking
    watched = np.sort(plan.gates.watched)
    servers[:places, GATES] = np.searchsorted(watched, np.arange(places))
    servers[:places, GATES_END] = np.searchsorted(watched, np.arange(places), side="right")
    return servers


def _gates(plan: Plan) -> Ints:
    """The gates, all open: a gate looks as the load changes that it watches, and before that there is none."""
    given = plan.gates
    gates = np.stack([given.place, given.high, given.low, np.zeros_like(given.place)], axis=1)
    return gates[np.argsort(given.watched, kind="stable")].astype(np.int64)


def _steps(plan: Plan) -> tuple[Ints, Ints]:
    """The steps, and the stops that the consists of all routes call at, route after route."""
    given, places, first = plan.steps, len(plan.places.names), plan.routes.first
    steps = np.zeros((len(given.kind), STEP_COLUMNS), np.int64)
    occupies, calls = given.kind == StepKind.OCCUPY, given.kind == StepKind.CALL
    inside = occupies & (given.place != ABSENT)
    kinds = [calls, inside, occupies, given.kind == StepKind.CHOOSE]
    steps[:, KIND] = np.select(kinds, [CALL, OCCUPY, PAUSE, CHOOSE], RIDE)
    steps[:, AT] = np.where(occupies, given.place, given.place + places)
    steps[:, PLACE] = np.where(occupies, given.place, NONE)
    nothing = len(plan.distributions.kind)
    plain = {
        UNITS: given.units,
        BY_TEU: given.units_per_teu,
        STAY: np.where(given.duration == ABSENT, nothing, given.duration),
        HOLD: given.hold,
        HOLD_TIME: np.where(given.hold_time == ABSENT, nothing, given.hold_time),
        UNTIL: given.hold_until,
        STREAM: given.stream,
        TO_STOP: given.to_stop + places,
        BOARDS: given.boards,
        SLOT: given.slot,
        LEAST_LOAD: given.least_load,
        LONGEST_WAIT: given.longest_wait,
        CUT_OFF: given.cut_off,
        CALENDAR: np.where(given.slots == ABSENT, ABSENT, plan.slots.first[given.slots]),
        CALENDAR_END: plan.slots.first[given.slots + 1],
        BACK: np.where(given.return_place == ABSENT, given.place, given.return_place),
        RULE: given.rule,
        OPTIONS: plan.options.first[:-1],
        OPTIONS_END: plan.options.first[1:],
        LONGEST_QUEUE: given.longest_queue,
        PATIENCE: given.patience,
        OTHERWISE: np.where(given.otherwise == ABSENT, np.repeat(np.diff(first), np.diff(first)), given.otherwise),
    }
    for column, values in plain.items():
        steps[:, column] = values
    steps[:, POSITION] = np.arange(len(steps)) - np.repeat(first[:-1], np.diff(first))
    steps[first[1:][np.diff(first) > 0] - 1, LAST_STEP] = True
    steps[given.kind == StepKind.CHOOSE, LAST_STEP] = True
    _mark(steps, plan, inside)
    return steps, _call_at(steps, plan)


def _mark(steps: Ints, plan: Plan, inside: Bools) -> None:
    """Mark the steps at whose request, entry or end there is more to be done; ``inside``: those at a place."""
    given = plan.steps
    limited = given.longest_queue != ABSENT
    steps[:, LOOKED] = inside & np.isin(given.place, np.concatenate([plan.options.place, plan.gates.watched]))
    steps[:, ASKS] = (steps[:, LOOKED] > 0) | limited | (given.patience != ABSENT)
    for hold, column in ((Hold.UNTIL, ENDS_HOLDS), (Hold.UNTIL_ENTERED, AWAITED)):
        until = np.flatnonzero(inside & (given.hold == hold))
        later = until - steps[until, POSITION] + given.hold_until[until]
        steps[np.minimum(later, len(steps) - 1), column] = True
        # What is kept until a step of a next lap that does not come is back at the end of the route.
        routes = np.searchsorted(plan.routes.first, until[later < until], side="right")
        steps[plan.routes.first[routes] - 1, ENDS_HOLDS] = True
    steps[:, ENTERS] = (steps[:, AWAITED] > 0) | (given.hold != Hold.STAY) | limited


def _call_at(steps: Ints, plan: Plan) -> Ints:
    """The stops at which consists call after each call, as servers; write where they stand into the steps."""
    calls, places, first = plan.steps.kind == StepKind.CALL, len(plan.places.names), plan.routes.first
    before = np.concatenate([[0], np.cumsum(calls)])
    steps[:, CALLS] = before[1:]
    steps[:, CALLS_END] = np.repeat(before[first[1:]], np.diff(first))
    stops = (plan.steps.place[calls] + places).tolist()
    for step in np.flatnonzero(calls & _wandering(plan)).tolist():
        steps[step, CALLS] = len(stops)
        stops += _stops_reached(plan, step, step - int(steps[step, POSITION]))
        steps[step, CALLS_END] = len(stops)
    return np.array(stops, np.int64)


def _wandering(plan: Plan) -> Bools:
    """For each step whether its route may be gone otherwise than from each step to the next."""
    return np.repeat(ways.wandering(plan), np.diff(plan.routes.first))


def _stops_reached(plan: Plan, step: int, first: int) -> list[int]:
    """Stops, as servers, at which the consist may still call after a step of the route that begins at ``first``."""
    route = int(np.searchsorted(plan.routes.first, first, side="right")) - 1
    on_ways = ways.ways(plan, route)
    steps = [first + position for position in sorted(ways.reached(on_ways, step - first)) if position < len(on_ways)]
    stops = [int(plan.steps.place[later]) for later in steps if plan.steps.kind[later] == StepKind.CALL]
    return [len(plan.places.names) + stop for stop in dict.fromkeys(stops)]
