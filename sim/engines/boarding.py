"""Stops: consists that are ready wait for their load, board and depart; who rides is let off."""

from __future__ import annotations

from sim.engines.agenda import grant, schedule, touch
from sim.engines.holds import enter_step
from sim.engines.jit import aside, part
from sim.engines.layout import (
    ABOARD,
    ALARM,
    ALARM_RINGS,
    AT,
    AWAITED,
    BEFORE,
    CALLS,
    CALLS_END,
    CLASSES,
    CONSIST,
    CUT_OFF,
    DUE,
    ENTERED,
    EXPECTED,
    FIRST,
    FOR_EVER,
    FREE,
    LAST_READY,
    LEAST_LOAD,
    LOAD,
    LONGEST_WAIT,
    NEXT,
    NONE,
    OVERTAKING,
    READY,
    REQUESTED,
    ROW,
    SORT_BITS,
    STEP,
    TO_STOP,
    World,
)
from sim.engines.queues import join, leave_queue, units_of
from sim.plan.tables import ABSENT


@part
def ask_for_ride(w: World, stop: int, entity: int, now: int) -> None:
    """A shipment joins the queue of its stop, where FREE counts the units that wait."""
    join(w, stop, entity, now)
    w.servers[stop, FREE] += units_of(w, entity, w.state[entity, STEP])
    if w.servers[stop, READY] != NONE:
        touch(w, stop)


@aside
def await_load(w: World, consist: int, now: int) -> None:
    """A consist joins those who are ready to depart, by the time since when and by number."""
    state, servers = w.state, w.servers
    step = state[consist, STEP]
    stop, wait = w.steps[step, AT], w.steps[step, LONGEST_WAIT]
    state[consist, DUE] = ABSENT if wait == ABSENT else now + wait
    state[consist, ALARM] = ABSENT
    before, after = servers[stop, LAST_READY], NONE
    while before > consist and w.log[ENTERED, state[before, ROW]] == now:
        before, after = state[before, BEFORE], before
    _link(w, stop, before, consist)
    _link(w, stop, consist, after)
    w.clock[EXPECTED] += 1
    touch(w, stop)


@part
def _link(w: World, stop: int, before: int, after: int) -> None:
    """Let one stand right before another among the ready; NONE stands for the ends."""
    if before == NONE:
        w.servers[stop, READY] = after
    else:
        w.state[before, NEXT] = after
    if after == NONE:
        w.servers[stop, LAST_READY] = before
    else:
        w.state[after, BEFORE] = before


@aside
def serve_stop(w: World, stop: int, now: int) -> None:
    """Let all depart that may, in the order in which they stand.

    Who may not depart does not come to do so by what another takes.
    """
    consist = w.servers[stop, READY]
    while consist != NONE:
        following = w.state[consist, NEXT]
        departs, next_due = _departs(w, stop, consist, now)
        if departs:
            _board(w, stop, consist, now)
            _link(w, stop, w.state[consist, BEFORE], following)
            w.clock[EXPECTED] -= 1
            grant(w, consist)
        else:
            _look_again(w, consist, next_due, now)
        consist = following


@part
def _departs(w: World, stop: int, consist: int, now: int) -> tuple[bool, int]:
    """Whether a consist may depart, and when the next shipment that asked too late for now may board."""
    step, expiry = w.state[consist, STEP], w.state[consist, DUE]
    least, room = w.steps[step, LEAST_LOAD], w.capacity[consist]
    expired = expiry != ABSENT and now >= expiry
    together = w.state[consist, LOAD] + w.servers[stop, FREE]
    if not expired and together < min(least, room):
        return False, FOR_EVER
    load, full, next_due = _look_along(w, stop, consist, now)
    return expired or full or load >= least or load >= room, next_due


