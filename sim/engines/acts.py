"""What entities do at their steps: reach them, enter, stay, keep units, call, end.

A piece returns instead of waiting: whether the step ended at once. What an entity waits for is seen from its step and
from its row of the log.
"""

from __future__ import annotations

from sim.engines.agenda import grant, schedule, touch
from sim.engines.boarding import ask_for_ride, await_load, let_off
from sim.engines.holds import enter_step, hold_time, keep, pass_over, return_units
from sim.engines.jit import aside, natural, part
from sim.engines.layout import (
    AHEAD,
    ASKS,
    AT,
    AWAITED,
    BEFORE,
    BEYOND,
    BOARDS,
    CALENDAR,
    CALENDAR_END,
    CALL,
    CHOOSE,
    CONSIST,
    DUE,
    DWELL_ENDS,
    ENDS_HOLDS,
    ENTERED,
    ENTERS,
    ENTITY,
    FOR_EVER,
    FREE,
    HOLD,
    HORIZON,
    KIND,
    LAST_STEP,
    LEFT,
    LOG_PLACE,
    LOG_STEP,
    NEXT,
    NONE,
    OCCUPY,
    PAUSE,
    PLACE,
    POSITION,
    RELEASED,
    REQUESTED,
    ROW,
    ROWS,
    SCHEDULED,
    SLOT,
    SORT_BITS,
    STAY,
    STAY_ENDS,
    STEP,
    World,
)
from sim.engines.onward import ask_on_terms, choose, go_on_in_vain
from sim.engines.queues import finish, join, take_back
from sim.engines.sampler import drawn, work
from sim.plan.tables import ABSENT, Hold, Purpose

_STAY = int(Purpose.STAY)
_FOR_STAY, _FOR_SECONDS = int(Hold.STAY), int(Hold.SECONDS)


@part
def begin(w: World, entity: int, now: int) -> bool:
    """Reach the present step; whether it ends at once."""
    state, log = w.state, w.log
    step = natural(state[entity, STEP])
    row = natural(w.clock[ROWS])
    w.clock[ROWS] = row + 1
    state[entity, ROW] = row
    log[ENTITY, row] = entity
    log[LOG_STEP, row] = step
    log[LOG_PLACE, row] = w.steps[step, PLACE]
    log[REQUESTED, row] = now
    log[ENTERED, row] = NONE
    log[LEFT, row] = NONE
    log[RELEASED, row] = NONE
    log[CONSIST, row] = NONE
    _draw_ahead(w, entity, step)
    kind = w.steps[step, KIND]
    if kind == PAUSE:
        return _pause(w, entity, step, now)
    if kind == OCCUPY:
        place = natural(w.steps[step, AT])
        join(w, place, entity, now)
        if w.servers[place, FREE] > 0:
            touch(w, place)
        if w.steps[step, ASKS]:
            ask_on_terms(w, entity, step, now)
        return False
    if kind == CALL:
        return _arrive(w, entity, step, now)
    if kind == CHOOSE:
        choose(w, entity, step, now)
        return False
    ask_for_ride(w, w.steps[step, AT], entity, now)
    if w.steps[step, ASKS]:
        ask_on_terms(w, entity, step, now)
    return False


@part
def _draw_ahead(w: World, entity: int, step: int) -> None:
    """Draw the stay at the next step.

    A draw does not depend on when it is made, and the processor makes one that it does not need yet while it goes on.
    """
    w.state[entity, DUE] = w.state[entity, AHEAD]
    if not w.steps[step, LAST_STEP]:
        w.state[entity, AHEAD] = drawn(w, entity, step + 1, natural(w.steps[step + 1, STAY]), _STAY)


@part
def _pause(w: World, entity: int, step: int, now: int) -> bool:
    """There is room for all, always."""
    w.log[ENTERED, natural(w.state[entity, ROW])] = now
    if w.steps[step, AWAITED]:
        enter_step(w, entity, now)
    stay = work(w, entity, step, w.state[entity, DUE])
    if stay:
        schedule(w, now + stay, entity << SORT_BITS | STAY_ENDS)
    return stay == 0


