"""What a place accrues over time from its windows: closed seconds, unit-seconds of capacity.

Where spells at random cut a place, its windows differ between replications.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.log import NOT_YET, numbers_of
from sim.metrics.shape import Bools, Ints, Whole

PIECE = 15
"""Bits of a piece of time: some nine hours."""
NEVER = 2**62


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of places; those of one place and replication together, by time."""

    place: Ints
    replication: Ints
    """Number of the one that it is of; NOT_YET: of all."""
    time: Ints
    capacity: Ints

    @classmethod
    def of(cls, windows: pd.DataFrame) -> Windows:
        """Those of a legend."""
        return cls(*(numbers_of(windows, name) for name in ("place", "replication", "time_s", "capacity")))


@dataclass(frozen=True, eq=False)
class Accrual:
    """The integral from 0 of a rate that is constant in each window ``[time, next time)`` of a place.

    A course is the windows of one place, in one replication or in all.
    """

    course: Ints
    """(replications x places) The course of each place in each replication, by its place among them from 0."""
    first: Ints
    """Windows of course c are rows ``first[c]`` up to, not including, ``first[c + 1]``."""
    time: Ints
    rate: Ints
    total: Ints
    """What has accrued when the window begins."""
    ever: Bools
    """Whether anything ever accrues at the place, in any replication."""

    def until(self, course: Ints, time: Whole) -> Ints:
        """What has accrued of each course in ``[0, time)``, for times >= 0."""
        first, following, most = self._pieces
        pieces = first.shape[1]
        window = first.ravel().take(course * pieces + np.minimum(time >> PIECE, pieces - 1))
        for _ in range(most):
            window += following.take(window) <= time
        found: Ints = self.total.take(window) + self.rate.take(window) * (time - self.time.take(window))
        return found

    @cached_property
    def _pieces(self) -> tuple[Ints, Ints, int]:
        """Where to look for a window, which is several times faster than to search for it.

        For each course and piece of time the window in which the piece begins; for each window when the next one of its
        course does; and how many begin within a piece at most.
        """
        edges = np.arange((int(self.time.max(initial=0)) >> PIECE) + 2) << PIECE
        courses = len(self.first) - 1
        owner = np.repeat(np.arange(courses), np.diff(self.first))
        key, width = owner * (int(edges[-1]) + 1) + self.time, int(edges[-1]) + 1
        first = np.searchsorted(key, np.arange(courses)[:, np.newaxis] * width + edges, side="right") - 1
        following = np.append(self.time[1:], NEVER)
        following[self.first[1:] - 1] = NEVER
        return first, following, int(np.diff(first, axis=1).max(initial=0))

    def between(self, where: tuple[Ints, Ints], begin: Whole, end: Whole) -> Ints:
        """What accrues in ``[begin, end)`` at each pair of replication and place; where nothing ever does is cheap."""
        replication, place = where
        result = np.zeros(len(place), dtype=np.int64)
        some = np.flatnonzero(self.ever.take(place) & (end > begin))
        if len(some):
            course = self.course.ravel().take(replication.take(some) * self.course.shape[1] + place.take(some))
            result[some] = self.until(course, end.take(some)) - self.until(course, begin.take(some))
        return result


def accrual(windows: Windows, rate: Ints, replications: Ints, places: int) -> Accrual:
    """The integral of a rate that each window has, for places numbered from 0 and replications by their numbers."""
    whose, place, time = windows.replication, windows.place, windows.time
    begins = np.ones(len(time), dtype=bool)
    begins[1:] = (place[1:] != place[:-1]) | (whose[1:] != whose[:-1])
    first = np.append(np.flatnonzero(begins), len(time))
    gained = np.zeros(len(time), dtype=np.int64)
    gained[1:] = np.where(begins[1:], 0, rate[:-1] * np.diff(time))
    running = np.cumsum(gained)
    total = running - np.repeat(running[first[:-1]], np.diff(first)) if len(time) else running
    ever = np.zeros(places, dtype=bool)
    ever[place[rate > 0]] = True
    course = _courses((whose[begins], place[begins]), replications, places)
    return Accrual(course=course, first=first, time=time, rate=rate, total=total, ever=ever)


def _courses(of: tuple[Ints, Ints], replications: Ints, places: int) -> Ints:
    """The course of each replication and place: that of the replication alone, or that of all."""
    whose, place = of
    course = np.zeros((len(replications), places), dtype=np.int64)
    number = np.arange(len(place))
    shared = whose == NOT_YET
    course[:, place[shared]] = number[shared]
    own = np.isin(whose, replications)
    course[np.searchsorted(replications, whose[own]), place[own]] = number[own]
    return course
