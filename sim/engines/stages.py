"""A run of the compiled engine in stages: it stops at a time, and goes on, or on in several ways.

Gone on with, a run has the rows of one that never stopped. It branches in two ways. With another seed, what is drawn
from then on is drawn by that: the stays of visits that are requested from then on, and what entries from then on draw
for units that are held. With a plan whose windows are other ones from then on, capacities and pace change: the rows are
those of a run that never stopped by the plan that :func:`sim.plan.branches.branched` makes of the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from sim.engines import compiled
from sim.engines.checkpoint import Checkpoint, refuse_unfit
from sim.engines.jit import uncompiled
from sim.engines.layout import (
    ADDRESS,
    AGENDA,
    AHEAD,
    BEFORE,
    BEYOND,
    CHANGED,
    CHANGING,
    DUE,
    ENTERED,
    FOR_EVER,
    LAP_BITS,
    LAST_STEP,
    LEFT,
    LOAD,
    LOG_PLACE,
    LOG_STEP,
    NEXT,
    NEXT_CHANGE,
    NONE,
    NOW,
    RELEASED_COUNT,
    ROW,
    ROWS,
    SEED,
    SHIFT,
    SORT_BITS,
    SORTS,
    STAY_ENDS,
    STEADY,
    WINDOW,
    WINDOWS_END,
    World,
)
from sim.engines.outcomes import Run
from sim.engines.queues import finish_by_windows
from sim.errors import SimError
from sim.plan.branches import Rows, rows_of, same
from sim.plan.draws import durations, rounded
from sim.plan.tables import Entities, Ints, Plan, Purpose, Windows

Progress = Callable[[int], None] | None

_finish = uncompiled(finish_by_windows)


def begin(plan: Plan, entities: Entities, *, seed: int, replication: int) -> Checkpoint:
    """A run before anything is done. Raises what :func:`sim.engines.compiled.run` does."""
    world = compiled.begun(plan, entities, (seed, replication))
    blank = Checkpoint(
        0, seed, replication, _shape(plan), _digest(entities), plan.places.first_window, plan.windows, {}
    )
    return replace(blank, arrays=_state(world))


def advance(
    checkpoint: Checkpoint, plan: Plan, entities: Entities, *, until: int, progress: Progress = None
) -> Checkpoint:
    """The run when all that is due before ``until``, at most the horizon, is done.

    ``plan`` and ``entities`` are those of the checkpoint, but that windows may be other ones from its time on. Raises
    SimError if they are not.
    """
    if not checkpoint.time <= until <= plan.horizon:
        raise SimError(f"a run that stands at {checkpoint.time} s cannot go on until {until} s of {plan.horizon} s")
    world = compiled.passed(_gone_on(checkpoint, plan, entities), until, progress)
    return replace(_standing(checkpoint, plan, world), time=until)


def branch(checkpoint: Checkpoint, plan: Plan, entities: Entities, *, seed: int) -> Checkpoint:
    """The same moment of a run whose draws are by another seed from then on. Raises what :func:`advance` does."""
    world = _gone_on(checkpoint, plan, entities)
    world.clock[SEED] = seed
    going = world.order[: world.clock[RELEASED_COUNT]].astype(np.int64)
    going = going[world.log[LEFT, world.state[going, ROW]] == NONE]
    steps = world.log[LOG_STEP, world.state[going, ROW]]
    # The kernel draws a stay one step ahead.
    for step in np.unique(steps[world.steps[steps, LAST_STEP] == 0]).tolist():
        here = going[steps == step]
        run = seed, checkpoint.replication, world.state[here, ADDRESS] >> LAP_BITS
        world.state[here, AHEAD] = durations(plan, [step + 1], run, entities.ordinal[here], Purpose.STAY)[:, 0]
    return _standing(checkpoint, plan, world)


def finish(checkpoint: Checkpoint, plan: Plan, entities: Entities, *, progress: Progress = None) -> Run:
    """What the run comes to at its horizon. Raises what :func:`advance` does."""
    world = compiled.passed(_gone_on(checkpoint, plan, entities), plan.horizon, progress)
    return compiled.outcome(world, plan, entities)


def _standing(checkpoint: Checkpoint, plan: Plan, world: World) -> Checkpoint:
    """The checkpoint with what the world has come to by the windows of the plan."""
    return replace(checkpoint, first_window=plan.places.first_window, windows=plan.windows, arrays=_state(world))


def _state(world: World) -> dict[str, Ints]:
    """The arrays that the kernel changes, as far as they are filled."""
    filled = {name: getattr(world, name) for name in CHANGING}
    filled["log"] = world.log[:, : world.clock[ROWS]].astype(np.int64)
    for name in ("keys", "subjects"):
        filled[name] = filled[name][: world.clock[AGENDA]].copy()
    return filled


def _gone_on(checkpoint: Checkpoint, plan: Plan, entities: Entities) -> World:
    """The world in which the run goes on by that plan."""
    if checkpoint.plan != _shape(plan):
        raise SimError("the run was stopped with another plan: only windows, from then on, may be other ones")
    if checkpoint.entities != _digest(entities):
        raise SimError("the run was stopped with other entities: they must be the same, those to come as well")
    world = compiled.begun(plan, entities, (checkpoint.seed, checkpoint.replication))
    refuse_unfit(checkpoint, world)
    changed = _changed_places(checkpoint, plan)
    arrays: dict[str, Any] = {name: _roomy(getattr(world, name), checkpoint.arrays[name]) for name in CHANGING}
    _set_windows(arrays["servers"], world.servers, checkpoint.first_window, plan)
    world = world._replace(**arrays)
    _set_changes(world, checkpoint.time)
    return _end_stays_anew(world, plan, changed) if changed else world


def _roomy(fresh: Ints, kept: Ints) -> Ints:
    """What was kept, with the room beside it that a fresh array has."""
    room = np.zeros(np.maximum(fresh.shape, kept.shape), fresh.dtype)
    room[tuple(slice(0, length) for length in kept.shape)] = kept
    return room


def _changed_places(checkpoint: Checkpoint, plan: Plan) -> list[int]:
    """Places that have other windows from the checkpoint on. Raises SimError if a window before it is another."""
    changed = []
    for place, name in enumerate(plan.places.names):
        before = rows_of(checkpoint.first_window, checkpoint.windows, place)
        after = rows_of(plan.places.first_window, plan.windows, place)
        if not same(_until(before, checkpoint.time), _until(after, checkpoint.time)):
            raise SimError(f"the run was stopped with other windows of {name} before {checkpoint.time} s")
        if not same(before, after):
            changed.append(place)
    return changed


def _until(rows: Rows, time: int) -> Rows:
    """The rows that have taken effect when all before the time is done: the first one in any case."""
    times, capacity, pace = rows
    end = max(1, int(np.searchsorted(times, time)))
    return times[:end], capacity[:end], pace[:end]


def _set_windows(servers: Ints, fresh: Ints, first_window: Ints, plan: Plan) -> None:
    """Let the places look at the windows of the plan."""
    places = len(plan.places.names)
    servers[:, [STEADY, WINDOWS_END]] = fresh[:, [STEADY, WINDOWS_END]]
    servers[:places, WINDOW] += plan.places.first_window[:-1] - first_window[:-1]


def _set_changes(world: World, time: int) -> None:
    """The next change is the first that is not before the time."""
    times = world.changes[0]
    count = int(np.searchsorted(times, time))
    world.clock[CHANGED] = count
    world.clock[NEXT_CHANGE] = times[count] if count < len(times) else FOR_EVER


def _end_stays_anew(world: World, plan: Plan, changed: list[int]) -> World:
    """Who stays at a place whose windows have changed stays until its work is done by the new ones."""
    clock, state, log = world.clock, world.state, world.log
    shift = int(clock[SHIFT])
    subjects, keys = (column[: clock[AGENDA]].tolist() for column in (world.subjects, world.keys))
    stay_ends = {subject: key for subject, key in zip(subjects, keys, strict=True) if subject & SORTS == STAY_ENDS}
    due = [(key, subject) for subject, key in zip(subjects, keys, strict=True) if subject & SORTS != STAY_ENDS]
    entities = world.order[: clock[RELEASED_COUNT]].astype(np.int64)
    rows = state[entities, ROW]
    stays = np.isin(log[LOG_PLACE, rows], changed) & (log[ENTERED, rows] != NONE) & (log[LEFT, rows] == NONE)
    for entity, row in zip(entities[stays].tolist(), rows[stays].tolist(), strict=True):
        key = stay_ends.pop(entity << SORT_BITS | STAY_ENDS, None)
        if key is None:
            clock[BEYOND] -= int(state[entity, BEFORE] != FOR_EVER)
        number = int(state[entity, NEXT]) if key is None else key & ((1 << shift) - 1)
        end = _end(world, plan, entity, row)
        if end < plan.horizon:
            stay_ends[entity << SORT_BITS | STAY_ENDS] = end << shift | number
        else:
            state[entity, NEXT], state[entity, BEFORE] = number, end
            clock[BEYOND] += int(end != FOR_EVER)
    # What is in order is a heap.
    due += ((key, subject) for subject, key in stay_ends.items())
    clock[AGENDA] = len(due)
    in_order = np.array(sorted(due), np.int64).reshape(-1, 2)
    return world._replace(keys=_roomy(world.keys, in_order[:, 0]), subjects=_roomy(world.subjects, in_order[:, 1]))


def _end(world: World, plan: Plan, entity: int, row: int) -> int:
    """When the work that the entity does in its visit is done by the windows of the world."""
    place, begun = int(world.log[LOG_PLACE, row]), int(world.log[ENTERED, row])
    carried = int(world.teu[entity] + world.state[entity, LOAD])
    work = rounded(int(world.state[entity, DUE]) + float(world.per_teu[world.log[LOG_STEP, row]]) * carried)
    times = rows_of(plan.places.first_window, plan.windows, place)[0]
    window = int(plan.places.first_window[place] + np.searchsorted(times, begun, side="right")) - 1
    end = int(_finish(world, place, window, begun, work))
    if end < world.clock[NOW]:
        raise SimError(f"the run cannot have been stopped so: by its windows entity {entity} was to go on at {end} s")
    return end


def _shape(plan: Plan) -> str:
    """Digest of a plan but for its windows."""
    none = np.zeros(0, np.int64)
    places = replace(plan.places, first_window=none)
    return _digest(replace(plan, places=places, windows=Windows(none, none, none.astype(np.float64))))


def _digest(tables: Any) -> str:
    """Names the content of tables."""
    digest = hashlib.sha256()

    def add(what: Any) -> None:
        if isinstance(what, np.ndarray):
            digest.update(f"{what.dtype.str}{what.shape}".encode() + np.ascontiguousarray(what).tobytes())
        elif hasattr(what, "__dataclass_fields__"):
            for name, value in vars(what).items():
                digest.update(name.encode())
                add(value)
        else:
            digest.update(repr(what).encode())

    add(tables)
    return digest.hexdigest()
