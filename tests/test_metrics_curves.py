"""What one factor does: alone at the ends of its range, and over its values."""

import json
import math

import pytest

from sim.metrics.coordinates import is_grid
from sim.metrics.curves import ALONE, AVERAGED, curves
from sim.metrics.response import response
from sim.metrics.tornado import tornado
from tests.small_sweeps import factors_table, outcomes_table, points_table, values_table

FACTORS = factors_table({"factor": "cranes", "unit": "cranes", "low": 2.0, "high": 4.0}, {"factor": "rule", "unit": ""})
ONE = outcomes_table({"unit": "h", "unit_size": 3600.0})
ALONE_POINTS = points_table(
    [
        {"cranes": 3.0, "rule": "open"}, {"cranes": 2.0, "rule": "open"}, {"cranes": 4.0, "rule": "open"},
        {"cranes": 2.5, "rule": "open"}, {"cranes": 3.0, "rule": "shut"}, {"cranes": 4.0, "rule": "shut"},
    ]
)  # fmt: skip


def hours(point, replication):
    shut = 5 if point["rule"] == "shut" else 0
    return 3600 * (100 - 10 * point["cranes"] + shut * (1 + replication) + 7 * replication)


def found(points, replications=2):
    values = values_table(points, hours, replications)
    return response(values, points, ONE), curves(values, points, FACTORS, ONE)


def test_a_tornado_has_the_ends_of_each_factor_alone():
    rows = tornado(found(ALONE_POINTS)[0], ALONE_POINTS, FACTORS).to_dict("records")
    known = [(r["factor"], r["end"], r["point"], r["setting"], r["base"], r["difference"]) for r in rows]
    assert known == [
        ("cranes", "low", 1, "2 cranes", "3 cranes", pytest.approx(10)),
        ("cranes", "high", 2, "4 cranes", "3 cranes", pytest.approx(-10)),
        ("rule", "high", 4, "shut", "open", pytest.approx(7.5)),
    ]
    # 5 and 10: Student's t of two values, 12.706 times their standard error.
    assert rows[2]["low"] == pytest.approx(7.5 - 12.706205 * 2.5)
    assert rows[0]["high"] == pytest.approx(10)


def test_names_stand_by_what_they_do():
    names = ("open", "shut", "half")
    points = points_table([*({"cranes": 3.0, "rule": name} for name in names), {"cranes": 4.0, "rule": "half"}])
    rows = tornado(found(points)[0], points, FACTORS)
    assert list(zip(rows["end"], rows["setting"], strict=True)) == [("low", "half"), ("high", "shut")]


def test_a_factor_that_the_base_does_not_have_goes_up_only():
    rows_of = [{"cranes": n, "rule": "open"} for n in (math.nan, 2.0, 4.0)]
    points = points_table([*rows_of, {"cranes": 4.0, "rule": "shut"}])
    values = values_table(points, lambda point, r: 3600.0 * int(point["point"]), 2)
    rows = tornado(response(values, points, ONE), points, FACTORS)
    assert list(zip(rows["end"], rows["setting"], rows["base"], strict=True)) == [("high", "4 cranes", "")]


def test_curves_of_one_at_a_time_go_through_the_base():
    table = found(ALONE_POINTS)[1]
    own = table[table["factor"] == "cranes"]
    assert own["at"].tolist() == [2, 2.5, 3, 4]
    assert own["mean"].tolist() == pytest.approx([83.5, 78.5, 73.5, 63.5])
    assert set(table["others"]) == {ALONE}
    assert table.loc[table["factor"] == "rule", "setting"].tolist() == ["open", "shut"]


GRID = points_table(
    [{"cranes": 3.0, "rule": "open"}, *({"cranes": n, "rule": r} for n in (2.0, 4.0) for r in ("open", "shut"))]
)


def test_curves_of_a_grid_are_averaged_over_the_others():
    table = found(GRID)[1]
    assert set(table["others"]) == {AVERAGED}
    own = table[table["factor"] == "cranes"]
    assert own["at"].tolist() == [2, 4]
    assert own["points"].tolist() == [2, 2]
    # Open 80 and 87, shut 85 and 97: averages of 82.5 and 92.
    assert own["mean"].tolist() == pytest.approx([87.25, 67.25])
    assert own["high"].tolist() == pytest.approx([87.25 + 12.706205 * 4.75, 67.25 + 12.706205 * 4.75])


def test_a_grid_has_no_tornado():
    assert tornado(found(GRID)[0], GRID, FACTORS).empty


def test_a_grid_is_known_by_its_points():
    assert is_grid(GRID, FACTORS)
    assert not is_grid(ALONE_POINTS, FACTORS)
    assert not is_grid(GRID.iloc[:-1], FACTORS)
    assert not is_grid(GRID.iloc[:1], FACTORS)


def test_points_all_over_have_no_curves():
    scattered = points_table([{"cranes": n, "rule": "open"} for n in (3.0, 2.2, 3.3)])
    both = factors_table({"factor": "cranes"}, {"factor": "hours"})
    points = scattered.assign(hours=[1.0, 0.2, 0.7])
    assert curves(values_table(points, hours, 1), points, both, ONE).empty
    assert tornado(response(values_table(points, hours, 1), points, ONE), points, both).empty


def test_a_value_at_one_of_whose_points_too_many_are_unfinished_is_too_good():
    measure = json.dumps({"of": "transit-time", "statistic": "p95", "aims": [{}]})
    values = values_table(GRID, hours, 2).assign(asked=100)
    values["unfinished"] = 5 * (values["point"] == 1)
    table = curves(values, GRID, FACTORS, ONE.assign(measure=measure))
    assert dict(zip(table["setting"], table["too_good"], strict=True)) == {
        "2 cranes": True, "4 cranes": False, "open": True, "shut": False,
    }  # fmt: skip