@part
def _look_along(w: World, stop: int, consist: int, now: int) -> tuple[int, bool, int]:
    """Units aboard if it departed now, whether somebody would not fit, and when the next comes of age.

    Within a class of priority all who stand behind one that asked too late have asked too late themselves.
    """
    state, classes, step = w.state, w.clock[CLASSES], w.state[consist, STEP]
    load, full, next_due = state[consist, LOAD], False, FOR_EVER
    for queue in range(stop * classes, (stop + 1) * classes):
        rider = w.queues[queue, FIRST]
        while rider != NONE:
            if _reaches(w, step, rider):
                due = w.log[REQUESTED, state[rider, ROW]] + w.steps[step, CUT_OFF]
                if due > now:
                    next_due = min(next_due, due)
                    break
                units = units_of(w, rider, state[rider, STEP])
                if load + units <= w.capacity[consist]:
                    load += units
                else:
                    full = True
                    if not w.servers[stop, OVERTAKING]:
                        return load, full, next_due
            rider = state[rider, NEXT]
    return load, full, next_due


@part
def _reaches(w: World, step: int, rider: int) -> bool:
    """Whether the consist of a call still comes to where the rider wants to be let off."""
    to_stop = w.steps[w.state[rider, STEP], TO_STOP]
    for call in range(w.steps[step, CALLS], w.steps[step, CALLS_END]):  # noqa: SIM110 - the compiler knows no any()
        if w.calls[call] == to_stop:
            return True
    return False


@part
def _board(w: World, stop: int, consist: int, now: int) -> None:
    """Take aboard who fits, along the queue."""
    state, classes, step = w.state, w.clock[CLASSES], w.state[consist, STEP]
    for queue in range(stop * classes, (stop + 1) * classes):
        rider = w.queues[queue, FIRST]
        while rider != NONE:
            following = state[rider, NEXT]
            if _reaches(w, step, rider):
                if w.log[REQUESTED, state[rider, ROW]] + w.steps[step, CUT_OFF] > now:
                    break
                units = units_of(w, rider, state[rider, STEP])
                if state[consist, LOAD] + units <= w.capacity[consist]:
                    leave_queue(w, stop, queue, rider)
                    w.servers[stop, FREE] -= units
                    state[consist, LOAD] += units
                    w.log[ENTERED, state[rider, ROW]] = now
                    w.log[CONSIST, state[rider, ROW]] = consist
                    _seat(w, consist, rider)
                    if w.steps[state[rider, STEP], AWAITED]:
                        enter_step(w, rider, now)
                elif not w.servers[stop, OVERTAKING]:
                    return
            rider = following


@part
def _seat(w: World, consist: int, rider: int) -> None:
    """Put the rider at the end of those aboard: a ring, of which the consist knows the last."""
    state, last = w.state, w.state[consist, ABOARD]
    if last == NONE:
        state[rider, NEXT] = rider
    else:
        state[rider, NEXT] = state[last, NEXT]
        state[last, NEXT] = rider
    state[consist, ABOARD] = rider


@aside
def let_off(w: World, consist: int, stop: int) -> bool:
    """Grant all who ride to the stop, in the order in which they boarded; whether there were any."""
    state, last = w.state, w.state[consist, ABOARD]
    if last == NONE:
        return False
    rider, ends, found = state[last, NEXT], False, False
    state[consist, ABOARD] = NONE
    while not ends:
        ends, following = rider == last, state[rider, NEXT]
        if w.steps[state[rider, STEP], TO_STOP] == stop:
            state[consist, LOAD] -= units_of(w, rider, state[rider, STEP])
            grant(w, rider)
            found = True
        else:
            _seat(w, consist, rider)
        rider = following
    return found


@part
def _look_again(w: World, consist: int, next_due: int, now: int) -> None:
    """Set the alarm for the end of the longest wait or the next request to come of age, whichever is first."""
    state = w.state
    due = next_due
    if state[consist, DUE] != ABSENT:
        due = min(due, state[consist, DUE])
    if due != FOR_EVER and (state[consist, ALARM] <= now or due < state[consist, ALARM]):
        state[consist, ALARM] = due
        schedule(w, due, state[consist, ROW] << SORT_BITS | ALARM_RINGS)
