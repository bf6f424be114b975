"""Stops: where shipments wait for the consists of a service, and consists for their load."""

from __future__ import annotations

from array import array
from bisect import insort
from collections.abc import Callable
from typing import NamedTuple

from simpy import Event

from sim.engines.clock import ACT, Clock, Due, Turn
from sim.plan.tables import ABSENT


class Rider(NamedTuple):
    """A shipment's request, sorted as a stop boards."""

    priority: int
    requested: int
    entity: int
    units: int
    """Of the consist's capacity."""
    to_stop: int
    row: int
    """Of the log: the boarding is written there."""
    turn: Turn
    """Comes when the shipment is let off."""
    boards: Callable[[int], None] | None = None
    """Told of the boarding, if something hangs on it."""


class Rule(NamedTuple):
    """When a consist departs from a stop, and whom it takes; in units of its capacity and seconds."""

    least_load: int
    longest_wait: int
    cut_off: int
    reached: frozenset[int]
    """Stops that the consist may still call at: a shipment to another stop is passed over."""


class Consist:
    """What moves as one and carries others."""

    __slots__ = ("aboard", "capacity", "clock", "entity", "load", "slot")

    def __init__(self, clock: Clock, entity: int, capacity: int, slot: int) -> None:
        self.clock = clock
        self.entity = entity
        self.capacity = capacity
        self.slot = slot
        self.aboard: list[Rider] = []
        """In the order in which they boarded."""
        self.load = 0
        """Units of its capacity that are taken."""

    def let_off(self, stop: int) -> bool:
        """All shipments for the stop get their turn, in the order in which they boarded; whether there were any."""
        off = [rider for rider in self.aboard if rider.to_stop == stop]
        if off:
            self.aboard = [rider for rider in self.aboard if rider.to_stop != stop]
            self.load -= sum(rider.units for rider in off)
            self.clock.granted.extend(rider.turn for rider in off)
        return bool(off)


class Ready:
    """A consist that is ready to depart and waits for its load."""

    __slots__ = ("alarm", "consist", "departed", "expiry", "rule", "since", "turn")

    def __init__(self, consist: Consist, rule: Rule, now: int, turn: Turn) -> None:
        self.consist = consist
        self.rule = rule
        self.since = now
        self.expiry = ABSENT if rule.longest_wait == ABSENT else now + rule.longest_wait
        """When it departs whatever its load, or ABSENT."""
        self.alarm = ABSENT
        """When it next looks again without being asked, or ABSENT."""
        self.departed = False
        self.turn = turn
        """Comes with the departure."""


class Boarding(NamedTuple):
    """What would happen if a consist departed now."""

    taken: list[Rider]
    left: list[Rider]
    """Passed over, as far as the queue was looked through."""
    load: int
    full: bool
    """Whether no unit is free any more, or a shipment that may board does not fit."""
    next_due: int
    """When the next of the shipments that asked too late for now may board, or ABSENT."""


