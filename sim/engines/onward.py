"""Ways on: entities that go on at another step than the next, by a rule, or since they waited in vain.

Who has asked with a longest queue since its place or stop last served has that noted in the log, instead of a consist.
"""

from __future__ import annotations

import math

from sim.engines.agenda import grant, schedule, touch
from sim.engines.holds import enter_step, pass_over
from sim.engines.jit import aside, part
from sim.engines.layout import (
    ADDRESS,
    AHEAD,
    AT,
    AWAITED,
    CAPACITY,
    CLASS,
    CLASSES,
    CONSIST,
    EACH,
    ENTERED,
    ENTITY,
    EXPECTED_SECONDS,
    FIRST,
    FREE,
    JUMPED,
    JUMPS,
    LAP_BITS,
    LEFT,
    LIMITED,
    LOADED,
    LOG_STEP,
    LONGEST_QUEUE,
    LOOKED,
    MARGIN,
    NEXT,
    NONE,
    OPTIONS,
    OPTIONS_END,
    OTHERWISE,
    PATIENCE,
    PATIENCE_ENDS,
    PLACES,
    POSITION,
    PROMISED,
    ROW,
    RULE,
    SHARE,
    SORT_BITS,
    STAY,
    STEP,
    TARGET,
    UNITS_HERE,
    USD,
    WINDOW,
    World,
)
from sim.engines.queues import change_load, give_back, leave_queue, units_of
from sim.engines.sampler import draw, uniform
from sim.plan.tables import ABSENT, Purpose, Rule

_STAY, _PATIENCE, _CHOICE = int(Purpose.STAY), int(Purpose.PATIENCE), int(Purpose.CHOICE)
_SHARES, _SHORTEST_QUEUE, _LEAST_TIME, _CLASS = (
    int(rule) for rule in (Rule.SHARES, Rule.SHORTEST_QUEUE, Rule.LEAST_TIME, Rule.CLASS)
)

_JUST_ASKED = -2
"""In the log instead of a consist: asked with a longest queue since the place or stop last served."""


@aside
def choose(w: World, entity: int, step: int, now: int) -> None:
    """Be there, choose, be gone."""
    row, rule = w.state[entity, ROW], w.steps[step, RULE]
    w.log[ENTERED, row] = now
    w.log[LEFT, row] = now
    if w.steps[step, AWAITED]:
        enter_step(w, entity, now)
    if rule == _SHARES:
        onward = _by_share(w, entity, step)
    elif rule == _CLASS:
        onward = _by_class(w, entity, step)
    else:
        onward = _by_least(w, entity, step, rule)
    go_on(w, entity, step, onward, now)


@part
def _by_share(w: World, entity: int, step: int) -> int:
    """The first option whose share, summed up, is above the draw's part of all."""
    option, last = w.steps[step, OPTIONS], w.steps[step, OPTIONS_END] - 1
    part_of_all = uniform(w, entity, step, _CHOICE) * w.measures[last, SHARE]
    while option < last and w.measures[option, SHARE] <= part_of_all:
        option += 1
    target: int = w.options[option, TARGET]
    return target


@part
def _by_class(w: World, entity: int, step: int) -> int:
    """The first option for its class; the next step if there is none."""
    for option in range(w.steps[step, OPTIONS], w.steps[step, OPTIONS_END]):
        if w.options[option, CLASS] in (w.class_[entity], ABSENT):
            target: int = w.options[option, TARGET]
            return target
    following: int = w.steps[step, POSITION] + 1
    return following


@part
def _by_least(w: World, entity: int, step: int, rule: int) -> int:
    """The first of the options that are least by the rule."""
    best = w.steps[step, OPTIONS]
    least = _measure(w, entity, rule, best)
    for option in range(best + 1, w.steps[step, OPTIONS_END]):
        found = _measure(w, entity, rule, option)
        if found < least:
            best, least = option, found
    target: int = w.options[best, TARGET]
    return target


