"""Tells on standard error how far a long command is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import click

from sim.cli.stopping import insist

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called with (done, total, what is being done). ``total`` 0: the end is not known."""

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def progress(silent: bool = False) -> Iterator[Progress]:
    """A progress to hand to a long task. What is being done, and an estimate of the time left."""
    if silent:
        yield lambda _done, _total, _what: None
    elif sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield Lines(click.echo, time.monotonic)


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = [TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn(), TextColumn("left")]
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(done: int, total: int, what: str) -> None:
            insist()
            if what not in tasks:
                # A bar of its own for each thing, so that the estimate of one does not start from another's speed.
                for task in tasks.values():
                    bar.remove_task(task)
                tasks.clear()
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None, description=what + counted(done, total))

        yield show


def counted(done: int, total: int) -> str:
    """How far it is, if the end is known."""
    return f": {done} of {total}" if total else ""


class Lines:
    """A line for a new thing that is done, then one every few seconds with an estimate of the time left."""

    def __init__(self, echo: Callable[..., None], clock: Callable[[], float]) -> None:
        self.echo = echo
        self.clock = clock
        self.what = ""
        self.began = 0.0
        self.told = 0.0

    def __call__(self, done: int, total: int, what: str) -> None:
        """Tell that ``done`` of ``total`` are done; see :data:`Progress`."""
        insist()
        now = self.clock()
        if what != self.what:
            self.what, self.began = what, now
        elif now - self.told < SECONDS_BETWEEN_LINES:
            return
        self.told = now
        self.echo(f"{what}{counted(done, total)}{self._left(done, total, now)}", err=True)

    def _left(self, done: int, total: int, now: float) -> str:
        if not 0 < done < total or now <= self.began:
            return ""
        return f", about {(now - self.began) / done * (total - done):.0f} s left"
