"""The compiled engine gives the rows of the reference engine, in the same order, for every plan."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engines import compiled, needs, reference
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.scenario import open_scenario
from tests.busy_plans import busy_plan
from tests.compared import REPLICATION, busy_runs, differences, digest, done, plain
from tests.law_of_calls import corridor
from tests.random_plans import random_plan

ROOT = Path(__file__).parent.parent
VALID = ROOT / "tests" / "scenarios" / "valid"
assert callable(corridor)

BLOCKS = 20
PLANS_IN_BLOCK = 15
ENTITIES = 2600
ROWS_IN_BLOCK = 100_000
"""At least, so that there are 300 plans and 2,000,000 rows in all."""


@pytest.mark.parametrize("block", range(BLOCKS))
def test_busy_plans(block):
    rows = 0
    for seed in range(block * PLANS_IN_BLOCK, (block + 1) * PLANS_IN_BLOCK):
        small = busy_plan(seed, ENTITIES)
        expected = done(reference.run, small, seed)
        assert differences(expected, done(compiled.run, small, seed)) == [], seed
        rows += len(expected.visits.entity)
    assert rows >= ROWS_IN_BLOCK


def test_random_plans():
    for seed in range(300):
        small = random_plan(seed)
        assert differences(done(reference.run, small, seed), done(compiled.run, small, seed)) == [], seed


@pytest.mark.parametrize(
    ("file", "overrides"),
    [
        ("tests/scenarios/valid/small.yaml", {}),
        ("scenarios/example.yaml", {"horizon": "60 d"}),
        ("scenarios/yuxinou.yaml", {"horizon": "31 d", "warm_up": "1 d"}),
        ("scenarios/yangtze.yaml", {"horizon": "20 d", "warm_up": "1 d"}),
        ("scenarios/middle-corridor.yaml", {"horizon": "30 d", "warm_up": "1 d"}),
    ],
)
def test_scenarios(file, overrides):
    stated = open_scenario(ROOT / file, overrides).scenario
    made = compile_plan(stated)
    entities = traffic.entities(stated, made, 5, REPLICATION)
    plan = with_breakdowns(made.plan, 5, REPLICATION)
    one, other = (run(plan, entities, seed=5, replication=REPLICATION) for run in (reference.run, compiled.run))
    assert differences(one, other) == []
    assert len(one.visits.entity) > 100


@pytest.mark.parametrize("name", [file.stem for file in sorted(VALID.glob("*.yaml"))])
def test_small_scenarios(name):
    """One for each feature of the language; rules in Python are the reference engine's alone."""
    stated = open_scenario(VALID / f"{name}.yaml").scenario
    made = compile_plan(stated)
    plan, entities = with_breakdowns(made.plan, 5, 0), traffic.entities(stated, made, 5, 0)
    assert needs(plan) == (("rules in Python",) if (VALID / f"{name}.py").exists() else ())
    if not needs(plan):
        one, other = (run(plan, entities, seed=5, replication=0) for run in (reference.run, compiled.run))
        assert differences(one, other) == []


def test_without_the_compiler():
    with plain() as run:
        for seed in range(40):
            small = busy_plan(seed, 120)
            assert differences(done(reference.run, small, seed), done(run, small, seed)) == [], seed


@pytest.mark.parametrize(
    "setting", [{"NUMBA_BOUNDSCHECK": "1"}, {"PYTHONHASHSEED": "4711"}], ids=lambda each: next(iter(each))
)
def test_another_process(setting):
    """No index is out of bounds, and no order depends on a hash."""
    command = [sys.executable, "-m", "tests.compared", "20", "300"]
    printed = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **setting}, check=True, capture_output=True, text=True
    ).stdout
    assert printed.strip() == digest(busy_runs(reference.run, 20, 300))
