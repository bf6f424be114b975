"""Ways: which step of a route may follow which, read from the plan alone.

Steps are named by their position in the route; the number of its steps stands for its end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.plan.tables import ABSENT, Bools, Kind, Plan, Rule, StepKind

Ways = tuple[tuple[int, ...], ...]
"""For each position those at which the entity may go on."""


def of_route(plan: Plan, route: int) -> range:
    """Steps of a route."""
    return range(int(plan.routes.first[route]), int(plan.routes.first[route + 1]))


def wanders(plan: Plan, route: int) -> bool:
    """Whether who follows the route may go on at another step than the next."""
    own = of_route(plan, route)
    return bool(_elsewhere(plan, slice(own.start, own.stop)).any())


def wandering(plan: Plan) -> Bools:
    """The same of each route."""
    return _any_step(plan, _elsewhere(plan, slice(None)))


def _elsewhere(plan: Plan, rows: slice) -> Bools:
    """From which steps one may go on at another than the next."""
    steps = plan.steps
    chooses: Bools = steps.kind[rows] == int(StepKind.CHOOSE)
    found: Bools = chooses | (steps.longest_queue[rows] != ABSENT) | (steps.patience[rows] != ABSENT)
    return found


def goes_back(plan: Plan) -> Bools:
    """Of each route whether who follows it may come to a step again."""
    steps, options = plan.steps, plan.options
    position = np.arange(len(steps.kind)) - np.repeat(plan.routes.first[:-1], np.diff(plan.routes.first))
    in_vain = (steps.longest_queue != ABSENT) | (steps.patience != ABSENT)
    back = in_vain & (steps.otherwise != ABSENT) & (steps.otherwise <= position)
    chooses = np.repeat(np.arange(len(position)), np.diff(options.first))
    back[chooses[options.target <= position[chooses]]] = True
    return _any_step(plan, back)


def _any_step(plan: Plan, which: Bools) -> Bools:
    """Of each route whether any of its steps is one of these."""
    before = np.concatenate([[0], np.cumsum(which)])
    found: Bools = before[plan.routes.first[1:]] > before[plan.routes.first[:-1]]
    return found


def ways(plan: Plan, route: int) -> Ways:
    """How each step may be gone on from: to the next, or to those chosen, or where who waits in vain goes on."""
    own = of_route(plan, route)
    if not wanders(plan, route):
        return tuple((position + 1,) for position in range(len(own)))
    return tuple(_onward(plan, step, position) + _in_vain(plan, step, len(own)) for position, step in enumerate(own))


def timeless_ways(plan: Plan, route: int) -> Ways:
    """The same, of those ways alone that an entity may go in no time at all, again and again."""
    own = of_route(plan, route)
    steps = plan.steps
    found = []
    for position, step in enumerate(own):
        onward = () if _takes_time(plan, step) else _onward(plan, step, position)
        at_once = steps.longest_queue[step] != ABSENT or _is_nothing(plan, int(steps.patience[step]))
        found.append(onward + (_in_vain(plan, step, len(own)) if at_once else ()))
    return tuple(found)


def reached(ways: Ways, position: int) -> frozenset[int]:
    """Positions that can be come to from one, itself only if by a way round."""
    found: set[int] = set()
    ahead = list(ways[position])
    while ahead:
        at = ahead.pop()
        if at not in found:
            found.add(at)
            ahead += ways[at] if at < len(ways) else ()
    return frozenset(found)


def _onward(plan: Plan, step: int, position: int) -> tuple[int, ...]:
    if plan.steps.kind[step] != StepKind.CHOOSE:
        return (position + 1,)
    options = plan.options
    rows = slice(int(options.first[step]), int(options.first[step + 1]))
    targets: Sequence[int] = options.target[rows].tolist()
    return tuple(targets) + ((position + 1,) if plan.steps.rule[step] == Rule.CLASS else ())


def _in_vain(plan: Plan, step: int, end: int) -> tuple[int, ...]:
    steps = plan.steps
    if steps.longest_queue[step] == ABSENT and steps.patience[step] == ABSENT:
        return ()
    otherwise = int(steps.otherwise[step])
    return (end if otherwise == ABSENT else otherwise,)


def _takes_time(plan: Plan, step: int) -> bool:
    """Whether some of those who go through the step spend time at it, waiting apart."""
    steps = plan.steps
    if steps.kind[step] == StepKind.CHOOSE:
        return False
    if steps.kind[step] == StepKind.RIDE or steps.per_teu[step] > 0.0:
        return True
    duration = int(steps.duration[step])
    return duration != ABSENT and not _is_nothing(plan, duration)


def _is_nothing(plan: Plan, distribution: int) -> bool:
    """Whether a distribution is always less than half a second."""
    families = plan.distributions
    return distribution != ABSENT and families.kind[distribution] == Kind.FIXED and families.a[distribution] < 0.5
