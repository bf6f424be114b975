"""The file of a checkpoint: whole or not at all, refused if it is damaged or of another version."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sim.engines import checkpoint as checkpoints
from sim.engines import layout, stages
from sim.engines.checkpoint import Checkpoint, load, save
from sim.errors import SimError
from tests.plans_of_ways import plan_with
from tests.small_plans import SmallPlan


def stopped_plan() -> SmallPlan:
    return plan_with("gates", 7, 60)


@pytest.fixture(scope="module")
def replications() -> list[Checkpoint]:
    small = stopped_plan()
    plan, entities = small.plan, small.entities
    begun = [stages.begin(plan, entities, seed=5, replication=replication) for replication in range(2)]
    return [stages.advance(each, plan, entities, until=plan.horizon // 3) for each in begun]


def same(one: Checkpoint, other: Checkpoint) -> bool:
    stated = ("time", "seed", "replication", "plan", "entities")
    windows = (*vars(one.windows), "first_window")
    return (
        all(getattr(one, name) == getattr(other, name) for name in stated)
        and all(np.array_equal(getattr(one.windows, name), getattr(other.windows, name)) for name in windows[:-1])
        and np.array_equal(one.first_window, other.first_window)
        and list(one.arrays) == list(other.arrays)
        and all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)
    )


def test_what_is_saved_is_loaded(replications, tmp_path: Path):
    save(tmp_path / "a.npz", replications)
    loaded = load(tmp_path / "a.npz")
    assert [same(*pair) for pair in zip(replications, loaded, strict=True)] == [True, True]
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]


def test_the_same_checkpoints_are_the_same_bytes(replications, tmp_path: Path):
    for name in ("a.npz", "b.npz"):
        save(tmp_path / name, replications)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_file_that_cannot_be_written_leaves_what_was_there(replications, tmp_path: Path, monkeypatch):
    def full(file, **_arrays):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    (tmp_path / "a.npz").write_text("what was there")
    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space left"):
        save(tmp_path / "a.npz", replications)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
    assert (tmp_path / "a.npz").read_text() == "what was there"


@pytest.mark.parametrize("content", [b"", b"PK", b"schema: 1\n", b"PK\x03\x04" + bytes(500)])
def test_what_is_no_checkpoint_is_refused(content: bytes, tmp_path: Path):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(SimError, match=r"a\.npz is not a whole checkpoint"):
        load(tmp_path / "a.npz")


def test_arrays_of_something_else_are_refused(tmp_path: Path):
    np.savez(tmp_path / "a.npz", about=np.array("{}"))
    np.save(tmp_path / "b.npy", np.arange(3))
    for name in ("a.npz", "b.npy"):
        with pytest.raises(SimError, match="is not a whole checkpoint"):
            load(tmp_path / name)


def test_a_damaged_file_is_refused_or_means_the_same(replications, tmp_path: Path):
    save(tmp_path / "a.npz", replications)
    whole = (tmp_path / "a.npz").read_bytes()
    dice, refused = Random(1), 0
    damaged = [whole[: dice.randrange(len(whole))] for _ in range(20)]
    for _ in range(150):
        bytes_ = bytearray(whole)
        bytes_[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        damaged.append(bytes(bytes_))
    for content in damaged:
        (tmp_path / "a.npz").write_bytes(content)
        try:
            loaded = load(tmp_path / "a.npz")
        except SimError:
            refused += 1
        else:
            assert [same(*pair) for pair in zip(replications, loaded, strict=True)] == [True, True]
    assert refused >= 100


def test_another_format_is_refused(replications, tmp_path: Path, monkeypatch):
    save(tmp_path / "a.npz", replications)
    monkeypatch.setattr(checkpoints, "FORMAT", 2)
    with pytest.raises(SimError, match="is a checkpoint of format 1; this version reads 2"):
        load(tmp_path / "a.npz")


def test_another_version_of_the_engine_is_refused(replications, tmp_path: Path, monkeypatch):
    save(tmp_path / "a.npz", replications)
    monkeypatch.setattr(checkpoints, "sources", lambda: "of another version")
    with pytest.raises(SimError, match="saved by another version of the compiled engine"):
        load(tmp_path / "a.npz")


def forged(whole: Checkpoint, name: str, at: tuple[int, ...], value: int) -> Checkpoint:
    array = whole.arrays[name].copy()
    array[at] = value
    return replace(whole, arrays={**whole.arrays, name: array})


FORGED: dict[str, tuple[str, tuple[int, ...], int]] = {
    "settings of the clock": ("clock", (layout.HORIZON,), 10**9),
    "visits on the clock": ("clock", (layout.ROWS,), 3),
    "visits to come": ("clock", (layout.PROMISED,), 3),
    "releases": ("clock", (layout.RELEASED_COUNT,), 10**6),
    "entities of visits": ("log", (layout.ENTITY, 0), 10**6),
    "steps of visits": ("log", (layout.LOG_STEP, 0), -1),
    "places of visits": ("log", (layout.LOG_PLACE, 0), 10**6),
    "links of visits": ("log", (layout.RELEASED, 0), -(10**6)),
    "consists of visits": ("log", (layout.CONSIST, 0), 10**6),
    "queues": ("queues", (0, layout.FIRST), 10**6),
    "consists that are ready": ("servers", (0, layout.READY), 10**6),
    "columns of places": ("servers", (0, layout.GATES_END), 99),
    "columns of gates": ("gates", (0, layout.SHUTS), 10**6),
    "gates": ("gates", (0, layout.CLOSED), 2),
    "present windows": ("servers", (0, layout.WINDOW), 10**6),
    "what is due": ("subjects", (0,), 7),
    "visits that are due": ("subjects", (0,), 10**6 << layout.SORT_BITS | layout.UNITS_DUE),
    "entities that are due": ("subjects", (0,), 10**6 << layout.SORT_BITS | layout.STAY_ENDS),
    "times that are due": ("keys", (0,), 2**62),
}


@pytest.mark.parametrize("what", FORGED)
def test_what_points_outside_of_the_plan_is_refused(what, replications):
    small = stopped_plan()
    with pytest.raises(SimError, match=f"does not fit its plan and cannot be gone on with: {what}.* are "):
        stages.finish(forged(replications[0], *FORGED[what]), small.plan, small.entities)


@pytest.mark.parametrize("column", ["STEP", "ROW", "KEPT", "ABOARD", "NEXT", "BEFORE"])
def test_an_entity_that_points_outside_of_the_plan_is_refused(column, replications):
    small, whole = stopped_plan(), replications[0]
    wrong = whole.arrays["state"].copy()
    wrong[:, getattr(layout, column)] = 10**6
    with pytest.raises(SimError, match="does not fit its plan"):
        stages.finish(replace(whole, arrays={**whole.arrays, "state": wrong}), small.plan, small.entities)


def test_tables_of_another_shape_are_refused(replications):
    small, whole = stopped_plan(), replications[0]
    for name in whole.arrays:
        for other in (whole.arrays[name][..., :-1], whole.arrays[name].astype(np.int32)):
            with pytest.raises(SimError, match="does not fit its plan"):
                stages.finish(replace(whole, arrays={**whole.arrays, name: other}), small.plan, small.entities)


def test_windows_of_no_place_are_refused(replications, tmp_path: Path):
    for first in ([0, 0], [1, 2], [0, 10**6]):
        save(tmp_path / "a.npz", [replace(replications[0], first_window=np.array(first))])
        with pytest.raises(SimError, match="its windows are not those of places"):
            load(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda about: about.update(runs=[]), "it holds no run"),
        (lambda about: about["runs"][0].update(time="tomorrow"), "its time is 'tomorrow'"),
        (lambda about: about["runs"][0].update(plan=3), "its plan is 3"),
    ],
)
def test_what_a_checkpoint_says_of_itself_is_looked_at(change, why, replications, tmp_path: Path):
    save(tmp_path / "a.npz", replications)
    with np.load(tmp_path / "a.npz") as kept:
        content = dict(kept)
    about = json.loads(str(content["about"]))
    change(about)
    np.savez(tmp_path / "a.npz", **{**content, "about": np.array(json.dumps(about))})
    with pytest.raises(SimError, match=f"is not a whole checkpoint .*{why}"):
        load(tmp_path / "a.npz")


def test_a_clock_of_another_length_is_refused(replications, tmp_path: Path):
    save(tmp_path / "a.npz", [replace(replications[0], arrays={**replications[0].arrays, "clock": np.zeros(1, int)})])
    with pytest.raises(SimError, match="its clock is none"):
        load(tmp_path / "a.npz")
