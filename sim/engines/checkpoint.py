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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.engines.kernel import sources
from sim.engines.layout import CHANGING, SEED
from sim.errors import SimError
from sim.plan.tables import Floats, Ints, Windows

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
        return [_read(run, content, number) for number, run in enumerate(about["runs"])]
    except _DAMAGED as err:
        raise SimError(f"{path} is not a whole checkpoint ({type(err).__name__}: {err})") from err


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
_STATED = ("time", "seed", "replication", "plan", "entities")
_WINDOWS = ("time", "capacity", "pace")


def _arrays(checkpoint: Checkpoint) -> Arrays:
    windows = {f"windows/{name}": getattr(checkpoint.windows, name) for name in _WINDOWS}
    return {"windows/first": checkpoint.first_window, **windows, **checkpoint.arrays}


def _read(run: Mapping[str, Any], content: Mapping[str, Any], number: int) -> Checkpoint:
    kept = {name: content[f"{number}/{name}"] for name in ("windows/first", *CHANGING)}
    windows = Windows(*(content[f"{number}/windows/{name}"] for name in _WINDOWS))
    stated = {name: run[name] for name in _STATED}
    return Checkpoint(**stated, first_window=kept.pop("windows/first"), windows=windows, arrays=kept)
