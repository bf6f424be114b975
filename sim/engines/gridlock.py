"""What can never go on: refused before a run, told after it.

Both are read from the plan and the log alone, so that they hold for any engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.errors import GridlockError
from sim.log import NOT_YET, Visits
from sim.plan.tables import ABSENT, Entities, Hold, Ints, Plan, StepKind


class Waiting(NamedTuple):
    """An entity that has not gone through its last step although nothing is scheduled any more."""

    entity: int
    route: str
    step: str
    """Where it stands."""
    since: int
    """When it asked."""
    what: str
    """What it waits for, in words."""
    whom: tuple[int, ...]
    """Entities that would have to go on first: who hold the place, who stand before it, the consist that carries it."""
    circle: tuple[int, ...]
    """A circle of entities, each waiting for the next and the last for the first, that it stands in or waits for.

    Empty: it is stranded, for what it waits for will not come. Else this is a gridlock.
    """

    def __str__(self) -> str:
        told = f"entity {self.entity} ({self.route}) has waited at {self.step} since {self.since} s for {self.what}"
        if self.circle:
            circle = ", ".join(str(entity) for entity in (*self.circle, self.circle[0]))
            return f"gridlock: {told}; each of {circle} waits for the next"
        return f"stranded: {told}"


def refuse_misfits(plan: Plan, entities: Entities) -> None:
    """Raise GridlockError, with a line for each step, if an entity asks for what there can never be.

    That is more units than its place has in any window; more TEU than any consist between its two stops can carry; or
    units until the end of a step that it does not come to, so that they would not be given back.
    """
    carried = _carried(plan, entities)
    misfits = []
    for route in np.unique(entities.route).tolist():
        largest = int(entities.teu[entities.route == route].max())
        steps = _steps(plan, route)
        for step in steps:
            if plan.steps.kind[step] == StepKind.RIDE:
                misfit = _misfit_aboard(plan, step, largest, carried)
            elif plan.steps.kind[step] == StepKind.OCCUPY and plan.steps.place[step] != ABSENT:
                misfit = _misfit_inside(plan, step, largest) or _kept_for_ever(plan, step, steps)
            else:
                continue
            if misfit:
                misfits.append(f"{plan.steps.names[step]} (route {plan.routes.names[route]}) {misfit}")
    if misfits:
        raise GridlockError("\n".join(misfits))


def _steps(plan: Plan, route: int) -> range:
    return range(int(plan.routes.first[route]), int(plan.routes.first[route + 1]))


def _carried(plan: Plan, entities: Entities) -> dict[tuple[int, int], int]:
    """TEU that the largest consist carries which boards at the first stop and calls later at the second."""
    carried: dict[tuple[int, int], int] = {}
    for route in np.unique(entities.route).tolist():
        largest = int(entities.capacity[entities.route == route].max())
        calls = [step for step in _steps(plan, route) if plan.steps.kind[step] == StepKind.CALL]
        for position, step in enumerate(calls):
            for later in calls[position + 1 :] if plan.steps.boards[step] else ():
                between = int(plan.steps.place[step]), int(plan.steps.place[later])
                carried[between] = max(largest, carried.get(between, 0))
    return carried


def _misfit_inside(plan: Plan, step: int, largest: int) -> str:
    place = int(plan.steps.place[step])
    units = int(plan.steps.units[step]) * (largest if plan.steps.units_per_teu[step] else 1)
    rows = slice(int(plan.places.first_window[place]), int(plan.places.first_window[place + 1]))
    most = int(plan.windows.capacity[rows].max())
    if units <= most:
        return ""
    return f"asks for {units} units of {plan.places.names[place]}, which never has more than {most}"


def _misfit_aboard(plan: Plan, step: int, largest: int, carried: Mapping[tuple[int, int], int]) -> str:
    stop, to_stop = int(plan.steps.place[step]), int(plan.steps.to_stop[step])
    most = carried.get((stop, to_stop), largest)
    if largest <= most:
        return ""
    return f"asks for {largest} TEU, and no consist from {plan.stops.names[stop]} carries more than {most}"


def _kept_for_ever(plan: Plan, step: int, steps: range) -> str:
    until, position, last = int(plan.steps.hold_until[step]), step - steps.start, len(steps) - 1
    if plan.steps.hold[step] != Hold.UNTIL or position <= until <= last:
        return ""
    name = plan.places.names[int(plan.steps.place[step])]
    return f"holds {name} until step {until}, which is not one of its route's steps from {position} to {last}"


def who_waits(plan: Plan, entities: Entities, visits: Visits, *, at_horizon: bool = False) -> tuple[Waiting, ...]:
    """Those who will never go through their last step, in the order of their numbers.

    If nothing was scheduled any more, all who have not done so; at the horizon, those in a gridlock of places.
    """
    rows = stuck_rows(plan, entities, visits) if at_horizon else np.flatnonzero(visits.left == NOT_YET)
    rows = rows[np.argsort(visits.entity[rows], kind="stable")]
    stuck = _Stuck(plan, entities, visits, rows)
    whom = {int(visits.entity[row]): stuck.whom(row) for row in rows.tolist()}
    circles = circles_of(whom)
    return tuple(
        Waiting(
            entity=entity,
            route=plan.routes.names[int(entities.route[entity])],
            step=plan.steps.names[int(visits.step[row])],
            since=int(visits.requested[row]),
            what=stuck.what(row),
            whom=whom[entity],
            circle=circles[entity],
        )
        for row, entity in zip(rows.tolist(), whom, strict=True)
    )


def stuck_rows(plan: Plan, entities: Entities, visits: Visits) -> Ints:
    """Visits that wait for units which only others who wait so keep, however wide the place; and whom they carry.

    All who wait are taken as stuck at first, and set free as long as what the others keep until a later step would
    leave them room. What remains can never go on: what they wait for is not a matter of time.
    """
    queue = np.flatnonzero((visits.place != NOT_YET) & (visits.entered == NOT_YET))
    who = visits.entity[queue]
    queue = queue[np.lexsort((who, visits.requested[queue], entities.priority[who], visits.place[queue]))]
    units = plan.steps.units[visits.step] * np.where(
        plan.steps.units_per_teu[visits.step], entities.teu[visits.entity], 1
    )
    kept = _kept_rows(plan, entities, visits)
    aboard = np.flatnonzero((visits.consist != NOT_YET) & (visits.left == NOT_YET))
    # Calendars are written up to the horizon: how wide a place was at any time it may be again.
    widest = np.zeros(len(plan.places.names), np.int64)
    places = np.repeat(np.arange(len(widest)), np.diff(plan.places.first_window))
    np.maximum.at(widest, places, plan.windows.capacity)
    stuck = np.zeros(len(entities), np.bool_)
    stuck[visits.entity[queue]] = True
    before = -1
    while before != int(stuck.sum()):
        before = int(stuck.sum())
        stuck[visits.entity[aboard]] = stuck[visits.consist[aboard]]
        free = widest.copy()
        np.subtract.at(free, visits.place[kept], np.where(stuck[visits.entity[kept]], units[kept], 0))
        blocked = np.zeros(len(free), np.bool_)
        for row, place, entity in zip(queue, visits.place[queue], visits.entity[queue], strict=True):
            stuck[entity] = blocked[place] or units[row] > free[place]
            blocked[place] |= stuck[entity] and not plan.places.overtaking[place]
    rows: Ints = np.concatenate([queue, aboard])
    found: Ints = rows[stuck[visits.entity[rows]]]
    return found


def _kept_rows(plan: Plan, entities: Entities, visits: Visits) -> Ints:
    """Visits whose units are kept until a later step that has not ended."""
    open_rows = np.flatnonzero(visits.left == NOT_YET)
    at = np.full(len(entities), -1)
    at[visits.entity[open_rows]] = visits.step[open_rows]
    until = plan.routes.first[entities.route[visits.entity]] + plan.steps.hold_until[visits.step]
    held = (visits.place != NOT_YET) & (visits.entered != NOT_YET) & (visits.released == NOT_YET)
    kept: Ints = np.flatnonzero(held & (plan.steps.hold[visits.step] == Hold.UNTIL) & (at[visits.entity] <= until))
    return kept


class _Stuck:
    """Who waits where at the end of a run; ``rows`` are the rows of the log without an end, one for each entity."""

    def __init__(self, plan: Plan, entities: Entities, visits: Visits, rows: Ints) -> None:
        self.plan = plan
        self.entities = entities
        self.visits = visits
        self.rows = rows
        self.inside: dict[int, list[int]] = {}
        self.ahead: dict[int, dict[int, list[int]]] = {}
        self.coming: dict[tuple[int, int], tuple[int, ...]] = {}

    def what(self, row: int) -> str:
        """What the visit of that row waits for, in words."""
        steps, step, inside = self.plan.steps, int(self.visits.step[row]), self.visits.entered[row] != NOT_YET
        at = int(steps.place[step])
        if steps.kind[step] == StepKind.OCCUPY:
            name = self.plan.places.names[at]
            return f"{name} to take up work again" if inside else f"units of {name}"
        if steps.kind[step] == StepKind.CALL:
            return f"its load at {self.plan.stops.names[at]}"
        if inside:
            return f"consist {self.visits.consist[row]} to call at {self.plan.stops.names[int(steps.to_stop[step])]}"
        return f"a consist at {self.plan.stops.names[at]} with room for it"

    def whom(self, row: int) -> tuple[int, ...]:
        """Entities that would have to go on before the visit of that row can, in the order of their numbers."""
        visits, step = self.visits, int(self.visits.step[row])
        kind, inside = int(self.plan.steps.kind[step]), visits.entered[row] != NOT_YET
        if kind == StepKind.OCCUPY:
            return () if inside else self._before(row)
        if kind == StepKind.CALL:
            return self._to_come(StepKind.RIDE, int(self.plan.steps.place[step]))
        return (int(visits.consist[row]),) if inside else self._to_come(StepKind.CALL, int(self.plan.steps.place[step]))

    def _before(self, row: int) -> tuple[int, ...]:
        """Who holds the place, and who stands right before in its queue unless that may be overtaken."""
        place = int(self.visits.place[row])
        if place not in self.inside:
            self._look_at(place)
        ahead = [] if self.plan.places.overtaking[place] else self.ahead[place][row]
        return tuple(sorted({*self.inside[place], *ahead}))

    def _look_at(self, place: int) -> None:
        visits = self.visits
        here = visits.place == place
        self.inside[place] = visits.entity[here & (visits.entered != NOT_YET) & (visits.released == NOT_YET)].tolist()
        queue = np.flatnonzero(here & (visits.entered == NOT_YET))
        who = visits.entity[queue]
        order = np.lexsort((who, visits.requested[queue], self.entities.priority[who]))
        ahead = [[], *([entity] for entity in who[order].tolist())]
        self.ahead[place] = dict(zip(queue[order].tolist(), ahead[:-1], strict=True))

    def _to_come(self, kind: StepKind, stop: int) -> tuple[int, ...]:
        """Who calls at the stop now or later, or has a ride from it later (who waits there is not awaited)."""
        if (kind, stop) not in self.coming:
            steps = self.plan.steps
            there = np.flatnonzero((steps.kind == kind) & (steps.place == stop))
            who, at = self.visits.entity[self.rows], self.visits.step[self.rows]
            end = self.plan.routes.first[self.entities.route[who] + 1]
            first = np.searchsorted(there, at, side="left" if kind == StepKind.CALL else "right")
            coming = first < np.searchsorted(there, end)
            self.coming[kind, stop] = tuple(who[coming].tolist())
        return self.coming[kind, stop]


def circles_of(whom: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """For each who waits a circle that it stands in or waits for, beginning with its smallest number; else nothing.

    A circle is a chain in which each waits for the next and the last for the first. Found by walking along what each
    waits for, depth first: who is met again while still on the way closes a circle, for all on the way.
    """
    circles: dict[int, tuple[int, ...]] = {}
    for start in whom:
        way = {} if start in circles else {start: iter(whom[start])}
        found: tuple[int, ...] = ()
        while way:
            entity = next(reversed(way))
            following = None if found else next(way[entity], None)
            if following is None:
                circles[entity] = found
                del way[entity]
            elif following in way:
                on_way = list(way)
                found = _from_smallest(on_way[on_way.index(following) :])
            elif following in circles:
                found = circles[following]
            else:
                way[following] = iter(whom.get(following, ()))
    return circles


def _from_smallest(circle: list[int]) -> tuple[int, ...]:
    first = circle.index(min(circle))
    return (*circle[first:], *circle[:first])
