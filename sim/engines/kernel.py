"""The kernel of the compiled engine: the order in which all is done.

The law stands in :mod:`sim.engines.reference`; this is its compiled form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

from sim.engines.acts import be_ready, begin, dwell, end_step, enter
from sim.engines.agenda import take_due, take_granted, take_touched, touch
from sim.engines.boarding import serve_stop
from sim.engines.holds import return_units
from sim.engines.jit import aside, natural, part, whole
from sim.engines.layout import (
    ABOARD,
    ADDRESS,
    AGENDA,
    AHEAD,
    ALARM,
    AT,
    CALL,
    CHANGED,
    DWELL_ENDS,
    ENTERED,
    ENTITY,
    EXPECTED,
    FOR_EVER,
    GRANTED,
    JUMPED,
    JUMPS,
    KEPT,
    KERNEL,
    KIND,
    LEFT,
    LIMITED,
    MARGIN,
    NEXT_CHANGE,
    NEXT_RELEASE,
    NONE,
    NOW,
    OCCUPY,
    PATIENCE_ENDS,
    PLACES,
    PROMISED,
    RELEASED_COUNT,
    ROW,
    SHIFT,
    SORT_BITS,
    SORTS,
    STAY,
    STAY_ENDS,
    STEP,
    TOUCHED_FIRST,
    UNITS_DUE,
    World,
)
from sim.engines.onward import give_up, go_on_in_vain, turn_away
from sim.engines.queues import change, serve_place
from sim.engines.sampler import draw
from sim.plan.tables import Purpose

_STAY = int(Purpose.STAY)

PASSED, FULL, PAUSED = range(3)
"""Why the kernel came back: all before the time is done; log or agenda must grow; it has done as much as it was to."""
IDLE = -2
"""Nothing is left to be done at this instant."""

_config: Any = numba.config

Advance = Callable[[World, int, int], int]


@part
def _follow(w: World, entity: int, now: int) -> None:
    """Begin the present step, and those after it as long as they end at once."""
    while begin(w, entity, now) and end_step(w, entity, now):
        pass


@part
def _act_granted(w: World, entity: int, now: int) -> bool:
    """The entity was granted what it waited for, or turned away; whether its step ends at once."""
    kind = w.steps[natural(w.state[entity, STEP]), KIND]
    if kind == OCCUPY:
        return enter(w, entity, now)
    if w.log[ENTERED, w.state[entity, ROW]] != NONE:
        # A consist departs, or a shipment has been let off.
        return True
    if kind == CALL:
        # It acts after those whom it let off.
        return dwell(w, entity, now)
    go_on_in_vain(w, entity, now)
    return False


@part
def _act_due(w: World, what: int, now: int) -> bool:
    """Something was due; whether it ends the step of the entity that it is about."""
    kind, number = what & SORTS, natural(what >> SORT_BITS)
    if kind == STAY_ENDS:
        return True
    if kind == DWELL_ENDS:
        return be_ready(w, number, now)
    if kind == UNITS_DUE:
        return_units(w, number, now, 0)
    elif kind == PATIENCE_ENDS:
        if w.log[ENTERED, number] == NONE and w.log[LEFT, number] == NONE:
            give_up(w, number, now)
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
    step = natural(w.route_first[w.route[entity]])
    state[entity, STEP] = step
    state[entity, ADDRESS] = w.ordinal[entity]
    state[entity, AHEAD] = draw(w, entity, step, w.steps[step, STAY], _STAY)
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
    if w.servers[server, LIMITED]:
        turn_away(w, server, now)


@part
def _act(w: World, now: int) -> int:
    """Do the next thing that is to be done at this instant.

    The entity that goes on to its next step, or NONE if none does, or IDLE if nothing is left to be done.
    """
    clock = w.clock
    if clock[GRANTED] != NONE:
        entity = take_granted(w)
        goes_on = _act_granted(w, entity, now) and end_step(w, entity, now)
    elif clock[NEXT_RELEASE] == now:
        entity, goes_on = _release(w), True
    elif clock[AGENDA] and w.keys[0] >> clock[SHIFT] == now:
        what = take_due(w)
        entity = natural(what >> SORT_BITS)
        goes_on = _act_due(w, what, now) and end_step(w, entity, now)
    elif clock[TOUCHED_FIRST] != NONE:
        _serve(w, now)
        return NONE
    else:
        return IDLE
    return entity if goes_on else NONE


@aside
def _take_jumped(w: World) -> int:
    """Who goes on at another step than the next; NONE if nobody does, or if agenda or log must grow before."""
    clock = w.clock
    entity: int = clock[JUMPED]
    no_room = clock[AGENDA] + clock[EXPECTED] + clock[MARGIN] - JUMPS > len(w.keys)
    if entity == NONE or no_room or clock[PROMISED] > w.log.shape[1]:
        return NONE
    clock[JUMPED] = NONE
    clock[MARGIN] -= JUMPS
    return entity


def _compiled(version: int) -> Advance:
    """The kernel, of a version that Numba knows it by on disk: it looks at one file only to see what has changed."""

    @whole
    def advance(w: World, until: int, most: int) -> int:
        """Do all that is due before a time, or at most so much; say why it ended."""
        clock = w.clock
        clock[KERNEL] = version
        now = int(clock[NOW])
        for _ in range(most):
            if clock[AGENDA] + clock[EXPECTED] + clock[MARGIN] > len(w.keys):
                entity = _take_jumped(w)
                if entity == NONE:
                    return FULL
            else:
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


def sources() -> str:
    """Tells apart kernels of different sources, and so what their arrays mean: a digest in hexadecimal digits."""
    parts = ("acts", "agenda", "boarding", "holds", "jit", "kernel", "layout", "onward", "queues", "sampler")
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for file in (*(folder / f"{name}.py" for name in parts), folder.parent / "plan" / "draws.py"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _version() -> int:
    """Tells apart kernels of different sources, and those with bounds checks from those without."""
    digest = hashlib.sha256(f"{_config.BOUNDSCHECK} {sources()}".encode())
    return int.from_bytes(digest.digest()[:7], "big")


advance = _compiled(_version())
