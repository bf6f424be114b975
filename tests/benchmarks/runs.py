"""What stands around the engine in a run, as ratios to the compiled engine: building, the log, metrics, outcomes.

Run by hand: ``python -m tests.benchmarks.runs``. Ratios are of CPU time, taken round by round, each part the least of
some repetitions. Exits with 1 if a goal is missed. A round is a scenario with some of its replications: each is built
and run, the visits of all are put into one table, and the log is measured. Memory is kept as commands keep it.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numba
import numpy as np

from sim import log, memory, metrics, scenario
from sim.engines import compiled
from sim.experiments.legend import Replication, legend, span
from sim.experiments.outcomes import made_ready, outcomes
from sim.plan import draws, traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import Compiled, compile_plan
from sim.scenario import Scenario
from sim.scenario.uses import uses
from tests.benchmarks.engine import Result, timed

SCENARIOS = ("yuxinou", "land-sea")
FOLDER = Path(__file__).parents[2] / "scenarios"
ROUNDS, REPETITIONS = 5, 3
REPLICATIONS = 3
GOALS = {"building": 0.2, "log": 0.2, "metrics": 2.0, "outcomes": 0.1}


def least(what: Callable[[], Result]) -> tuple[float, Result]:
    """The least CPU seconds of some repetitions, and what came of it."""
    seconds, result = timed(what)
    for _ in range(REPETITIONS - 1):
        seconds = min(seconds, timed(what)[0])
    return seconds, result


def anew(stated: Scenario, compiled_plan: Compiled, replications: int) -> list[Replication]:
    """The replications as the engine takes them, with nothing known of them before."""
    draws.forget()
    moving, seed = traffic.prepare(stated, compiled_plan), stated.seed
    plans = (with_breakdowns(compiled_plan.plan, seed, number) for number in range(replications))
    return [Replication(traffic.drawn(moving, seed, number), plan) for number, plan in enumerate(plans)]


def done(stated: Scenario, made: Sequence[Replication]) -> list[log.Visits]:
    return [
        compiled.run(each.plan, each.entities, seed=stated.seed, replication=number).visits
        for number, each in enumerate(made)
    ]


@numba.njit
def write(rows: Any, given: Any, entered: Any, left: Any, released: Any) -> None:
    """Write a log as the kernel does: a row when it begins, and then its times in the order in which they come."""
    for row in range(given.shape[1]):
        rows[0, row], rows[1, row], rows[2, row], rows[3, row] = (
            given[0, row],
            given[1, row],
            given[2, row],
            given[3, row],
        )
        rows[4, row] = rows[5, row] = rows[6, row] = -1
        rows[7, row] = given[7, row]
    for row in entered:
        rows[4, row] = given[4, row]
    for row in left:
        rows[5, row] = given[5, row]
    for row in released:
        rows[6, row] = given[6, row]


def writing(visits: Sequence[log.Visits]) -> float:
    """CPU seconds in which the rows of a run are written once more, one by one."""
    seconds = 0.0
    for each in visits:
        given = np.stack(list(vars(each).values()))
        rows = np.empty_like(given)
        orders = [np.argsort(column, kind="stable") for column in (each.entered, each.left, each.released)]
        write(rows, given, *orders)
        seconds += least(partial(write, rows, given, *orders))[0]
    return seconds


def asked(stated: Scenario) -> dict[str, dict[str, Any]]:
    """What a sweep may ask of each replication: a quantile of transit times, who is left, the wait at a place."""
    of = {"transit-time": "p95", "unfinished": "mean", "waiting-time": "mean"}
    flows, place = sorted(key for key, flow in stated.flows.items() if flow.report), min(uses(stated).places)
    names = {name: [place] if name == "waiting-time" else flows for name in of}
    whole = {"from_s": None, "to_s": None, "at_s": None}
    return {
        name: {"of": name, "statistic": statistic, "aims": [{"names": names[name], **whole}]}
        for name, statistic in of.items()
    }


def one_round(stated: Scenario, replications: int) -> dict[str, float]:
    """CPU seconds of each part."""
    compiled_plan = compile_plan(stated)
    building, made = least(lambda: anew(stated, compiled_plan, replications))
    running, visits = least(partial(done, stated, made))
    joining, _ = least(partial(log.joined, visits))
    recorded = log.build(visits, legend(stated, compiled_plan, made, span(stated)))
    measuring, _ = least(partial(metrics.measure, recorded))
    rows = len(recorded.visits)
    ready = made_ready(stated, compiled_plan, asked(stated))
    reading, _ = least(lambda: [outcomes(ready, *each) for each in zip(made, visits, strict=True)])
    parts = {"building": building, "log": joining + writing(visits), "metrics": measuring, "outcomes": reading}
    return parts | {"running": running, "rows": rows}


def ratios(name: str, replications: int) -> bool:
    """Print the ratios of a scenario; whether all are within the goals."""
    stated = scenario.load(FOLDER / f"{name}.yaml")
    rounds = [one_round(stated, replications) for _ in range(ROUNDS)]
    each = min(one["running"] / one["rows"] for one in rounds)
    print(f"{name}, replications: {replications}; {rounds[0]['rows']:,} visits, {each * 1e9:.0f} ns each to run")
    met = True
    for what, goal in GOALS.items():
        found = sorted(one[what] / one["running"] for one in rounds)
        print(f"  {what:9} {found[0]:.2f} / {statistics.median(found):.2f} / {found[-1]:.2f} of a run, goal {goal}")
        met &= statistics.median(found) <= goal
    return met


def main() -> int:
    memory.keep()
    met = [ratios(name, REPLICATIONS) for name in SCENARIOS]
    return int(not all(met))


if __name__ == "__main__":
    sys.exit(main())
