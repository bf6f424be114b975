"""What can never go on, told after a run: who waits for what, and for whom.

It is read from the plan and the log alone, so that it holds for any engine. What is refused before a run stands in
:mod:`sim.engines.refusals`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.engines.refusals import refuse_misfits
from sim.log import NOT_YET, Visits
from sim.plan import ways
from sim.plan.tables import ABSENT, Entities, Hold, Ints, Plan, StepKind

__all__ = ["Waiting", "circles_of", "refuse_misfits", "stuck_rows", "who_waits"]


MORE_THAN_ASKED = 1 << 60
"""Units of a place to which units of other places come back: how many there may ever be is not known."""


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
    keeps: tuple[str, ...]
    """Places of which it has units from steps before, in the order of their numbers."""


def who_waits(plan: Plan, entities: Entities, visits: Visits, *, at_horizon: bool = False) -> tuple[Waiting, ...]:
    """Those who will never go through their last step, in the order of their numbers.

    If nothing was scheduled any more, all who have not done so; at the horizon, those in a gridlock of places.
    """
    rows = stuck_rows(plan, entities, visits) if at_horizon else np.flatnonzero(visits.left == NOT_YET)
    if not len(rows):
        return ()
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
            keeps=stuck.keeps(row),
        )
        for row, entity in zip(rows.tolist(), whom, strict=True)
    )


def stuck_rows(plan: Plan, entities: Entities, visits: Visits) -> Ints:
    """Visits that wait for units which only others who wait so keep, however wide the place; and whom they carry.

    All who wait are taken as stuck at first, and set free as long as what the others keep until a later step would
    leave them room. What remains can never go on: what they wait for is not a matter of time.
    """
    under_way = np.flatnonzero(visits.left == NOT_YET)
    waits = under_way[(visits.entered[under_way] == NOT_YET) & (visits.place[under_way] != NOT_YET)]
    # Who waits only so long goes on by itself, and is in nobody's way for ever.
    queue: Ints = waits[plan.steps.patience[visits.step[waits]] == ABSENT]
    if not len(queue):
        return queue
    who = visits.entity[queue]
    queue = queue[np.lexsort((who, visits.requested[queue], entities.priority[who], visits.place[queue]))]
    kept = _kept_rows(plan, entities, visits, under_way)
    asked, taken = (_units(plan, entities, visits, rows) for rows in (queue, kept))
    aboard = under_way[visits.consist[under_way] != NOT_YET]
    # Calendars are written up to the horizon: how wide a place was at any time it may be again.
    widest = np.zeros(len(plan.places.names), np.int64)
    places = np.repeat(np.arange(len(widest)), np.diff(plan.places.first_window))
    np.maximum.at(widest, places, plan.windows.capacity)
    widest[plan.steps.return_place[plan.steps.return_place != ABSENT]] = MORE_THAN_ASKED
    stuck = np.zeros(len(entities), np.bool_)
    stuck[visits.entity[queue]] = True
    known = np.zeros(len(entities), np.bool_)
    # By who is stuck, not by how many: as many may be set free in a round as it takes in with those who carry them.
    while not np.array_equal(known, stuck):
        known = stuck.copy()
        stuck[visits.entity[aboard]] = stuck[visits.consist[aboard]]
        free = widest.copy()
        np.subtract.at(free, visits.place[kept], np.where(stuck[visits.entity[kept]], taken, 0))
        blocked = np.zeros(len(free), np.bool_)
        for units, place, entity in zip(asked, visits.place[queue], visits.entity[queue], strict=True):
            stuck[entity] = blocked[place] or units > free[place]
            blocked[place] |= stuck[entity] and not plan.places.overtaking[place]
    rows: Ints = np.concatenate([queue, aboard])
    found: Ints = rows[stuck[visits.entity[rows]]]
    return found


def _units(plan: Plan, entities: Entities, visits: Visits, rows: Ints) -> Ints:
    """Units that some visits ask for."""
    step = visits.step[rows]
    each: Ints = np.where(plan.steps.units_per_teu[step], entities.teu[visits.entity[rows]], 1)
    units: Ints = plan.steps.units[step] * each
    return units


def _kept_rows(plan: Plan, entities: Entities, visits: Visits, under_way: Ints) -> Ints:
    """Visits whose units are kept until a later step that has not ended, or not been entered."""
    steps = plan.steps
    at, inside = np.full(len(entities), -1), np.zeros(len(entities), np.bool_)
    at[visits.entity[under_way]] = visits.step[under_way]
    inside[visits.entity[under_way]] = visits.entered[under_way] != NOT_YET
    rows = _held(visits)
    who, hold = visits.entity[rows], steps.hold[visits.step[rows]]
    keeps = ((hold == int(Hold.UNTIL)) | (hold == int(Hold.UNTIL_ENTERED))) & (at[who] != -1)
    rows, who, hold = rows[keeps], who[keeps], hold[keeps]
    until = plan.routes.first[entities.route[who]] + steps.hold_until[visits.step[rows]]
    entered = (hold == int(Hold.UNTIL_ENTERED)) & inside[who]
    to_come = np.where(entered, at[who] < until, at[who] <= until)
    by_hand = np.flatnonzero(ways.wandering(plan)[entities.route[who]])
    to_come[by_hand] = [not _passed(plan, visits, int(rows[k]), int(until[k])) for k in by_hand.tolist()]
    kept: Ints = rows[to_come]
    return kept


def _passed(plan: Plan, visits: Visits, row: int, until: int) -> bool:
    """Whether the entity of that visit has come to the end, or the entry, of that step since, or gone beyond it."""
    later = row + np.flatnonzero(visits.entity[row:] == visits.entity[row])
    there = later[1:][visits.step[later[1:]] == until]
    if plan.steps.hold[visits.step[row]] == Hold.UNTIL_ENTERED and np.any(visits.entered[there] != NOT_YET):
        return True
    gone = visits.step[later].tolist()
    return any(before <= until < max(after, before + 1) for before, after in pairwise(gone))


def _held(visits: Visits) -> Ints:
    """Visits whose units are not back."""
    rows = np.flatnonzero(visits.released == NOT_YET)
    rows = rows[visits.place[rows] != NOT_YET]
    held: Ints = rows[visits.entered[rows] != NOT_YET]
    return held


class _Stuck:
    """Who waits where at the end of a run; ``rows`` are the rows of the log without an end, one for each entity."""

    def __init__(self, plan: Plan, entities: Entities, visits: Visits, rows: Ints) -> None:
        self.plan = plan
        self.entities = entities
        self.visits = visits
        self.rows = rows
        self.held = _held(visits)
        """Visits whose units are not back."""
        own, other = visits.place[self.held], plan.steps.return_place[visits.step[self.held]]
        self.back = np.where(other == ABSENT, own, other)
        """Where each of them comes back."""
        self.inside: dict[int, list[int]] = {}
        self.ahead: dict[int, dict[int, list[int]]] = {}
        self.coming: dict[tuple[int, int], tuple[int, ...]] = {}
        self.later = cache(self._later)

    def what(self, row: int) -> str:
        """What the visit of that row waits for, in words."""
        steps, step, inside = self.plan.steps, int(self.visits.step[row]), self.visits.entered[row] != NOT_YET
        at = int(steps.place[step])
        if steps.kind[step] == StepKind.OCCUPY:
            name = self.plan.places.names[at]
            return f"{name} to take up work again" if inside else f"units of {name}"
        if steps.kind[step] == StepKind.CALL:
            return f"{'its load' if inside else 'a slot'} at {self.plan.stops.names[at]}"
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
            return self._to_come(StepKind.RIDE, int(self.plan.steps.place[step])) if inside else ()
        return (int(visits.consist[row]),) if inside else self._to_come(StepKind.CALL, int(self.plan.steps.place[step]))

    def keeps(self, row: int) -> tuple[str, ...]:
        """Names of the places of which the entity has units from before the visit of that row."""
        own = self.held[(self.visits.entity[self.held] == self.visits.entity[row]) & (self.held != row)]
        places = np.unique(self.visits.place[own])
        return tuple(self.plan.places.names[place] for place in places.tolist())

    def _before(self, row: int) -> tuple[int, ...]:
        """Who has units of the place, who keeps its gate closed, and who stands right before unless overtaking."""
        place = int(self.visits.place[row])
        if place not in self.inside:
            self._look_at(place)
        ahead = [] if self.plan.places.overtaking[place] else self.ahead[place][row]
        return tuple(sorted({*self.inside[place], *ahead}))

    def _look_at(self, place: int) -> None:
        visits = self.visits
        waiting = (visits.entered == NOT_YET) & (visits.left == NOT_YET)
        self.inside[place] = visits.entity[self.held[self.back == place]].tolist()
        for watched in self.plan.gates.watched[self.plan.gates.place == place].tolist():
            taken = self.held[visits.place[self.held] == watched]
            self.inside[place] += visits.entity[[*taken, *np.flatnonzero(waiting & (visits.place == watched))]].tolist()
        queue = np.flatnonzero(waiting & (visits.place == place))
        who = visits.entity[queue]
        order = np.lexsort((who, visits.requested[queue], self.entities.priority[who]))
        ahead = [[], *([entity] for entity in who[order].tolist())]
        self.ahead[place] = dict(zip(queue[order].tolist(), ahead[:-1], strict=True))

    def _to_come(self, kind: StepKind, stop: int) -> tuple[int, ...]:
        """Who calls at the stop now or later, or has a ride from it later (who waits there is not awaited)."""
        if (kind, stop) not in self.coming:
            steps = self.plan.steps
            there = set(np.flatnonzero((steps.kind == kind) & (steps.place == stop)).tolist())
            who, at = self.visits.entity[self.rows].tolist(), self.visits.step[self.rows].tolist()
            now = there if kind == StepKind.CALL else set()
            self.coming[kind, stop] = tuple(
                entity
                for entity, step in zip(who, at, strict=True)
                if step in now or not there.isdisjoint(self.later(step))
            )
        return self.coming[kind, stop]

    def _later(self, step: int) -> frozenset[int]:
        """Steps to which a way leads from one."""
        route = int(np.searchsorted(self.plan.routes.first, step, side="right")) - 1
        first, end = int(self.plan.routes.first[route]), int(self.plan.routes.first[route + 1])
        on_way = ways.reached(ways.ways(self.plan, route), step - first)
        return frozenset(first + position for position in on_way if first + position < end)


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
