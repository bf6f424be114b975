"""On random plans that use every feature of the law no check finds anything wrong, and each broken engine is found.

As :mod:`tests.test_conservation`, for blocking, ways round, choices, waiting in vain, pools, gates and slots.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import inf

import numpy as np
import pytest

from sim.engines import choices, clock, places, routes, steps, stops, terms
from sim.engines.reference import run
from sim.plan.breakdowns import with_breakdowns
from sim.plan.tables import ABSENT, Hold, StepKind
from tests.invariants_of_calls import wrongs
from tests.rich_plans import rich_plan
from tests.small_plans import SmallPlan, exponential
from tests.test_conservation import Broken, broken_laws

PLANS = range(60)
FEW = range(25)
"""Random plans on which a broken engine must be found."""


@pytest.mark.parametrize("seed", PLANS)
def test_nothing_is_wrong(seed):
    assert found_by_checks(seed) == []


def found_by_checks(seed: int) -> list[str]:
    small = rich_plan(seed)
    if seed % 3 == 0:
        small.breakdown(*small.places, between=exponential(60.0), repair=exponential(9.0), capacity=seed % 2, pace=0.5)
    plan = with_breakdowns(small.plan, seed, 0)
    visits = run(plan, small.entities, seed=seed, replication=0).visits
    return wrongs(plan, small.entities, visits, (seed, 0))


BROKEN: dict[str, Broken] = {}


def broken(what: str):
    def enter(patch: Broken) -> Broken:
        BROKEN[what] = patch
        return patch

    return enter


@broken("blocks until the later step ends")
def _(patch):
    patch.setattr(steps.Entity, "enter", lambda *_: None)


@broken("gives back at the entry without the time after it")
def _(patch):
    enter = steps.Entity.enter

    def at_once(self, position, now):
        self.kept = [each._replace(after=0) if each.step.until_entered else each for each in self.kept]
        enter(self, position, now)

    patch.setattr(steps.Entity, "enter", at_once)


@broken("keeps for ever what it passes over")
def _(patch):
    over = steps.Entity.pass_over
    patch.setattr(steps.Entity, "pass_over", lambda self, position, _, now: over(self, position, position + 1, now))


@broken("gives back when it is let off and not as it boards")
def _(patch):
    ask = stops.Stop.ask_within
    patch.setattr(
        stops.Stop, "ask_within", lambda self, longest, rider: ask(self, longest, rider._replace(boards=None))
    )


@broken("gives units back where they were taken")
def _(patch):
    begin = steps.Occupy.__init__

    def here(self, *columns):
        begin(self, *columns)
        self.back = self.place

    patch.setattr(steps.Occupy, "__init__", here)


@broken("lets everybody wait")
def _(patch):
    ask = places.Place.ask_within
    patch.setattr(places.Place, "ask_within", lambda self, _, request: ask(self, ABSENT, request))


@broken("lets one more wait than there may")
def _(patch):
    ask = places.Place.ask_within

    def more(self, longest, request):
        ask(self, longest + 1 if longest != ABSENT else longest, request)

    patch.setattr(places.Place, "ask_within", more)


@broken("turns away before the place has served")
def _(patch):
    serve = places.Place.serve

    def away_first(self):
        self._turn_away()
        serve(self)

    patch.setattr(places.Place, "serve", away_first)


@broken("counts those who are turned away as waiting before the others")
def _(patch):
    def turn_away(self):
        queue = sorted(self.queue)
        for number, request in enumerate(queue):
            before = sum(other[3] for other in queue[: number + 1])
            if request[2] in self.limits and before > self.limits[request[2]]:
                self.queue.remove(request)
                self._left_in_vain(request[3], [request[4]])
        self.limits.clear()
        self.queue.sort()

    patch.setattr(places.Place, "_turn_away", turn_away)


@broken("forgets those behind who fit when somebody leaves")
def _(patch):
    def refuse(self, request):
        self.queue.remove(request)
        self.queue.sort()
        request[4].refused = True
        self.clock.granted.append(request[4])
        if self.load:
            self.load.change(-request[3])

    patch.setattr(places.Place, "refuse", refuse)


@broken("turns nobody away at a stop")
def _(patch):
    ask = stops.Stop.ask_within
    patch.setattr(stops.Stop, "ask_within", lambda self, _, rider: ask(self, ABSENT, rider))


@broken("forgets another who waits with each who gives up")
def _(patch):
    refuse = stops.Stop.refuse

    def counts(self, rider):
        refuse(self, rider)
        self.waiting -= rider.units

    patch.setattr(stops.Stop, "refuse", counts)


@broken("has endless patience")
def _(patch):
    patch.setattr(terms.Terms, "set_alarm", lambda *_: None)


@broken("gives up a second late")
def _(patch):
    patch.setattr(terms, "Due", lambda at, time, phase: clock.Due(at, time + 1, phase))


@broken("gives up after the grants of the instant")
def _(patch):
    ring = terms.Terms._ring

    def late(self, row, refuse, event):
        if self.clock.touched:
            self.clock.touched.append(Later(lambda: ring(self, row, refuse, event)))
        else:
            ring(self, row, refuse, event)

    patch.setattr(terms.Terms, "_ring", late)


class Later:
    """Does something when it is its turn to serve."""

    def __init__(self, act) -> None:
        self.serve = act


@broken("ends the route of who waited in vain")
def _(patch):
    leave = terms.Terms.leave

    def end(self, entity, row, now):
        leave(self, entity, row, now)
        entity.next = ABSENT
        return now

    patch.setattr(terms.Terms, "leave", end)


@broken("draws the same in every lap")
def _(patch):
    def first_lap(self, rank, _lap):
        return self.fixed if self.fixed is not None else self.draw((*self.run, np.array([0])), self.ordinals[[rank]])[0]

    patch.setattr(routes.Draws, "of_lap", first_lap)


@broken("repeats the draws of a block of laps")
def _(patch):
    of_lap = routes.Draws.of_lap
    patch.setattr(routes.Draws, "of_lap", lambda self, rank, lap: of_lap(self, rank, 1 if lap % 2 else lap - 1))


@broken("chooses without regard to weights")
def _(patch):
    def even(self, entity, _now):
        return self.options[int(entity.luck[self.position] * len(self.options))].target

    patch.setitem(choices._PICKS, 0, even)


@broken("chooses the last of equals")
def _(patch):
    def last(key):
        return lambda self, *_: min(reversed(self.options), key=key).target

    patch.setitem(choices._PICKS, 1, last(choices.Option.load))
    patch.setitem(choices._PICKS, 2, last(choices.Option.time))


@broken("chooses by those in use and not by those who wait")
def _(patch):
    patch.setattr(
        choices.Option,
        "load",
        lambda self: max(0, self.place.capacity[self.place.row] - self.place.free) if self.place else 0,
    )
    patch.setitem(choices._PICKS, 1, lambda self, *_: min(self.options, key=choices.Option.load).target)


@broken("chooses by the load without the capacity")
def _(patch):
    patch.setattr(choices.Option, "time", lambda self: self.seconds + self.load() * self.each)


@broken("chooses by cost without the value of time")
def _(patch):
    patch.setattr(choices.Option, "cost", lambda self, _: inf if self.time() == inf else self.usd + self.time())


@broken("chooses by class without regard to who may go anywhere")
def _(patch):
    def strict(self, entity, _now):
        own = (option.target for option in self.options if option.class_ == entity.class_)
        return next(own, self.position + 1)

    patch.setitem(choices._PICKS, 4, strict)


@broken("forgets that those who leave in vain are a load no more")
def _(patch):
    leave = places.Place._left_in_vain
    patch.setattr(places.Place, "_left_in_vain", lambda self, _, turns: leave(self, 0, turns))


@broken("leaves its gates open")
def _(patch):
    patch.setattr(places.Gate, "look", lambda *_: None)


@broken("opens a gate as soon as the load is below the high threshold")
def _(patch):
    begin = places.Gate.__init__
    patch.setattr(places.Gate, "__init__", lambda self, place, high, _: begin(self, place, high, high - 1))


@broken("closes a gate beyond the high threshold")
def _(patch):
    begin = places.Gate.__init__
    patch.setattr(places.Gate, "__init__", lambda self, place, high, low: begin(self, place, high + 1, low))


@broken("keeps a gate closed")
def _(patch):
    look = places.Gate.look
    patch.setattr(places.Gate, "look", lambda self, load: None if self.closed else look(self, load))


@broken("takes the next slot though it is ready at one")
def _(patch):
    patch.setattr(steps, "bisect_left", bisect_right)


@broken("departs without a slot when there is none any more")
def _(patch):
    patch.setattr(steps, "NEVER", 0)


@broken("takes a ride by the TEU whatever it asks for")
def _(patch):
    begin = steps.Ride.__init__

    def by_teu(self, *columns):
        begin(self, *columns)
        self.units, self.units_per_teu = 1, True

    patch.setattr(steps.Ride, "__init__", by_teu)


@broken("takes nobody who gets off in its next lap")
def _(patch):
    begin = steps.Call.__init__

    def ahead(self, *columns):
        world, plan, number, reached, awaited = columns
        later = range(number + 1, int(plan.routes.first[np.searchsorted(plan.routes.first, number, side="right")]))
        begin(self, world, plan, number, reached & set(plan.steps.place[later].tolist()), awaited)

    patch.setattr(steps.Call, "__init__", ahead)


@pytest.mark.parametrize("what", BROKEN)
def test_broken_engine_is_found(what, monkeypatch):
    BROKEN[what](monkeypatch)
    assert found(), f"no check and no law finds an engine that {what}"


def found() -> bool:
    try:
        return bool(broken_laws()) or any(found_by_checks(seed) for seed in FEW)
    except (AssertionError, AttributeError, IndexError, KeyError, RuntimeError, ValueError):
        return True


def test_an_engine_that_is_not_broken_is_not_found():
    assert not found()


def used_by(small: SmallPlan) -> set[str]:
    """What of the law beyond the first set of steps the plan uses, looked up in its tables."""
    plan = small.plan
    steps = plan.steps
    used = {
        "longest queue": np.any(steps.longest_queue != ABSENT),
        "patience": np.any(steps.patience != ABSENT),
        "choose": np.any(steps.kind == StepKind.CHOOSE),
        "until a later step is entered": np.any(steps.hold == Hold.UNTIL_ENTERED),
        "given back elsewhere": np.any(steps.return_place != ABSENT),
        "slot calendar": np.any(steps.slots != ABSENT),
        "gate": len(plan.gates.place) > 0,
        "ride in units": np.any((steps.kind == StepKind.RIDE) & ~steps.units_per_teu.astype(bool)),
    }
    return {name for name, uses in used.items() if uses}


def test_the_random_plans_use_every_feature():
    used = [used_by(rich_plan(seed)) for seed in PLANS]
    every = set().union(*used)
    assert len(every) == 8
    assert min(sum(feature in each for each in used) for feature in every) > len(PLANS) // 3
    assert all(len(before | after) >= 7 for before, after in pairwise(used))
