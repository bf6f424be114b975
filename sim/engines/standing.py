"""What is seen of a run that stands still: who is where, from the arrays of its checkpoint.

What of it cannot have come to be is told by :mod:`sim.engines.linked` and :mod:`sim.engines.counted`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.engines.layout import (
    ADDRESS,
    AHEAD,
    BY_TEU,
    CALL,
    CHOOSE,
    CONSIST,
    DUE,
    ENTERED,
    ENTITY,
    FOR_EVER,
    HOLD,
    KIND,
    LAP_BITS,
    LEFT,
    LOG_PLACE,
    LOG_STEP,
    NEXT_RELEASE,
    NONE,
    NOW,
    OCCUPY,
    PAUSE,
    PLACE,
    PROMISED,
    RELEASED,
    RELEASED_COUNT,
    REQUESTED,
    RIDE,
    ROW,
    SHIFT,
    STEP,
    UNITS,
    World,
)
from sim.plan.tables import Bools, Hold, Ints

_UNTIL = (int(Hold.UNTIL), int(Hold.UNTIL_ENTERED))

Flaw = tuple[str, Ints]
"""What does not fit, in words, and of which numbers."""


@dataclass(frozen=True)
class Standing:
    """A run that stands still, of which no number points outside of its table."""

    kept: Mapping[str, Ints]
    """What the kernel changes."""
    fresh: World
    """What it does not change."""
    time: int
    """All that is due before is done."""
    capacity: Ints
    """Of each place, by its present window."""

    @property
    def clock(self) -> Ints:
        """See the layout for this and the arrays that follow."""
        return self.kept["clock"]

    @property
    def log(self) -> Ints:
        """A row for each of its columns."""
        return self.kept["log"]

    @property
    def state(self) -> Ints:
        """Of the entities."""
        return self.kept["state"]

    @property
    def servers(self) -> Ints:
        """Places, then stops."""
        return self.kept["servers"]

    @cached_property
    def due(self) -> tuple[Ints, Ints, Ints]:
        """Of all that is due the time, the number in the order of scheduling, and the subject."""
        keys, shift = self.kept["keys"], int(self.clock[SHIFT])
        return keys >> shift, keys & ((1 << shift) - 1), self.kept["subjects"]

    @cached_property
    def released(self) -> Ints:
        """Entities that have set out."""
        return self.fresh.order[: self.clock[RELEASED_COUNT]].astype(np.int64)

    @cached_property
    def going(self) -> Ints:
        """Those of them who are at a step; all others have gone through their last."""
        going: Ints = self.released[self.log[LEFT, self.state[self.released, ROW]] == NONE]
        return going

    @cached_property
    def kind(self) -> Ints:
        """Of each visit, that of its step."""
        kinds: Ints = self.fresh.steps[self.log[LOG_STEP], KIND]
        return kinds

    @cached_property
    def entered(self) -> Bools:
        """Which visits have been entered."""
        entered: Bools = self.log[ENTERED] != NONE
        return entered

    @cached_property
    def units(self) -> Ints:
        """Of each visit, what it asks for."""
        step = self.log[LOG_STEP]
        each = np.where(self.fresh.steps[step, BY_TEU] != 0, self.fresh.teu[self.log[ENTITY]], 1)
        units: Ints = self.fresh.steps[step, UNITS] * each
        return units

    @cached_property
    def keeps(self) -> Bools:
        """Visits whose units are kept until a later step: they note for how long after it instead of a consist."""
        keeps: Bools = (self.log[CONSIST] < NONE) & self.entered & (self.kind == OCCUPY)
        keeps &= np.isin(self.fresh.steps[self.log[LOG_STEP], HOLD], _UNTIL)
        return keeps

    @cached_property
    def waiting(self) -> Ints:
        """Entities that stand in a queue of a place or stop."""
        return self._who((OCCUPY, RIDE), entered=False)

    @cached_property
    def staying(self) -> Ints:
        """Entities whose stay has begun."""
        return self._who((PAUSE, OCCUPY), entered=True)

    @cached_property
    def dwelling(self) -> Ints:
        """Consists that call and are not ready."""
        return self._who((CALL,), entered=False)

    @cached_property
    def ready(self) -> Ints:
        """Consists that wait for their load."""
        return self._who((CALL,), entered=True)

    @cached_property
    def riding(self) -> Ints:
        """Entities that are aboard."""
        return self._who((RIDE,), entered=True)

    def _who(self, kinds: tuple[int, ...], *, entered: bool) -> Ints:
        row = self.state[self.going, ROW]
        who: Ints = self.going[np.isin(self.kind[row], kinds) & (self.entered[row] == entered)]
        return who


def flaws(run: Standing) -> Iterator[Flaw]:
    """What does not fit of who is where; all else rests on it."""
    yield from _visits(run)
    yield from _entities(run)
    yield from _promises(run)


def _visits(run: Standing) -> Iterator[Flaw]:
    """Visits are in the order of time, none later than now, and at steps of the route of their entity."""
    log, now, fresh = run.log, run.clock[NOW], run.fresh
    entity, step, requested, left, released = (log[row] for row in (ENTITY, LOG_STEP, REQUESTED, LEFT, RELEASED))
    yield "times go back at visit", 1 + np.flatnonzero(np.diff(requested) < 0)
    since = np.where(run.entered, log[ENTERED], requested)
    back = (requested < 0) | (since < requested) | ((left != NONE) & (left < since))
    back |= (released >= 0) & (~run.entered | (run.kind != OCCUPY) | (released < since))
    yield "times go back within visit", np.flatnonzero(back)
    latest = np.maximum(np.maximum(since, left), released)
    yield "it is later than now, visit", np.flatnonzero(latest > now)
    first = fresh.route_first[fresh.route[entity]]
    elsewhere = (step < first) | (step >= fresh.route_first[fresh.route[entity] + 1])
    elsewhere |= log[LOG_PLACE] != fresh.steps[step, PLACE]
    yield "its entity does not come there, visit", np.flatnonzero(elsewhere)
    plain = (run.kind == OCCUPY) & (fresh.steps[step, HOLD] == int(Hold.STAY)) & run.entered
    yield "units do not come back as the stay ends, of visit", np.flatnonzero(plain & (released != left))


def _entities(run: Standing) -> Iterator[Flaw]:
    """Who has set out has visits, one after the other, and is at the last; nobody else has come to anything."""
    log, state, fresh, clock, released = run.log, run.state, run.fresh, run.clock, run.released
    times = fresh.release[fresh.order]
    count = int(np.searchsorted(times, run.time))
    following = int(times[count]) if count < len(times) else FOR_EVER
    wrong = (clock[NOW] > run.time, clock[RELEASED_COUNT] != count, clock[NEXT_RELEASE] != following)
    entries = np.array([NOW, RELEASED_COUNT, NEXT_RELEASE])
    yield "the clock shows another time, in its entry", entries[np.array(wrong)]
    visits = np.bincount(log[ENTITY], minlength=len(state))
    out = np.zeros(len(state), np.bool_)
    out[released] = True
    yield "it has visits and has not set out, or has none and has, entity", np.flatnonzero(out != (visits > 0))
    yield "it has not set out and has come to something, entity", np.flatnonzero(~out & state.any(axis=1))
    last = np.full(len(state), NONE)
    last[log[ENTITY]] = np.arange(log.shape[1])
    row = state[released, ROW]
    yield "it is not at its last visit, entity", released[last[released] != row]
    open_ = np.flatnonzero(log[LEFT] == NONE)
    yield "it has not been left, and its entity goes on, visit", open_[last[log[ENTITY, open_]] != open_]
    step, going = log[LOG_STEP, row], log[LEFT, row] == NONE
    astray = state[released, STEP] != step + (~going & (state[released, STEP] != step))
    astray |= going & (fresh.steps[step, KIND] == CHOOSE)
    yield "it is at another step than its visit, entity", released[astray]
    spent = np.zeros(len(state), np.int64)
    np.add.at(spent, log[ENTITY], np.where(log[LEFT] == NONE, 0, log[LEFT] - log[REQUESTED]))
    until = np.where(going, log[REQUESTED, row], log[LEFT, row])
    yield "its visits leave gaps, entity", released[fresh.release[released] + spent[released] != until]


def _promises(run: Standing) -> Iterator[Flaw]:
    """What is drawn is no time before, and the log is long enough for who goes round, but not for ever."""
    state, fresh, released = run.state, run.fresh, run.released
    stays, due = state[released, AHEAD], state[released, DUE]
    least = np.where(np.isin(released, run.staying), 0, NONE)
    wrong = (stays < 0) | (stays > FOR_EVER) | (due < least) | (due > FOR_EVER)
    yield "what is drawn for it is no time, entity", released[wrong]
    visits = np.bincount(run.log[ENTITY], minlength=len(state))[released]
    ordinal, laps = state[released, ADDRESS] & ((1 << LAP_BITS) - 1), state[released, ADDRESS] >> LAP_BITS
    wrong = (ordinal != fresh.ordinal[released]) | (laps < 0) | (laps >= visits)
    yield "its draws are those of another, or of a lap that it has not come to, entity", released[wrong]
    ends = fresh.route_first[fresh.route + 1]
    begins = fresh.route_first[fresh.route]
    to_come = ends[run.going] - 1 - state[run.going, STEP]
    later = fresh.order[len(released) :]
    fewest = run.log.shape[1] + int(to_come.sum()) + int((ends - begins)[later].sum())
    fewest = max(fewest, int(fresh.clock[PROMISED]) + int(laps.sum()))
    most = int(fresh.clock[PROMISED]) + int((laps * (ends - begins)[released]).sum())
    promised = run.clock[[PROMISED]]
    yield "more or fewer visits are to come than may:", promised[(promised < fewest) | (promised > most)]
