"""Branches: a run that has stopped goes on by a plan whose windows are other ones from then on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.plan.tables import Floats, Ints, Plan, Windows

Rows = tuple[Ints, Ints, Floats]
"""Time, capacity and pace of the windows of one place."""


def rows_of(first: Ints, windows: Windows, place: int) -> Rows:
    """Windows of one place; ``first`` as in the table of places."""
    own = slice(int(first[place]), int(first[place + 1]))
    return windows.time[own], windows.capacity[own], windows.pace[own]


def same(one: Rows, other: Rows) -> bool:
    """Whether windows of a place are equal, row by row."""
    return all(np.array_equal(*columns) for columns in zip(one, other, strict=True))


def branched(past: tuple[Ints, Windows], plan: Plan, time: int) -> Plan:
    """The plan with the windows of the past before ``time``, which is above 0, and its own from then on.

    ``past``: the first window of each place, and the windows, of a plan of the same places. A place that is at ``time``
    in another window than before has a row for that; if its windows are the same all along they stay as they are.
    """
    if not plan.places.names:
        return plan
    rows = [
        _joined(rows_of(*past, place), rows_of(plan.places.first_window, plan.windows, place), time)
        for place in range(len(plan.places.names))
    ]
    first = np.cumsum([0, *(len(row[0]) for row in rows)]).astype(np.int64)
    times, capacity, pace = (np.concatenate([row[column] for row in rows]) for column in range(3))
    windows = Windows(times, capacity, pace)
    return replace(plan, places=replace(plan.places, first_window=first), windows=windows)


def _joined(before: Rows, after: Rows, time: int) -> Rows:
    """Rows of one place: of the first before ``time``, of the second from then on."""
    end, begin = (int(np.searchsorted(rows[0], time)) for rows in (before, after))
    stands = begin < len(after[0]) and after[0][begin] == time
    same = all(old[end - 1] == new[begin - 1] for old, new in zip(before[1:], after[1:], strict=True))
    change = [] if stands or same else [(np.array([time]), after[1][begin - 1 : begin], after[2][begin - 1 : begin])]
    parts = [tuple(column[:end] for column in before), *change, tuple(column[begin:] for column in after)]
    times, capacity, pace = (np.concatenate([part[column] for part in parts]) for column in range(3))
    return times.astype(np.int64), capacity.astype(np.int64), pace.astype(np.float64)
