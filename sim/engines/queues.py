"""Queues of places and stops, and what places do: grant units, take them back, say when work is done.

A server has a queue for each class of priority, as a list with links both ways. Time never runs back, so that a request
belongs at the end of its list but for those of the same instant, which are ordered by their entities' numbers.
"""

from __future__ import annotations

import math

from sim.engines.agenda import grant, touch
from sim.engines.jit import aside, natural, part
from sim.engines.layout import (
    AT,
    BACK,
    BEFORE,
    BEGINS,
    BY_TEU,
    CAPACITY,
    CLASSES,
    CLOSED,
    FIRST,
    FOR_EVER,
    FREE,
    GATES,
    GATES_END,
    HIGH,
    HORIZON,
    LAST,
    LOOKED,
    LOW,
    NEXT,
    NONE,
    OVERTAKING,
    REQUESTED,
    ROW,
    SHUTS,
    STEADY,
    STEP,
    UNITS,
    UNITS_HERE,
    WAITING,
    WINDOW,
    WINDOWS_END,
    World,
)

_ALL = 1 << 60
"""Units that a closed gate keeps from its place."""


@part
def join(w: World, server: int, entity: int, now: int) -> None:
    """Put the entity into its queue at the server."""
    state, queues = w.state, w.queues
    queue = natural(server * w.clock[CLASSES] + w.rank[entity])
    before = queues[queue, LAST]
    after = NONE
    while before > entity and w.log[REQUESTED, state[before, ROW]] == now:
        after = before
        before = state[before, BEFORE]
    state[entity, BEFORE] = before
    state[entity, NEXT] = after
    if before == NONE:
        queues[queue, FIRST] = entity
    else:
        state[before, NEXT] = entity
    if after == NONE:
        queues[queue, LAST] = entity
    else:
        state[after, BEFORE] = entity
    w.servers[server, WAITING] += 1


@part
def leave_queue(w: World, server: int, queue: int, entity: int) -> None:
    """Take the entity out of its queue at the server."""
    state, queues = w.state, w.queues
    before, after = state[entity, BEFORE], state[entity, NEXT]
    if before == NONE:
        queues[queue, FIRST] = after
    else:
        state[before, NEXT] = after
    if after == NONE:
        queues[queue, LAST] = before
    else:
        state[after, BEFORE] = before
    w.servers[server, WAITING] -= 1


@part
def units_of(w: World, entity: int, step: int) -> int:
    """Units that the entity asks for at the step."""
    units: int = w.steps[step, UNITS]
    return units * w.teu[entity] if w.steps[step, BY_TEU] else units


@part
def give_back(w: World, place: int, units: int) -> None:
    """Units come back to the place."""
    servers = w.servers
    servers[place, FREE] += units
    if servers[place, WAITING] > 0 and servers[place, FREE] > 0:
        touch(w, place)


@part
def take_back(w: World, entity: int, step: int) -> None:
    """The units that the entity took at the step come back; then the load of the place that they are from is less."""
    units = units_of(w, entity, step)
    give_back(w, natural(w.steps[step, BACK]), units)
    if w.steps[step, LOOKED]:
        change_load(w, w.steps[step, AT], -units)


@aside
def change_load(w: World, place: int, units: int) -> None:
    """Units are asked for, or come back, or are not waited for any more; the gates that watch the place look.

    A closed gate takes more units from its place than there are.
    """
    servers, gates = w.servers, w.gates
    servers[place, UNITS_HERE] += units
    load = servers[place, UNITS_HERE]
    for gate in range(servers[place, GATES], servers[place, GATES_END]):
        if not gates[gate, CLOSED] and load >= gates[gate, HIGH]:
            gates[gate, CLOSED] = 1
            servers[gates[gate, SHUTS], FREE] -= _ALL
        elif gates[gate, CLOSED] and load <= gates[gate, LOW]:
            gates[gate, CLOSED] = 0
            give_back(w, gates[gate, SHUTS], _ALL)


@part
def serve_place(w: World, place: int) -> None:
    """Grant along the queue what fits, while a unit is free; without overtaking up to the first that does not fit."""
    servers, state = w.servers, w.state
    classes = w.clock[CLASSES]
    for number in range(place * classes, (place + 1) * classes):
        queue = natural(number)
        entity = w.queues[queue, FIRST]
        while entity != NONE:
            if servers[place, FREE] <= 0:
                return
            entity = natural(entity)
            following = state[entity, NEXT]
            units = units_of(w, entity, natural(state[entity, STEP]))
            if units <= servers[place, FREE]:
                servers[place, FREE] -= units
                leave_queue(w, place, queue, entity)
                grant(w, entity)
            elif not servers[place, OVERTAKING]:
                return
            entity = following


@part
def finish(w: World, place: int, now: int, stay: int) -> int:
    """When work begun now at the place is done, or FOR_EVER if it never is."""
    if w.servers[place, STEADY]:
        return now + stay
    return finish_by_windows(w, place, w.servers[place, WINDOW], now, stay)


@aside
def finish_by_windows(w: World, place: int, window: int, now: int, stay: int) -> int:
    """The first time at which the pace, summed over the seconds, reaches the work begun in that row of the windows."""
    remaining = float(stay)
    end = w.servers[place, WINDOWS_END]
    for row in range(window, end):
        pace = w.paces[row]
        last = row + 1 == end
        until = FOR_EVER if last else w.windows[row + 1, BEGINS]
        if pace > 0.0 and (last or remaining <= (until - now) * pace):
            seconds = remaining / pace + 0.5
            # Beyond the horizon nothing is done: the time itself might not fit into 64 bits.
            beyond: int = w.clock[HORIZON]
            return now + math.floor(seconds) if seconds < beyond else beyond
        if not last:
            remaining -= (until - now) * pace
            now = until
    return FOR_EVER


@part
def change(w: World, place: int) -> None:
    """The next window of the place takes effect."""
    row = w.servers[place, WINDOW] + 1
    w.servers[place, WINDOW] = row
    give_back(w, place, w.windows[row, CAPACITY] - w.windows[row - 1, CAPACITY])
