"""Points that cannot be run are found by a check: by cause, all of them named, where they are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from sim.cli import main
from sim.experiments import refused_points
from sim.experiments.design import points
from sim.experiments.loads import check
from sim.experiments.refused_points import refusals, to_try
from sim.experiments.sizes import Size
from sim.experiments.sweep import order, sweep
from sim.scenario.experiment_files import open_experiment
from tests.small_experiments import written

LANES = {"path": "places.post.capacity", "values": ["1 lane", "2 lanes", "3 lanes", "4 lanes"]}
UNITS = {"path": "operations.check.units", "values": ["1 lane", "2 lanes"]}
"""Each value is right beside the two lanes and the one unit of the scenario."""
TOO_MANY = "operations.check.units: '2 lanes' is more than 'post' ever has ('1 lane')"
SMALL: dict[str, Any] = {"factors": {"lanes": LANES, "units": UNITS}, "replications": 1}


def told(path):
    loaded = open_experiment(path)
    return [str(each).removeprefix(str(path)) for each in refusals(loaded, points(loaded))]


def test_values_that_are_right_alone_and_wrong_together_are_told_before_the_sweep(tmp_path):
    path = written(tmp_path, **SMALL)
    line = 1 + path.read_text(encoding="utf-8").splitlines().index("design:")
    why = f"point p2 (places.post.capacity: 1 lane, operations.check.units: 2 lanes): {TOO_MANY}"
    assert told(path) == [f":{line}:1: design: cannot be run: {why}"]
    # In the words of the sweep, for the points of the sweep.
    assert sweep(order(path)).failures["why"].tolist() == [why]


def test_points_with_one_cause_are_one_problem_that_names_all(tmp_path):
    medians = {"path": "operations.check.time.lognormal.median", "values": ["2 h", "3 h", "4 h"]}
    factors = {"lanes": LANES, "units": {**UNITS, "values": ["2 lanes"]}, "median": medians}
    [found] = told(written(tmp_path, factors=factors))
    assert (
        "cannot be run: 3 points alike (p1 to p3), the first of them: point p1 (places.post.capacity: 1 lane" in found
    )


def test_a_point_that_is_written_is_told_where_it_stands(tmp_path):
    (tmp_path / "points.csv").write_text("crowd\n8 trains/day\n9000000 trains/day\n", encoding="utf-8")
    crowd = {"crowd": {"path": "flows.trains.demand.consists"}}
    loaded = open_experiment(written(tmp_path, factors=crowd, design={"kind": "csv", "file": "points.csv"}))
    [found] = refusals(loaded, points(loaded))
    assert (found.file.endswith("points.csv"), found.line, found.column) == (True, 3, 1)
    assert "point p2 (flows.trains.demand.consists: 9000000 trains/day): flows.trains.demand: about" in found.message


def test_of_too_many_points_some_are_tried_and_that_is_said(tmp_path, monkeypatch):
    path = written(tmp_path, **SMALL)
    every = points(open_experiment(path))
    assert len(to_try(every)) == 8
    monkeypatch.setattr(refused_points, "MOST_TRIED", 3)
    assert [point.name for point in to_try(every)] == ["p1", "p3", "p6"]
    [size] = [each for each in check([path]) if isinstance(each, Size)]
    said = "9 points with the base, 1 replication, 9 runs; tried on the scenario before any run: 3 of them"
    assert str(size).endswith(said)


def test_a_check_ends_with_2_for_points_that_cannot_be_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(refused_points, "WORTH_TELLING", 3)
    assert main(["check", str(written(tmp_path, **SMALL))]) == 2
    said = capsys.readouterr().err
    assert TOO_MANY in said
    assert "trying points of lanes: 0 of 8" in said
    assert said.endswith("1 file: 1 problem\n")


@pytest.mark.parametrize("units", [["1 lane"], ["1 lane", "2 lanes"]])
def test_no_problem_without_a_point_that_is_refused(tmp_path, units):
    factors = {"lanes": {**LANES, "values": ["2 lanes", "4 lanes"]}, "units": {**UNITS, "values": units}}
    assert told(written(tmp_path, factors=factors)) == []
