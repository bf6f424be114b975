"""What a sweep costs beside the engine, and the same sweep by idiomatic SimPy in a pool of processes.

Run by hand: ``python -m tests.benchmarks.sweep``. A quarter of ``yuxinou.yaml`` at 200 points (the base and a Latin
hypercube of four factors) with 10 replications, three outcomes, on two threads. Exits with 1 if a goal is missed.

Efficiency is the time within the engine over what two cores have in the time of the clock. On a machine that others use
that means nothing: the share of the engine in all CPU seconds is told beside it, which leaves out nothing but waiting.
The model in SimPy is that of ``engine``. A sample of its runs is timed in two processes, and its CPU seconds a visit
are taken for as many visits as the sweep has; it measures no outcomes.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import yaml

from sim.engines import ENGINES, Engine
from sim.experiments import store as stores
from sim.experiments.sweep import Order, order, sweep
from tests.benchmarks.engine import Idiomatic

CORES = 2
POINTS, REPLICATIONS = 199, 10
SAMPLE = 4
"""Runs of the idiomatic model that are timed."""
EFFICIENCY, STORE, FASTER = 0.85, 0.05, 30.0

EXPERIMENT: dict[str, Any] = {
    "schema": 1,
    "title": "A quarter of Yuxinou",
    "scenario": "shipped:yuxinou.yaml",
    "settings": {"horizon": "90 days", "warm_up": "14 days"},
    "factors": {
        "hall": {"path": "places.dostyk-hall.capacity", "low": "1 track", "high": "4 tracks", "step": "1 track"},
        "wagons": {
            "path": "places.dostyk-wagons.capacity",
            "low": "50 trains",
            "high": "120 trains",
            "step": "1 train",
        },
        "terminal": {
            "path": "places.brest-terminal.capacity",
            "low": "2 tracks",
            "high": "6 tracks",
            "step": "1 track",
        },
        "formalities": {"path": "places.dostyk-in.capacity", "low": "6 tracks", "high": "12 tracks", "step": "1 track"},
    },
    "design": {"kind": "latin-hypercube", "points": POINTS, "seed": 1},
    "replications": REPLICATIONS,
    "engine": "compiled",
    "outcomes": {
        name: {"measure": {"of": "transit-time", "flow": "duisburg-west", "statistic": name}}
        for name in ("mean", "median", "p95")
    },
}


@dataclass
class Spent:
    """CPU seconds and visits, added up over threads."""

    seconds: float = 0.0
    visits: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def timed(self, what: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its CPU seconds in its own thread counted."""

        def run(*arguments: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                result = what(*arguments, **named)
            finally:
                took = time.thread_time() - began
            with self.lock:
                self.seconds += took
                self.visits += len(result.visits.entity) if hasattr(result, "visits") else 0
            return result

        return run


def written(folder: Path) -> Order:
    """The experiment, in a file of its own."""
    file = folder / "quarter.yaml"
    file.write_text(yaml.safe_dump(EXPERIMENT), encoding="utf-8")
    return order(file)


def idiomatic(_number: int) -> float:
    """CPU seconds for each visit of the model in plain SimPy."""
    began = time.process_time()
    model = Idiomatic()
    return (time.process_time() - began) / (len(model.log) / 2)


def in_a_pool() -> float:
    """CPU seconds for each visit in processes side by side."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(idiomatic, range(SAMPLE)))
    return sum(found) / len(found)


def main() -> int:
    engine, kept = Spent(), Spent()
    with tempfile.TemporaryDirectory() as folder:
        given = written(Path(folder))
        # Once before: compiled, imported, read.
        sweep(order(given.loaded, replications=1), crew=CORES)
        own, keep = ENGINES["compiled"], stores.Store.keep
        timed: Engine = engine.timed(own)
        ENGINES["compiled"], stores.Store.keep = timed, kept.timed(keep)  # type: ignore[method-assign]
        try:
            wall, cpu = time.monotonic(), time.process_time()
            found = sweep(given, crew=CORES, store=Path(folder) / "store.sqlite")
            wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        finally:
            ENGINES["compiled"], stores.Store.keep = own, keep  # type: ignore[method-assign]
    runs = found.values["point"].nunique() * REPLICATIONS
    print(f"{runs:,} runs, {engine.visits:,} visits: {wall:.1f} s by the clock, {cpu:.1f} s of CPU")
    efficiency, share = engine.seconds / (CORES * wall), engine.seconds / cpu
    print(f"engine {engine.seconds:.1f} s CPU: efficiency {efficiency:.2f}, of all CPU {share:.2f}, goal {EFFICIENCY}")
    print(f"store {kept.seconds:.2f} s of CPU, {kept.seconds / cpu:.2%} of all, goal {STORE:.0%}")
    each = in_a_pool()
    faster = each * engine.visits / cpu
    print(
        f"idiomatic SimPy {each * 1e6:.1f} us a visit ({SAMPLE} runs), {each * engine.visits:,.0f} s of CPU for as many"
    )
    print(f"that is {faster:.0f} times as much as the whole sweep, goal {FASTER:.0f}")
    return int(max(efficiency, share) < EFFICIENCY or kept.seconds > STORE * cpu or faster < FASTER)


if __name__ == "__main__":
    sys.exit(main())
