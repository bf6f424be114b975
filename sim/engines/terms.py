"""Terms: steps with more to them than asking, waiting and staying.

Who asks may accept a longest queue or wait so long and no longer; units may be kept until the step is entered; somebody
may look at the load of the place. Routes without any of it are followed by the plain steps, which cost less.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from simpy import Event

from sim.engines.clock import ACT, Due
from sim.engines.places import NEVER, Request
from sim.engines.steps import Entity, Following, Kept, Occupy, Ride, Step, World
from sim.engines.stops import Rider
from sim.log import NOT_YET
from sim.plan.tables import ABSENT, Hold, Plan


class Terms:
    """On which a step asks, and what hangs on its being entered."""

    def __init__(self, world: World, plan: Plan, number: int, position: int, awaited: bool) -> None:
        self.clock = world.clock
        self.record = world.record
        self.position = position
        self.awaited = awaited
        """Whether units are kept until the step is entered."""
        self.longest_queue = int(plan.steps.longest_queue[number])
        self.patient = int(plan.steps.patience[number]) == ABSENT
        self.otherwise = int(plan.steps.otherwise[number])
        """Position at which who is refused goes on; ABSENT: its route ends."""

    def set_alarm(self, entity: Entity, row: int, now: int, refuse: Callable[[], None]) -> None:
        """Refuse the entity when its patience ends, if it still waits then."""
        if not self.patient:
            due = Due(self.clock, now + entity.patience[self.position], ACT)
            due.callbacks.append(partial(self._ring, row, refuse))

    def _ring(self, row: int, refuse: Callable[[], None], _event: Event) -> None:
        if self.record.entered[row] == NOT_YET and self.record.left[row] == NOT_YET:
            refuse()

    def leave(self, entity: Entity, row: int, now: int) -> int:
        """Go on in vain."""
        entity.turn.refused = False
        entity.next = self.otherwise
        self.record.left[row] = now
        return now


class OccupyOnTerms(Occupy):
    """Ask for units of a place, wait, and enter or go on in vain; stay, leave."""

    def __init__(self, world: World, plan: Plan, number: int, terms: Terms) -> None:
        super().__init__(world, plan, number)
        self.terms = terms

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """As the plain step does, on its terms."""
        record, place, turn, terms = self.record, self.place, entity.turn, self.terms
        row = record.reach(entity.number, self.number, now)
        units = self.units * entity.teu if self.units_per_teu else self.units
        request: Request = (entity.priority, now, entity.number, units, turn)
        place.ask_within(terms.longest_queue, request)
        terms.set_alarm(entity, row, now, partial(place.refuse, request))
        now = yield turn.ready()
        if turn.refused:
            return terms.leave(entity, row, now)
        record.entered[row] = now
        if terms.awaited:
            entity.enter(terms.position, now)
        if self.hold == Hold.SECONDS:
            self.return_units(units, row, now, hold)
        elif self.hold != Hold.STAY:
            entity.kept.append(Kept(self, units, row, hold))
        if work := entity.work(stay, self.per_teu):
            end = place.finish(now, work)
            now = yield turn.ready() if end == NEVER else turn.at(end)
        record.left[row] = now
        if self.hold == Hold.STAY:
            self.return_units(units, row, now, 0)
        return now

    def give_back(self, units: int) -> None:
        """The same; after it, the load of the place that they were taken from is less."""
        self.back.give_back(units)
        if self.place.load:
            self.place.load.change(-units)


class RideOnTerms(Ride):
    """Wait at a stop for a consist and go along, or go on in vain."""

    def __init__(self, world: World, plan: Plan, number: int, terms: Terms) -> None:
        super().__init__(world, plan, number)
        self.terms = terms

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """As the plain step does, on its terms."""
        stop, turn, terms = self.stop, entity.turn, self.terms
        row = self.record.reach(entity.number, self.number, now)
        units = self.units * entity.teu if self.units_per_teu else self.units
        boards = partial(entity.enter, terms.position) if terms.awaited else None
        rider = Rider(entity.priority, now, entity.number, units, self.to_stop, row, turn, boards)
        stop.ask_within(terms.longest_queue, rider)
        terms.set_alarm(entity, row, now, partial(stop.refuse, rider))
        now = yield turn.ready()
        if turn.refused:
            return terms.leave(entity, row, now)
        self.record.left[row] = now
        return now


class Awaited:
    """A step that is entered as it is reached, and until whose entry units are kept."""

    def __init__(self, step: Step, position: int) -> None:
        self.step = step
        self.position = position

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Enter, then do as the step does."""
        entity.enter(self.position, now)
        return (yield from self.step.follow(entity, now, stay, hold))
