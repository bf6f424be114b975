"""The compiled engine gives the rows of the reference engine for plans with each of the further features."""

from __future__ import annotations

from functools import cache

import pytest

from sim.engines import Run, compiled, reference
from tests.compared import differences, done, plain
from tests.faults_of_ways import FAULTS_OF_WAYS
from tests.plans_of_ways import GIVEN, plan_with
from tests.rich_plans import rich_plan
from tests.small_plans import SmallPlan
from tests.test_kernel_faults import differs

RICH_BLOCKS, RICH_PLANS = 4, 100
FEW, SMALL = 45, 60


@pytest.mark.parametrize("block", range(RICH_BLOCKS))
def test_plans_that_use_every_feature(block):
    for seed in range(block * RICH_PLANS, (block + 1) * RICH_PLANS):
        small = rich_plan(seed)
        assert differences(done(reference.run, small, seed), done(compiled.run, small, seed)) == [], seed


@cache
def compared(feature: str) -> list[tuple[int, SmallPlan, Run]]:
    plans = [plan_with(feature, seed, SMALL) for seed in range(FEW)]
    return [(seed, small, done(reference.run, small, seed)) for seed, small in enumerate(plans)]


@pytest.mark.parametrize(("feature", "what"), FAULTS_OF_WAYS)
def test_fault_is_found(feature, what):
    fault = FAULTS_OF_WAYS[feature, what]
    with plain(fault.part, fault.old, fault.new) as engine:
        found = sum(differs(engine, small, seed, expected) for seed, small, expected in compared(feature))
    assert found >= fault.share * FEW


@pytest.mark.parametrize("feature", GIVEN)
def test_engine_without_a_fault_is_not_found(feature):
    with plain() as engine:
        assert not any(differs(engine, small, seed, expected) for seed, small, expected in compared(feature))
