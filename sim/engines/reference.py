"""The reference engine: every entity is a SimPy process that follows its route, by the law written here.

The law
=======

Time
    1.  Time is whole seconds from 0. What is due at the horizon or later is not done; who is released then is
        not there.
    2.  An instant has three phases. CHANGE: windows take effect, by place number. ACT: first new entities are
        released, by entity number; then comes what is due, in the order in which it was scheduled: entities
        whose stay ends, units kept for a time, alarms of stops, the ends of patience. GRANT: places and stops
        that were touched serve.
    3.  A granted entity acts, in the order of the grants, before anything else is done; then what is due now;
        then the first touched place serves, in the order in which they were touched; and when nothing is
        touched, time moves on.
    4.  An entity acts without a break until it must wait. A stay of no seconds is no wait, and a step without a
        place asks for nothing; a request at a place or stop is always a wait.

Places
    5.  A request joins the queue of its place: (priority, time of request, entity number), smallest first. A
        place is touched when a request joins, or leaves in vain, units come back, a window takes effect or its
        gate opens, if then somebody waits and a unit is free; and when a request with a longest queue joins, in
        any case. It is touched once, until it serves.
    6.  A place that serves grants the head of its queue while a unit is free and the head fits. A head that
        does not fit is not overtaken, unless the place says so: then smaller requests behind it are granted, in
        the order of the queue. A request for no units needs a free unit and takes none. A window below what is
        in use sends nobody away.
    7.  Work is the draw of the stay and what each TEU adds (the entity's own and the units of its capacity that
        are taken), rounded to whole seconds, a half upwards. It is done when the pace of the place, summed over
        the seconds since the entry, reaches it. A place that suspends has pace 0 while its capacity is 0;
        another goes on at the pace of its window. The last window lasts for ever. In the window in which the
        work ends, what remains over the pace is rounded to whole seconds, a half upwards; work that is done just
        as a window ends is done in it. Without a place the pace is 1.
    8.  Units come back before the entity goes on, if they are held for the stay; so many seconds after the
        entry, if for a time; or so many seconds after a later step has ended, or its own, if until then; or
        after another step is entered, if until that. None of these seconds go by the pace. No seconds are no
        wait. What counts from the entry is scheduled before the end of the stay; and what is kept until the
        entry comes back, or its seconds begin, before that.
    9.  Units come back to their place, or to the place that the step names for it: there may then be more of
        them than its window has, and fewer where they came from. A window changes what is free by its
        difference to the one before.
    10. A step is entered when its place grants, a consist boards, a call is ready; a step that asks for nothing,
        as it is reached. Who boards gives back at the departure, in the order of the boarding, before the
        consist acts.

Stops
    11. A shipment that asks for a ride joins the queue of its stop, in the same order as at a place. It takes so
        many units of the consist's capacity, or so many for each TEU. A consist may ride too: it keeps what is
        aboard.
    12. A consist that calls lets off all who ride to this stop. They act in the order in which they boarded,
        and after them the consist. Its dwell counts from its arrival: the draw and what each TEU or other unit
        that it brought adds, rounded. It is ready after its dwell; where it boards not before its slot here; and
        with a calendar of slots at the first of them from then on, never if there is none. If nobody boards
        here it then goes on.
    13. A stop is touched when a consist becomes ready; and, while one is, when a shipment asks, and when the
        alarm of one rings: at the end of its longest wait; or as the next request that it might take reaches
        the age of its cut-off, if the units aboard and of all who wait make up its least load or its capacity.
        It is touched when a shipment with a longest queue asks, in any case.
    14. A stop that serves lets those of its ready consists depart that may, by the time since when they are
        ready, then by number. (Who may not does not come to do so by what another takes, or by who leaves.)
    15. Who would board: along the queue each shipment that fits. Passed over are those to stops to which no way
        leads the consist any more, and those who asked less than the cut-off before. One that does not fit
        ends the boarding, unless the stop lets smaller ones overtake. A consist may depart if the units aboard
        and of those who would board reach its least load; if one does not fit or no unit is free; or at the end
        of its longest wait, which counts from when it was ready.
    16. Who boards does so at the departure, which is a grant to the consist.

Ways
    17. An entity goes on at the next step of its route, unless it has chosen or waited in vain. To go on at the
        same position or before it begins a new lap, and so new draws: a draw is a function of the seed, the
        replication, the step's stream, the entity's ordinal, its lap and what it is for.
    18. What is kept until a step has ended or is entered comes back, or its seconds begin, at the latest when the
        entity goes on from this step, goes on beyond it, or ends its route: in the order in which it was taken,
        after what was held for the stay. At the end of the route that is all, also what was kept until a step in a
        next lap that does not come.
    19. To choose takes no time and is no wait: requested, entered and left are the same. Shares: the first option
        whose weight, with those before it, is above the draw times the sum of all. Queue, time, cost: the least;
        of equals the first. The time is the option's seconds + load * each / capacity, infinite if the place has
        no capacity now; the cost is its USD + time * value of time of the entity. Class: the first option that
        is for the class of the entity or for any; else it goes on at the next step. Function: the option whose
        number it answers, from what it is shown (:mod:`sim.engines.rules`).
    20. The load of a place is the units that wait there and those taken there that are not back yet, wherever
        they come back. Who chooses sees it as it is in the middle of the instant.
    21. A gate closes as the load of the watched place reaches its high threshold, and opens as it comes down to
        the low one. It looks, by the order of the gates' table, whenever the load changes: after the request has
        joined, the units have come back, or all who leave in vain at once have left, and the place has been
        touched for it. While it is closed no unit of its place is free.

In vain
    22. A place or stop that has served then turns away, in the order of the queue, who has asked since it last
        served and still waits, if the units waiting before it and its own are more than its longest queue. Who
        is turned away is not before the others. It acts after those who were granted.
    23. Patience is scheduled with the request. If the entity still waits as it ends, it leaves the queue and acts
        at once: before a grant of the same instant, and so without any grant if its patience is no seconds.
    24. Who waited in vain leaves without having entered, and goes on at the step's other position; its route ends
        if there is none.

The end
    25. A run ends at the horizon, or when nothing is scheduled: no act, no window and no release, then or later.
        (The end of a patience is an act, though it may come to nothing.) Who waits in the second case waits for
        ever: in a circle of those who wait for one another (gridlock), or for what will not come (stranded).
    26. Breakdowns are windows, drawn before the run: see :mod:`sim.plan.breakdowns`.

A visit has one row in the log; rows stand in the order in which entities reach their steps.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from itertools import groupby

import numpy as np
from simpy import Event, Process

from sim.engines.clock import CHANGE, RELEASE, Clock, Due, Turn
from sim.engines.gridlock import refuse_misfits, who_waits
from sim.engines.outcomes import Run, width
from sim.engines.places import Gate, Load, Place
from sim.engines.routes import Route
from sim.engines.rules import NO_RULES, Rules, refuse_unknown
from sim.engines.steps import Entity, Record, World
from sim.engines.stops import Consist, Stop
from sim.plan.tables import ABSENT, Entities, Plan

Life = Generator[Event, int, None]
"""The process of an entity: waits for events and is told the time of each."""


def run(  # noqa: PLR0913 - the front door of the engine, with what a user may hand in
    plan: Plan,
    entities: Entities,
    *,
    seed: int,
    replication: int,
    progress: Callable[[int], None] | None = None,
    rules: Rules = NO_RULES,
) -> Run:
    """One replication of a plan, from time 0 to its horizon or until nothing is scheduled.

    ``seed`` and ``replication`` are unsigned 32-bit numbers. ``progress`` is told the simulated time, about 200 times.
    ``rules``: functions by the names that the plan has for them. Raises GridlockError if an entity asks for more than
    there can ever be, and SimError if a rule is not there or answers what is no option.
    """
    refuse_unknown(plan, rules)
    refuse_misfits(plan, entities)
    engine = Engine(plan, entities, (seed, replication), rules)
    ended = engine.world.clock.pass_until(plan.horizon, progress)
    visits = engine.world.record.visits(plan)
    return Run(visits, ended, who_waits(plan, entities, visits, at_horizon=ended == "horizon"))


class Engine:
    """Places, stops and routes of one run, and the processes that move through them."""

    def __init__(self, plan: Plan, entities: Entities, seeds: tuple[int, int], rules: Rules) -> None:
        self.plan = plan
        self.entities = entities
        clock = Clock()
        lengths = np.diff(plan.routes.first)
        record = Record(int(lengths[entities.route[entities.release < plan.horizon]].sum()), width(plan.horizon))
        places = [Place(clock, plan, place) for place in range(len(plan.places.names))]
        stops = [
            Stop(clock, overtaking, record.entered, record.consist) for overtaking in plan.stops.overtaking.tolist()
        ]
        self.world = World(clock, record, places, stops, rules)
        _let_look(plan, places)
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
                route = self.routes[int(self.entities.route[number])]
                life = self._wander(number, route, now) if route.wanders else self._life(number, route, now)
                Process(self.world.clock, life)

    def _entity(self, number: int, route: Route) -> Entity:
        entities, clock, consist = self.entities, self.world.clock, None
        if route.calls:
            consist = Consist(clock, number, int(entities.capacity[number]), int(entities.slot[number]))
        return Entity(number, int(entities.priority[number]), int(entities.teu[number]), Turn(clock), consist)

    def _life(self, number: int, route: Route, now: int) -> Life:
        """Follow the route from its first step to its last."""
        entity, rank = self._entity(number, route), int(self.rank[number])
        journey = zip(route.steps, route.stays.of(rank), route.holds.of(rank), route.ends, strict=True)
        for step, stay, hold, ends in journey:
            now = yield from step.follow(entity, now, stay, hold)
            if ends != ABSENT:
                entity.pass_over(ends, ends + 1, now)

    def _wander(self, number: int, route: Route, now: int) -> Life:
        """Follow the route where its steps lead to, with new draws in every lap, until its end."""
        entity, rank = self._entity(number, route), int(self.rank[number])
        entity.class_, entity.lap = int(self.entities.class_[number]), 0
        entity.value_of_time = float(self.entities.value_of_time[number])
        stays, holds = route.stays.of(rank), route.holds.of(rank)
        entity.patience, entity.luck = route.patience.of(rank), route.luck.of(rank)
        position, end = 0, len(route.steps)
        while position < end:
            entity.next = position + 1
            now = yield from route.steps[position].follow(entity, now, stays[position], holds[position])
            onward = end if entity.next == ABSENT else entity.next
            entity.pass_over(0 if onward == end else position, max(onward, position + 1), now)
            if onward <= position:
                entity.lap += 1
                self.world.record.promise(position + 1 - onward)
                stays, holds = route.stays.of_lap(rank, entity.lap), route.holds.of_lap(rank, entity.lap)
                entity.patience = route.patience.of_lap(rank, entity.lap)
                entity.luck = route.luck.of_lap(rank, entity.lap)
            position = onward


def _let_look(plan: Plan, places: list[Place]) -> None:
    """Let the places that choices or gates look at count their load, and the gates look."""
    options, gates = plan.options.place, plan.gates
    for place in np.unique([*options[options != ABSENT], *gates.watched]).astype(np.int64).tolist():
        places[place].load = Load()
    rows = zip(gates.place.tolist(), gates.watched.tolist(), gates.high.tolist(), gates.low.tolist(), strict=True)
    for place, watched, high, low in rows:
        load = places[watched].load
        assert load is not None, "a place that is watched is looked at"
        load.gates.append(Gate(places[place], high, low))
