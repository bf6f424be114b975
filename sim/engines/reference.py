"""The reference engine: every entity is a SimPy process that follows its route, by the law written here.

The law
=======

Time
    1.  Time is whole seconds from 0. What is due at the horizon or later is not done; who is released then is
        not there.
    2.  An instant has three phases. CHANGE: windows take effect, by place number. ACT: first new entities are
        released, by entity number; then comes what is due, in the order in which it was scheduled: entities
        whose stay ends, units kept for a time, alarms of stops. GRANT: places and stops that were touched
        serve.
    3.  A granted entity acts, in the order of the grants, before anything else is done; then what is due now;
        then the first touched place serves, in the order in which they were touched; and when nothing is
        touched, time moves on.
    4.  An entity acts without a break until it must wait. A stay of no seconds is no wait, and a step without a
        place asks for nothing; a request at a place or stop is always a wait.

Places
    5.  A request joins the queue of its place: (priority, time of request, entity number), smallest first. A
        place is touched when a request joins, units come back or a window takes effect, if then somebody waits
        and a unit is free. It is touched once, until it serves.
    6.  A place that serves grants the head of its queue while a unit is free and the head fits. A head that
        does not fit is not overtaken, unless the place says so: then smaller requests behind it are granted, in
        the order of the queue. A request for no units needs a free unit and takes none. A window below what is
        in use sends nobody away.
    7.  Work is the draw of the stay and what each TEU adds (the entity's own and those aboard), rounded to
        whole seconds, a half upwards. It is done when the pace of the place, summed over the seconds since the
        entry, reaches it. A place that suspends has pace 0 while its capacity is 0; another goes on at the pace
        of its window. The last window lasts for ever. In the window in which the work ends, what remains over
        the pace is rounded to whole seconds, a half upwards; work that is done just as a window ends is done in
        it. Without a place the pace is 1.
    8.  Units come back before the entity goes on, if they are held for the stay; so many seconds after the
        entry, if for a time; or so many seconds after a later step has ended, or its own, if until then. None
        of these seconds go by the pace. No seconds are no wait. What counts from the entry is scheduled before
        the end of the stay.

Stops
    9.  A shipment that asks for a ride joins the queue of its stop, in the same order as at a place.
    10. A consist that calls lets off all who ride to this stop. They act in the order in which they boarded,
        and after them the consist. Its dwell counts from its arrival: the draw and what each TEU that it
        brought adds, rounded. If nobody boards here it then goes on. Else it is ready after its dwell and not
        before its slot here.
    11. A stop is touched when a consist becomes ready; and, while one is, when a shipment asks, and when the
        alarm of one rings: at the end of its longest wait; or as the next request that it might take reaches
        the age of its cut-off, if the TEU aboard and of all who wait make up its least load or its capacity.
    12. A stop that serves lets those of its ready consists depart that may, by the time since when they are
        ready, then by number. (Who may not does not come to do so by what another takes.)
    13. Who would board: along the queue each shipment that fits. Passed over are those to stops at which the
        consist does not call any more, and those who asked less than the cut-off before. One that does not fit
        ends the boarding, unless the stop lets smaller ones overtake. A consist may depart if the TEU aboard
        and of those who would board reach its least load; if one does not fit or no TEU is free; or at the end
        of its longest wait, which counts from when it was ready.
    14. Who boards does so at the departure, which is a grant to the consist.

The end
    15. A run ends at the horizon, or when nothing is scheduled: no act, no window and no release, then or later.
        Who waits in the second case waits for ever: in a circle of those who wait for one another (gridlock),
        or for what will not come (stranded).

A visit has one row in the log; rows stand in the order in which entities reach their steps.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import groupby

import numpy as np
from simpy import Event, Process

from sim.engines.clock import CHANGE, RELEASE, Clock, Due, Turn
from sim.engines.gridlock import refuse_misfits, who_waits
from sim.engines.outcomes import Run
from sim.engines.places import Place
from sim.engines.routes import Route
from sim.engines.steps import Entity, Record, World
from sim.engines.stops import Consist, Stop
from sim.plan.tables import ABSENT, Entities, Plan

Life = Generator[Event, int, None]
"""The process of an entity: waits for events and is told the time of each."""


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
    return Run(visits, ended, who_waits(plan, entities, visits, at_horizon=ended == "horizon"))


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
        due = np.flatnonzero(time > 0)
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
        journey = zip(route.steps, route.stays.of(rank), route.holds.of(rank), route.ends, strict=True)
        for step, stay, hold, ends in journey:
            now = yield from step.follow(entity, now, stay, hold)
            if ends != ABSENT:
                entity.give_back_until(ends, now)