@part
def enter(w: World, entity: int, now: int) -> bool:
    """Units of the place were granted, or it turned the entity away; whether the step ends at once."""
    step, row = natural(w.state[entity, STEP]), natural(w.state[entity, ROW])
    if w.steps[step, ENTERS] and not _enter_otherwise(w, entity, row, now):
        return False
    w.log[ENTERED, row] = now
    stay = work(w, entity, step, w.state[entity, DUE])
    if stay:
        end = finish(w, natural(w.steps[step, AT]), now, stay)
        if end < w.clock[HORIZON]:
            schedule(w, end, entity << SORT_BITS | STAY_ENDS)
        else:
            _outlast(w, entity, end)
    return stay == 0


@aside
def _outlast(w: World, entity: int, end: int) -> None:
    """The stay does not end in this run; but a run that stops and goes on with other windows may see its end.

    So its number in the order of scheduling is kept, and the end, where lists are linked: it stands in none.
    """
    w.state[entity, NEXT] = w.clock[SCHEDULED]
    w.state[entity, BEFORE] = end
    w.clock[SCHEDULED] += 1
    if end != FOR_EVER:
        w.clock[BEYOND] += 1


@aside
def _enter_otherwise(w: World, entity: int, row: int, now: int) -> bool:
    """Units are kept until the step is entered, or are not held for its stay; False if it is not entered."""
    step = w.state[entity, STEP]
    if w.log[LEFT, row] != NONE:
        go_on_in_vain(w, entity, now)
        return False
    if w.steps[step, AWAITED]:
        enter_step(w, entity, now)
    hold = w.steps[step, HOLD]
    if hold == _FOR_SECONDS:
        return_units(w, row, now, hold_time(w, entity, step))
    elif hold != _FOR_STAY:
        keep(w, entity, row)
    return True


@part
def end_step(w: World, entity: int, now: int) -> bool:
    """The present step ends; whether there is another."""
    step, row = natural(w.state[entity, STEP]), natural(w.state[entity, ROW])
    w.log[LEFT, row] = now
    if w.steps[step, KIND] == OCCUPY and w.steps[step, HOLD] == _FOR_STAY:
        take_back(w, entity, step)
        w.log[RELEASED, row] = now
    if w.steps[step, ENDS_HOLDS]:
        position = w.steps[step, POSITION]
        pass_over(w, entity, 0 if w.steps[step, LAST_STEP] else position, position + 1, now)
    w.state[entity, STEP] = step + 1
    return not w.steps[step, LAST_STEP]


@aside
def _arrive(w: World, consist: int, step: int, now: int) -> bool:
    """A consist reaches a stop: who rides there is let off, and acts before it; whether the call ends at once."""
    w.state[consist, DUE] = now + work(w, consist, step, w.state[consist, DUE])
    if let_off(w, consist, w.steps[step, AT]):
        grant(w, consist)
        return False
    return dwell(w, consist, now)


@aside
def dwell(w: World, consist: int, now: int) -> bool:
    """Wait until it has dwelt and its slot has come; whether the call ends at once."""
    step, ready = w.state[consist, STEP], w.state[consist, DUE]
    if w.steps[step, BOARDS] and w.steps[step, SLOT] != ABSENT and w.slot[consist] != ABSENT:
        ready = max(ready, w.slot[consist] + w.steps[step, SLOT])
    if w.steps[step, CALENDAR] != ABSENT:
        ready = _next_slot(w, step, ready)
    if ready == FOR_EVER:
        return False
    if ready > now:
        schedule(w, ready, consist << SORT_BITS | DWELL_ENDS)
        return False
    return be_ready(w, consist, now)


@part
def _next_slot(w: World, step: int, ready: int) -> int:
    """The first slot of the step's calendar that is not before; FOR_EVER if there is none."""
    low, high = w.steps[step, CALENDAR], w.steps[step, CALENDAR_END]
    while low < high:
        middle = (low + high) >> 1
        if w.slots[middle] < ready:
            low = middle + 1
        else:
            high = middle
    return FOR_EVER if low == w.steps[step, CALENDAR_END] else int(w.slots[low])


@aside
def be_ready(w: World, consist: int, now: int) -> bool:
    """A consist is ready to depart; whether the call ends at once, since nobody boards."""
    w.log[ENTERED, w.state[consist, ROW]] = now
    if w.steps[w.state[consist, STEP], AWAITED]:
        enter_step(w, consist, now)
    if w.steps[w.state[consist, STEP], BOARDS]:
        await_load(w, consist, now)
        return False
    return True
