"""A run that stands still is gone on with if it can have come to be: what cannot is refused, whatever it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from sim.cli import main
from sim.engines import stages
from sim.engines.beginning import lay_out
from sim.engines.checkpoint import Checkpoint, load, refuse_unfit, save
from sim.engines.layout import DUE, PLACES, WAITING, WINDOW, World
from sim.engines.standing import Standing
from sim.errors import SimError
from tests.forged_checkpoints import SORTS, given, stands
from tests.small_plans import SmallPlan, occupy
from tests.small_scenarios import write
from tests.wrong_numbers import WRONG

ROOT = Path(__file__).parent.parent
PLANS = 3 * len(SORTS)


@pytest.fixture(scope="module")
def standing() -> list[tuple[Checkpoint, World]]:
    found = []
    for seed in range(PLANS):
        plan, entities = given(seed)
        found.append((stands(Random(seed), plan, entities), lay_out(plan, entities, (1, 0))))
    small = lasting_plan()
    plan, entities = small.plan, small.entities
    begun = stages.begin(plan, entities, seed=1, replication=0)
    found.append((stages.advance(begun, plan, entities, until=500), lay_out(plan, entities, (1, 0))))
    return found


def lasting_plan() -> SmallPlan:
    """Stays that end beyond the horizon of 1000 s, and at a place that closes for good."""
    small = SmallPlan()
    small.place("hall", 4)
    small.place("mine", 4, (400, 0), suspends=True)
    for name in ("hall", "mine"):
        small.route(name, occupy(name, 1500), occupy(None, 0))
        small.entity(name)
    return small


def test_runs_that_have_come_to_be_are_not_refused(standing):
    for checkpoint, fresh in standing:
        refuse_unfit(checkpoint, fresh)


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_have_come_to_be_is_refused(what, standing):
    change, words = WRONG[what]
    made = 0
    for checkpoint, fresh in standing:
        arrays = {name: array.copy() for name, array in checkpoint.arrays.items()}
        present = checkpoint.windows.capacity[arrays["servers"][: fresh.clock[PLACES], WINDOW]]
        if change(Standing(arrays, fresh, checkpoint.time, present)):
            wrong = replace(checkpoint, arrays=arrays, origin="a.npz, run 0,")
            with pytest.raises(SimError) as refusal:
                refuse_unfit(wrong, fresh)
            assert str(refusal.value).startswith("a.npz, run 0, does not fit its plan and cannot be gone on with: ")
            made += words in str(refusal.value)
    assert made > 0


def test_work_that_is_done_is_not_done_by_other_windows_before():
    """Where the pace changes, what a stay takes is looked at as the windows are."""
    small = SmallPlan()
    small.place("hall", 1, (300, 1, 2.0))
    small.route("truck", occupy("hall", 200), occupy(None, 0))
    small.entity("truck", 50)
    small.entity("truck", 110)
    plan, entities = small.plan, small.entities
    checkpoint = stages.advance(stages.begin(plan, entities, seed=1, replication=0), plan, entities, until=150)
    slower = SmallPlan(places={"hall": ([(0, 1, 1.0), (300, 1, 0.5)], False, False)})
    slower.routes, slower.who = small.routes, small.who
    assert stages.finish(checkpoint, slower.plan, entities).visits.left.tolist() == [250, 600, 250, 600]
    checkpoint.arrays["state"][0, DUE] = 20
    with pytest.raises(SimError, match="by its windows entity 0 was to go on at 70 s"):
        stages.finish(checkpoint, slower.plan, entities)


def test_the_command_line_names_the_file_and_what_does_not_fit(tmp_path: Path, capsys):
    path, kept = str(write(tmp_path)), tmp_path / "a.npz"
    assert main(["run", path, "--until", "2020-01-10T12:00", "--save", str(kept)]) == 0
    one, other = load(kept)
    other.arrays["servers"][0, WAITING] += 1
    save(kept, [one, other])
    assert main(["run", path, "--from", str(kept), "--no-report", "--out", str(tmp_path / "out")]) == 2
    assert (
        f"{kept}, run 1, does not fit its plan and cannot be gone on with: another number waits than is counted at "
        "place or stop 0" in capsys.readouterr().err
    )


def test_forged_checkpoints_are_refused_or_come_to_their_end():
    """No index is out of bounds, and nothing goes on for ever: a kernel that does is ended from outside."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.forged_checkpoints", str(PLANS)],
        cwd=ROOT,
        env={**os.environ, "NUMBA_BOUNDSCHECK": "1"},
        check=True,
        capture_output=True,
        text=True,
        timeout=500,
    )
    shares = json.loads(done.stdout)
    assert min(refused + gone_on for refused, gone_on in shares.values()) >= PLANS
    assert sum(refused for refused, _ in shares.values()) >= 4 * sum(gone_on for _, gone_on in shares.values())
