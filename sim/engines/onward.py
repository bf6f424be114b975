"""Ways on: entities that go on at another step than the next, by a rule."""

from __future__ import annotations

import math

from sim.engines.holds import enter_step, pass_over
from sim.engines.jit import aside, part
from sim.engines.layout import (
    AHEAD,
    AWAITED,
    CAPACITY,
    CLASS,
    EACH,
    ENTERED,
    EXPECTED_SECONDS,
    JUMPED,
    LAP,
    LEFT,
    LOADED,
    OPTIONS,
    OPTIONS_END,
    POSITION,
    PROMISED,
    ROW,
    RULE,
    SHARE,
    STAY,
    STEP,
    TARGET,
    UNITS_HERE,
    USD,
    WINDOW,
    World,
)
from sim.engines.sampler import draw, uniform
from sim.plan.tables import ABSENT, Purpose, Rule

_STAY, _CHOICE = int(Purpose.STAY), int(Purpose.CHOICE)
_SHARES, _SHORTEST_QUEUE, _LEAST_TIME, _CLASS = (
    int(rule) for rule in (Rule.SHARES, Rule.SHORTEST_QUEUE, Rule.LEAST_TIME, Rule.CLASS)
)


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
    pass_over(w, entity, position, max(onward, position + 1), now)
    following = step - position + onward
    if following == w.route_first[w.route[entity] + 1]:
        return
    if onward <= position:
        state[entity, LAP] += 1
        w.clock[PROMISED] += position + 1 - onward
    state[entity, STEP] = following
    state[entity, AHEAD] = draw(w, entity, following, w.steps[following, STAY], _STAY)
    w.clock[JUMPED] = entity
