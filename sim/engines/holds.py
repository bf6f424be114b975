"""Units that come back later: after a time, or when a later step of their entity is entered or has ended."""

from __future__ import annotations

from sim.engines.agenda import schedule
from sim.engines.jit import aside, part
from sim.engines.layout import (
    CONSIST,
    ENTITY,
    EXPECTED,
    HOLD,
    HOLD_TIME,
    HORIZON,
    KEPT,
    LOG_STEP,
    NONE,
    POSITION,
    RELEASED,
    SORT_BITS,
    STEP,
    UNITS_DUE,
    UNTIL,
    World,
)
from sim.engines.queues import take_back
from sim.engines.sampler import draw
from sim.plan.tables import Hold, Purpose

_HOLD = int(Purpose.HOLD)
_UNTIL_ENTERED = int(Hold.UNTIL_ENTERED)


@aside
def hold_time(w: World, entity: int, step: int) -> int:
    """Seconds for which the units of a step are held, or kept after the later step."""
    return draw(w, entity, step, w.steps[step, HOLD_TIME], _HOLD)


@aside
def return_units(w: World, row: int, now: int, after: int) -> None:
    """Units of a visit come back so many seconds from now; at once if there are none."""
    if after:
        schedule(w, now + after, row << SORT_BITS | UNITS_DUE)
        return
    w.log[RELEASED, row] = now
    take_back(w, w.log[ENTITY, row], w.log[LOG_STEP, row])


@aside
def keep(w: World, entity: int, row: int) -> None:
    """Remember units that come back when a later step is entered or ends.

    The visits with such units are a list, from the first to the last. While a visit stands in it, its release in the
    log holds the next: -2 less its row; and its consist the seconds for which they are still kept then: -2 less those.
    """
    w.clock[EXPECTED] += 1
    # A log may be no wider than the horizon needs, beyond which all times are alike.
    w.log[CONSIST, row] = -2 - min(hold_time(w, entity, w.log[LOG_STEP, row]), w.clock[HORIZON])
    kept = w.state[entity, KEPT]
    if kept == NONE:
        w.state[entity, KEPT] = row
        return
    while w.log[RELEASED, kept] != NONE:
        kept = -2 - w.log[RELEASED, kept]
    w.log[RELEASED, kept] = -2 - row


@aside
def enter_step(w: World, entity: int, now: int) -> None:
    """Units that were kept until the present step is entered come back, or will after their time."""
    pass_over(w, entity, w.steps[w.state[entity, STEP], POSITION], NONE, now)


@part
def _is_due(w: World, step: int, position: int, beyond: int) -> bool:
    until: int = w.steps[step, UNTIL]
    if beyond == NONE:
        return until == position and w.steps[step, HOLD] == _UNTIL_ENTERED
    return position <= until < beyond


@aside
def pass_over(w: World, entity: int, position: int, beyond: int, now: int) -> None:
    """The same of all that were kept until a step from that position to the one before ``beyond``.

    If that is NONE, of those that were kept until the step at the position is entered.
    """
    row, before = w.state[entity, KEPT], NONE
    while row != NONE:
        link = w.log[RELEASED, row]
        following = NONE if link == NONE else -2 - link
        if _is_due(w, w.log[LOG_STEP, row], position, beyond):
            if before == NONE:
                w.state[entity, KEPT] = following
            else:
                w.log[RELEASED, before] = link
            after = -2 - w.log[CONSIST, row]
            w.log[RELEASED, row] = NONE
            w.log[CONSIST, row] = NONE
            w.clock[EXPECTED] -= 1
            return_units(w, row, now, after)
        else:
            before = row
        row = following
