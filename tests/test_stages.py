"""Runs in stages: with the rows of a run that never stopped, however often they stop; branches of a run."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sim.engines import Run, compiled, reference, stages
from sim.engines.beginning import lay_out
from sim.engines.checkpoint import Checkpoint, load, save
from sim.engines.features import needs
from sim.engines.layout import CHANGING, World
from sim.errors import SimError
from sim.plan.branches import branched
from sim.plan.breakdowns import with_breakdowns
from sim.plan.draws import durations
from sim.plan.tables import ABSENT, Entities, Plan, Purpose, StepKind, Windows
from tests.compared import REPLICATION, differences, digest
from tests.plans_of_ways import GIVEN, plan_with
from tests.rich_plans import rich_plan
from tests.small_plans import SmallPlan, exponential, occupy

PLANS = 20
ENTITIES = 60
FEATURES = [*GIVEN, "all"]

Given = tuple[Plan, Entities]


def given(feature: str, seed: int) -> Given:
    small = rich_plan(seed) if feature == "all" else plan_with(feature, seed, ENTITIES)
    return with_breakdowns(small.plan, seed, REPLICATION), small.entities


def known(feature: str) -> list[tuple[int, Given]]:
    plans = [(seed, given(feature, seed)) for seed in range(PLANS)]
    return [(seed, each) for seed, each in plans if not needs(each[0])]


def never_stopped(plan: Plan, entities: Entities, seed: int) -> Run:
    return compiled.run(plan, entities, seed=seed, replication=REPLICATION)


def stopped(dice: Random, plan: Plan, entities: Entities, seed: int) -> Checkpoint:
    """After three stages."""
    checkpoint = stages.begin(plan, entities, seed=seed, replication=REPLICATION)
    for until in sorted(dice.randint(1, plan.horizon) for _ in range(3)):
        checkpoint = stages.advance(checkpoint, plan, entities, until=until)
    return checkpoint


@pytest.mark.parametrize("feature", FEATURES)
def test_a_run_that_stops_has_the_rows_of_one_that_never_does(feature: str, tmp_path: Path):
    for seed, (plan, entities) in known(feature):
        checkpoint = stopped(Random(seed), plan, entities, seed)
        save(tmp_path / "stopped.npz", [checkpoint])
        [checkpoint] = load(tmp_path / "stopped.npz")
        gone_on = stages.finish(checkpoint, plan, entities)
        assert differences(never_stopped(plan, entities, seed), gone_on) == [], seed


def test_another_process_goes_on(tmp_path: Path):
    script = """
