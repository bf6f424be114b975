"""Speed of the compiled engine beside an idiomatic SimPy model of the same traffic, and what it needs.

Run by hand: ``python -m tests.benchmarks.compiled``. Ratios are of CPU time, taken round by round, for a machine that
others use gives rates that mean nothing; threads alone are measured by the clock on the wall. Exits with 1 if a goal
is missed.

Memory is kept as commands keep it. The traffic is that of :mod:`tests.benchmarks.engine`. With so many times the
traffic, the stays at the places are so many times shorter: the places stay as busy.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter, process_time

import numpy as np

from sim import memory
from sim.engines import compiled
from sim.engines.beginning import lay_out
from sim.plan.tables import Entities, Plan
from tests.benchmarks.engine import BUSY, TRAINS, TRAVELLING, UNITS, YEAR, Idiomatic, corridor, parameters, seconds
from tests.small_plans import SmallPlan, lognormal, occupy

ROUNDS = 7
LEAST_RATIO, AIM = 40, 60
MOST_DEPTH = 1.5
TIMES, GROWTH_ROUNDS, MOST_GROWTH = (1, 10, 100), 5, 1.5
MOST_BYTES = 100

Given = tuple[Plan, Entities]


def traffic(times: int) -> Given:
    """The corridor with so many times the traffic."""
    small = SmallPlan(horizon=2 * YEAR)
    steps = []
    trains = TRAINS * times
    for number, (units, busy) in enumerate(zip(UNITS, BUSY, strict=True)):
        small.place(f"place {number}", units)
        stay = lognormal(*parameters(units * busy * YEAR / trains, 0.5))
        leg = occupy(None, lognormal(*TRAVELLING), stream=f"leg {number}")
        steps.append((occupy(f"place {number}", stay), leg))
    small.route("east", *(step for pair in steps for step in pair))
    small.route("west", *(step for pair in reversed(steps) for step in pair))
    rng = random.Random(7)
    releases = sorted(int(rng.uniform(0, YEAR)) for _ in range(trains))
    small.who = [(release, number % 2, number // 2, 0, 0, 0, -1) for number, release in enumerate(releases)]
    return small.plan, small.entities


def run(given: Given, replication: int = 0) -> None:
    compiled.run(*given, seed=1, replication=replication)


def ratio_to_idiomatic() -> float:
    small = corridor()
    given = small.plan, small.entities
    visits, ratios = TRAINS * len(UNITS), []
    for number in range(ROUNDS):
        idiomatic = seconds(Idiomatic)
        # So short a run is measured several times over.
        mine = min(seconds(partial(run, given, number)) for _ in range(5))
        ratios.append(idiomatic / mine)
        print(
            f"idiomatic {visits / idiomatic:9,.0f}   compiled {visits / mine:10,.0f} visits/s   ratio {ratios[-1]:.1f}"
        )
    median = statistics.median(ratios)
    print(f"ratio {min(ratios):.1f} / {median:.1f} / {max(ratios):.1f}, goal {LEAST_RATIO}, aim {AIM}")
    return median


def cost_by_traffic() -> float:
    """How many times as much a visit costs with the most traffic; prints the least costs, and the system's share.

    The system hands out the memory of the log. It counts its own time in steps of some milliseconds.
    """
    given, growths = {times: traffic(times) for times in TIMES}, []
    for _ in range(GROWTH_ROUNDS):
        costs, before = {}, os.times()
        for times in TIMES:
            least = min(seconds(partial(run, given[times])) for _ in range(3))
            costs[times] = least / (TRAINS * times * len(UNITS)) * 1e9
        spent = os.times()
        user, system = spent.user - before.user, spent.system - before.system
        growths.append(costs[TIMES[-1]] / costs[TIMES[0]])
        told = " / ".join(f"{cost:.0f}" for cost in costs.values())
        print(f"{told} ns a visit, {growths[-1]:.2f} times; the system took {system / (user + system):.0%}")
    median = statistics.median(growths)
    print(
        f"{' / '.join(map(str, TIMES))} times the traffic: a visit costs {median:.2f} times as much, goal {MOST_GROWTH}"
    )
    return median


def bytes_an_entity(given: Given) -> float:
    """All arrays of a run but for its log and those that were handed in."""
    plan, entities = given
    world = lay_out(plan, entities, (1, 0))
    handed_in = [*vars(entities).values(), *vars(plan.steps).values(), *vars(plan.distributions).values()]
    mine = [
        array
        for array in world
        if array is not world.log and not any(isinstance(each, np.ndarray) and each is array for each in handed_in)
    ]
    each = float(sum(array.nbytes for array in mine)) / len(entities)
    print(f"{each:.0f} bytes an entity beside the log, of {len(entities):,} entities; goal {MOST_BYTES}")
    return each


def depth(waiting: int) -> float:
    """CPU seconds a visit at one place with so many waiting all the time, in three classes of priority."""
    small = SmallPlan(horizon=10 * YEAR)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 100))
    number = waiting + 100_000
    small.who = [(max(0, at - waiting) * 100, 0, at, at % 3, 0, 0, -1) for at in range(number)]
    given = small.plan, small.entities
    return min(seconds(partial(run, given)) for _ in range(5)) / number


def speed_of_two_threads() -> float:
    given = traffic(4)
    ratios = []
    for _ in range(3):
        walls = []
        for threads in (1, 2):
            began = perf_counter()
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(lambda replication: run(given, replication), range(16)))
            walls.append(perf_counter() - began)
        ratios.append(walls[0] / walls[1])
    print(f"two threads against one, on the wall: {' / '.join(f'{ratio:.2f}' for ratio in sorted(ratios))}")
    return max(ratios)


def first_use() -> None:
    """Seconds until a small plan is done in a new process, without and with what Numba keeps on disk."""
    script = (
        "from tests.law import LAW; from sim.engines import compiled; small = next(iter(LAW.values()))()[0];"
        "compiled.run(small.plan, small.entities, seed=1, replication=0)"
    )
    with tempfile.TemporaryDirectory() as folder:
        for what in ("cold", "warm"):
            began, used = perf_counter(), sum(os.times()[2:4])
            variables = {**os.environ, "NUMBA_CACHE_DIR": folder}
            subprocess.run([sys.executable, "-c", script], check=True, env=variables)
            wall = perf_counter() - began
            print(f"first use, {what}: {wall:.1f} s on the wall, {sum(os.times()[2:4]) - used:.1f} s of CPU")


def main() -> int:
    memory.keep()
    began = process_time()
    run(traffic(1))
    print(f"made ready in {process_time() - began:.1f} s of CPU")
    ratio = ratio_to_idiomatic()
    growth = cost_by_traffic()
    deep = depth(4000) / depth(4)
    print(f"a visit with 4,000 waiting takes {deep:.2f} of one with 4 waiting; goal {MOST_DEPTH}")
    bytes_each = bytes_an_entity(traffic(100))
    speed_of_two_threads()
    first_use()
    return int(ratio < LEAST_RATIO or growth >= MOST_GROWTH or deep > MOST_DEPTH or bytes_each > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
