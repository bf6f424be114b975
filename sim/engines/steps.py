"""Steps: what an entity does at each kind of step, and the record that it leaves.

Each kind has a method ``follow``, a piece of the entity's process: it waits for events, is told the time of each, and
returns the time at which the entity goes on. A step whose work takes no time ends in the same act as it began.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator
from itertools import count
from typing import NamedTuple, Protocol

import numpy as np
from simpy import Event

from sim.engines.clock import ACT, Clock, Due, Turn
from sim.engines.places import NEVER, Place
from sim.engines.stops import Consist, Ready, Rider, Rule, Stop
from sim.log import NOT_YET, Visits
from sim.plan.draws import rounded
from sim.plan.tables import ABSENT, Hold, Plan, StepKind

Following = Generator[Event, int, int]


class Record:
    """The log while it is written: one row per visit, in the order in which the entities reach their steps."""

    def __init__(self, rows: int) -> None:
        self.next_row = count()
        blank = array("q", [NOT_YET]) * rows
        self.entity, self.step, self.requested = blank[:], blank[:], blank[:]
        self.entered, self.left, self.released, self.consist = blank[:], blank[:], blank[:], blank[:]

    def reach(self, entity: int, step: int, now: int) -> int:
        """Row of a visit that begins."""
        row = next(self.next_row)
        self.entity[row] = entity
        self.step[row] = step
        self.requested[row] = now
        return row

    def visits(self, plan: Plan) -> Visits:
        """The rows written; nothing can be written after."""
        rows = next(self.next_row)
        columns = (self.entity, self.step, self.requested, self.entered, self.left, self.released, self.consist)
        entity, step, requested, entered, left, released, consist = (
            np.frombuffer(column, np.int64)[:rows] for column in columns
        )
        place = np.where(plan.steps.kind[step] == StepKind.OCCUPY, plan.steps.place[step], NOT_YET)
        return Visits(entity, step, place, requested, entered, left, released, consist)


class World(NamedTuple):
    """What all steps of a run share."""

    clock: Clock
    record: Record
    places: list[Place]
    stops: list[Stop]


class Entity:
    """What moves: a shipment or a consist."""

    __slots__ = ("consist", "kept", "number", "priority", "teu", "turn")

    def __init__(self, number: int, priority: int, teu: int, turn: Turn, consist: Consist | None) -> None:
        self.number = number
        self.priority = priority
        self.teu = teu
        self.turn = turn
        self.consist = consist
        self.kept: list[tuple[Occupy, int, int, int]] = []
        """Units that come back when a later step ends: the step that took them, their number, log row, time after."""

    def work(self, stay: int, per_teu: float) -> int:
        """Whole seconds at pace 1: the stay and what each TEU adds, its own and those aboard."""
        return rounded(stay + per_teu * (self.teu + (self.consist.teu if self.consist else 0)))

    def give_back_until(self, position: int, now: int) -> None:
        """The step at that position of its route ends: what was kept until then comes back, or its time begins."""
        for step, units, row, after in self.kept:
            if step.until == position:
                step.return_units(units, row, now, after)


class Step(Protocol):
    """A step of a route."""

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Do what the step asks for, from ``now`` on; return when the entity goes on."""


