"""The kernel of the compiled engine: what entities do at their steps, and the order in which all is done.

The law stands in :mod:`sim.engines.reference`; this is its compiled form. A piece returns instead of waiting, and what
an entity waits for is seen from its step and from its row of the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from sim.engines.agenda import grant, schedule, take_due, take_granted, take_touched, touch
from sim.engines.boarding import ask_for_ride, await_load, let_off, serve_stop
from sim.engines.jit import aside, natural, part, whole
from sim.engines.layout import (
    ABOARD,
    AGENDA,
    ALARM,
    AT,
    BOARDS,
    CALL,
    CHANGED,
    CONSIST,
    CONSISTS,
    DUE,
    DWELL_ENDS,
    ENDS_HOLDS,
    ENTERED,
    ENTITY,
    FOR_EVER,
    FREE,
    GRANTED,
    HOLD,
    HOLD_TIME,
    KEPT,
    KERNEL,
    KIND,
    LAST_STEP,
    LEFT,
    LOG_PLACE,
    LOG_STEP,
    MARGIN,
    NEXT_CHANGE,
    NEXT_RELEASE,
    NONE,
    NOW,
    OCCUPY,
    PAUSE,
    PLACE,
    PLACES,
    POSITION,
    RELEASED,
    RELEASED_COUNT,
    REQUESTED,
    ROW,
    ROWS,
    SHIFT,
    SLOT,
    STAY,
    STAY_ENDS,
    STEP,
    TOUCHED_FIRST,
    UNITS_DUE,
    UNTIL,
    World,
)
from sim.engines.queues import change, finish, give_back, join, serve_place, units_of
from sim.engines.sampler import drawn, work
from sim.plan.tables import ABSENT, Hold, Purpose

_STAY, _HOLD = int(Purpose.STAY), int(Purpose.HOLD)
_FOR_STAY, _FOR_SECONDS, _UNTIL_LATER = int(Hold.STAY), int(Hold.SECONDS), int(Hold.UNTIL)

PASSED, FULL, PAUSED = range(3)
"""Why the kernel came back: all before the time is done; the agenda must grow; it has done as much as it was to do."""
IDLE = -2
"""Nothing is left to be done at this instant."""

_config: Any = numba.config

Advance = Callable[[World, int, int], int]


@part
def _follow(w: World, entity: int, now: int) -> None:
    """Begin the present step, and those after it as long as they end at once."""
    while _begin(w, entity, now) and _end(w, entity, now):
        pass


@part
def _begin(w: World, entity: int, now: int) -> bool:
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
    kind = w.steps[step, KIND]
    if kind == PAUSE:
        return _pause(w, entity, step, now)
    if kind == OCCUPY:
        place = natural(w.steps[step, AT])
        join(w, place, entity, now)
        if w.servers[place, FREE] > 0:
            touch(w, place)
        return False
    if kind == CALL:
        return _arrive(w, entity, step, now)
    ask_for_ride(w, w.steps[step, AT], entity, now)
    return False


@part
def _pause(w: World, entity: int, step: int, now: int) -> bool:
    """There is room for all, always."""
    w.log[ENTERED, natural(w.state[entity, ROW])] = now
    stay = work(w, entity, step, drawn(w, entity, step, natural(w.steps[step, STAY]), _STAY))
    if stay:
        schedule(w, now + stay, entity * 4 + STAY_ENDS)
    return stay == 0


@part
def _enter(w: World, entity: int, now: int) -> bool:
    """Units of the place were granted; whether the step ends at once."""
    step, row = natural(w.state[entity, STEP]), natural(w.state[entity, ROW])
    w.log[ENTERED, row] = now
    hold = w.steps[step, HOLD]
    if hold == _FOR_SECONDS:
        _return_units(w, row, now, drawn(w, entity, step, w.steps[step, HOLD_TIME], _HOLD))
    elif hold == _UNTIL_LATER:
        _keep(w, entity, row)
    stay = work(w, entity, step, drawn(w, entity, step, natural(w.steps[step, STAY]), _STAY))
    if stay:
        end = finish(w, natural(w.steps[step, AT]), now, stay)
        if end != FOR_EVER:
            schedule(w, end, entity * 4 + STAY_ENDS)
    return stay == 0


@part
def _end(w: World, entity: int, now: int) -> bool:
    """The present step ends; whether there is another."""
    step, row = natural(w.state[entity, STEP]), natural(w.state[entity, ROW])
    w.log[LEFT, row] = now
    if w.steps[step, KIND] == OCCUPY and w.steps[step, HOLD] == _FOR_STAY:
        give_back(w, natural(w.steps[step, AT]), units_of(w, entity, step))
        w.log[RELEASED, row] = now
    if w.steps[step, ENDS_HOLDS]:
        _end_holds(w, entity, now)
    w.state[entity, STEP] = step + 1
    return not w.steps[step, LAST_STEP]


@aside
def _return_units(w: World, row: int, now: int, after: int) -> None:
    """Units of a visit come back so many seconds from now; at once if there are none."""
    if after:
        schedule(w, now + after, row * 4 + UNITS_DUE)
        return
    w.log[RELEASED, row] = now
    give_back(w, w.log[LOG_PLACE, row], units_of(w, w.log[ENTITY, row], w.log[LOG_STEP, row]))


@aside
def _keep(w: World, entity: int, row: int) -> None:
    """Remember units that come back when a later step ends.

    The visits with such units are a list, from the first to the last. While a visit stands in it, its release in the
    log holds the next: -2 less its row.
    """
    kept = w.state[entity, KEPT]
    if kept == NONE:
        w.state[entity, KEPT] = row
        return
    while w.log[RELEASED, kept] != NONE:
        kept = -2 - w.log[RELEASED, kept]
    w.log[RELEASED, kept] = -2 - row


@aside
def _end_holds(w: World, entity: int, now: int) -> None:
    """Units that were kept until the present step come back, or will after their time."""
    position = w.steps[w.state[entity, STEP], POSITION]
    row, before = w.state[entity, KEPT], NONE
    while row != NONE:
        link = w.log[RELEASED, row]
        following = NONE if link == NONE else -2 - link
        step = w.log[LOG_STEP, row]
        if w.steps[step, UNTIL] == position:
            if before == NONE:
                w.state[entity, KEPT] = following
            else:
                w.log[RELEASED, before] = link
            w.log[RELEASED, row] = NONE
            _return_units(w, row, now, drawn(w, entity, step, w.steps[step, HOLD_TIME], _HOLD))
        else:
            before = row
        row = following


@aside
def _arrive(w: World, consist: int, step: int, now: int) -> bool:
    """A consist reaches a stop: who rides there is let off, and acts before it; whether the call ends at once."""
    w.state[consist, DUE] = now + work(w, consist, step, drawn(w, consist, step, w.steps[step, STAY], _STAY))
    if let_off(w, consist, w.steps[step, AT]):
        grant(w, consist)
        return False
    return _dwell(w, consist, now)


@aside
def _dwell(w: World, consist: int, now: int) -> bool:
    """Wait until it has dwelt and its slot has come; whether the call ends at once."""
    step, ready = w.state[consist, STEP], w.state[consist, DUE]
    if w.steps[step, BOARDS] and w.steps[step, SLOT] != ABSENT and w.slot[consist] != ABSENT:
        ready = max(ready, w.slot[consist] + w.steps[step, SLOT])
    if ready > now:
        schedule(w, ready, consist * 4 + DWELL_ENDS)
        return False
    return _be_ready(w, consist, now)


@aside
def _be_ready(w: World, consist: int, now: int) -> bool:
    """A consist is ready to depart; whether the call ends at once, since nobody boards."""
    w.log[ENTERED, w.state[consist, ROW]] = now
    if w.steps[w.state[consist, STEP], BOARDS]:
        await_load(w, consist, now)
        return False
    return True


@part
def _act_granted(w: World, entity: int, now: int) -> bool:
    """The entity was granted what it waited for; whether its step ends at once."""
    kind = w.steps[natural(w.state[entity, STEP]), KIND]
    if kind == OCCUPY:
        return _enter(w, entity, now)
    # A consist acts after those whom it let off, or it departs; a shipment has been let off.
    return kind != CALL or w.log[ENTERED, w.state[entity, ROW]] != NONE or _dwell(w, entity, now)


@part
def _act_due(w: World, what: int, now: int) -> bool:
    """Something was due; whether it ends the step of the entity that it is about."""
    kind, number = what & 3, natural(what >> 2)
    if kind == STAY_ENDS:
        return True
    if kind == DWELL_ENDS:
        return _be_ready(w, number, now)
    if kind == UNITS_DUE:
        _return_units(w, number, now, 0)
    else:
        consist = w.log[ENTITY, number]
        waits = w.state[consist, ROW] == number and w.log[LEFT, number] == NONE
        if waits and w.state[consist, ALARM] == now:
            touch(w, w.steps[w.state[consist, STEP], AT])
    return False


@part
def _release(w: World) -> int:
    """Take the next new entity, at the first step of its route."""
    clock, state = w.clock, w.state
    count = clock[RELEASED_COUNT]
    entity = natural(w.order[count])
    clock[RELEASED_COUNT] = count + 1
    clock[NEXT_RELEASE] = w.release[w.order[count + 1]] if count + 1 < len(w.order) else FOR_EVER
    state[entity, STEP] = w.route_first[w.route[entity]]
    state[entity, KEPT] = NONE
    state[entity, ABOARD] = NONE
    return entity


@part
def _next_time(w: World) -> int:
    """The time at which something is due next."""
    due = min(w.clock[NEXT_CHANGE], w.clock[NEXT_RELEASE])
    if w.clock[AGENDA]:
        due = min(due, w.keys[0] >> w.clock[SHIFT])
    return int(due)


@aside
def _change_windows(w: World, now: int) -> None:
    """The windows of this instant take effect."""
    clock, changes = w.clock, w.changes
    count = clock[CHANGED]
    while count < changes.shape[1] and changes[0, count] == now:
        change(w, changes[1, count])
        count += 1
    clock[CHANGED] = count
    clock[NEXT_CHANGE] = changes[0, count] if count < changes.shape[1] else FOR_EVER


@part
def _serve(w: World, now: int) -> None:
    """The first of the touched places and stops serves."""
    server = take_touched(w)
    if server < w.clock[PLACES]:
        serve_place(w, server)
    else:
        serve_stop(w, server, now)


@part
def _act(w: World, now: int) -> int:
    """Do the next thing that is to be done at this instant.

    The entity that goes on to its next step, or NONE if none does, or IDLE if nothing is left to be done.
    """
    clock = w.clock
    if clock[GRANTED] != NONE:
        entity = take_granted(w)
        goes_on = _act_granted(w, entity, now) and _end(w, entity, now)
    elif clock[NEXT_RELEASE] == now:
        entity, goes_on = _release(w), True
    elif clock[AGENDA] and w.keys[0] >> clock[SHIFT] == now:
        what = take_due(w)
        entity = natural(what >> 2)
        goes_on = _act_due(w, what, now) and _end(w, entity, now)
    elif clock[TOUCHED_FIRST] != NONE:
        _serve(w, now)
        return NONE
    else:
        return IDLE
    return entity if goes_on else NONE


def _compiled(version: int) -> Advance:
    """The kernel, of a version that Numba knows it by on disk: it looks at one file only to see what has changed."""

    @whole
    def advance(w: World, until: int, most: int) -> int:
        """Do all that is due before a time, or at most so much; say why it ended."""
        clock = w.clock
        clock[KERNEL] = version
        now = int(clock[NOW])
        for _ in range(most):
            if clock[AGENDA] + clock[CONSISTS] + clock[MARGIN] > len(w.keys):
                return FULL
            entity = _act(w, now)
            if entity >= 0:
                _follow(w, entity, now)
            elif entity == IDLE:
                now = _next_time(w)
                if now >= until:
                    return PASSED
                clock[NOW] = now
                if clock[NEXT_CHANGE] == now:
                    _change_windows(w, now)
        return PAUSED

    return advance


def _version() -> int:
    """Tells apart kernels of different sources, and those with bounds checks from those without."""
    parts = ("agenda", "boarding", "jit", "kernel", "layout", "queues", "sampler")
    folder = Path(__file__).parent
    digest = hashlib.sha256(repr(_config.BOUNDSCHECK).encode())
    for file in (*(folder / f"{name}.py" for name in parts), folder.parent / "plan" / "draws.py"):
        digest.update(file.read_bytes())
    return int.from_bytes(digest.digest()[:7], "big")


advance = _compiled(_version())
