"""Paired differences of the key table: against scipy and statsmodels, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sim.metrics.comparison import COLUMNS, HIGHER, LOWER, NONE, OPEN, SAME, Side, comparison, sides
from sim.metrics.shape import shaped
from sim.metrics.summary import NUMBERS, key_numbers, summary
from tests.small_logs import corridors


def side(name, values, unfinished=None, quick=None):
    """A run with a number of each flow in each replication."""
    rows = [
        ("Transit time, mean", flow, flow.title(), "days", replication, value, 1)
        for flow, own in values.items()
        for replication, value in enumerate(own)
    ]
    columns = {key: [row[at] for row in rows] for at, key in enumerate(NUMBERS)}
    return Side(name, shaped(NUMBERS, columns), quick or {}, unfinished or {})


GENERATOR = np.random.default_rng(3)
BASE = {flow: (10 + GENERATOR.normal(0, 1, 8)).tolist() for flow in ("a", "b", "c", "d", "e")}
FAR = {
    "a": [value - 2 + noise for value, noise in zip(BASE["a"], GENERATOR.normal(0, 0.3, 8), strict=True)],
    "b": [value + 0.02 + noise for value, noise in zip(BASE["b"], GENERATOR.normal(0, 0.3, 8), strict=True)],
    "c": BASE["c"],
    "d": [value + 1 for value in BASE["d"]],
    "e": [np.nan] * 7 + [3.0],
}


def test_differences_are_those_of_the_paired_t_test_and_corrected_by_holm():
    table = comparison([side("base", BASE), side("far", FAR)]).set_index("group")
    assert [*table.columns.insert(0, "run")].count("metric") == 1
    p = []
    for flow in ("a", "b"):
        test = stats.ttest_rel(FAR[flow], BASE[flow])
        expected = test.confidence_interval(0.95)
        row = table.loc[flow]
        assert row["difference"] == pytest.approx(np.mean(FAR[flow]) - np.mean(BASE[flow]))
        assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
        assert row["p"] == pytest.approx(test.pvalue)
        assert row["share"] == pytest.approx(row["difference"] / np.mean(BASE[flow]))
        p.append(test.pvalue)
    # c is the same in all replications and is no question; d is another one in all, by as much.
    corrected = multipletests([*p, 0.0], method="holm")[1]
    assert table["p_holm"].tolist()[:2] == pytest.approx(corrected[:2])
    assert table["verdict"].tolist() == [LOWER, OPEN, SAME, HIGHER, NONE]
    assert table["pairs"].tolist() == [8, 8, 8, 8, 1]


def test_the_correction_is_over_all_runs():
    alone = comparison([side("base", BASE), side("far", FAR)])
    several = comparison([side("base", BASE), side("far", FAR), side("again", FAR), side("once more", FAR)])
    assert list(several.columns) == list(COLUMNS)
    assert several["run"].tolist() == ["far"] * 5 + ["again"] * 5 + ["once more"] * 5
    assert several["p_holm"][0] > alone["p_holm"][0]
    assert several["p"][0] == alone["p"][0]


def test_numbers_that_one_run_lacks_are_left_out():
    fewer = {flow: values for flow, values in FAR.items() if flow != "a"}
    assert comparison([side("base", BASE), side("far", fewer)])["group"].tolist() == ["b", "c", "d", "e"]
    assert comparison([side("base", BASE)]).empty


def test_unfinished_shipments_stand_beside_the_numbers_that_they_bias():
    base = side("base", BASE, {"a": 3, "b": 0})
    table = comparison([base, side("far", FAR, {"a": 40, "b": 1}, {"a": 0.34})])
    assert table["base_unfinished"].tolist()[:2] == [3, 0]
    assert table["unfinished"].tolist()[:2] == [40, 1]
    assert table["label"].tolist()[:2] == ["A (too good, unfinished: 34 % in far)", "B"]
    both = comparison([replace(base, quick={"a": 0.2}), side("far", FAR, None, {"a": 0.34})])
    assert both["label"][0] == "A (too good, unfinished: 20 % in base, 34 % in far)"


def test_the_numbers_of_the_key_table_have_their_means():
    log = corridors()
    numbers, table = key_numbers(log), summary(log)
    means = numbers.groupby(["metric", "group"], sort=False)["value"].mean()
    assert means.to_numpy() == pytest.approx(table["mean"].to_numpy(), nan_ok=True)


def test_a_log_against_itself_is_the_same():
    log = corridors()
    table = comparison(sides([("once", log), ("again", log)]))
    assert set(table["verdict"]) <= {SAME, NONE}
    assert (table["difference"].dropna() == 0).all()
