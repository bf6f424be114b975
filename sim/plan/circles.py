"""Circles: places that may fill up and lock each other, told before a run.

A step that asks for units of a place while units of another are kept makes the first wait for the second. A circle of
places of which each may so wait for the next, and all of which can be full at once, can come to a gridlock; whether it
does is for the run to show.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.plan import ways
from sim.plan.tables import ABSENT, Entities, Hold, Plan, StepKind

Waits = dict[int, set[int]]
"""For each place those that somebody asks for who keeps units of it."""


def circles_that_can_fill(plan: Plan, entities: Entities) -> list[tuple[str, ...]]:
    """Names of the places of each circle, from its smallest number on; of several through a place the shortest.

    A place can fill if all entities together might keep more of it, while they ask for the next, than its windows ever
    have at least. Who waits with patience or a longest queue goes on in vain, and closes no circle.
    """
    waits, kept = _waits(plan, entities)
    full = {place for place, units in kept.items() if units >= _least(plan, place)}
    open_ways = {place: sorted(waits[place] & full) for place in full}
    found: list[tuple[str, ...]] = []
    told: set[int] = set()
    for place in sorted(open_ways):
        circle = () if place in told else _shortest(open_ways, place)
        told.update(circle)
        if circle:
            start = circle.index(min(circle))
            found.append(tuple(plan.places.names[each] for each in (*circle[start:], *circle[:start])))
    return found


def _waits(plan: Plan, entities: Entities) -> tuple[Waits, dict[int, int]]:
    """Who may wait for whom, and the units that all entities together may keep of a place while they wait."""
    waits: Waits = {}
    kept: dict[int, int] = {}
    for route in np.unique(entities.route).tolist():
        teu = entities.teu[entities.route == route]
        for keeper, asked in _keepers(plan, route):
            place, units = int(plan.steps.place[keeper]), int(plan.steps.units[keeper])
            kept[place] = kept.get(place, 0) + units * int(teu.sum() if plan.steps.units_per_teu[keeper] else len(teu))
            waits.setdefault(place, set()).update(asked)
    return waits, kept


def _least(plan: Plan, place: int) -> int:
    """The least capacity of a place while it is open."""
    rows = slice(int(plan.places.first_window[place]), int(plan.places.first_window[place + 1]))
    capacity = plan.windows.capacity[rows]
    return int(capacity[capacity > 0].min(initial=np.iinfo(np.int64).max))


def _keepers(plan: Plan, route: int) -> Iterator[tuple[int, set[int]]]:
    """Steps that keep units, each with the places that its entity asks for meanwhile, for good."""
    steps, own, on_ways = plan.steps, ways.of_route(plan, route), ways.ways(plan, route)
    for_good = (steps.kind == StepKind.OCCUPY) & (steps.patience == ABSENT) & (steps.longest_queue == ABSENT)
    for position, step in enumerate(own):
        if steps.place[step] != ABSENT and steps.hold[step] in (Hold.UNTIL, Hold.UNTIL_ENTERED):
            later = [own.start + at for at in _meanwhile(on_ways, position, int(steps.hold_until[step]))]
            asked = {int(steps.place[at]) for at in later if for_good[at]} - {ABSENT}
            if asked:
                yield step, asked


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


def _shortest(following: dict[int, list[int]], start: int) -> tuple[int, ...]:
    """The shortest way from a place round to itself, without its end; empty if there is none."""
    before = {start: ABSENT}
    ahead = [start]
    for place in ahead:
        for other in following.get(place, ()):
            if other == start:
                way = [place]
                while before[way[-1]] != ABSENT:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if other not in before:
                before[other] = place
                ahead.append(other)
    return ()
