"""A sweep that is killed again and again, at random moments, until it is through: what it leaves in the end.

The child is a process that sweeps and writes its tables, without the command line around it. So that it does not take
its second to start each time, each kill is that of a fork of a parent in which all is imported and read already.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from sim.experiments.executors import threads
from sim.experiments.sweep import Order, order, sweep

LIFE = 2.0
"""A child lives at most so many times as long as it takes to begin and run each point once."""


def swept(given: Order, store: Path) -> dict[str, str]:
    """All tables as text."""
    found = sweep(given, store=store, crew=threads(1))
    return {name: table.to_csv() for name, table in found.tables.items()}


def kill_often(file: Path, store: Path, kills: int, seed: int) -> int:
    """Start the sweep and kill it, so many times; how many of them came to their end before they were killed."""
    luck, given, through = random.Random(seed), order(file), 0
    began = time.monotonic()
    swept(order(file, replications=1), store.with_name("once.sqlite"))
    longest = LIFE * (time.monotonic() - began)
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            swept(given, store)
            os._exit(0)
        time.sleep(luck.uniform(0.0, longest))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        through += not os.WIFSIGNALED(status)
    return through


if __name__ == "__main__":
    sys.stdout.write(str(kill_often(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