@aside
def _measure(w: World, entity: int, rule: int, option: int) -> float:
    """What an option is measured by: the load of its place, seconds or USD; infinite if its place has no capacity."""
    place = w.options[option, LOADED]
    load = 0 if place == ABSENT else w.servers[place, UNITS_HERE]
    if rule == _SHORTEST_QUEUE:
        return float(load)
    seconds = w.measures[option, EXPECTED_SECONDS]
    if place != ABSENT:
        capacity = w.windows[w.servers[place, WINDOW], CAPACITY]
        if capacity == 0:
            return math.inf
        seconds += load * w.measures[option, EACH] / capacity
    if rule == _LEAST_TIME or seconds == math.inf:
        return float(seconds)
    return float(w.measures[option, USD] + seconds * w.value_of_time[entity])


@aside
def go_on(w: World, entity: int, step: int, onward: int, now: int) -> None:
    """Go on from a step at a position of the route, which may be its end; at or before the step in a new lap.

    The entity does so before anything else is done, but not at once: the log may have to grow first.
    """
    state, position = w.state, w.steps[step, POSITION]
    following = step - position + onward
    ends = following == w.route_first[w.route[entity] + 1]
    pass_over(w, entity, 0 if ends else position, max(onward, position + 1), now)
    if ends:
        return
    if onward <= position:
        state[entity, ADDRESS] += 1 << LAP_BITS
        w.clock[PROMISED] += position + 1 - onward
    state[entity, STEP] = following
    state[entity, AHEAD] = draw(w, entity, following, w.steps[following, STAY], _STAY)
    w.clock[JUMPED] = entity
    w.clock[MARGIN] += JUMPS


@aside
def ask_on_terms(w: World, entity: int, step: int, now: int) -> None:
    """The entity has joined its queue: with a longest queue, or for so long; or its place is looked at."""
    server, row = w.steps[step, AT], w.state[entity, ROW]
    if w.steps[step, LONGEST_QUEUE] != ABSENT:
        w.log[CONSIST, row] = _JUST_ASKED
        w.servers[server, LIMITED] = 1
        touch(w, server)
    if w.steps[step, LOOKED]:
        change_load(w, server, units_of(w, entity, step))
    if w.steps[step, PATIENCE] != ABSENT:
        schedule(w, now + draw(w, entity, step, w.steps[step, PATIENCE], _PATIENCE), row << SORT_BITS | PATIENCE_ENDS)


@aside
def turn_away(w: World, server: int, now: int) -> None:
    """Of those who have just asked, who stands beyond its own longest queue leaves, in the order of the queue."""
    state, log, classes = w.state, w.log, w.clock[CLASSES]
    w.servers[server, LIMITED] = 0
    before = gone = 0
    away = NONE
    for queue in range(server * classes, (server + 1) * classes):
        entity = w.queues[queue, FIRST]
        while entity != NONE:
            following, step, row = state[entity, NEXT], state[entity, STEP], state[entity, ROW]
            units = units_of(w, entity, step)
            just_asked = log[CONSIST, row] == _JUST_ASKED
            log[CONSIST, row] = NONE
            if just_asked and before + units > w.steps[step, LONGEST_QUEUE]:
                leave_queue(w, server, queue, entity)
                log[LEFT, row] = now
                grant(w, entity)
                gone += units
                away = step
            else:
                before += units
            entity = following
    if away != NONE:
        _left_in_vain(w, server, away, gone)


@aside
def give_up(w: World, row: int, now: int) -> None:
    """The patience of who waits in that visit ends."""
    entity, step = w.log[ENTITY, row], w.log[LOG_STEP, row]
    server = w.steps[step, AT]
    leave_queue(w, server, server * w.clock[CLASSES] + w.rank[entity], entity)
    w.log[CONSIST, row] = NONE
    w.log[LEFT, row] = now
    _left_in_vain(w, server, step, units_of(w, entity, step))
    go_on_in_vain(w, entity, now)


@part
def _left_in_vain(w: World, server: int, step: int, units: int) -> None:
    """Requests for so many units, of a step there, have left the queue: those behind may fit, gates look."""
    if server >= w.clock[PLACES]:
        w.servers[server, FREE] -= units
        return
    give_back(w, server, 0)
    if w.steps[step, LOOKED]:
        change_load(w, server, -units)


@aside
def go_on_in_vain(w: World, entity: int, now: int) -> None:
    """Who has left its queue in vain goes on at the step's other position."""
    step = w.state[entity, STEP]
    go_on(w, entity, step, w.steps[step, OTHERWISE], now)
