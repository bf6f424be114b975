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
from pathlib import Path
from typing import Any

import numpy as np

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
from sim.errors import SimError
from sim.plan.tables import Bools, Floats, Ints, Windows

FORMAT = 1
"""Of the file. What the arrays of the kernel mean is told by the digest of its sources."""

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
        return [_read(run, content, number) for number, run in enumerate(about["runs"])]
    except _DAMAGED as err:
        raise SimError(f"{path} is not a whole checkpoint ({type(err).__name__}: {err})") from err


def refuse_unfit(checkpoint: Checkpoint, fresh: World) -> None:
    """Refuse a checkpoint of which a number points outside of the tables of its plan: the kernel looks at none.

    ``fresh``: the world of the plan before anything is done. What was changed so that it still points inside is not
    found. Raises SimError.
    """
    kept = checkpoint.arrays
    rows, due = kept["log"].shape[-1:], kept["keys"].shape[:1]
    shapes = {name: getattr(fresh, name).shape for name in CHANGING}
    shapes |= {"log": (LOG_COLUMNS, *rows), "keys": due, "subjects": due}
    for name, shape in shapes.items():
        if kept[name].shape != shape or kept[name].dtype != np.int64:
            raise SimError(f"{_UNFIT}: {name} is no table of whole numbers of the shape {shape}")
    for what, values, least, most in (
        *_of_the_clock(kept, fresh),
        *_of_tables(kept, fresh),
        *_of_windows(checkpoint),
    ):
        if np.size(values) and not least <= np.min(values) <= np.max(values) <= most:
            raise SimError(f"{_UNFIT}: {what} are {np.min(values)} to {np.max(values)}, allowed is {least} to {most}")


_UNFIT = "the checkpoint does not fit its plan and cannot be gone on with"
_Range = tuple[str, Any, int, int]
"""What some numbers are, the numbers, and the least and the most that they may be."""


def _of_the_clock(kept: Mapping[str, Ints], fresh: World) -> Iterator[_Range]:
    clock = kept["clock"]
    for entry in (HORIZON, CLASSES, SHIFT, PLACES, MARGIN, GRANTED, TOUCHED_FIRST, JUMPED):
        yield "settings of the clock", clock[entry], int(fresh.clock[entry]), int(fresh.clock[entry])
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
    first, time = checkpoint.first_window, checkpoint.windows.time
    present = checkpoint.arrays["servers"][: len(first) - 1, WINDOW]
    yield "present windows, from the first of their place,", present - first[:-1], 0, len(time)
    yield "present windows, from the first of the next place,", present - first[1:], -len(time), -1


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
    *(EOFError, KeyError, OSError, RuntimeError, TypeError, ValueError),
)
"""What comes of reading a file that is no archive of arrays, or one that is damaged."""
_STATED = {"time": int, "seed": int, "replication": int, "plan": str, "entities": str}
_WINDOWS = ("time", "capacity", "pace")


def _arrays(checkpoint: Checkpoint) -> Arrays:
    windows = {f"windows/{name}": getattr(checkpoint.windows, name) for name in _WINDOWS}
    return {"windows/first": checkpoint.first_window, **windows, **checkpoint.arrays}


def _read(run: Mapping[str, Any], content: Mapping[str, Any], number: int) -> Checkpoint:
    kept = {name: content[f"{number}/{name}"] for name in ("windows/first", *CHANGING)}
    windows = Windows(*(content[f"{number}/windows/{name}"] for name in _WINDOWS))
    first = kept["windows/first"]
    if first.ndim != 1 or len(windows.time) != first[-1] or first[0] != 0 or np.any(np.diff(first) < 1):
        raise ValueError("its windows are not those of places")
    if len({column.shape for column in vars(windows).values()}) > 1:
        raise ValueError("its windows are no table")
    if kept["clock"].shape != (CLOCK_ENTRIES,):
        raise ValueError("its clock is none")
    stated = {name: run[name] for name in _STATED}
    for name, kind in _STATED.items():
        if type(stated[name]) is not kind:
            raise TypeError(f"its {name} is {stated[name]!r}")
    return Checkpoint(**stated, first_window=kept.pop("windows/first"), windows=windows, arrays=kept)
