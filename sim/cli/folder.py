"""A folder that appears whole or not at all; what killed processes left of such folders is swept by the next one.

A process holds a lock on its folder as long as it lives, so that no other takes the folder for a leftover.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

UNFINISHED = ".unfinished-"
ASIDE = ".replaced-"
"""Holds, under its own name, a folder that is being replaced."""
FRESH = 60.0
"""Seconds for which a folder may be without its lock, because it has just been made."""


@contextmanager
def staged(parent: Path, prefix: str = UNFINISHED) -> Iterator[Path]:
    """A new, empty folder inside ``parent`` that is removed when the block ends, however it ends.

    What is to stay is moved to its place by :func:`publish` within the block.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    # mkdtemp keeps others out; a finished folder is as open as any that the user makes.
    folder.chmod(0o777 & ~_umask())
    try:
        with _locked(folder):
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
    with staged(place.parent, ASIDE) as aside:
        # A folder that is not empty cannot be replaced in one step: the old one steps aside, and back if need be.
        old = aside / place.name
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


def sweep(parent: Path) -> None:
    """Remove what killed processes left in a folder, and say so; what one had set aside to replace it goes back."""
    for left in sorted([*parent.glob(f"{UNFINISHED}*"), *parent.glob(f"{ASIDE}*")]):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > FRESH and _abandoned(left):
                for old in sorted(left.iterdir()) if left.name.startswith(ASIDE) else ():
                    if not (parent / old.name).exists():
                        old.rename(parent / old.name)
                shutil.rmtree(left)
                click.echo(f"removed {left}, which a process that was killed had left", err=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; where the file system knows no locks, nobody takes it for abandoned either."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _abandoned(folder: Path) -> bool:
    """Whether no process holds the lock of a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
