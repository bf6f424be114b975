"""The arrays of the compiled engine: what its columns are called, and how a plan is laid out in them.

All state of a run stands in these arrays and nothing stands elsewhere, so that a run can stop between two events and go
on later. Rows of a table that are used together lie together: a row is a line or two of the processor's cache.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from sim.plan import ways
from sim.plan.draws import rounded
from sim.plan.tables import ABSENT, Bools, Entities, Floats, Hold, Ints, Kind, Plan, StepKind

NONE = -1
"""No entity, row or server; in the log: not yet."""
FOR_EVER = 2**62
"""A time that does not come."""
MOST_ROWS = 2**31 - 1
"""Of the log, and so of any table; see :func:`sim.engines.jit.natural`."""

# Kinds of steps: those of the plan, and an occupy without a place.
PAUSE, OCCUPY, CALL, RIDE, CHOOSE = range(5)

# Columns of the steps. AT: the server, which is a place or, after the places, a stop. STAY and HOLD_TIME: rows of the
# families. CALLS up to CALLS_END: the stops at which the consist calls after this step, as rows of the calls. AWAITED:
# whether units are kept until it is entered. ENTERS: whether there is more to its entry than to be there: that, units
# that are not held for the stay, or that who asks may be turned away. CALENDAR up to CALENDAR_END: its slots. BACK: the
# place to which the units come back. LOOKED: whether the load of its place is looked at. OPTIONS up to OPTIONS_END:
# what it chooses among; LAST_STEP holds for a choice too. PATIENCE: row of the families, or ABSENT. OTHERWISE: position
# at which who waited in vain goes on. ASKS: whether there is more to its request than to join a queue: a load that is
# looked at, a longest queue or patience. What every visit looks at stands first, in few lines of the cache.
(
    KIND, AT, PLACE, UNITS, BY_TEU, STAY, HOLD, STREAM, LAST_STEP, AWAITED, ASKS, ENTERS, ENDS_HOLDS, BACK, LOOKED,
    POSITION, HOLD_TIME, UNTIL, TO_STOP, BOARDS, SLOT, LEAST_LOAD, LONGEST_WAIT, CUT_OFF, CALLS, CALLS_END,
    CALENDAR, CALENDAR_END, RULE, OPTIONS, OPTIONS_END, LONGEST_QUEUE, PATIENCE, OTHERWISE,
) = range(34)  # fmt: skip
STEP_COLUMNS = 34

# Columns of the families of distributions. SECONDS: of a fixed one. QUANTILES: where those of a table begin.
FAMILY, SECONDS, QUANTILES = range(3)

# Columns of the servers. FREE: units not in use; at a stop those that all who wait ask for. WINDOW: the present row of
# the windows. READY, LAST_READY: consists that wait for their load. UNITS_HERE: the load of a place that is looked at,
# which is the units that wait and those taken that are not back yet. GATES up to GATES_END: the gates that watch it.
# LIMITED: whether somebody has asked with a longest queue since it last served.
(
    FREE, WAITING, TOUCHED, NEXT_TOUCHED, OVERTAKING, STEADY, LIMITED, WINDOWS_END, WINDOW, READY, LAST_READY,
    UNITS_HERE, GATES, GATES_END,
) = range(14)  # fmt: skip
SERVER_COLUMNS = 14

# Columns of the queues: one for each server and class of priority, in this order.
FIRST, LAST = range(2)

# Columns of the options, and of their other numbers. SHARE: the weights up to this one.
TARGET, LOADED, CLASS = range(3)
SHARE, EXPECTED_SECONDS, EACH, USD = range(4)

# Columns of the windows.
BEGINS, CAPACITY = range(2)

# Columns of the gates, which stand by the place that they watch, then in the order of the plan. SHUTS: the place that
# has no unit free while it is closed.
SHUTS, HIGH, LOW, CLOSED = range(4)

# Columns of the entities' state. ROW: of the visit. NEXT, BEFORE: in the one list that it stands in. KEPT: row of the
# first visit whose units it keeps. AHEAD: the draw of its stay at the next step. DUE: that of its stay at this one; at
# a call then when it will have dwelt, then the end of its longest wait. ADDRESS: of its draws, its ordinal and before
# so many bits its lap. Of consists: LOAD is the units of its capacity that are taken, ABOARD the last who boarded, in a
# ring, ALARM when it looks again.
STEP, ROW, NEXT, BEFORE, KEPT, AHEAD, DUE, ADDRESS, LOAD, ABOARD, ALARM = range(11)
STATE_COLUMNS = 11
LAP_BITS = 32

# What is due: of an entity the end of its stay or of its dwell at a call, of a row of the log its units, its alarm or
# the end of its patience. In a subject the number of the entity or row stands before so many bits for which of these.
STAY_ENDS, DWELL_ENDS, UNITS_DUE, ALARM_RINGS, PATIENCE_ENDS = range(5)
SORT_BITS = 3
SORTS = (1 << SORT_BITS) - 1

# Rows of the log.
ENTITY, LOG_STEP, LOG_PLACE, REQUESTED, ENTERED, LEFT, RELEASED, CONSIST = range(8)
LOG_COLUMNS = 8

# Entries of the clock. CLASSES: of priority. SHIFT: bits of a key for the order of scheduling. AGENDA: how much is due.
# BEYOND: how much is due at the horizon or later, but for windows and releases. GRANTED, TOUCHED_FIRST and their ends:
# lists of this instant. EXPECTED: how many consists wait for their load and visits keep units until a step, each of
# which may come to be due. CHANGED, RELEASED_COUNT: how many changes and releases have been. JUMPED: who goes on at
# another step than the next. PROMISED: rows of the log that may be needed, as far as is known. MARGIN: what may come to
# be due in one act; and JUMPS while somebody has jumped, so that one look finds that and whether the agenda must grow.
(
    NOW, HORIZON, SEED, REPLICATION, CLASSES, SHIFT, SCHEDULED, AGENDA, BEYOND, GRANTED, LAST_GRANTED, TOUCHED_FIRST,
    TOUCHED_LAST, EXPECTED, NEXT_CHANGE, CHANGED, NEXT_RELEASE, RELEASED_COUNT, ROWS, PLACES, MARGIN, KERNEL, JUMPED,
    PROMISED,
) = range(24)  # fmt: skip
CLOCK_ENTRIES = 24
JUMPS = 2**40


class World(NamedTuple):
    """All arrays of a run."""

    clock: Ints
    steps: Ints
    per_teu: Floats
    families: Ints
    parameters: Floats
    quantiles: Floats
    calls: Ints
    slots: Ints
    """Times of all calendars."""
    options: Ints
    measures: Floats
    """The other numbers of the options."""
    servers: Ints
    queues: Ints
    windows: Ints
    paces: Floats
    gates: Ints
    changes: Ints
    """(2, n) Time and place."""
    order: Ints
    """Entities in the order of their releases."""
    release: Ints
    route_first: Ints
    """First step of each route, and the end of the last."""
    route: Ints
    ordinal: Ints
    rank: Ints
    """Class of priority: 0 is served first."""
    teu: Ints
    capacity: Ints
    slot: Ints
    class_: Ints
    value_of_time: Floats
    state: Ints
    keys: Ints
    """Of what is due, time and order of scheduling in one number: a binary heap."""
    subjects: Ints
    """What is due: an entity or a row of the log, and which of the five it is."""
    log: Ints


CHANGING = ("clock", "servers", "queues", "gates", "state", "keys", "subjects", "log")
"""Arrays that the kernel changes; it only reads the others."""


def lay_out(plan: Plan, entities: Entities, run: tuple[int, int]) -> World:
    """The arrays of a replication before anything has happened; ``run`` is (seed, replication)."""
    lengths = np.diff(plan.routes.first)
    steps_ahead = np.where(entities.release < plan.horizon, lengths[entities.route], 0)
    order = np.argsort(entities.release, kind="stable")
    order = order[steps_ahead[order] > 0].astype(np.int32)
    priorities, rank = np.unique(entities.priority, return_inverse=True)
    steps, calls = _steps(plan)
    paces, servers = _paces(plan), len(plan.places.names) + len(plan.stops.names)
    due = 4 * int(lengths.max(initial=0)) + 1024
    world = World(
        clock=np.zeros(CLOCK_ENTRIES, np.int64),
        steps=steps,
        per_teu=np.ascontiguousarray(plan.steps.per_teu, np.float64),
        families=_families(plan),
        parameters=np.stack([plan.distributions.a, plan.distributions.b, plan.distributions.c], axis=1),
        quantiles=np.ascontiguousarray(plan.distributions.quantiles, np.float64),
        calls=calls,
        slots=np.ascontiguousarray(plan.slots.time),
        options=np.stack([plan.options.target, plan.options.place, plan.options.class_], axis=1),
        measures=_measures(plan),
        servers=_servers(plan, paces),
        queues=np.full((max(1, servers * len(priorities)), 2), NONE, np.int64),
        windows=np.stack([plan.windows.time, plan.windows.capacity], axis=1),
        paces=paces,
        gates=_gates(plan),
        changes=_changes(plan),
        order=order,
        route_first=np.ascontiguousarray(plan.routes.first),
        rank=rank.astype(np.int32),
        state=np.zeros((len(entities), STATE_COLUMNS), np.int64),
        keys=np.zeros(due, np.int64),
        subjects=np.zeros(due, np.int64),
        log=blank_log(int(steps_ahead.sum())),
        **_handed_in(entities),
    )
    _wind(world, plan, run, len(priorities))
    return world


def _handed_in(entities: Entities) -> dict[str, Any]:
    """What is known of the entities beforehand: not a copy, if it lies in one piece."""
    names = ("release", "route", "ordinal", "teu", "capacity", "slot", "class_", "value_of_time")
    return {name: np.ascontiguousarray(getattr(entities, name)) for name in names}


def blank_log(rows: int) -> Ints:
    """Room for so many visits, with nothing in it yet. Raises OverflowError for more than the kernel can count."""
    if rows > MOST_ROWS:
        raise OverflowError(f"{rows} visits in one replication are more than the compiled engine can count")
    return np.empty((LOG_COLUMNS, rows), np.int64)


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
    for place in range(places):
        servers[place, STEADY] = bool(np.all(paces[first[place] : first[place + 1]] == 1.0))
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
