"""What is due, in the order (time, order of scheduling), and the two lists of the present instant beside it.

A heap holds the ends of stays, units that come back after a time and alarms. Changes and releases are not in it: they
are known beforehand, in order, and come before all else at their instant. Nobody stands in more than one list at a
time, so that each entity has one pair of links for all lists.
"""

from __future__ import annotations

from sim.engines.jit import natural, part
from sim.engines.layout import (
    AGENDA,
    BEYOND,
    FOR_EVER,
    GRANTED,
    HORIZON,
    LAST_GRANTED,
    NEXT,
    NEXT_TOUCHED,
    NONE,
    SCHEDULED,
    SHIFT,
    TOUCHED,
    TOUCHED_FIRST,
    TOUCHED_LAST,
    World,
)


@part
def schedule(w: World, time: int, what: int) -> None:
    """Put it on the agenda. What is due at the horizon or later is only counted: it will not be done."""
    clock = w.clock
    if time >= clock[HORIZON]:
        clock[BEYOND] += 1
        return
    key = (time << clock[SHIFT]) | clock[SCHEDULED]
    clock[SCHEDULED] += 1
    size = clock[AGENDA]
    clock[AGENDA] = size + 1
    _rise(w, size, key, what)


@part
def take_due(w: World) -> int:
    """Take the first off the agenda.

    The smaller of two below moves up, down to the end, and the last comes in there: it seldom belongs far above, and
    which of two is smaller can be added where whether to go on would have to be guessed.
    """
    clock, keys, subjects = w.clock, w.keys, w.subjects
    first: int = subjects[0]
    size = natural(clock[AGENDA] - 1)
    clock[AGENDA] = size
    key, what = keys[size], subjects[size]
    keys[size] = FOR_EVER
    hole, below = 0, 1
    while below < size:
        below = natural(below + (keys[below + 1] < keys[below]))
        keys[hole] = keys[below]
        subjects[hole] = subjects[below]
        hole = below
        below = natural(2 * hole + 1)
    _rise(w, hole, key, what)
    return first


@part
def _rise(w: World, hole: int, key: int, what: int) -> None:
    """Put it into a hole of the heap, or as far above as it belongs."""
    keys, subjects = w.keys, w.subjects
    hole = natural(hole)
    while hole > 0:
        above = natural((hole - 1) >> 1)
        if keys[above] < key:
            break
        keys[hole] = keys[above]
        subjects[hole] = subjects[above]
        hole = above
    keys[hole] = key
    subjects[hole] = what


@part
def grant(w: World, entity: int) -> None:
    """The entity acts later in this instant, before anything else is done, after those granted before it."""
    clock, state = w.clock, w.state
    state[entity, NEXT] = NONE
    if clock[GRANTED] == NONE:
        clock[GRANTED] = entity
    else:
        state[natural(clock[LAST_GRANTED]), NEXT] = entity
    clock[LAST_GRANTED] = entity


@part
def take_granted(w: World) -> int:
    """Take the first of the granted."""
    first = natural(w.clock[GRANTED])
    w.clock[GRANTED] = w.state[first, NEXT]
    return first


@part
def touch(w: World, server: int) -> None:
    """The place or stop serves later in this instant, once."""
    clock, servers = w.clock, w.servers
    if servers[server, TOUCHED]:
        return
    servers[server, TOUCHED] = 1
    servers[server, NEXT_TOUCHED] = NONE
    if clock[TOUCHED_FIRST] == NONE:
        clock[TOUCHED_FIRST] = server
    else:
        servers[natural(clock[TOUCHED_LAST]), NEXT_TOUCHED] = server
    clock[TOUCHED_LAST] = server


@part
def take_touched(w: World) -> int:
    """Take the first of the touched."""
    first = natural(w.clock[TOUCHED_FIRST])
    w.clock[TOUCHED_FIRST] = w.servers[first, NEXT_TOUCHED]
    w.servers[first, TOUCHED] = 0
    return first
