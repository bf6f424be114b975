"""What stands around the engine in a run, as ratios to the compiled engine: building, the log, the metrics.

Run by hand: ``python -m tests.benchmarks.runs``. Ratios are of CPU time, taken round by round. Exits with 1 if a goal
is missed. A round is what ``landbridge run`` does with a scenario: it builds each replication, runs it, puts the visits
of all into one log, and measures that.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim import log, metrics, scenario
from sim.engines import compiled
from sim.experiments.legend import Replication, legend
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.scenario import Scenario
from tests.benchmarks.engine import timed

SCENARIOS = ("yuxinou", "land-sea")
FOLDER = Path(__file__).parents[2] / "scenarios"
ROUNDS = 5
MOST_BUILDING, MOST_LOG, MOST_METRICS = 0.2, 0.2, 2.0


@dataclass(frozen=True)
class Costs:
    """CPU seconds of one round."""

    building: float
    running: float
    log: float
    metrics: float
    rows: int


def build(stated: Scenario, compiled_plan, moving, replication: int) -> Replication:
    """One replication as the engine takes it."""
    entities = traffic.drawn(moving, stated.seed, replication)
    return Replication(entities, with_breakdowns(compiled_plan.plan, stated.seed, replication))


def run(stated: Scenario, made: list[Replication]) -> list[log.Visits]:
    return [
        compiled.run(each.plan, each.entities, seed=stated.seed, replication=number).visits
        for number, each in enumerate(made)
    ]


def one_round(stated: Scenario) -> Costs:
    compiled_plan = compile_plan(stated)
    building, moving = timed(partial(traffic.prepare, stated, compiled_plan))
    made = []
    for replication in range(stated.replications):
        took, replicated = timed(partial(build, stated, compiled_plan, moving, replication))
        building += took
        made.append(replicated)
    running, visits = timed(partial(run, stated, made))
    origin = {
        "start": f"{stated.start_utc:%Y-%m-%dT%H:%M:%SZ}",
        "horizon_s": round(stated.horizon.value),
        "warm_up_s": round(stated.warm_up.value),
    }
    told = legend(stated, compiled_plan, made, origin)
    logging, recorded = timed(partial(log.build, visits, told))
    measuring, _ = timed(partial(metrics.measure, recorded))
    return Costs(building, running, logging, measuring, len(recorded.visits))


def ratios(name: str) -> bool:
    """Print the ratios of a scenario; whether all are within the goals."""
    stated = scenario.load(FOLDER / f"{name}.yaml")
    run(stated, [])
    rounds = [one_round(stated) for _ in range(ROUNDS)]
    each = min(one.running for one in rounds) / rounds[0].rows
    print(f"{name}: {stated.replications} replications, {rounds[0].rows:,} visits, {each * 1e9:.0f} ns a visit to run")
    met = True
    for what, most in (("building", MOST_BUILDING), ("log", MOST_LOG), ("metrics", MOST_METRICS)):
        found = sorted(getattr(one, what) / one.running for one in rounds)
        median = statistics.median(found)
        met &= median <= most
        print(f"  {what:9} {found[0]:.2f} / {median:.2f} / {found[-1]:.2f} of a run, goal {most}")
    return met


def main() -> int:
    return int(len([name for name in SCENARIOS if ratios(name)]) < len(SCENARIOS))


if __name__ == "__main__":
    sys.exit(main())
