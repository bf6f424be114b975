"""Places: units, a queue, windows of capacity and pace; the load of a place that is looked at, and its gates."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from math import floor

from sim.engines.clock import Clock, Turn
from sim.plan.tables import ABSENT, Plan

NEVER = -1
"""A finish that does not come."""

Request = tuple[int, int, int, int, Turn]
"""Priority, time of the request, entity, units asked for, the turn: sorted as a queue is served."""


CLOSED = 1 << 60
"""Units that a closed gate keeps from its place: more than there are."""


class Place:
    """Anything with limited capacity: who asks waits for a phase of its own, in which the place serves its queue.

    A place is *touched* when a request joins its queue or leaves it in vain, units come back, a window takes effect or
    its gate opens, provided that then somebody waits and at least one unit is free; and when a request with a longest
    queue joins, in any case. A touched place serves later in the same instant.
    """

    __slots__ = (
        "capacity",
        "clock",
        "free",
        "limits",
        "load",
        "overtaking",
        "paces",
        "queue",
        "row",
        "steady",
        "times",
        "touched",
    )

    def __init__(self, clock: Clock, plan: Plan, number: int) -> None:
        rows = plan.places.windows_of(number)
        self.clock = clock
        self.overtaking = bool(plan.places.overtaking[number])
        self.times: list[int] = plan.windows.time[rows].tolist()
        self.capacity: list[int] = plan.windows.capacity[rows].tolist()
        paces: list[float] = plan.windows.pace[rows].tolist()
        if plan.places.suspends[number]:
            paces = [pace if units else 0.0 for pace, units in zip(paces, self.capacity, strict=True)]
        self.paces = paces
        self.steady = all(pace == 1.0 for pace in paces)
        self.row = 0
        self.free = self.capacity[0]
        """Units not in use; below 0 while a window's capacity is less than what was in use before it."""
        self.queue: list[Request] = []
        self.touched = False
        self.limits: dict[int, int] = {}
        """Longest queues of the entities that have asked with one since the place last served."""
        self.load: Load | None = None
        """Of a place that is looked at."""

    def ask(self, priority: int, entity: int, units: int, now: int, turn: Turn) -> None:
        """Join the queue; the turn comes with the grant of the units."""
        heappush(self.queue, (priority, now, entity, units, turn))
        if self.free > 0 and not self.touched:
            self.touched = True
            self.clock.touched.append(self)

    def ask_within(self, longest: int, request: Request) -> None:
        """The same, with a longest queue, or ABSENT; the turn may come with a refusal."""
        priority, now, entity, units, turn = request
        self.ask(priority, entity, units, now, turn)
        if longest != ABSENT:
            self.limits[entity] = longest
            if not self.touched:
                self.touched = True
                self.clock.touched.append(self)
        if self.load:
            self.load.change(units)

    def refuse(self, request: Request) -> None:
        """A request that waits leaves the queue; its entity acts at once."""
        _, _, entity, units, turn = request
        self.queue.remove(request)
        heapify(self.queue)
        self.limits.pop(entity, None)
        self._left_in_vain(units, [turn])

    def _left_in_vain(self, units: int, turns: list[Turn]) -> None:
        """Requests for so many units have left the queue: their entities act, those behind may fit, gates look."""
        for turn in turns:
            turn.refused = True
        self.clock.granted.extend(turns)
        self.give_back(0)
        if self.load:
            self.load.change(-units)

    def give_back(self, units: int) -> None:
        """Units come back."""
        self.free += units
        if self.queue and self.free > 0 and not self.touched:
            self.touched = True
            self.clock.touched.append(self)

    def change(self) -> None:
        """The next window takes effect. Capacity below what is in use sends nobody away."""
        self.row += 1
        self.give_back(self.capacity[self.row] - self.capacity[self.row - 1])

    def serve(self) -> None:
        """Grant the heads of the queue that fit, and with overtaking the smaller requests behind one that does not.

        Nobody is served while no unit is free, not even a request for no units.
        """
        self.touched = False
        passed: list[Request] = []
        while self.queue and self.free > 0:
            request = heappop(self.queue)
            units, turn = request[3:]
            if units <= self.free:
                self.free -= units
                self.clock.granted.append(turn)
                continue
            passed.append(request)
            if not self.overtaking:
                break
        for request in passed:
            heappush(self.queue, request)
        if self.limits:
            self._turn_away()

    def _turn_away(self) -> None:
        """Of those who have just asked, who stands beyond its own longest queue leaves, in the order of the queue."""
        if sum(request[3] for request in self.queue) <= min(self.limits.values()):
            self.limits.clear()
            return
        before = gone = 0
        stay: list[Request] = []
        away: list[Turn] = []
        for request in sorted(self.queue):
            _, _, entity, units, turn = request
            if entity in self.limits and before + units > self.limits[entity]:
                away.append(turn)
                gone += units
            else:
                before += units
                stay.append(request)
        self.limits.clear()
        if away:
            self.queue = stay
            self._left_in_vain(gone, away)

    def finish(self, now: int, work: int) -> int:
        """When work begun now is done: the first time at which the pace, summed over the seconds, reaches it.

        ``work`` is in seconds at pace 1. A window's seconds count with its pace, and with 0 if the place suspends work
        and is closed; the last window lasts for ever. In the window in which the work ends, what remains over the pace
        is rounded to whole seconds, a half upwards.
        """
        remaining = float(work)
        for row in range(self.row, len(self.times)):
            pace = self.paces[row]
            last = row + 1 == len(self.times)
            if pace > 0.0 and (last or remaining <= (self.times[row + 1] - now) * pace):
                return now + floor(remaining / pace + 0.5)
            if not last:
                remaining -= (self.times[row + 1] - now) * pace
                now = self.times[row + 1]
        return NEVER


class Gate:
    """Closes a place while too much is at another one."""

    def __init__(self, place: Place, high: int, low: int) -> None:
        self.place = place
        self.high = high
        self.low = low
        self.closed = False

    def look(self, load: int) -> None:
        """Close at the high threshold, open at the low one; while it is closed no unit of the place is free."""
        if not self.closed and load >= self.high:
            self.closed = True
            self.place.free -= CLOSED
        elif self.closed and load <= self.low:
            self.closed = False
            self.place.give_back(CLOSED)


class Load:
    """Units waiting and in use at a place that choices or gates look at."""

    def __init__(self) -> None:
        self.units = 0
        self.gates: list[Gate] = []

    def change(self, by: int) -> None:
        """Units are asked for, or come back, or are not waited for any more; gates look."""
        self.units += by
        for gate in self.gates:
            gate.look(self.units)
