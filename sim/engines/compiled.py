"""The compiled engine: the reference engine's law and rows, by a kernel that Numba compiles.

It is some fifty times as fast as a model in plain SimPy, and takes about a second to start.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engines.beginning import blank_log, lay_out
from sim.engines.features import needs
from sim.engines.gridlock import who_waits
from sim.engines.kernel import FULL, PASSED, advance
from sim.engines.layout import (
    BEYOND,
    CONSIST,
    ENTERED,
    ENTERS,
    ENTITY,
    HORIZON,
    LEFT,
    LOG_PLACE,
    LOG_STEP,
    NOW,
    PROMISED,
    RELEASED,
    REQUESTED,
    ROWS,
    SCHEDULED,
    SHIFT,
    World,
)
from sim.engines.outcomes import Ended, Run
from sim.engines.refusals import refuse_misfits
from sim.errors import SimError
from sim.log import NOT_YET, Visits
from sim.plan.tables import Entities, Plan

REPORTS = 200
"""How often a run tells its progress, at most and roughly."""
MOST = 400_000
"""Acts between two looks at the keyboard: some 50 ms."""


def run(
    plan: Plan, entities: Entities, *, seed: int, replication: int, progress: Callable[[int], None] | None = None
) -> Run:
    """One replication of a plan, from time 0 to its horizon or until nothing is scheduled.

    ``seed`` and ``replication`` are unsigned 32-bit numbers. ``progress`` is told the simulated time, about 200 times.
    Raises GridlockError if an entity asks for more than there can ever be, and SimError if the plan uses what this
    engine does not know.
    """
    return outcome(passed(begun(plan, entities, (seed, replication)), plan.horizon, progress), plan, entities)


def begun(plan: Plan, entities: Entities, run: tuple[int, int]) -> World:
    """A run before anything is done; ``run`` is (seed, replication). Raises what :func:`run` does."""
    if unknown := needs(plan):
        raise SimError(f"the compiled engine does not know {', '.join(unknown)}: take --engine reference")
    refuse_misfits(plan, entities)
    return lay_out(plan, entities, run)


def passed(world: World, until: int, progress: Callable[[int], None] | None = None) -> World:
    """The world when all that is due before that time is done."""
    world = _with_promised_rows(world)
    between = max(1, int(world.clock[HORIZON]) // REPORTS) if progress else until
    reached = int(world.clock[NOW])
    while reached < until:
        reached = min(until, reached + between)
        before = int(world.clock[NOW])
        world = _passed(world, reached)
        if progress and world.clock[NOW] > before:
            progress(int(world.clock[NOW]))
    return world


def outcome(world: World, plan: Plan, entities: Entities) -> Run:
    """What the run came to when it has passed its horizon. The world is of no use after."""
    visits = _visits(world)
    later = np.any(plan.windows.time >= plan.horizon) or np.any(entities.release >= plan.horizon)
    ended: Ended = "horizon" if later or world.clock[BEYOND] else "nothing scheduled"
    return Run(visits, ended, who_waits(plan, entities, visits, at_horizon=ended == "horizon"))


def _passed(world: World, until: int) -> World:
    why = FULL
    while why != PASSED:
        why = advance(world, until, MOST)
        if world.clock[SCHEDULED] >> world.clock[SHIFT]:
            raise SimError("more is scheduled in this run than the compiled engine can tell apart: shorten its horizon")
        if why == FULL:
            world = _grown(world)
    return world


def _grown(world: World) -> World:
    """The world with more room in its log, if that is too short for what is promised; else on its agenda."""
    if world.clock[PROMISED] > world.log.shape[1]:
        return _with_promised_rows(world)
    more = np.zeros_like(world.keys)
    return world._replace(keys=np.concatenate([world.keys, more]), subjects=np.concatenate([world.subjects, more]))


def _with_promised_rows(world: World) -> World:
    """The world with a log that has room for all that is promised: but at a jump the kernel does not look."""
    rows, promised = world.log.shape[1], int(world.clock[PROMISED])
    if promised <= rows:
        return world
    log = blank_log(promised + rows // 4, world.log.dtype)
    log[:, :rows] = world.log
    return world._replace(log=log)


def _visits(world: World) -> Visits:
    """The rows written."""
    log = world.log[:, : world.clock[ROWS]]
    if world.steps[:, ENTERS].any():
        # Of visits whose units are still kept the kernel has noted something else here.
        for row in (RELEASED, CONSIST):
            np.maximum(log[row], NOT_YET, out=log[row])
    entity, step, place, requested, entered, left, released, consist = (
        log[row] for row in (ENTITY, LOG_STEP, LOG_PLACE, REQUESTED, ENTERED, LEFT, RELEASED, CONSIST)
    )
    return Visits(entity, step, place, requested, entered, left, released, consist)
