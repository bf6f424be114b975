"""Places: units, a queue, windows of capacity and pace."""

from __future__ import annotations

from heapq import heappop, heappush
from math import floor

from sim.engines.clock import Clock, Turn
from sim.plan.tables import Plan

NEVER = -1
"""A finish that does not come."""

Request = tuple[int, int, int, int, Turn]
"""Priority, time of the request, entity, units asked for, the turn: sorted as a queue is served."""


class Place:
    """Anything with limited capacity: who asks waits for a phase of its own, in which the place serves its queue.

    A place is *touched* when a request joins its queue, units come back or a window takes effect, provided that then
    somebody waits and at least one unit is free. A touched place serves later in the same instant.
    """

    __slots__ = ("capacity", "clock", "free", "overtaking", "paces", "queue", "row", "steady", "times", "touched")

    def __init__(self, clock: Clock, plan: Plan, number: int) -> None:
        rows = slice(int(plan.places.first_window[number]), int(plan.places.first_window[number + 1]))
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

    def ask(self, priority: int, entity: int, units: int, now: int, turn: Turn) -> None:
        """Join the queue; the turn comes with the grant of the units."""
        heappush(self.queue, (priority, now, entity, units, turn))
        if self.free > 0 and not self.touched:
            self.touched = True
            self.clock.touched.append(self)

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
