"""A year of the whole network beside a year of one corridor, on the compiled engine.

Run by hand: ``python -m tests.benchmarks.year``. CPU time, in turn, for a machine that others use gives rates that
mean nothing. Of each study the engine alone is measured, on a plan and traffic that are ready. Exits with 1 if a visit
of the network costs too much, or its year takes too long.
"""

from __future__ import annotations

import statistics
import sys
from functools import partial
from pathlib import Path
from time import process_time

from sim import scenario
from sim.engines import compiled
from sim.experiments.runs import planned_visits
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.plan.tables import Entities, Plan
from tests.benchmarks.engine import seconds

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
NETWORK, CORRIDOR = "eurasia-2024", "yuxinou"
ROUNDS = 5
MOST_RATIO = 1.5
MOST_SECONDS = 60


def ready(name: str) -> tuple[Plan, Entities]:
    """The first replication of a study, before it is run."""
    stated = scenario.load(SCENARIOS / f"{name}.yaml")
    made = compile_plan(stated)
    plan = with_breakdowns(made.plan, stated.seed, 0)
    return plan, traffic.drawn(traffic.prepare(stated, made), stated.seed, 0)


def main() -> int:
    """Print CPU time of the engine, visits and the cost of a visit, round by round."""
    began = process_time()
    given = {name: ready(name) for name in (CORRIDOR, NETWORK)}
    print(f"read and compiled in {process_time() - began:.1f} s of CPU")
    visits = {}
    for name, (plan, entities) in given.items():
        visits[name] = len(compiled.run(plan, entities, seed=1, replication=0).visits.entity)
        print(f"{name}: {visits[name]:,} visits ({planned_visits(plan, entities):,} planned)")
    ratios, most = [], 0.0
    for _ in range(ROUNDS):
        took = {name: seconds(partial(compiled.run, *given[name], seed=1, replication=0)) for name in given}
        cost = {name: took[name] / visits[name] * 1e9 for name in given}
        ratios.append(cost[NETWORK] / cost[CORRIDOR])
        most = max(most, took[NETWORK])
        told = "   ".join(f"{name} {took[name]:.2f} s, {cost[name]:.0f} ns a visit" for name in given)
        print(f"{told}   ratio {ratios[-1]:.2f}")
    median = statistics.median(ratios)
    print(f"ratio {median:.2f}, goal {MOST_RATIO}; {most:.2f} s for the year, goal {MOST_SECONDS}")
    return int(median > MOST_RATIO or most > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
