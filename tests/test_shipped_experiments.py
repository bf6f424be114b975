"""The experiments of scenarios/experiments: each is right, is in the table, and says where its ranges come from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.experiments.design import points
from sim.experiments.sizes import size
from sim.scenario.experiment_files import open_experiment

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "scenarios" / "experiments"
CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_is_right_and_asks_a_question(path):
    opened = open_experiment(path)
    assert opened.experiment.question.endswith("?")
    assert opened.experiment.note


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_ranges_are_stated_or_come_with_a_note(path):
    """The scenario of smoke.yaml is made up, and so are its values."""
    factors = open_experiment(path).experiment.factors if path.stem != "smoke" else {}
    bare = [key for key, factor in factors.items() if factor.low is not None or factor.values is not None]
    assert [key for key in bare if not factors[key].note] == []


def test_all_are_in_the_table():
    text = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `experiments/([a-z-]+)\.yaml` \|", text, flags=re.MULTILINE)) == [
        path.stem for path in CASES
    ]


def test_the_smoke_is_small():
    opened = open_experiment(FOLDER / "smoke.yaml")
    assert [point.name for point in points(opened)] == ["base", "p1", "p2", "p3", "p4", "p5", "p6"]
    assert size(opened, points(opened)).runs == 21
