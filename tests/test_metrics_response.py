"""Means, intervals and paired differences of the points of an experiment."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.metrics.paired import differences, holm
from sim.metrics.response import COLUMNS, response
from sim.metrics.values import matrix
from tests.small_sweeps import outcomes_table, points_table, values_table

DAY = 86400.0
LUCK = (0.0, 1.0, 2.0, 5.0)
"""What each replication adds at all points alike, in days."""

POINTS = points_table([{"cranes": 2.0}, {"cranes": 3.0}, {"cranes": 4.0}])


def model(point, replication):
    own = (10.0, 8.0, 7.5)[int(point["point"])]
    twist = 0.1 * (replication - 1.5) * (int(point["point"]) == 1)
    return (own + LUCK[replication] + twist) * DAY


VALUES = values_table(POINTS, model, 4)


def found(values=VALUES, points=POINTS):
    return response(values, points, outcomes_table())


def test_a_row_for_each_point_with_the_interval_of_its_mean():
    table = found()
    assert list(table.columns) == list(COLUMNS)
    assert table["mean"].tolist() == pytest.approx([12.0, 10.0, 9.5])
    low, high = stats.ttest_1samp(np.array(LUCK) + 10, 0).confidence_interval(0.95)
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx([low, high])
    assert table["replications"].tolist() == [4, 4, 4]
    assert table["unit"].tolist() == ["d", "d", "d"]


def test_differences_are_paired_so_that_common_luck_falls_out():
    table = found()
    apart = np.array([-2.15, -2.05, -1.95, -1.85])
    low, high = stats.ttest_1samp(apart, 0).confidence_interval(0.95)
    assert table.loc[1, ["difference", "difference_low", "difference_high"]].tolist() == pytest.approx([-2, low, high])
    assert table.loc[2, ["difference", "difference_low", "difference_high"]].tolist() == pytest.approx([-2.5] * 3)
    assert table.loc[0, ["difference", "p_holm"]].isna().all()


def test_p_is_corrected_over_the_points_of_an_outcome():
    twisted = values_table(POINTS, lambda point, r: model(point, r) + 900 * (r % 2) * int(point["point"]), 4)
    one, two = (
        stats.ttest_rel(matrix(twisted, POINTS, "time")[point], matrix(twisted, POINTS, "time")[0]).pvalue
        for point in (1, 2)
    )
    assert found(twisted)["p_holm"].tolist()[1:] == pytest.approx([max(one, 2 * two), 2 * two])
    assert two < one


def test_a_point_that_is_the_base_over_again_is_neither_compared_nor_counted():
    points = points_table([{"cranes": 0.3}, {"cranes": 0.1 + 0.2}, {"cranes": 3.0}, {"cranes": 4.0}])

    def twisted(point, r):
        return (10.0 + r + 0.1 * (r % 2) * point["cranes"]) * DAY

    table = found(values_table(points, twisted, 4), points)
    own = points.drop(index=1)
    without = found(values_table(own, twisted, 4), own)
    assert table.loc[1, ["difference", "difference_low", "p_holm"]].isna().all()
    assert table["p_holm"].tolist()[2:] == without["p_holm"].tolist()[1:]


def test_points_whose_factors_are_not_told_are_all_compared():
    assert found(points=POINTS[["point", "name"]])["p_holm"].notna().tolist() == [False, True, True]


def test_what_was_not_run_or_measured_is_missing():
    gone = VALUES[VALUES["point"] != 2].copy()
    gone.loc[(gone["point"] == 1) & (gone["replication"] == 3), "value"] = math.nan
    table = found(gone)
    assert table["replications"].tolist() == [4, 3, 0]
    assert math.isnan(table.loc[2, "mean"])
    assert table.loc[1, "difference"] == pytest.approx(np.mean([-2.15, -2.05, -1.95]))


def test_one_replication_has_a_difference_and_no_interval():
    table = found(VALUES[VALUES["replication"] == 0])
    assert table["difference"].tolist()[1:] == pytest.approx([-2.15, -2.5])
    assert table[["low", "high", "difference_low", "p_holm"]].isna().all(axis=None)


def test_unfinished_are_added_up():
    table = found(VALUES.assign(unfinished=VALUES["point"] + 1))
    assert table["unfinished"].tolist() == [4, 8, 12]


def test_rows_stand_by_point_and_then_as_the_outcomes():
    both = pd.concat([VALUES, VALUES.assign(outcome="late")])
    table = response(both, POINTS, outcomes_table({}, {"outcome": "late", "unit": "h", "unit_size": 3600.0}))
    assert list(zip(table["point"], table["outcome"], strict=True))[:3] == [(0, "time"), (0, "late"), (1, "time")]
    assert table.loc[1, "mean"] == pytest.approx(24 * 12)


def test_equal_differences_are_certain():
    apart = differences(np.array([[1.1, 2.1, 3.1], [1.0, 2.0, 3.0]]), np.array([[1.0, 2.0, 3.0]]))
    assert apart.p.tolist() == [0.0, 1.0]


def test_two_differences_that_are_alike_may_be_so_by_chance():
    base = np.array([[1.0, 2.0]])
    assert np.isnan(differences(base + 0.5, base).p).all()
    assert differences(base, base).p.tolist() == [1.0]
    # What no replication moves is certain.
    assert differences(np.array([[7.0, 7.0]]), np.array([[5.0, 5.0]])).p.tolist() == [0.0]


def test_holm_leaves_what_is_missing():
    assert holm(np.array([0.01, math.nan, 0.04])).tolist()[::2] == pytest.approx([0.02, 0.04])
    assert math.isnan(holm(np.array([math.nan]))[0])


def measured(of):
    return json.dumps({"of": of, "statistic": "mean", "aims": [{"names": ["west"]}]})


def test_an_interval_does_not_go_beyond_what_the_measure_can_be():
    points = points_table([{"cranes": 2.0}])
    spread = values_table(points, lambda _, r: (0.02, 0.99)[r % 2], 2)
    share = outcomes_table({"measure": measured("load-factor"), "unit": "%", "unit_size": 0.01})
    time = outcomes_table({"measure": measured("transit-time"), "unit_size": 1.0})
    assert response(spread, points, share)[["low", "high"]].to_numpy().tolist() == [[0.0, 100.0]]
    assert response(spread, points, time)["low"].tolist() == [0.0]
    assert response(spread, points, time)["high"].tolist() > [1.0]
    # Of a difference nobody knows the bounds.
    two = json.loads(measured("load-factor")) | {"aims": [{}, {}]}
    assert response(spread, points, share.assign(measure=json.dumps(two)))["low"].tolist() < [0.0]


def test_a_number_without_too_many_unfinished_ones_is_too_good():
    # Of 400: one in a hundred is what a 95th percentile bears, one in ten what a mean does.
    some = values_table(POINTS, model, 4).assign(asked=100)
    some["unfinished"] = some["point"].map({0: 0, 1: 1, 2: 2})
    for statistic, expected in (("p95", [False, False, True]), ("mean", [False] * 3), ("most", [False, True, True])):
        measure = json.loads(measured("transit-time")) | {"statistic": statistic}
        table = response(some, POINTS, outcomes_table({"measure": json.dumps(measure)}))
        assert table["too_good"].tolist() == expected
        assert table["asked"].tolist() == [400] * 3
    many = some.assign(unfinished=11)
    assert response(many, POINTS, outcomes_table({"measure": measured("transit-time")}))["too_good"].all()
    assert response(many, POINTS, outcomes_table({"measure": measured("on-time-share")}))["too_good"].all()
    assert not response(many, POINTS, outcomes_table({"measure": measured("load-factor")}))["too_good"].any()
