"""The reference engine: every entity is a SimPy process that follows its route, by the law written here.

The law is to be written here.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from simpy import Event, Process

from sim.engines.clock import CHANGE, RELEASE, Clock, Due, Ended, Turn
from sim.engines.gridlock import Waiting, refuse_misfits, who_waits
from sim.engines.places import Place
from sim.engines.routes import Route
from sim.engines.steps import Entity, Record, World
from sim.engines.stops import Consist, Stop
from sim.log import Visits
from sim.plan.tables import Entities, Plan

Life = Generator[Event, int, None]
"""The process of an entity: waits for events and is told the time of each."""


@dataclass(frozen=True)
class Run:
    """What a replication came to."""

    visits: Visits
    ended: Ended
    waiting: tuple[Waiting, ...]
    """Who still waits although nothing is scheduled any more; in the order of their numbers."""


def run(
    plan: Plan, entities: Entities, *, seed: int, replication: int, progress: Callable[[int], None] | None = None
) -> Run:
    """One replication of a plan, from time 0 to its horizon or until nothing is scheduled.

    ``seed`` and ``replication`` are unsigned 32-bit numbers. ``progress`` is told the simulated time, about 200 times.
    Raises GridlockError if an entity asks for more than there can ever be.
    """
    refuse_misfits(plan, entities)
    engine = Engine(plan, entities, (seed, replication))
    ended = engine.world.clock.pass_until(plan.horizon, progress)
    visits = engine.world.record.visits(plan)
    waiting = who_waits(plan, entities, visits) if ended == "nothing scheduled" else ()
    return Run(visits, ended, waiting)


class Engine:
    """Places, stops and routes of one run, and the processes that move through them."""

    def __init__(self, plan: Plan, entities: Entities, seeds: tuple[int, int]) -> None:
        self.plan = plan
        self.entities = entities
        clock = Clock()
        lengths = np.diff(plan.routes.first)
        record = Record(int(lengths[entities.route[entities.release < plan.horizon]].sum()))
        places = [Place(clock, plan, place) for place in range(len(plan.places.names))]
        stops = [
            Stop(clock, overtaking, record.entered, record.consist) for overtaking in plan.stops.overtaking.tolist()
        ]
        self.world = World(clock, record, places, stops)
        self.routes: dict[int, Route] = {}
        self.rank = np.zeros(len(entities), np.int64)
        for route in np.unique(entities.route).tolist():
            members = np.flatnonzero(entities.route == route)
            self.rank[members] = np.arange(len(members))
            self.routes[route] = Route(plan, route, self.world, seeds, entities.ordinal[members])
        Process(clock, self._changes())
        Process(clock, self._releases())

    def _changes(self) -> Life:
        """Let the windows of all places take effect, one instant after the other."""
        first, time = self.plan.places.first_window, self.plan.windows.time
        place = np.repeat(np.arange(len(self.world.places)), np.diff(first))
        due = np.flatnonzero((time > 0) & (time < self.plan.horizon))
        due = due[np.lexsort((place[due], time[due]))]
        rows = zip(time[due].tolist(), place[due].tolist(), strict=True)
        for now, changes in groupby(rows, key=lambda row: row[0]):
            yield Due(self.world.clock, now, CHANGE)
            for _, number in changes:
                self.world.places[number].change()

    def _releases(self) -> Life:
        """Start the entities, those of one instant in the order of their numbers."""
        release = self.entities.release
        order = np.argsort(release, kind="stable")
        order = order[release[order] < self.plan.horizon]
        rows = zip(release[order].tolist(), order.tolist(), strict=True)
        for now, released in groupby(rows, key=lambda row: row[0]):
            yield Due(self.world.clock, now, RELEASE)
            for _, number in released:
                Process(self.world.clock, self._life(number, now))

    def _life(self, number: int, now: int) -> Life:
        """Follow the route from its first step to its last."""
        entities, route, rank = self.entities, self.routes[int(self.entities.route[number])], int(self.rank[number])
        clock, consist = self.world.clock, None
        if route.calls:
            consist = Consist(clock, number, int(entities.capacity[number]), int(entities.slot[number]))
        entity = Entity(number, int(entities.priority[number]), int(entities.teu[number]), Turn(clock), consist)
        stays, holds = route.stays.of(rank), route.holds.of(rank)
        for position, step in enumerate(route.steps):
            now = yield from step.follow(entity, now, stays[position], holds[position])
            if route.ends_holds[position]:
                for earlier, units, row, after in entity.kept:
                    if earlier.until == position:
                        earlier.return_units(units, row, now, after)
