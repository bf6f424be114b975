"""On random plans that use every feature no check finds anything wrong, and each broken engine is found.

A broken engine is the reference engine with one method replaced. It is found when a check finds something wrong on a
random plan, when a small plan of the law gives another log, or when it breaks down.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappush
from typing import Any

import pytest
from simpy.events import EventPriority

from sim.engines import clock, places, reference, steps, stops
from tests.invariants_of_calls import wrongs
from tests.laws import LAWS
from tests.random_plans import random_plan

PLANS = range(120)
FEW = range(40)
"""Random plans on which a broken engine must be found."""


@pytest.mark.parametrize("seed", PLANS)
def test_nothing_is_wrong(seed):
    assert found_by_checks(seed) == []


def found_by_checks(seed: int) -> list[str]:
    small = random_plan(seed)
    return wrongs(small.plan, small.entities, small.run(seed).visits, (seed, 0))


def broken_laws() -> list[str]:
    return [sentence for sentence, case in LAWS.items() if (each := case())[0].rows() != each[1]]


Broken = Callable[[pytest.MonkeyPatch], None]
BROKEN: dict[str, Broken] = {}


def broken(what: str) -> Callable[[Broken], Broken]:
    def enter(patch: Broken) -> Broken:
        BROKEN[what] = patch
        return patch

    return enter


@broken("takes one unit, whatever is asked for")
def _(patch):
    ask = places.Place.ask
    patch.setattr(
        places.Place, "ask", lambda self, priority, entity, units, *rest: ask(self, priority, entity, 1, *rest)
    )


@broken("has one unit more than it should")
def _(patch):
    begin = places.Place.__init__

    def one_more(self, *columns):
        begin(self, *columns)
        self.free += 1

    patch.setattr(places.Place, "__init__", one_more)


@broken("has one unit less than it should")
def _(patch):
    begin = places.Place.__init__

    def one_less(self, *columns):
        begin(self, *columns)
        self.free -= 1 if self.free > 1 else 0

    patch.setattr(places.Place, "__init__", one_less)


@broken("ignores windows of capacity")
def _(patch):
    patch.setattr(places.Place, "change", lambda self: setattr(self, "row", self.row + 1))


@broken("ignores pace")
def _(patch):
    patch.setattr(places.Place, "finish", lambda self, now, work: now + work)


@broken("finishes work in hand at the pace of its entry")
def _(patch):
    def finish(self, now, work):
        return now + int(work / (self.paces[self.row] or 1.0) + 0.5)

    patch.setattr(places.Place, "finish", finish)


@broken("does not suspend work")
def _(patch):
    begin = places.Place.__init__

    def never(self, *columns):
        begin(self, *columns)
        self.paces = [pace or 1.0 for pace in self.paces]

    patch.setattr(places.Place, "__init__", never)


@broken("serves the last who came first")
def _(patch):
    def ask(self, *request):
        priority, entity, units, now, turn = request
        heappush(self.queue, (priority, -now, entity, units, turn))
        self.give_back(0)

    patch.setattr(places.Place, "ask", ask)


@broken("serves the greater priority number first")
def _(patch):
    ask = places.Place.ask
    patch.setattr(places.Place, "ask", lambda self, priority, *rest: ask(self, -priority, *rest))


@broken("serves at once and not in a phase of its own")
def _(patch):
    ask = places.Place.ask

    def at_once(self, *request):
        ask(self, *request)
        self.serve()

    patch.setattr(places.Place, "ask", at_once)


@broken("never lets smaller ones overtake")
def _(patch):
    begin = places.Place.__init__

    def strict(self, *columns):
        begin(self, *columns)
        self.overtaking = False

    patch.setattr(places.Place, "__init__", strict)


@broken("lets smaller ones overtake everywhere")
def _(patch):
    begin = places.Place.__init__

    def loose(self, *columns):
        begin(self, *columns)
        self.overtaking = True

    patch.setattr(places.Place, "__init__", loose)


@broken("forgets to serve when units come back")
def _(patch):
    patch.setattr(places.Place, "give_back", lambda self, units: setattr(self, "free", self.free + units))


@broken("forgets to give units back after a hold")
def _(patch):
    patch.setattr(steps.Occupy, "return_units", lambda *_: None)


@broken("gives units back at once instead of after a hold")
def _(patch):
    back = steps.Occupy.return_units
    patch.setattr(steps.Occupy, "return_units", lambda self, units, row, now, after: back(self, units, row, now, 0))


@broken("forgets what each TEU adds")
def _(patch):
    patch.setattr(steps.Entity, "work", lambda self, stay, per_teu: stay)


@broken("rounds down")
def _(patch):
    patch.setattr(steps, "rounded", int)


@broken("lets windows take effect after all else")
def _(patch):
    patch.setattr(reference, "CHANGE", EventPriority(9))


@broken("lets windows take effect a second late")
def _(patch):
    patch.setattr(reference, "Due", lambda at, time, phase: clock.Due(at, time + (phase == clock.CHANGE), phase))


@broken("releases after stays end")
def _(patch):
    patch.setattr(reference, "RELEASE", EventPriority(9))


@broken("lets the granted act last first")
def _(patch):
    class Last(deque):
        popleft = deque.pop

    begin = clock.Clock.__init__

    def last_first(self):
        begin(self)
        self.granted = Last()

    patch.setattr(clock.Clock, "__init__", last_first)


@broken("boards beyond the capacity")
def _(patch):
    begin = stops.Consist.__init__

    def larger(self, at, entity, capacity, slot):
        begin(self, at, entity, capacity + 1, slot)

    patch.setattr(stops.Consist, "__init__", larger)


def with_rule(patch: pytest.MonkeyPatch, **rule: Any) -> None:
    """Every call has another rule."""
    begin = stops.Ready.__init__
    patch.setattr(
        stops.Ready, "__init__", lambda self, consist, own, *rest: begin(self, consist, own._replace(**rule), *rest)
    )


@broken("ignores the cut-off")
def _(patch):
    with_rule(patch, cut_off=0)


@broken("ignores the least load")
def _(patch):
    with_rule(patch, least_load=0)


@broken("ignores the longest wait")
def _(patch):
    with_rule(patch, longest_wait=-1)


@broken("boards who rides to stops that it does not reach")
def _(patch):
    with_rule(patch, reached=frozenset(range(9)))


@broken("sets no alarm")
def _(patch):
    patch.setattr(stops.Stop, "_look_again", lambda *_: None)


@broken("departs before its slot")
def _(patch):
    begin = stops.Consist.__init__
    patch.setattr(
        stops.Consist, "__init__", lambda self, at, entity, capacity, _: begin(self, at, entity, capacity, -1)
    )


@broken("lets a later consist go first")
def _(patch):
    serve = stops.Stop.serve

    def backwards(self):
        self.ready.reverse()
        serve(self)
        self.ready.reverse()

    patch.setattr(stops.Stop, "serve", backwards)


@broken("lets off at the wrong stop")
def _(patch):
    let_off = stops.Consist.let_off
    patch.setattr(stops.Consist, "let_off", lambda self, stop: let_off(self, stop + 1))


@broken("lets off everyone at the first stop")
def _(patch):
    def let_off(self, stop):
        self.clock.granted.extend(rider.turn for rider in self.aboard)
        self.aboard, self.load = [], 0
        return True

    patch.setattr(stops.Consist, "let_off", let_off)


@broken("lets off in the opposite order of boarding")
def _(patch):
    let_off = stops.Consist.let_off

    def backwards(self, stop):
        self.aboard.reverse()
        return let_off(self, stop)

    patch.setattr(stops.Consist, "let_off", backwards)


@broken("ignores priority in boarding")
def _(patch):
    ask = stops.Stop.ask
    patch.setattr(stops.Stop, "ask", lambda self, rider: ask(self, rider._replace(priority=0)))


@broken("forgets the TEU that have boarded")
def _(patch):
    depart = stops.Stop._depart

    def forgets(self, ready, boarding, now):
        depart(self, ready, boarding._replace(load=ready.consist.load), now)

    patch.setattr(stops.Stop, "_depart", forgets)


@broken("counts the TEU that have boarded as waiting")
def _(patch):
    depart = stops.Stop._depart

    def counts(self, ready, boarding, now):
        waiting = self.waiting
        depart(self, ready, boarding, now)
        self.waiting = 2 * self.waiting - waiting

    patch.setattr(stops.Stop, "_depart", counts)


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
