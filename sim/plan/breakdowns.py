"""Breakdowns and weather: spells at random, drawn before a run and turned into windows of their places.

So an engine knows windows only, and what a spell does to work in hand has a closed form. A draw's address is the
stream of the breakdown, and as entity the ordinal of the spell, from 0: the spells of a replication move with nothing
else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.plan.draws import Address, drawn, family
from sim.plan.tables import ABSENT, Breakdowns, Ints, Places, Plan, Purpose, Windows

_BLOCK = 256
"""Spells drawn at once."""


class Spell(NamedTuple):
    """In [begin, end): at most ``capacity`` units (ABSENT: all), and a factor on the pace."""

    begin: int
    end: int
    capacity: int
    pace: float


def with_breakdowns(plan: Plan, seed: int, replication: int) -> Plan:
    """The plan of one replication, its breakdowns turned into windows; the same plan if it has none.

    Spells that begin before the horizon count, to their ends. Where spells meet the least capacity holds, and the
    product of their factors on the pace.
    """
    table = plan.breakdowns
    if not len(table.pace):
        return plan
    spells: list[list[Spell]] = [[] for _ in plan.places.names]
    for row in range(len(table.pace)):
        begins, ends = in_season(table, row, spells_of(plan, row, (seed, replication)))
        own = [
            Spell(begin, end, int(table.capacity[row]), float(table.pace[row]))
            for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
        ]
        for place in table.place[table.first[row] : table.first[row + 1]].tolist():
            spells[place] += own
    rows = [_windows(plan, place, own) for place, own in enumerate(spells)]
    flat = np.concatenate(rows)
    windows = Windows(flat[:, 0].astype(np.int64), flat[:, 1].astype(np.int64), flat[:, 2].astype(np.float64))
    first = np.cumsum([0, *(len(own) for own in rows)]).astype(np.int64)
    places = Places(plan.places.names, first, plan.places.overtaking, plan.places.suspends)
    return replace(plan, places=places, windows=windows, breakdowns=_none())


def spells_of(plan: Plan, row: int, run: tuple[int, int]) -> tuple[Ints, Ints]:
    """Begins and ends of the spells of a row that begin before the horizon; ``run`` is (seed, replication)."""
    table = plan.breakdowns
    between, repair = (family(plan.distributions, int(column[row])) for column in (table.between, table.repair))
    begins, ends = np.zeros(0, np.int64), np.zeros(1, np.int64)
    while ends[-1] < plan.horizon:
        ordinals = np.arange(len(begins), len(begins) + _BLOCK)
        up, down = (
            np.maximum(drawn(each, Address(*run, int(table.stream[row]), int(purpose)), ordinals), 1)
            for each, purpose in ((between, Purpose.BREAK), (repair, Purpose.REPAIR))
        )
        over = ends[-1] + np.cumsum(up + down)
        begins, ends = np.concatenate([begins, over - down]), np.concatenate([ends, over])
    within = begins < plan.horizon
    return begins[within], ends[1:][within]


def in_season(table: Breakdowns, row: int, spells: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """What of the spells of a row, begins and ends, falls in its seasons; all of them if it has none."""
    own = slice(int(table.season_first[row]), int(table.season_first[row + 1]))
    if own.start == own.stop:
        return spells
    begins = np.maximum(spells[0][:, None], table.season_from[own]).ravel()
    ends = np.minimum(spells[1][:, None], table.season_to[own]).ravel()
    return begins[begins < ends], ends[begins < ends]


def _windows(plan: Plan, place: int, spells: list[Spell]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Rows of time, capacity and pace of a place, its own cut by spells; neighbours that are equal are joined."""
    own = plan.places.windows_of(place)
    times = plan.windows.time[own]
    edges = np.unique([*times.tolist(), *(edge for spell in spells for edge in spell[:2])])
    at = np.searchsorted(times, edges, side="right") - 1
    capacity, pace = plan.windows.capacity[own][at], plan.windows.pace[own][at]
    for spell in spells:
        hit = slice(int(np.searchsorted(edges, spell.begin)), int(np.searchsorted(edges, spell.end)))
        if spell.capacity != ABSENT:
            capacity[hit] = np.minimum(capacity[hit], spell.capacity)
        pace[hit] = pace[hit] * spell.pace
    fresh = np.concatenate([[True], (np.diff(capacity) != 0) | (np.diff(pace) != 0)])
    return np.stack([edges, capacity, pace], axis=1)[fresh] if spells else np.stack([times, capacity, pace], axis=1)


def _none() -> Breakdowns:
    ints, floats = np.zeros(0, np.int64), np.zeros(0, np.float64)
    return Breakdowns(np.zeros(1, np.int64), ints, ints, ints, ints, floats, ints, np.zeros(1, np.int64), ints, ints)
