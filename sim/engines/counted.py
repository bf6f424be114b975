"""Whether what a run that stands still counts is what there is: units, loads, gates, and all that is due.

Units of a place are free or taken, and who has taken them stands in the log. What is due lies in a heap, not before
the time at which the run stands, and nothing is due twice: who ended a step twice would go on as two.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engines.layout import (
    ALARM_RINGS,
    AT,
    BACK,
    BEFORE,
    BEYOND,
    CALL,
    CLOSED,
    DUE,
    DWELL_ENDS,
    ENTERED,
    EXPECTED,
    FOR_EVER,
    FREE,
    GATES,
    GATES_END,
    HIGH,
    HOLD,
    HORIZON,
    KIND,
    LEFT,
    LIMITED,
    LOAD,
    LOG_PLACE,
    LOG_STEP,
    LOOKED,
    LOW,
    NEXT,
    NONE,
    OCCUPY,
    PATIENCE,
    PATIENCE_ENDS,
    PAUSE,
    PLACES,
    RELEASED,
    ROW,
    SCHEDULED,
    SHUTS,
    SORT_BITS,
    SORTS,
    STAY_ENDS,
    STEADY,
    TOUCHED,
    UNITS_DUE,
    UNITS_HERE,
)
from sim.engines.queues import _ALL
from sim.engines.standing import Flaw, Standing
from sim.plan.draws import all_rounded
from sim.plan.tables import ABSENT, Bools, Hold, Ints


def flaws(run: Standing) -> Iterator[Flaw]:
    """All that does not fit, of a run whose lists hold together."""
    yield from _of_places(run)
    yield from _of_gates(run)
    yield from _agenda(run)
    yield from _due(run)
    yield from _stays(run)


def _of_places(run: Standing) -> Iterator[Flaw]:
    """Units that are free, and the load of places that are looked at."""
    log, servers, steps, units = run.log, run.servers, run.fresh.steps, run.units
    places, step = int(run.clock[PLACES]), log[LOG_STEP]
    inside, back = (run.kind == OCCUPY) & run.entered, log[RELEASED] >= 0
    free = run.capacity.copy()
    np.subtract.at(free, log[LOG_PLACE, inside], units[inside])
    np.add.at(free, steps[step[back], BACK], units[back])
    np.subtract.at(free, run.kept["gates"][:, SHUTS], _ALL * run.kept["gates"][:, CLOSED])
    yield "units free are not those that nobody has taken, of place", np.flatnonzero(free != servers[:places, FREE])
    asked = np.zeros(len(servers), np.int64)
    row = run.state[run.waiting, ROW]
    np.add.at(asked, steps[step[row], AT], units[row])
    wrong = asked[places:] != servers[places:, FREE]
    yield "units asked for are not those of who waits, of stop", np.flatnonzero(wrong)
    load = np.zeros(len(servers), np.int64)
    here = (run.kind == OCCUPY) & (steps[step, LOOKED] != 0) & ~back & (run.entered | (log[LEFT] == NONE))
    np.add.at(load, log[LOG_PLACE, here], units[here])
    yield "its load is not what is taken and asked for, of place", np.flatnonzero(load != servers[:, UNITS_HERE])
    unsettled = (servers[:, [TOUCHED, LIMITED]] != 0).any(axis=1)
    yield "it has still to serve though the instant is over, place or stop", np.flatnonzero(unsettled)


def _of_gates(run: Standing) -> Iterator[Flaw]:
    servers, gates = run.servers, run.kept["gates"]
    watched = np.repeat(np.arange(len(servers)), servers[:, GATES_END] - servers[:, GATES])
    load = servers[watched, UNITS_HERE]
    wrong = np.where(gates[:, CLOSED] != 0, load <= gates[:, LOW], load >= gates[:, HIGH])
    yield "a gate is not as the load that it watches, gate", np.flatnonzero(wrong)


def _agenda(run: Standing) -> Iterator[Flaw]:
    keys, (times, numbers, _) = run.kept["keys"], run.due
    above = (np.arange(1, len(keys)) - 1) >> 1
    yield "what is due is no heap at", 1 + np.flatnonzero(keys[above] >= keys[1:])
    yield "it was due before, number", numbers[times < run.time]
    yield "more is scheduled than is counted, number", numbers[numbers >= run.clock[SCHEDULED]]
    expected = len(run.ready) + np.count_nonzero(run.keeps)
    yield "what may come to be due is not what is counted:", np.array([expected])[expected != run.clock[[EXPECTED]]]


def _due(run: Standing) -> Iterator[Flaw]:
    """What is due can be, and nothing but an alarm is due twice."""
    subjects, log, kind = run.due[2], run.log, run.kind
    sort, number, steps = subjects & SORTS, subjects >> SORT_BITS, run.fresh.steps[log[LOG_STEP]]
    possible = {
        STAY_ENDS: _marked(run.staying, len(run.state)),
        DWELL_ENDS: _marked(run.dwelling, len(run.state)),
        UNITS_DUE: (kind == OCCUPY)
        & (steps[:, HOLD] != int(Hold.STAY))
        & run.entered
        & (log[RELEASED] == NONE)
        & ~run.keeps,
        ALARM_RINGS: (kind == CALL) & run.entered,
        PATIENCE_ENDS: steps[:, PATIENCE] != ABSENT,
    }
    for which, possibly in possible.items():
        due = number[sort == which]
        yield f"{_NAMES[which]} cannot be due, of number", due[~possibly[due]]
        if which != ALARM_RINGS:
            often = np.bincount(due, minlength=len(possibly))
            yield f"{_NAMES[which]} is due more than once, of number", np.flatnonzero(often > 1)


_NAMES = {
    STAY_ENDS: "the end of a stay",
    DWELL_ENDS: "the end of a dwell",
    UNITS_DUE: "the return of units",
    ALARM_RINGS: "an alarm",
    PATIENCE_ENDS: "the end of patience",
}


def _marked(which: Ints, count: int) -> Bools:
    marked = np.zeros(count, np.bool_)
    marked[which] = True
    return marked


def _stays(run: Standing) -> Iterator[Flaw]:
    """A stay ends when its work is done; what lasts beyond the horizon is not due, but noted in the place of links."""
    (times, _, subjects), horizon = run.due, int(run.clock[HORIZON])
    staying, state, fresh = run.staying, run.state, run.fresh
    ends = np.full(len(state), NONE)
    stay_ends = (subjects & SORTS) == STAY_ENDS
    ends[subjects[stay_ends] >> SORT_BITS] = times[stay_ends]
    row = state[staying, ROW]
    step = run.log[LOG_STEP, row]
    carried = fresh.per_teu[step] * (fresh.teu[staying] + state[staying, LOAD])
    work = all_rounded(state[staying, DUE] + carried)
    done = run.log[ENTERED, row] + np.where(fresh.per_teu[step] == 0.0, state[staying, DUE], work)
    pause, lasts = fresh.steps[step, KIND] == PAUSE, ends[staying] == NONE
    # One more than there are: a pause is at no place, which is -1.
    steady = np.append(run.servers[:, STEADY], True)[run.log[LOG_PLACE, row]] != 0
    beyond = np.where(pause, done, state[staying, BEFORE])
    wrong = np.where(lasts, (beyond < horizon) | (steady & (beyond != done)), steady & (ends[staying] != done))
    yield "its stay does not end when its work is done, entity", staying[wrong]
    numbers = state[staying[lasts & ~pause], NEXT]
    unknown = (numbers < 0) | (numbers >= run.clock[SCHEDULED])
    yield "more is scheduled than is counted, number", numbers[unknown]
    least = np.count_nonzero(lasts & (beyond != FOR_EVER))
    yield "more is due beyond the horizon than is counted:", np.array([least])[least > run.clock[[BEYOND]]]