class Stop:
    """A queue of shipments and the consists that are ready to take them.

    A stop is touched when a consist becomes ready and, while one is, when a shipment asks or the alarm of one rings;
    and when a shipment with a longest queue asks, in any case.
    """

    __slots__ = ("boarded", "clock", "entered", "limits", "overtaking", "queue", "ready", "touched", "waiting")

    def __init__(self, clock: Clock, overtaking: bool, entered: array[int], boarded: array[int]) -> None:
        self.clock = clock
        self.overtaking = overtaking
        self.entered = entered
        self.boarded = boarded
        self.queue: list[Rider] = []
        self.waiting = 0
        """Units of all who wait."""
        self.ready: list[Ready] = []
        self.touched = False
        self.limits: dict[int, int] = {}
        """Longest queues of the entities that have asked with one since the stop last served."""

    def ask(self, rider: Rider) -> None:
        """Join the queue of shipments."""
        insort(self.queue, rider)
        self.waiting += rider.units
        if self.ready:
            self.touch()

    def ask_within(self, longest: int, rider: Rider) -> None:
        """The same, with a longest queue, or ABSENT; the turn may come with a refusal."""
        self.ask(rider)
        if longest != ABSENT:
            self.limits[rider.entity] = longest
            self.touch()

    def refuse(self, rider: Rider) -> None:
        """A shipment that waits leaves the queue, and acts at once. Nobody departs for that: see :meth:`serve`."""
        self.queue.remove(rider)
        self.limits.pop(rider.entity, None)
        self.waiting -= rider.units
        rider.turn.refused = True
        self.clock.granted.append(rider.turn)

    def await_load(self, ready: Ready) -> None:
        """Join those who are ready to depart."""
        insort(self.ready, ready, key=lambda other: (other.since, other.consist.entity))
        self.touch()

    def touch(self) -> None:
        """Serve later in this instant."""
        if not self.touched:
            self.touched = True
            self.clock.touched.append(self)

    def serve(self) -> None:
        """All ready consists that may depart board and depart, in the order in which they stand.

        For who may not depart, all who may board fit; so it cannot do so after another has taken some of them, or some
        have left, either.
        """
        self.touched = False
        self.ready = [ready for ready in self.ready if not self._departs(ready)]
        if self.limits:
            self._turn_away()

    def _turn_away(self) -> None:
        """Of those who have just asked, who stands beyond its own longest queue leaves, in the order of the queue."""
        before = 0
        for rider in self.queue[:]:
            if rider.entity in self.limits and before + rider.units > self.limits[rider.entity]:
                self.refuse(rider)
            else:
                before += rider.units
        self.limits.clear()

    def _departs(self, ready: Ready) -> bool:
        now, rule, consist = int(self.clock.now), ready.rule, ready.consist
        expired = ready.expiry != ABSENT and now >= ready.expiry
        if not expired and consist.load + self.waiting < min(rule.least_load, consist.capacity):
            # All who wait together are too few, and time alone will not change that: no need to look at each.
            self._look_again(ready, ABSENT, now)
            return False
        boarding = self._boarding(ready, now)
        if boarding.load >= rule.least_load or boarding.full or expired:
            self._depart(ready, boarding, now)
        else:
            self._look_again(ready, boarding.next_due, now)
        return ready.departed

    def _boarding(self, ready: Ready, now: int) -> Boarding:
        load, full, next_due = ready.consist.load, False, ABSENT
        taken: list[Rider] = []
        left: list[Rider] = []
        for rider in self.queue:
            if rider.to_stop not in ready.rule.reached:
                left.append(rider)
            elif (due := rider.requested + ready.rule.cut_off) > now:
                left.append(rider)
                next_due = due if next_due == ABSENT else min(due, next_due)
            elif load + rider.units <= ready.consist.capacity:
                taken.append(rider)
                load += rider.units
            else:
                left.append(rider)
                full = True
                if not self.overtaking:
                    break
        return Boarding(taken, left, load, full or load >= ready.consist.capacity, next_due)

    def _depart(self, ready: Ready, boarding: Boarding, now: int) -> None:
        consist = ready.consist
        self.queue[: len(boarding.taken) + len(boarding.left)] = boarding.left
        for rider in boarding.taken:
            self.entered[rider.row] = now
            self.boarded[rider.row] = consist.entity
            if rider.boards:
                rider.boards(now)
        consist.aboard.extend(boarding.taken)
        self.waiting -= boarding.load - consist.load
        consist.load = boarding.load
        ready.departed = True
        self.clock.granted.append(ready.turn)

    def _look_again(self, ready: Ready, next_due: int, now: int) -> None:
        """Set the alarm for the end of the longest wait or the next request to come of age, whichever is first."""
        due = min((time for time in (ready.expiry, next_due) if time != ABSENT), default=ABSENT)
        if due != ABSENT and (ready.alarm <= now or due < ready.alarm):
            ready.alarm = due
            Due(self.clock, due, ACT).callbacks.append(lambda event: self._wake(ready, event))

    def _wake(self, ready: Ready, event: Event) -> None:
        if not ready.departed and ready.alarm == event.value:
            self.touch()
