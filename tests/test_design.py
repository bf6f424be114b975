"""Points of designs: which values they take and what they set, point by point."""

from __future__ import annotations

import math

import pytest

from sim.experiments.design import equal_points, factors_table, points, points_table
from sim.scenario.experiment_files import open_experiment

HEAD = "schema: 1\ntitle: T\nscenario: shipped:example.yaml\nreplications: 1\n"
HALL = "{path: places.hall.capacity, values: [1 track, 2 tracks]}"
SPEED = "{path: legs.urumqi-alashankou.speed, low: 40 km/h, high: 60 km/h}"
SHUT = "{levels: {open: {}, shut: {places.customs.calendar: null, warm_up: 5 days}}}"


@pytest.fixture
def opened(tmp_path):
    def open_text(design, **factors):
        lines = "".join(f"  {key}: {factor}\n" for key, factor in factors.items())
        path = tmp_path / "x.yaml"
        path.write_text(f"{HEAD}factors:\n{lines}design: {design}\n", encoding="utf-8")
        return open_experiment(path)

    return open_text


def rows(opened):
    return [tuple(row)[1:] for row in points_table(opened, points(opened)).itertuples(index=False)]


def test_a_grid_goes_through_the_last_factor_fastest(opened):
    found = opened("{kind: grid, levels: 3}", hall=HALL, speed=SPEED)
    assert rows(found) == [
        ("base", 1, 45),
        ("p1", 1, 40),
        ("p2", 1, 50),
        ("p3", 1, 60),
        ("p4", 2, 40),
        ("p5", 2, 50),
        ("p6", 2, 60),
    ]
    assert points(found)[4].settings == {
        "places.hall.capacity": "2 tracks",
        "legs.urumqi-alashankou.speed": "40 km/h",
    }
    assert points(found)[0].settings == {}


def test_levels_set_several_things_and_are_called_by_name(opened):
    found = opened("{kind: grid}", regime=SHUT)
    assert rows(found) == [("base", "open"), ("p1", "open"), ("p2", "shut")]
    assert points(found)[2].settings == {"places.customs.calendar": None, "warm_up": "5 days"}
    # 'open' sets nothing, as the base does.
    assert equal_points(points(found)) == {1: 0}


def test_one_at_a_time_leaves_out_what_the_scenario_says_itself(opened):
    found = opened("{kind: one-at-a-time}", hall=HALL, speed=SPEED, regime=SHUT)
    assert rows(found) == [
        ("base", 1, 45, "open"),
        ("p1", 2, 45, "open"),
        ("p2", 1, 40, "open"),
        ("p3", 1, 60, "open"),
        ("p4", 1, 45, "shut"),
    ]
    assert points(found)[1].settings == {"places.hall.capacity": "2 tracks"}


def test_points_of_a_list_have_their_names(opened):
    found = opened("{kind: list, points: {fast: {speed: 60 km/h}, both: {hall: 3 tracks, speed: 1 km/s}}}",
                   hall=HALL, speed=SPEED)  # fmt: skip
    assert rows(found) == [("base", 1, 45), ("fast", 1, 60), ("both", 3, 3600)]


def test_a_range_is_cut_by_ratios_on_a_log_scale(opened):
    found = opened(
        "{kind: grid, levels: 3}", share="{path: value_of_time, low: 1 USD/TEU-day, high: 100 USD/TEU-day, scale: log}"
    )
    assert rows(found) == [("base", 25), ("p1", 1), ("p2", 10), ("p3", 100)]


def test_a_range_that_the_scenario_states(opened):
    found = opened("{kind: grid, levels: 2}", value="{path: value_of_time, range: stated}")
    assert rows(found) == [("base", 25), ("p1", 5), ("p2", 100)]


def test_a_range_with_steps_ends_at_the_last_whole_one(opened):
    found = opened("{kind: grid}", hall="{path: places.hall.capacity, low: 1 track, high: 4.5 tracks, step: 2 tracks}")
    assert [point.settings for point in points(found)[1:]] == [
        {"places.hall.capacity": "1 track"},
        {"places.hall.capacity": "3 tracks"},
    ]


