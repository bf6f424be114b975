"""Fifty kills of a sweep at random moments: in the end its tables are those of one that nobody has disturbed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sim.experiments.sweep import order
from tests.small_experiments import written
from tests.sweep_killed import swept

ROOT = Path(__file__).parent.parent
KILLS = 50
REPLICATIONS = 150
"""So many that few of the killed come to their end."""


def test_a_sweep_that_is_killed_fifty_times_gives_the_same_tables(tmp_path):
    file = written(tmp_path, replications=REPLICATIONS)
    store = tmp_path / "store.sqlite"
    command = [sys.executable, "-m", "tests.sweep_killed", str(file), str(store), str(KILLS), "7"]
    # In a process of its own, which forks: no threads of others go along.
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=dict(os.environ))
    with closing(sqlite3.connect(store)) as rows:
        (kept,) = rows.execute("select count(*) from results").fetchone()
    assert int(done.stdout) < KILLS / 2, "most children were through before they were killed"
    assert kept > 0, "no child has kept anything"
    assert swept(order(file), store) == swept(order(file), tmp_path / "undisturbed.sqlite")
    with closing(sqlite3.connect(store)) as rows:
        (kept,) = rows.execute("select count(*) from results").fetchone()
    assert kept == 6 * REPLICATIONS
