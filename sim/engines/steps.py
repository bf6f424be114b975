"""Steps: what an entity does at each kind of step, and the record that it leaves.

Each kind has a method ``follow``, a piece of the entity's process: it waits for events, is told the time of each, and
returns the time at which the entity goes on. A step whose work takes no time ends in the same act as it began.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Generator, Sequence
from itertools import count
from typing import Any, NamedTuple, Protocol

import numpy as np
from simpy import Event

from sim.engines.clock import ACT, Clock, Due, Turn
from sim.engines.places import NEVER, Place
from sim.engines.rules import Rules
from sim.engines.stops import Consist, Ready, Rider, Rule, Stop
from sim.log import NOT_YET, Visits
from sim.plan.draws import rounded
from sim.plan.tables import ABSENT, Hold, Plan, StepKind

Following = Generator[Event, int, int]


class Record:
    """The log while it is written: one row per visit, in the order in which the entities reach their steps."""

    def __init__(self, rows: int, numbers: np.dtype[Any]) -> None:
        self.rows = rows
        self.numbers = numbers
        self.promised = rows
        """Rows that may be needed, as far as is known."""
        self.next_row = count()
        blank = array(numbers.char, [NOT_YET]) * rows
        self.entity, self.step, self.requested = blank[:], blank[:], blank[:]
        self.entered, self.left, self.released, self.consist = blank[:], blank[:], blank[:], blank[:]

    def reach(self, entity: int, step: int, now: int) -> int:
        """Row of a visit that begins."""
        row = next(self.next_row)
        self.entity[row] = entity
        self.step[row] = step
        self.requested[row] = now
        return row

    def promise(self, rows: int) -> None:
        """Make room for so many more: an entity goes through steps of its route again."""
        self.promised += rows
        if self.promised > self.rows:
            more = array(self.numbers.char, [NOT_YET]) * (self.promised - self.rows + self.rows // 4)
            self.rows += len(more)
            for column in self._columns():
                column.extend(more)

    def _columns(self) -> tuple[array[int], ...]:
        return self.entity, self.step, self.requested, self.entered, self.left, self.released, self.consist

    def visits(self, plan: Plan) -> Visits:
        """The rows written; nothing can be written after."""
        rows = next(self.next_row)
        entity, step, requested, entered, left, released, consist = (
            np.frombuffer(column, self.numbers)[:rows] for column in self._columns()
        )
        place = np.where(plan.steps.kind[step] == StepKind.OCCUPY, plan.steps.place[step], NOT_YET).astype(self.numbers)
        return Visits(entity, step, place, requested, entered, left, released, consist)


class World(NamedTuple):
    """What all steps of a run share."""

    clock: Clock
    record: Record
    places: list[Place]
    stops: list[Stop]
    rules: Rules
    """Functions that choices are made by."""


class Entity:
    """What moves: a shipment or a consist."""

    __slots__ = (
        "class_",
        "consist",
        "kept",
        "lap",
        "luck",
        "next",
        "number",
        "patience",
        "priority",
        "teu",
        "turn",
        "value_of_time",
    )

    next: int
    """Position at which it goes on. This and what follows is there only on a route on which entities wander."""
    patience: Sequence[int]
    """Draws of this lap, for each step of the route: the seconds after which it gives up."""
    luck: Sequence[float]
    """The same, between 0 and 1: what it chooses."""
    lap: int
    class_: int
    value_of_time: float

    def __init__(self, number: int, priority: int, teu: int, turn: Turn, consist: Consist | None) -> None:
        self.number = number
        self.priority = priority
        self.teu = teu
        self.turn = turn
        self.consist = consist
        self.kept: list[Kept] = []
        """Units that come back when a later step ends or is entered, in the order in which they were taken."""

    def work(self, stay: int, per_teu: float) -> int:
        """Whole seconds at pace 1: the stay and what each TEU adds, its own and those aboard."""
        return rounded(stay + per_teu * (self.teu + (self.consist.load if self.consist else 0)))

    def pass_over(self, position: int, beyond: int, now: int) -> None:
        """The step at that position of its route ends, and those between it and ``beyond`` are passed over.

        What was kept until then comes back, or its time begins.
        """
        due = [each for each in self.kept if position <= each.step.until < beyond]
        self.kept = [each for each in self.kept if not position <= each.step.until < beyond]
        for step, units, row, after in due:
            step.return_units(units, row, now, after)

    def enter(self, position: int, now: int) -> None:
        """The step at that position is entered: what was kept until then comes back, or its time begins."""
        due = [each for each in self.kept if each.step.until_entered and each.step.until == position]
        self.kept = [each for each in self.kept if not each.step.until_entered or each.step.until != position]
        for step, units, row, after in due:
            step.return_units(units, row, now, after)


class Kept(NamedTuple):
    """Units that an entity keeps until a later step."""

    step: Occupy
    """That took them."""
    units: int
    row: int
    """Of the log."""
    after: int
    """Seconds for which they are still kept then."""


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
        back = int(plan.steps.return_place[number])
        self.back = self.place if back == ABSENT else world.places[back]
        """Where the units come back."""
        self.hold = int(plan.steps.hold[number])
        self.until = int(plan.steps.hold_until[number])
        self.until_entered = self.hold == Hold.UNTIL_ENTERED

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
        elif self.hold != Hold.STAY:
            entity.kept.append(Kept(self, units, row, hold))
        if self.per_teu:
            stay = entity.work(stay, self.per_teu)
        if stay:
            end = now + stay if place.steady else place.finish(now, stay)
            now = yield turn.ready() if end == NEVER else turn.at(end)
        record.left[row] = now
        if self.hold == Hold.STAY:
            self.back.give_back(units)
            record.released[row] = now
        return now

    def return_units(self, units: int, row: int, now: int, after: int) -> None:
        """Give units back so many seconds from now; at once if there are none."""
        if after:
            Due(self.clock, now + after, ACT).callbacks.append(
                lambda event: self.return_units(units, row, event.value, 0)
            )
        else:
            self.give_back(units)
            self.record.released[row] = now

    def give_back(self, units: int) -> None:
        """Units come back, to where they are given back."""
        self.back.give_back(units)


class Call:
    """A consist at a stop: let off, dwell, depart by the rule, board, leave."""

    def __init__(self, world: World, plan: Plan, number: int, reached: frozenset[int], awaited: int) -> None:
        self.clock = world.clock
        self.record = world.record
        self.number = number
        self.awaited = awaited
        """Its position in the route if units are kept until it is entered, else ABSENT."""
        self.stop_number = int(plan.steps.place[number])
        self.stop = world.stops[self.stop_number]
        self.per_teu = float(plan.steps.per_teu[number])
        self.boards = bool(plan.steps.boards[number])
        self.slot = int(plan.steps.slot[number])
        calendar = int(plan.steps.slots[number])
        self.slots: list[int] | None = None
        if calendar != ABSENT:
            self.slots = plan.slots.time[plan.slots.first[calendar] : plan.slots.first[calendar + 1]].tolist()
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
        ready = self._ready(consist, now + entity.work(stay, self.per_teu))
        if consist.let_off(self.stop_number):
            self.clock.granted.append(turn)
            yield turn.ready()
        if ready == NEVER:
            yield turn.ready()
        if ready > now:
            now = yield turn.at(ready)
        record.entered[row] = now
        if self.awaited != ABSENT:
            entity.enter(self.awaited, now)
        if self.boards:
            self.stop.await_load(Ready(consist, self.rule, now, turn))
            now = yield turn.ready()
        record.left[row] = now
        return now

    def _ready(self, consist: Consist, ready: int) -> int:
        """When it is ready that has dwelt by ``ready``: not before its slot, and at one of the calendar's."""
        if self.boards and ABSENT not in (self.slot, consist.slot):
            ready = max(ready, consist.slot + self.slot)
        if self.slots is None:
            return ready
        at = bisect_left(self.slots, ready)
        return self.slots[at] if at < len(self.slots) else NEVER


class Ride:
    """A shipment waits at a stop for a consist of a service and goes along."""

    def __init__(self, world: World, plan: Plan, number: int) -> None:
        self.clock = world.clock
        self.record = world.record
        self.number = number
        self.stop = world.stops[int(plan.steps.place[number])]
        self.to_stop = int(plan.steps.to_stop[number])
        self.units = int(plan.steps.units[number])
        self.units_per_teu = bool(plan.steps.units_per_teu[number])

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Ask for a place aboard; the stop writes the boarding into the record; go on when let off."""
        row = self.record.reach(entity.number, self.number, now)
        turn = entity.turn
        units = self.units * entity.teu if self.units_per_teu else self.units
        self.stop.ask(Rider(entity.priority, now, entity.number, units, self.to_stop, row, turn))
        now = yield turn.ready()
        self.record.left[row] = now
        return now
