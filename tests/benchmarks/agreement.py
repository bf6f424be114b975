"""What it costs to hold the compiled engine to the reference engine on the random plans of the tests.

Run by hand: ``python -m tests.benchmarks.agreement``. CPU seconds without the time in which Numba compiles: of the busy
plans, and of the plans with each further feature. Exits with 1 if the busy plans miss a goal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from time import process_time

from sim.engines import compiled, reference
from tests.busy_plans import busy_plan
from tests.compared import differences, done
from tests.plans_of_ways import GIVEN, plan_with
from tests.small_plans import SmallPlan
from tests.test_agreement import BLOCKS, ENTITIES, PLANS_IN_BLOCK
from tests.test_agreement_of_ways import ENTITIES as ENTITIES_OF_WAYS
from tests.test_agreement_of_ways import PLANS

LEAST_PLANS, LEAST_ROWS, MOST_SECONDS = 300, 2_000_000, 60.0


def compare(what: str, make: Callable[[int], SmallPlan], plans: int) -> tuple[int, float]:
    """Rows that are equal in both engines, and the CPU seconds that it took."""
    rows, spent = 0, {"plans": 0.0, "reference": 0.0, "compiled": 0.0}
    for seed in range(plans):
        began = process_time()
        small = make(seed)
        made = process_time()
        expected = done(reference.run, small, seed)
        run = process_time()
        assert differences(expected, done(compiled.run, small, seed)) == [], (what, seed)
        spent["plans"] += made - began
        spent["reference"] += run - made
        spent["compiled"] += process_time() - run
        rows += len(expected.visits.entity)
    parts = ", ".join(f"{part} {seconds:.0f}" for part, seconds in spent.items())
    print(f"{what}: {plans} plans, {rows:,} rows equal in {sum(spent.values()):.0f} s of CPU ({parts})")
    return rows, sum(spent.values())


def main() -> int:
    done(compiled.run, busy_plan(0, 10), 0)
    plans = BLOCKS * PLANS_IN_BLOCK
    rows, seconds = compare("busy", lambda seed: busy_plan(seed, ENTITIES), plans)
    print(f"goal: {LEAST_PLANS} plans and {LEAST_ROWS:,} rows in {MOST_SECONDS:.0f} s")
    for way in GIVEN:
        compare(way, partial(plan_with, way, entities=ENTITIES_OF_WAYS), PLANS)
    return int(plans < LEAST_PLANS or rows < LEAST_ROWS or seconds > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
