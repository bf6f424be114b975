"""The clock: SimPy's environment with the phases of an instant.

SimPy's heap keeps what is due, in the order (time, phase, order of scheduling). Beside it stand two lists that belong
to the present instant: entities that were granted something and have not acted yet, and places touched since they last
served. Grants on the heap would cost a third of the engine's speed and would let other entities act between them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Protocol

from simpy import Environment, Event
from simpy.events import NORMAL, URGENT, EventPriority

from sim.engines.outcomes import Ended

CHANGE = EventPriority(-1)
"""Windows take effect."""
RELEASE = URGENT
"""New entities act; SimPy starts its processes in this phase."""
ACT = NORMAL
"""Entities whose stay ends act; units kept for a time come back."""

REPORTS = 200
"""How often a run tells its progress, at most and roughly."""


class Server(Protocol):
    """What has a queue: a place or a stop."""

    def serve(self) -> None:
        """Grant what can be granted now."""


class Turn(Event):
    """What an entity waits for; its value is the time.

    An entity waits for one thing at a time, and so has one turn for all: a new event for each costs a seventh of the
    engine's speed. It is readied before each wait.
    """

    _ok = True
    refused = False
    """Whether it comes because what was asked for is not to be had: turned away, or given up."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.clock = clock

    def ready(self) -> Turn:
        """Wait to be granted something beside the heap, or for ever."""
        self.callbacks = []
        return self

    def at(self, time: int) -> Turn:
        """Wait for a time: it comes in the phase ACT, after what was scheduled for that time before."""
        self.callbacks = []
        self._value = time
        clock = self.clock
        heappush(clock._queue, (time, ACT, next(clock._eid), self))
        return self


class Due(Event):
    """Happens at a time in a phase; its value is the time."""

    def __init__(self, clock: Clock, time: int, phase: EventPriority = ACT) -> None:
        super().__init__(clock)
        self._ok = True
        self._value = time
        clock.schedule(self, phase, time - clock.now)


class Clock(Environment):
    """Time in whole seconds from 0, and the order in which things are done."""

    def __init__(self) -> None:
        super().__init__(0)
        self.granted: deque[Turn] = deque()
        """Entities that act before anything else does, in this order."""
        self.touched: deque[Server] = deque()
        """Places that serve once nobody is left to act, in this order, each at most once."""

    def pass_until(self, horizon: int, progress: Callable[[int], None] | None = None) -> Ended:
        """Do everything that is due before the horizon; say why it ended.

        A granted entity acts first; else what is due now on the heap; else the first touched place serves; else time
        moves on. ``progress`` is told the time as it moves on, about ``REPORTS`` times.
        """
        granted, touched, heap = self.granted, self.touched, self._queue
        event: Event
        report: float = 0
        while True:
            if granted:
                event = granted.popleft()
                event._value = self._now
            elif heap and heap[0][0] == self._now:
                event = heappop(heap)[3]
            elif touched:
                touched.popleft().serve()
                continue
            elif heap and heap[0][0] < horizon:
                self._now, _, _, event = heappop(heap)
                if progress and self._now >= report:
                    progress(int(self._now))
                    report = self._now + max(1, horizon // REPORTS)
            else:
                return "horizon" if heap else "nothing scheduled"
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]  # as SimPy marks it as done
            for callback in callbacks:
                callback(event)
            if not event._ok:
                raise event._value
