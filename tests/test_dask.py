"""Sweeps on a Dask cluster: a real scheduler and two worker processes, one of which is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sim.experiments.executors import dask
from sim.experiments.sweep import order, sweep
from tests.small_experiments import written

ROOT = Path(__file__).parent.parent
PATIENCE_S = 120


@contextmanager
def process(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, which ends with the block however that ends."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__DIAGNOSTICS__NVML": "False"}
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    log = (folder / f"{arguments[0]}-{time.monotonic_ns()}.txt").open("wb")
    with log, subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log) as started:
        try:
            yield started
        finally:
            started.kill()


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler on a free port of this machine, and its two workers."""
    local = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with ExitStack() as running:
        said = folder / "scheduler.json"
        running.enter_context(process(folder, "dask_scheduler", *local, "--scheduler-file", str(said)))
        until = time.monotonic() + PATIENCE_S
        while not said.exists():
            assert time.monotonic() < until, "no scheduler has started"
            time.sleep(0.05)
        workers = [
            running.enter_context(
                process(
                    folder,
                    "dask_worker",
                    "--scheduler-file",
                    str(said),
                    *("--host", "127.0.0.1", "--no-nanny", "--nthreads", "1", "--no-dashboard"),
                    *("--local-directory", str(folder)),
                )
            )
            for _ in range(2)
        ]
        yield json.loads(said.read_text(encoding="utf-8"))["address"], workers


@pytest.mark.timeout(300)
def test_a_cluster_that_loses_a_worker_gives_the_same_tables(tmp_path):
    file = written(tmp_path, replications=20)
    undisturbed = sweep(order(file))
    killed: list[int] = []
    with cluster(tmp_path) as (address, workers), dask(address) as crew:
        until = time.monotonic() + PATIENCE_S

        def tell(done: int, total: int, _what: str) -> None:
            assert time.monotonic() < until, "the cluster does not work"
            if 0 < done < total / 2 and not killed:
                killed.append(done)
                os.kill(workers[0].pid, signal.SIGKILL)

        found = sweep(order(file), crew=crew, progress=tell)
        assert workers[0].wait(10) == -signal.SIGKILL
        assert workers[1].poll() is None
    assert killed
    assert {name: table.to_csv() for name, table in found.tables.items()} == {
        name: table.to_csv() for name, table in undisturbed.tables.items()
    }
