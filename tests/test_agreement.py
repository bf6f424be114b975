"""The compiled engine gives the rows of the reference engine, in the same order, for every plan."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.engines import Run, compiled, needs, reference
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.scenario import open_scenario
from tests.busy_plans import busy_plan
from tests.compared import (
    BLOCKS,
    ENTITIES,
    PLANS,
    REPLICATION,
    compare,
    compare_all,
    compile_checked,
    differences,
    digest,
    done,
    plain,
    small_runs,
)
from tests.law_of_calls import corridor
from tests.plans_of_ways import GIVEN, features, full_plan
from tests.random_plans import random_plan

ROOT = Path(__file__).parent.parent
VALID = ROOT / "tests" / "scenarios" / "valid"
assert callable(corridor)

LEAST_ROWS = 2_000_000
IN_PLANS = 60
"""Plans that have each feature, at least."""


def test_full_plans():
    """300 busy plans, each with two to four further features, and two million rows; no index is out of bounds."""
    compile_checked()
    blocks = compare_all()
    assert all(block.checked for block in blocks)
    assert [seed for block in blocks for seed in block.differing] == []
    assert sum(block.rows for block in blocks) >= LEAST_ROWS


def test_each_feature_is_in_many_of_the_full_plans():
    given = [feature for seed in range(PLANS) for feature in features(seed)]
    assert {feature: given.count(feature) >= IN_PLANS for feature in GIVEN} == dict.fromkeys(GIVEN, True)


def test_a_plan_that_differs_is_named(monkeypatch):
    def forgetful(*given: Any, **more: Any) -> Run:
        found = reference.run(*given, **more)
        return replace(found, waiting=()) if found.waiting else found

    monkeypatch.setattr(compiled, "run", forgetful)
    waits = [seed for seed in range(PLANS // BLOCKS) if done(reference.run, full_plan(seed, ENTITIES), seed).waiting]
    assert waits
    assert list(compare(0).differing) == waits


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
    command = [sys.executable, "-m", "tests.compared", "16"]
    printed = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **setting}, check=True, capture_output=True, text=True
    ).stdout
    assert printed.strip() == digest(small_runs(reference.run, 16))
