"""A folder that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".unfinished-"


@contextmanager
def staged(parent: Path) -> Iterator[Path]:
    """A new, empty folder inside ``parent`` that is removed when the block ends, however it ends.

    What is to stay is moved to its place by :func:`publish` within the block.
    """
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=parent))
    # mkdtemp keeps others out; a finished folder is as open as any that the user makes.
    folder.chmod(0o777 & ~_umask())
    try:
        yield folder
    except OSError as err:
        # A full disk is told without a name: it is the one that holds this folder.
        if err.filename is None and err.errno is not None:
            err.filename = str(parent)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path, place: Path) -> Path:
    """Move a finished folder to its place, at once; one that stood there is replaced. Same file system."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with staged(place.parent) as aside:
        # A folder that is not empty cannot be replaced in one step: the old one steps aside, and back if need be.
        old = aside / "old"
        try:
            if place.exists():
                place.rename(old)
            folder.rename(place)
        finally:
            if old.exists() and not place.exists():
                old.rename(place)
    return place


def replace_within(place: Path, fresh: Path) -> None:
    """Move what stands in ``fresh`` into ``place``, entry by entry; entries of the same name are replaced."""
    for entry in sorted(fresh.iterdir()):
        if entry.is_dir():
            publish(entry, place / entry.name)
        else:
            entry.replace(place / entry.name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
