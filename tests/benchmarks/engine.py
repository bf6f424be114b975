"""Speed of the reference engine beside an idiomatic SimPy model of the same traffic.

Run by hand: ``python -m tests.benchmarks.engine``. A machine that others use gives rates that mean nothing, so both run
in turn and the ratio of CPU time is taken round by round. Exits with 1 if the median is under the goal.

The traffic: a year of trains in two directions through 12 places, 45 to 85 % busy, with lognormal service (coefficient
of variation 0.5) and lognormal travel after each (4 h, 0.1). A visit is one train at one place with the travel after
it; both keep a row for each.
"""

from __future__ import annotations

import gc
import math
import random
import statistics
import sys
from collections.abc import Callable
from time import process_time
from typing import TypeVar

import simpy

from sim.engines import run
from tests.small_plans import SmallPlan, lognormal, occupy

Result = TypeVar("Result")

UNITS = (2, 4, 1, 3, 8, 2, 6, 3, 2, 5, 4, 1)
BUSY = (0.45, 0.5, 0.6, 0.55, 0.7, 0.85, 0.65, 0.5, 0.75, 0.6, 0.8, 0.45)
YEAR = 365 * 86_400
TRAINS = 8_000
TRAVEL = 4 * 3600.0
ROUNDS = 7
GOAL = 1.5


def parameters(mean: float, variation: float) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm."""
    variance = math.log(1.0 + variation**2)
    return math.log(mean) - variance / 2, math.sqrt(variance)


SERVICE = [parameters(units * busy * YEAR / TRAINS, 0.5) for units, busy in zip(UNITS, BUSY, strict=True)]
TRAVELLING = parameters(TRAVEL, 0.1)


def releases() -> list[int]:
    rng = random.Random(7)
    return sorted(int(rng.uniform(0, YEAR)) for _ in range(TRAINS))


def corridor() -> SmallPlan:
    small = SmallPlan(horizon=2 * YEAR)
    for number, units in enumerate(UNITS):
        small.place(f"place {number}", units)
    there = []
    for number, service in enumerate(SERVICE):
        there.append(
            [
                occupy(f"place {number}", lognormal(*service)),
                occupy(None, lognormal(*TRAVELLING), stream=f"leg {number}"),
            ]
        )
    small.route("east", *(step for pair in there for step in pair))
    small.route("west", *(step for pair in reversed(there) for step in pair))
    for number, release in enumerate(releases()):
        small.who.append((release, number % 2, number // 2, 0, 0, 0, -1))
    return small


class Idiomatic:
    """The model as the manual of SimPy would have it."""

    def __init__(self) -> None:
        self.env = simpy.Environment()
        self.places = [simpy.Resource(self.env, units) for units in UNITS]
        self.rng = random.Random(7)
        self.log: list[tuple[int, int, float, float, float]] = []
        self.env.process(self.source())
        self.env.run()

    def source(self):
        for number, release in enumerate(releases()):
            yield self.env.timeout(release - self.env.now)
            self.env.process(self.train(number))

    def train(self, number):
        stages = range(len(UNITS)) if number % 2 == 0 else reversed(range(len(UNITS)))
        for stage in stages:
            requested = self.env.now
            with self.places[stage].request() as request:
                yield request
                entered = self.env.now
                yield self.env.timeout(self.rng.lognormvariate(*SERVICE[stage]))
            left = self.env.now
            self.log.append((number, stage, requested, entered, left))
            yield self.env.timeout(self.rng.lognormvariate(*TRAVELLING))
            self.log.append((number, len(UNITS) + stage, left, left, self.env.now))


def timed(model: Callable[[], Result]) -> tuple[float, Result]:
    """CPU seconds, and what came of it."""
    gc.collect()
    start = process_time()
    result = model()
    return process_time() - start, result


def seconds(model: Callable[[], object]) -> float:
    return timed(model)[0]


def depth(waiting: int) -> float:
    """CPU seconds a visit at one place with so many waiting all the time, in three classes of priority."""
    small = SmallPlan(horizon=YEAR)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 100))
    number = waiting + 20_000
    small.who = [(max(0, at - waiting) * 100, 0, at, at % 3, 0, 0, -1) for at in range(number)]
    plan, entities = small.plan, small.entities
    return min(seconds(lambda: run(plan, entities, seed=1, replication=0)) for _ in range(3)) / number


def main() -> int:
    small = corridor()
    plan, entities = small.plan, small.entities
    visits, ratios = TRAINS * len(UNITS), []
    for _ in range(ROUNDS):
        idiomatic = seconds(Idiomatic)
        reference = seconds(lambda: run(plan, entities, seed=1, replication=0))
        ratios.append(idiomatic / reference)
        rates = f"idiomatic {visits / idiomatic:9,.0f}   reference {visits / reference:9,.0f} visits/s"
        print(f"{rates}   ratio {ratios[-1]:.2f}")
    print(f"ratio {min(ratios):.2f} / {statistics.median(ratios):.2f} / {max(ratios):.2f}, goal {GOAL}")
    print(f"a visit with 4,000 waiting takes {depth(4000) / depth(4):.2f} of one with 4 waiting")
    return int(statistics.median(ratios) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
