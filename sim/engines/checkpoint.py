"""A checkpoint: a run of the compiled engine that stands still, and the file in which it is kept.

:mod:`sim.engines.stages` makes checkpoints and goes on with them.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from sim.engines import counted, linked, standing
from sim.engines.kernel import sources
from sim.engines.layout import (
    ABOARD,
    AGENDA,
    BEFORE,
    CALL,
    CHANGING,
    CLASSES,
    CLOCK_ENTRIES,
    CLOSED,
    CONSIST,
    DWELL_ENDS,
    ENTERED,
    ENTITY,
    EXPECTED,
    FOR_EVER,
    GATES,
    GATES_END,
    GRANTED,
    HIGH,
    HORIZON,
    JUMPED,
    KEPT,
    KIND,
    LAST_READY,
    LEFT,
    LOG_COLUMNS,
    LOG_PLACE,
    LOG_STEP,
    LOW,
    MARGIN,
    MOST_ROWS,
    NEXT,
    NONE,
    NOW,
    OCCUPY,
    OVERTAKING,
    PATIENCE_ENDS,
    PLACES,
    PROMISED,
    READY,
    RELEASED,
    RELEASED_COUNT,
    REPLICATION,
    RIDE,
    ROW,
    ROWS,
    SCHEDULED,
    SEED,
    SHIFT,
    SHUTS,
    SORT_BITS,
    SORTS,
    STAY_ENDS,
    STEP,
    TOUCHED_FIRST,
    WINDOW,
    World,
)
from sim.engines.standing import Standing
from sim.errors import SimError
from sim.plan.tables import Bools, Floats, Ints, Windows

FORMAT = 1
"""Of the file. What the arrays of the kernel mean is told by the digest of its sources."""

SEEDS = 2**32
"""Numbers below are seeds, and numbers of replications."""

Arrays = dict[str, Ints | Floats]


@dataclass(frozen=True)
class Checkpoint:
    """A run that stands still: all that is due before ``time`` is done, and nothing that is due then or later."""

    time: int
    seed: int
    """With which the run began."""
    replication: int
    plan: str
    """Digest of the plan but for its windows."""
    entities: str
    """Digest of the entities."""
    first_window: Ints
    windows: Windows
    """By which it came to here."""
    arrays: Mapping[str, Ints]
    """State of the kernel, see :mod:`sim.engines.layout`; of the log and the agenda what is filled."""
    origin: str = "the checkpoint"
    """What it is called in messages: where it was read."""

    @property
    def present_seed(self) -> int:
        """By which the kernel draws."""
        return int(self.arrays["clock"][SEED])


def save(path: Path, checkpoints: Sequence[Checkpoint]) -> None:
    """Keep checkpoints, such as those of all replications of a run, in one file; it appears whole or not at all."""
    about = {"format": FORMAT, "engine": sources(), "runs": [_about(each) for each in checkpoints]}
    content: dict[str, Any] = {"about": np.array(json.dumps(about))}
    for number, checkpoint in enumerate(checkpoints):
        content |= {f"{number}/{name}": array for name, array in _arrays(checkpoint).items()}
    unfinished = path.with_name(f".unfinished-{os.getpid()}-{path.name}")
    try:
        with unfinished.open("wb") as file:
            np.savez_compressed(file, **content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load(path: Path) -> list[Checkpoint]:
    """Checkpoints as they were saved.

    Raises SimError if the file is not whole, or was saved by another version of the engine; and OSError.
    """
    written = path.read_bytes()
    try:
        content = _content(written)
        about = json.loads(str(content["about"]))
        if about["format"] != FORMAT:
            raise SimError(f"{path} is a checkpoint of format {about['format']}; this version reads {FORMAT}")
        if about["engine"] != sources():
            raise SimError(f"{path} was saved by another version of the compiled engine: run the scenario again")
        if not about["runs"]:
            raise ValueError("it holds no run")
        runs = enumerate(about["runs"])
        return [_read(run, content, number, f"{path}, run {number},") for number, run in runs]
    except _DAMAGED as err:
        raise SimError(f"{path} is not a whole checkpoint ({type(err).__name__}: {err})") from err


def refuse_unfit(checkpoint: Checkpoint, fresh: World) -> None:
    """Refuse a checkpoint that no run by its plan can have come to: the kernel looks at nothing that it follows.

    A number points outside of the tables of the plan; or its lists do not hold together, its agenda is no heap, or what
    it counts is not what there is. ``fresh``: the world of the plan before anything is done. What could have come to be
    is not found, such as another time of a visit long past. Raises SimError.
    """
    if len(checkpoint.first_window) != 1 + fresh.clock[PLACES]:
        raise SimError(f"{checkpoint.origin} {_UNFIT}: its windows are those of other places")
    kept, unfit = checkpoint.arrays, f"{checkpoint.origin} {_UNFIT}"
    rows, due = kept["log"].shape[-1:], kept["keys"].shape[:1]
    shapes = {name: getattr(fresh, name).shape for name in CHANGING}
    shapes |= {"log": (LOG_COLUMNS, *rows), "keys": due, "subjects": due}
    for name, shape in shapes.items():
        if kept[name].shape != shape or kept[name].dtype != np.int64:
            raise SimError(f"{unfit}: {name} is no table of whole numbers of the shape {shape}")
    for what, values, least, most in (
        ("numbers of the log", kept["log"], *_width(fresh)),
        *_of_the_clock(kept, fresh),
        *_of_tables(kept, fresh),
        *_of_windows(checkpoint),
    ):
        if np.size(values) and not least <= np.min(values) <= np.max(values) <= most:
            raise SimError(f"{unfit}: {what} are {np.min(values)} to {np.max(values)}, allowed is {least} to {most}")
    present = checkpoint.windows.capacity[kept["servers"][: fresh.clock[PLACES], WINDOW]]
    run = Standing(kept, fresh, checkpoint.time, present)
    for what, which in chain(standing.flaws(run), linked.flaws(run), counted.flaws(run)):
        if len(which):
            more = f" and {len(which) - 1} more" if len(which) > 1 else ""
            raise SimError(f"{unfit}: {what} {which[0]}{more}")


_UNFIT = "does not fit its plan and cannot be gone on with"
_Range = tuple[str, Any, int, int]
"""What some numbers are, the numbers, and the least and the most that they may be."""


def _of_the_clock(kept: Mapping[str, Ints], fresh: World) -> Iterator[_Range]:
    clock = kept["clock"]
    for entry in (HORIZON, CLASSES, SHIFT, PLACES, MARGIN, GRANTED, TOUCHED_FIRST, JUMPED):
        yield "settings of the clock", clock[entry], int(fresh.clock[entry]), int(fresh.clock[entry])
    yield "seeds", clock[SEED], 0, SEEDS - 1
    yield "replications", clock[REPLICATION], int(fresh.clock[REPLICATION]), int(fresh.clock[REPLICATION])
    yield "visits on the clock", clock[ROWS], kept["log"].shape[1], kept["log"].shape[1]
    yield "things due on the clock", clock[AGENDA], len(kept["keys"]), len(kept["keys"])
    yield "visits to come", clock[PROMISED], int(fresh.clock[PROMISED]), MOST_ROWS
    yield "releases", clock[RELEASED_COUNT], 0, len(fresh.order)
    yield "times", clock[NOW], 0, int(fresh.clock[HORIZON])
    yield "the order of scheduling", clock[SCHEDULED], 0, (1 << int(fresh.clock[SHIFT])) - 1
    yield "what may come to be due", clock[EXPECTED], 0, kept["log"].shape[1]


def _of_tables(kept: Mapping[str, Ints], fresh: World) -> Iterator[_Range]:
    log, state, servers, gates, subjects = (kept[name] for name in ("log", "state", "servers", "gates", "subjects"))
    rows, entities, steps = log.shape[1], len(state), len(fresh.steps)
    yield "entities of visits", log[ENTITY], 0, entities - 1
    yield "steps of visits", log[LOG_STEP], 0, steps - 1
    yield "places of visits", log[LOG_PLACE], NONE, int(fresh.clock[PLACES]) - 1
    yield "links of visits", log[RELEASED], -1 - rows, int(fresh.clock[HORIZON]) - 1
    yield "consists of visits", log[CONSIST], -FOR_EVER, entities - 1
    there = state[fresh.order[: kept["clock"][RELEASED_COUNT]]]
    yield "steps of entities", there[:, STEP], 0, steps
    yield "visits of entities", there[:, ROW], 0, rows - 1
    yield "visits with units that are kept", there[:, KEPT], NONE, rows - 1
    yield "entities aboard", there[:, ABOARD], NONE, entities - 1
    linked = there[_linked(there, log, fresh)]
    yield "links of entities", linked[:, [NEXT, BEFORE]], NONE, entities - 1
    yield "queues", kept["queues"], NONE, entities - 1
    yield "consists that are ready", servers[:, [READY, LAST_READY]], NONE, entities - 1
    for column in (OVERTAKING, GATES, GATES_END):
        yield "columns of places", servers[:, column] - fresh.servers[:, column], 0, 0
    yield "columns of gates", (gates - fresh.gates)[:, [SHUTS, HIGH, LOW]], 0, 0
    yield "gates", gates[:, CLOSED], 0, 1
    yield "what is due", subjects & SORTS, STAY_ENDS, PATIENCE_ENDS
    ends = (subjects & SORTS) <= DWELL_ENDS
    yield "entities that are due", subjects[ends] >> SORT_BITS, 0, entities - 1
    yield "visits that are due", subjects[~ends] >> SORT_BITS, 0, rows - 1
    yield "times that are due", kept["keys"] >> fresh.clock[SHIFT], 0, int(fresh.clock[HORIZON]) - 1


def _of_windows(checkpoint: Checkpoint) -> Iterator[_Range]:
    first, present = checkpoint.first_window, checkpoint.arrays["servers"][: len(checkpoint.first_window) - 1, WINDOW]
    begun = (
        np.add.reduceat(checkpoint.windows.time < checkpoint.time, first[:-1], dtype=np.int64) if len(present) else 0
    )
    yield "present windows, from that of the time,", present - first[:-1] - np.maximum(1, begun) + 1, 0, 0


def _width(fresh: World) -> tuple[int, int]:
    """The least and the largest number that a log of the run can hold."""
    holds = np.iinfo(fresh.log.dtype)
    return holds.min, holds.max


def _linked(there: Ints, log: Ints, fresh: World) -> Bools:
    """Which entities stand in a list, in a queue, aboard or ready: of others the links say something else."""
    row = np.clip(there[:, ROW], 0, max(0, log.shape[1] - 1))
    if not log.shape[1]:
        return np.zeros(len(there), np.bool_)
    kind = fresh.steps[np.clip(log[LOG_STEP, row], 0, len(fresh.steps) - 1), KIND]
    waits, inside = log[ENTERED, row] == NONE, log[LEFT, row] == NONE
    linked: Bools = inside & (((kind == OCCUPY) & waits) | (kind == RIDE) | ((kind == CALL) & ~waits))
    return linked


def _about(checkpoint: Checkpoint) -> dict[str, int | str]:
    return {name: getattr(checkpoint, name) for name in _STATED}


def _content(written: bytes) -> dict[str, Any]:
    """The arrays of an archive. An array is read when the archive has found all its bytes to be right."""
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return {
            name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
            for name in archive.namelist()
        }


_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, KeyError, IndexError, MemoryError, OSError, RuntimeError, TypeError, ValueError),
)
"""What comes of reading a file that is no archive of arrays, or one that is damaged."""
_STATED = {"time": int, "seed": int, "replication": int, "plan": str, "entities": str}
_WINDOWS = ("time", "capacity", "pace")


def _arrays(checkpoint: Checkpoint) -> Arrays:
    windows = {f"windows/{name}": getattr(checkpoint.windows, name) for name in _WINDOWS}
    return {"windows/first": checkpoint.first_window, **windows, **checkpoint.arrays}


def _read(run: Mapping[str, Any], content: Mapping[str, Any], number: int, origin: str) -> Checkpoint:
    kept = {name: content[f"{number}/{name}"] for name in ("windows/first", *CHANGING)}
    windows = Windows(*(content[f"{number}/windows/{name}"] for name in _WINDOWS))
    _refuse_windows(kept["windows/first"], windows)
    if kept["clock"].shape != (CLOCK_ENTRIES,):
        raise ValueError("its clock is none")
    stated = {name: run[name] for name in _STATED}
    for name, kind in _STATED.items():
        if type(stated[name]) is not kind:
            raise TypeError(f"its {name} is {stated[name]!r}")
        if kind is int and not 0 <= stated[name] < (FOR_EVER if name == "time" else SEEDS):
            raise ValueError(f"its {name} is {stated[name]}")
    first = kept.pop("windows/first")
    return Checkpoint(**stated, first_window=first, windows=windows, arrays=kept, origin=origin)


def _refuse_windows(first: Ints, windows: Windows) -> None:
    """ValueError for what cannot be the windows of places: at least one for each, in the order of time."""
    if len({column.shape for column in vars(windows).values()}) > 1 or windows.time.ndim != 1:
        raise ValueError("its windows are no table")
    whole = first.dtype == np.int64 and first.ndim == 1 and first[0] == 0 and first[-1] == len(windows.time)
    if not whole or np.any(np.diff(first) < 1):
        raise ValueError("its windows are not those of places")
    kinds = [column.dtype.str for column in (windows.time, windows.capacity, windows.pace)]
    if kinds != ["<i8", "<i8", "<f8"]:
        raise ValueError("its windows are no numbers")
    later = np.diff(windows.time) > 0
    later[first[1:-1] - 1] = True
    if not (later.all() and np.all(windows.time[first[:-1]] == 0) and np.all(windows.capacity >= 0)):
        raise ValueError("its windows are not in the order of time, or of less than nothing")
    if not np.all((windows.pace >= 0) & (windows.pace < np.inf)):
        raise ValueError("its windows have a pace that is none")
