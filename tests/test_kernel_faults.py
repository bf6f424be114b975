"""The comparison of engines finds faults: each seeded one in a stated share of the plans, at least."""

from __future__ import annotations

import pytest

from sim.engines import Engine, Run, reference
from tests.busy_plans import busy_plan, two_berths
from tests.compared import differences, done, plain
from tests.kernel_faults import FAULTS
from tests.small_plans import SmallPlan

PLANS = 60
ENTITIES = 60

Compared = list[tuple[int, SmallPlan, Run]]


@pytest.fixture(scope="module")
def compared() -> Compared:
    plans = [two_berths(), *(busy_plan(seed, ENTITIES) for seed in range(PLANS))]
    return [(seed, small, done(reference.run, small, seed)) for seed, small in enumerate(plans)]


def differs(engine: Engine, small: SmallPlan, seed: int, expected: Run) -> bool:
    try:
        return bool(differences(expected, done(engine, small, seed)))
    except (IndexError, OverflowError, RuntimeWarning, TypeError, ValueError):
        return True


@pytest.mark.parametrize("what", FAULTS)
def test_fault_is_found(what, compared):
    fault = FAULTS[what]
    with plain(fault.part, fault.old, fault.new) as engine:
        found = sum(differs(engine, small, seed, expected) for seed, small, expected in compared)
    assert found >= fault.share * len(compared)
    assert found > 0, f"an engine that {what} is not found"


def test_engine_without_a_fault_is_not_found(compared):
    with plain() as engine:
        assert not any(differs(engine, small, seed, expected) for seed, small, expected in compared)