def test_values_of_every_sort(opened):
    found = opened("{kind: grid}", customs="{path: places.customs.when_closed, values: [finish, suspend]}")
    assert rows(found) == [("base", "suspend"), ("p1", "finish"), ("p2", "suspend")]
    found = opened(
        "{kind: grid}", time="{path: operations.clear-in.time, values: [2 h, {lognormal: {median: 2 h, p90: 5 h}}]}"
    )
    assert rows(found) == [
        ("base", '{"lognormal": {"median": "2 h", "p90": "5 h"}}'),
        ("p1", "2 h"),
        ("p2", '{"lognormal": {"median": "2 h", "p90": "5 h"}}'),
    ]


def test_several_paths_have_one_value_and_no_own_if_they_differ(opened):
    found = opened(
        "{kind: grid}", speed="{path: [legs.urumqi-alashankou.speed, legs.alashankou-dostyk.speed], values: [30 km/h]}"
    )
    table = points_table(found, points(found))
    assert math.isnan(table.speed[0])
    assert points(found)[1].settings == {
        "legs.urumqi-alashankou.speed": "30 km/h",
        "legs.alashankou-dostyk.speed": "30 km/h",
    }


def test_factors_have_a_row_each(opened):
    found = factors_table(opened("{kind: grid, levels: 2}", hall=HALL, speed=SPEED, regime=SHUT))
    assert found.to_dict("list") == {
        "factor": ["hall", "speed", "regime"],
        "label": ["hall", "speed", "regime"],
        "unit": ["tracks", "km/h", ""],
        "low": [1.0, 40.0, pytest.approx(math.nan, nan_ok=True)],
        "high": [2.0, 60.0, pytest.approx(math.nan, nan_ok=True)],
        "scale": ["linear"] * 3,
        "kind": ["numbers", "range", "levels"],
        "own": ["1.0", "45.0", "open"],
        "paths": ["places.hall.capacity", "legs.urumqi-alashankou.speed", "places.customs.calendar, warm_up"],
        "note": ["", "", ""],
    }


def test_drawn_points_lie_on_their_axes(opened):
    found = opened("{kind: sobol-sequence, points: 8}", speed=SPEED, hall=HALL, regime=SHUT)
    table = points_table(found, points(found))[1:]
    assert sorted((table.speed - 40) // 2.5) == list(range(8))
    assert sorted(table.hall) == [1] * 4 + [2] * 4
    assert sorted(table.regime) == ["open"] * 4 + ["shut"] * 4
    first = points(found)[1]
    assert first.settings["legs.urumqi-alashankou.speed"] == f"{first.values['speed']:.12g} km/h"


def test_each_step_of_a_range_is_as_likely_and_equal_points_are_told(opened):
    hall = "{path: places.hall.capacity, low: 1 track, high: 4 tracks, step: 1 track}"
    found = points(opened("{kind: sobol-sequence, points: 16}", hall=hall))
    assert sorted(point.values["hall"] for point in found[1:]) == sorted([1, 2, 3, 4] * 4)
    assert len(equal_points(found)) == 12
    assert all(found[twin].settings == found[first].settings for twin, first in equal_points(found).items())


def test_morris_moves_between_choices_too(opened):
    found = opened("{kind: morris, trajectories: 3}", hall=HALL, speed=SPEED)
    assert len(points(found)) == 1 + 3 * 3
    assert set(points_table(found, points(found)).speed[1:].round(6)) <= {40, 46.666667, 53.333333, 60}


def test_points_of_a_csv_file(opened, tmp_path):
    (tmp_path / "points.csv").write_text("point,speed (km/h),hall\nslow,10,1 track\nfast,90,2 tracks\n")
    found = opened("{kind: csv, file: points.csv}", hall=HALL, speed=SPEED)
    assert rows(found) == [("base", 1, 45), ("slow", 1, 10), ("fast", 2, 90)]
    assert points(found)[2].settings == {"legs.urumqi-alashankou.speed": "90 km/h", "places.hall.capacity": "2 tracks"}