class Pause:
    """An occupy without a place: there is room for all, always."""

    def __init__(self, world: World, plan: Plan, number: int) -> None:
        self.clock = world.clock
        self.record = world.record
        self.number = number
        self.per_teu = float(plan.steps.per_teu[number])

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Enter at once, stay, leave."""
        record = self.record
        row = record.reach(entity.number, self.number, now)
        record.entered[row] = now
        if self.per_teu:
            stay = entity.work(stay, self.per_teu)
        if stay:
            now = yield entity.turn.at(now + stay)
        record.left[row] = now
        return now


class Occupy:
    """Ask for units of a place, wait, enter, stay, leave."""

    def __init__(self, world: World, plan: Plan, number: int) -> None:
        self.clock = world.clock
        self.record = world.record
        self.number = number
        self.place = world.places[int(plan.steps.place[number])]
        self.units = int(plan.steps.units[number])
        self.units_per_teu = bool(plan.steps.units_per_teu[number])
        self.per_teu = float(plan.steps.per_teu[number])
        self.hold = int(plan.steps.hold[number])
        self.until = int(plan.steps.hold_until[number])

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Ask, enter when granted, stay; give the units back on leaving unless they are held otherwise."""
        record, place, turn = self.record, self.place, entity.turn
        row = record.reach(entity.number, self.number, now)
        units = self.units * entity.teu if self.units_per_teu else self.units
        place.ask(entity.priority, entity.number, units, now, turn)
        now = yield turn.ready()
        record.entered[row] = now
        if self.hold == Hold.SECONDS:
            self.return_units(units, row, now, hold)
        elif self.hold == Hold.UNTIL:
            entity.kept.append((self, units, row, hold))
        if self.per_teu:
            stay = entity.work(stay, self.per_teu)
        if stay:
            end = now + stay if place.steady else place.finish(now, stay)
            now = yield turn.ready() if end == NEVER else turn.at(end)
        record.left[row] = now
        if self.hold == Hold.STAY:
            place.give_back(units)
            record.released[row] = now
        return now

    def return_units(self, units: int, row: int, now: int, after: int) -> None:
        """Give units back so many seconds from now; at once if there are none."""
        if after:
            Due(self.clock, now + after, ACT).callbacks.append(
                lambda event: self.return_units(units, row, event.value, 0)
            )
        else:
            self.place.give_back(units)
            self.record.released[row] = now


class Call:
    """A consist at a stop: let off, dwell, depart by the rule, board, leave."""

    def __init__(self, world: World, plan: Plan, number: int, reached: frozenset[int]) -> None:
        self.clock = world.clock
        self.record = world.record
        self.number = number
        self.stop_number = int(plan.steps.place[number])
        self.stop = world.stops[self.stop_number]
        self.per_teu = float(plan.steps.per_teu[number])
        self.boards = bool(plan.steps.boards[number])
        self.slot = int(plan.steps.slot[number])
        self.rule = Rule(
            int(plan.steps.least_load[number]),
            int(plan.steps.longest_wait[number]),
            int(plan.steps.cut_off[number]),
            reached,
        )

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Let off first: the shipments act before the consist's dwell begins to count."""
        consist, record, turn = entity.consist, self.record, entity.turn
        assert consist is not None, "an entity whose route calls at a stop is a consist"
        row = record.reach(entity.number, self.number, now)
        ready = now + entity.work(stay, self.per_teu)
        if consist.let_off(self.stop_number):
            self.clock.granted.append(turn)
            yield turn.ready()
        if self.boards and ABSENT not in (self.slot, consist.slot):
            ready = max(ready, consist.slot + self.slot)
        if ready > now:
            now = yield turn.at(ready)
        record.entered[row] = now
        if self.boards:
            self.stop.await_load(Ready(consist, self.rule, now, turn))
            now = yield turn.ready()
        record.left[row] = now
        return now


class Ride:
    """A shipment waits at a stop for a consist of a service and goes along."""

    def __init__(self, world: World, plan: Plan, number: int) -> None:
        self.clock = world.clock
        self.record = world.record
        self.number = number
        self.stop = world.stops[int(plan.steps.place[number])]
        self.to_stop = int(plan.steps.to_stop[number])

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Ask for a place aboard; the stop writes the boarding into the record; go on when let off."""
        row = self.record.reach(entity.number, self.number, now)
        turn = entity.turn
        self.stop.ask(Rider(entity.priority, now, entity.number, entity.teu, self.to_stop, row, turn))
        now = yield turn.ready()
        self.record.left[row] = now
        return now