from pathlib import Path
import sys
from sim.engines import stages
from sim.engines.checkpoint import load
from tests.compared import digest
from tests.test_stages import known
runs = [(given, load(Path(sys.argv[1]) / f"{seed}.npz")[0]) for seed, given in known("gates")]
print(digest(stages.finish(checkpoint, *given) for given, checkpoint in runs))
"""
    plans = known("gates")
    for seed, each in plans:
        save(tmp_path / f"{seed}.npz", [stopped(Random(seed), *each, seed)])
    command = [sys.executable, "-c", script, str(tmp_path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed.strip() == digest(never_stopped(*each, seed) for seed, each in plans)


def other_windows(dice: Random, plan: Plan) -> Plan:
    """A plan some of whose windows have more capacity or another pace."""
    windows = plan.windows
    more = windows.capacity + np.array([dice.choice((0, 0, 1)) for _ in windows.time])
    pace = windows.pace * np.array([dice.choice((1.0, 1.0, 0.5, 3.0)) for _ in windows.time])
    return replace(plan, windows=Windows(windows.time, more, pace))


@pytest.mark.parametrize("feature", FEATURES)
def test_with_other_windows_it_has_the_rows_of_the_branched_plan(feature: str):
    changed = 0
    for seed, (plan, entities) in known(feature):
        dice = Random(seed)
        checkpoint = stopped(dice, plan, entities, seed)
        past = plan.places.first_window, plan.windows
        branch = branched(past, other_windows(dice, plan), checkpoint.time)
        expected = reference.run(branch, entities, seed=seed, replication=REPLICATION)
        assert differences(expected, stages.finish(checkpoint, branch, entities)) == [], seed
        changed += differences(never_stopped(plan, entities, seed), expected) != []
    assert changed >= len(known(feature)) // 4


def test_work_in_hand_goes_by_the_new_windows_from_then_on():
    small = SmallPlan()
    small.place("hall", 1, (900, 1, 0.1))
    small.route("truck", occupy("hall", 100), occupy(None, 1))
    small.entity("truck", 10)
    checkpoint = stages.begin(small.plan, small.entities, seed=1, replication=0)
    checkpoint = stages.advance(checkpoint, small.plan, small.entities, until=60)
    closed = SmallPlan(places={"hall": ([(0, 1, 1.0), (60, 1, 0.25), (900, 1, 0.1)], False, False)})
    closed.routes, closed.who = small.routes, small.who
    gone_on = stages.finish(checkpoint, closed.plan, small.entities)
    # 50 of the 100 seconds are done by 60; the others take four times as long.
    assert gone_on.visits.left.tolist() == [260, 261]


def test_what_would_have_lasted_beyond_the_horizon_may_end_within_it():
    small = SmallPlan()
    small.place("hall", 4)
    small.route("truck", occupy("hall", 1500), occupy(None, 0))
    small.route("van", occupy("hall", 900), occupy(None, 0))
    for route in ("truck", "van", "truck"):
        small.entity(route)
    checkpoint = stages.begin(small.plan, small.entities, seed=1, replication=0)
    checkpoint = stages.advance(checkpoint, small.plan, small.entities, until=500)
    assert stages.finish(checkpoint, small.plan, small.entities).ended == "horizon"
    faster = SmallPlan(places={"hall": ([(0, 4, 1.0), (500, 4, 2.5), (601, 4, 25.0)], False, False)})
    faster.routes, faster.who = small.routes, small.who
    gone_on = stages.finish(checkpoint, faster.plan, small.entities)
    expected = reference.run(faster.plan, small.entities, seed=1, replication=0)
    assert differences(expected, gone_on) == []
    assert gone_on.ended == "nothing scheduled"


@pytest.mark.parametrize("feature", FEATURES)
def test_with_another_seed_only_what_is_drawn_from_then_on_differs(feature: str):
    differ = 0
    for seed, (plan, entities) in known(feature):
        checkpoint = stopped(Random(seed), plan, entities, seed)
        expected = never_stopped(plan, entities, seed)
        same = stages.branch(checkpoint, plan, entities, seed=seed)
        assert differences(expected, stages.finish(same, plan, entities)) == [], seed
        future = stages.finish(stages.branch(checkpoint, plan, entities, seed=seed + 1), plan, entities)
        before = expected.visits.requested < checkpoint.time
        assert np.array_equal(future.visits.requested[: before.sum()], expected.visits.requested[before])
        assert np.array_equal(future.visits.entity[: before.sum()], expected.visits.entity[before])
        _stays_are_drawn(future, (plan, entities), (seed, seed + 1), checkpoint.time)
        differ += differences(expected, future) != []
    assert differ >= len(known(feature)) // 4


def _stays_are_drawn(run: Run, of: Given, seeds: tuple[int, int], time: int) -> None:
    """Stays without a place and of no TEU in lap 0 are draws: of the first seed if requested before the time."""
    (plan, entities), visits = of, run.visits
    steps = plan.steps
    drawn = (steps.kind == StepKind.OCCUPY) & (steps.place == ABSENT) & (steps.per_teu == 0.0)
    first_time = np.ones(len(visits.entity), np.bool_)
    before: dict[int, int] = {}
    for row, (who, step) in enumerate(zip(visits.entity.tolist(), visits.step.tolist(), strict=True)):
        # Who goes on at the same step or before it is in another lap from then on.
        before[who] = step if step > before.get(who, -1) else len(steps.kind)
        first_time[row] = before[who] == step
    rows = np.flatnonzero(drawn[visits.step] & (visits.left >= 0) & first_time)
    for row in rows.tolist():
        seed = seeds[int(visits.requested[row] >= time)]
        ordinal = entities.ordinal[visits.entity[row] : visits.entity[row] + 1]
        stay = durations(plan, [int(visits.step[row])], (seed, REPLICATION), ordinal, Purpose.STAY)[0, 0]
        assert visits.left[row] - visits.entered[row] == stay


def test_a_hold_is_drawn_at_the_entry():
    small = SmallPlan(100_000)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 50, hold=exponential(900.0), stream="gate"))
    for _ in range(2):
        small.entity("truck")
    plan, entities = small.plan, small.entities
    checkpoint = stages.begin(plan, entities, seed=1, replication=0)
    checkpoint = stages.branch(stages.advance(checkpoint, plan, entities, until=1), plan, entities, seed=2)
    visits = stages.finish(checkpoint, plan, entities).visits
    held = [durations(plan, [0], (seed, 0), entities.ordinal, Purpose.HOLD)[:, 0] for seed in (1, 2)]
    assert (visits.released - visits.entered).tolist() == [held[0][0], held[1][1]]


def test_a_checkpoint_may_be_gone_on_with_again_and_again():
    seed, (plan, entities) = known("gates")[0]
    checkpoint = stopped(Random(seed), plan, entities, seed)
    runs = [stages.finish(checkpoint, plan, entities) for _ in range(2)]
    assert differences(*runs) == []


def test_nothing_else_is_changed_by_a_run(monkeypatch: pytest.MonkeyPatch):
    worlds: list[World] = []

    def remembered(plan: Plan, entities: Entities, run: tuple[int, int]) -> World:
        worlds.append(lay_out(plan, entities, run))
        return worlds[-1]

    for feature in FEATURES:
        for _, (plan, entities) in known(feature)[:5]:
            monkeypatch.setattr(compiled, "lay_out", remembered)
            never_stopped(plan, entities, 1)
            monkeypatch.undo()
            fresh = lay_out(plan, entities, (1, REPLICATION))
            for name in set(World._fields) - set(CHANGING):
                assert np.array_equal(getattr(worlds[-1], name), getattr(fresh, name)), name


def a_stop() -> tuple[Checkpoint, Plan, Entities]:
    small = SmallPlan()
    small.place("hall", 1, (50, 2), (500, 1))
    small.route("truck", occupy("hall", 100))
    small.entity("truck", 10)
    checkpoint = stages.begin(small.plan, small.entities, seed=1, replication=0)
    return stages.advance(checkpoint, small.plan, small.entities, until=60), small.plan, small.entities


def test_another_plan_is_refused():
    checkpoint, plan, entities = a_stop()
    for other in (replace(plan, horizon=999), replace(plan, steps=replace(plan.steps, units=plan.steps.units + 1))):
        with pytest.raises(SimError, match="stopped with another plan"):
            stages.finish(checkpoint, other, entities)


def test_other_entities_are_refused():
    checkpoint, plan, entities = a_stop()
    with pytest.raises(SimError, match="stopped with other entities"):
        stages.finish(checkpoint, plan, replace(entities, release=entities.release + 1))


def test_other_windows_of_the_past_are_refused():
    checkpoint, plan, entities = a_stop()
    windows = Windows(plan.windows.time, plan.windows.capacity + np.array([0, 1, 0]), plan.windows.pace)
    with pytest.raises(SimError, match="other windows of hall before 60 s"):
        stages.finish(checkpoint, replace(plan, windows=windows), entities)
    later = Windows(plan.windows.time, plan.windows.capacity + np.array([0, 0, 1]), plan.windows.pace)
    assert stages.finish(checkpoint, replace(plan, windows=later), entities).visits.left.tolist() == [110]


def test_a_run_does_not_go_back_nor_beyond_its_horizon():
    checkpoint, plan, entities = a_stop()
    for until in (59, 1001):
        with pytest.raises(SimError, match=f"stands at 60 s cannot go on until {until} s of 1000 s"):
            stages.advance(checkpoint, plan, entities, until=until)
