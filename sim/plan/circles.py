"""Circles: places that may lock each other, told before a run.

A step that asks for units of a place while units of another are kept makes the first wait for the second. Places lock
where each of a circle is short of units because those who keep them wait for the next. Whether that can be is a
question of numbers: so many entities of each route, each waiting at one step and keeping what it has by then, no more
of any place than it has, and of each place of the circle so much that a request does not fit; or, of a gate, so much
at the place that it watches that it is closed. It is put as a small integer programme. What has no answer cannot lock;
what has one may, and whether it comes to that is for the run to show: times and the order of things are left out. So
is who waits for a consist, and who gives up in the end. A pool whose units are left elsewhere may always be short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from sim.plan import ways
from sim.plan.tables import ABSENT, Entities, Floats, Hold, Plan, StepKind


@dataclass(frozen=True)
class Waiting:
    """Entities of a route that wait at a step, for good, with what each of them keeps meanwhile."""

    route: int
    place: int
    """The place that is asked for."""
    units: int
    """Units that the largest of them asks for."""
    kept: dict[int, int]
    """Units that the largest of them may keep, by the place to which they come back."""
    surely: dict[int, int]
    """Units that the smallest of them keeps of each place, in any case."""


def circles_that_can_fill(plan: Plan, entities: Entities) -> list[tuple[str, ...]]:
    """Names of the places of each circle that can lock, from its smallest number on; of several through a place one."""
    waiting = [each for route in np.unique(entities.route).tolist() for each in _waiting(plan, entities, route)]
    gates = dict(zip(plan.gates.place.tolist(), plan.gates.watched.tolist(), strict=True))
    found: list[tuple[int, ...]] = []
    told: set[int] = set()
    for place in sorted({each.place for each in waiting}):
        if place not in told and _circle(waiting, gates, place):
            circle = _circle(_stuck(plan, entities, waiting, place), gates, place)
            told.update(circle)
            found += [circle] if circle else []
    starts = [circle.index(min(circle)) for circle in found]
    turned = [(*circle[start:], *circle[:start]) for circle, start in zip(found, starts, strict=True)]
    return [tuple(plan.places.names[place] for place in circle) for circle in sorted(turned)]


def _waiting(plan: Plan, entities: Entities, route: int) -> Iterator[Waiting]:
    """All steps of a route at which one may wait for good."""
    steps, own, on_ways = plan.steps, ways.of_route(plan, route), ways.ways(plan, route)
    teu = entities.teu[entities.route == route]

    def units(step: int, size: int) -> int:
        return int(steps.units[step]) * (size if steps.units_per_teu[step] else 1)

    keeps = [step for step in own if steps.place[step] != ABSENT and steps.hold[step] in _LASTING]
    until = {step: _meanwhile(on_ways, step - own.start, int(steps.hold_until[step])) for step in keeps}
    passed = {step: _only_by(on_ways, step - own.start) for step in keeps}
    for position, step in enumerate(own):
        in_vain = steps.patience[step] != ABSENT or steps.longest_queue[step] != ABSENT
        if steps.kind[step] != StepKind.OCCUPY or steps.place[step] == ABSENT or in_vain:
            continue
        kept: dict[int, int] = {}
        surely: dict[int, int] = {}
        for keeper in (each for each in keeps if position in until[each]):
            place, back = int(steps.place[keeper]), int(steps.return_place[keeper])
            back = place if back == ABSENT else back
            kept[back] = kept.get(back, 0) + units(keeper, int(teu.max()))
            if position in passed[keeper]:
                surely[place] = surely.get(place, 0) + units(keeper, int(teu.min()))
        yield Waiting(route, int(steps.place[step]), units(step, int(teu.max())), kept, surely)


_LASTING = (Hold.UNTIL, Hold.UNTIL_ENTERED)


def _meanwhile(on_ways: ways.Ways, position: int, until: int) -> set[int]:
    """Positions that may be come to after one, up to and with the later step."""
    found: set[int] = set()
    ahead = [position] if position != until else []
    while ahead:
        for at in on_ways[ahead.pop()]:
            over = position < until < at
            if at < len(on_ways) and at not in found and not over:
                found.add(at)
                ahead += [at] if at != until else []
    return found


def _only_by(on_ways: ways.Ways, position: int) -> set[int]:
    """Positions to which one comes by another alone, in every lap."""
    back = {target for at, targets in enumerate(on_ways) for target in targets if target <= at}
    ahead = [at for at in sorted({0} | back) if at != position]
    others = set(ahead)
    while ahead:
        for at in on_ways[ahead.pop()]:
            if at < len(on_ways) and at not in others and at != position:
                others.add(at)
                ahead.append(at)
    return set(range(len(on_ways))) - others


def _stuck(plan: Plan, entities: Entities, waiting: Sequence[Waiting], place: int) -> list[Waiting]:
    """Who may wait where, so that a place and the fewest others are short of units for good; nobody if that cannot be.

    The unknowns: how many wait at each step, whether each place is short, and whether it is a gate that is closed.
    """
    places = sorted({each.place for each in waiting})
    limits = _limits(plan, entities, waiting, places)
    short = np.array([float(each == place) for each in places])
    most = np.array([float((entities.route == each.route).sum()) for each in waiting])
    none, all_ = np.zeros(len(waiting)), np.ones(len(places))
    closable = np.isin(places, plan.gates.place).astype(np.float64)
    found = milp(
        np.concatenate([none, all_, 0.0 * all_]),
        constraints=limits,
        bounds=Bounds(np.concatenate([none, short, 0.0 * all_]), np.concatenate([most, all_, closable])),
        integrality=np.ones(len(waiting) + 2 * len(places), np.int64),
    )
    if found.x is None:
        return []
    return [each for each, number in zip(waiting, found.x, strict=False) if number > 0.5]


def _limits(
    plan: Plan, entities: Entities, waiting: Sequence[Waiting], places: Sequence[int]
) -> list[LinearConstraint]:
    """What must hold of the unknowns: see the head of this module."""
    routes = sorted({each.route for each in waiting})
    size, pools = len(waiting), plan.steps.pools()
    rows: list[Floats] = []
    highest: list[float] = []

    def at_most(row: Floats, limit: float) -> None:
        rows.append(row)
        highest.append(limit)

    for number, each in enumerate(waiting):
        # Nobody waits for ever where there are units.
        row = np.zeros(size + 2 * len(places))
        row[number], row[size + places.index(each.place)] = 1.0, -float((entities.route == each.route).sum())
        at_most(row, 0.0)
    for route in routes:
        row = np.zeros(size + 2 * len(places))
        row[:size] = [each.route == route for each in waiting]
        at_most(row, float((entities.route == route).sum()))
    for number, place in enumerate(places):
        row = np.zeros(size + 2 * len(places))
        row[:size] = [-each.kept.get(place, 0) for each in waiting]
        largest = max(each.units for each in waiting if each.place == place)
        row[size + number] = 1 if place in pools else max(_capacities(plan, place)[0] - largest, 0) + 1
        row[size + len(places) + number] = -row[size + number]
        at_most(row, 0.0)
    for place, watched, low in zip(plan.gates.place, plan.gates.watched, plan.gates.low, strict=True):
        if place in places:
            row = np.zeros(size + 2 * len(places))
            row[:size] = [-each.kept.get(watched, 0) - each.units * (each.place == watched) for each in waiting]
            row[size + len(places) + places.index(place)] = low + 1
            at_most(row, 0.0)
    for place in sorted({place for each in waiting for place in each.surely} - pools):
        row = np.zeros(size + 2 * len(places))
        row[:size] = [each.surely.get(place, 0) for each in waiting]
        at_most(row, float(_capacities(plan, place)[1]))
    return [LinearConstraint(np.array(rows), -np.inf, np.array(highest))]


def _capacities(plan: Plan, place: int) -> tuple[int, int]:
    """The least capacity of a place while it is open, and the most."""
    rows = plan.places.windows_of(place)
    capacity = plan.windows.capacity[rows]
    return int(capacity[capacity > 0].min(initial=capacity.max())), int(capacity.max())


def _circle(waiting: Sequence[Waiting], gates: Mapping[int, int], start: int) -> tuple[int, ...]:
    """The shortest way from a place, over what those who keep it wait for, round to itself; empty if there is none.

    From a gate it leads to the place that it watches.
    """
    before = {start: ABSENT}
    ahead = [start]
    for place in ahead:
        watched = {gates[place]} if place in gates else set()
        for other in sorted(watched | {each.place for each in waiting if each.kept.get(place)}):
            if other == start:
                way = [place]
                while before[way[-1]] != ABSENT:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if other not in before:
                before[other] = place
                ahead.append(other)
    return ()
