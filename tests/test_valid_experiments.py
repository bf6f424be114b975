"""Every file of experiments/valid is read, and its points are those of the table beside it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from sim.experiments.design import points, points_table
from sim.scenario.designs import AnyDesign
from sim.scenario.experiment_files import is_experiment, open_experiment

FOLDER = Path(__file__).parent / "experiments" / "valid"
CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_points_are_those_of_the_table(path):
    opened = open_experiment(path)
    table = points_table(opened, points(opened))
    wanted = path.with_suffix(".points.csv").read_text(encoding="utf-8")
    assert table.to_csv(index=False, lineterminator="\n", float_format="%.9g") == wanted


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_is_told_from_a_scenario(path):
    assert is_experiment(path)


def test_every_design_has_a_case():
    seen = {type(opened.experiment.design) for opened in map(open_experiment, CASES)}
    assert {design for design in get_args(AnyDesign) if design not in seen} == set()
