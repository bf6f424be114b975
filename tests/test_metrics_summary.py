"""The key table, intervals, and what holds for all metrics."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.log import Log
from sim.metrics import METRICS, measure
from sim.metrics.accounts import accounts
from sim.metrics.expectations import expectations
from sim.metrics.intervals import intervals
from sim.metrics.summary import COLUMNS, summary, too_good
from sim.metrics.validation import validation
from tests.small_logs import corridors, nothing_moved, only_first
from tests.small_trains import trains

NAMES = [*METRICS, "validation", "expectations", "summary"]


LOGS: dict[str, Callable[[], Log]] = {"corridors": corridors, "trains": trains, "nothing": nothing_moved}


@cache
def measured(name: str) -> dict[str, pd.DataFrame]:
    return measure(LOGS[name]())


def test_intervals_are_those_of_the_t_test():
    values = np.array([3.0, 5.0, 4.0, 8.0])
    found = intervals(np.zeros(4, dtype=np.int64), values, 1)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.mean[0] == 5
    assert (found.low[0], found.high[0]) == pytest.approx((expected.low, expected.high))


def test_one_value_gives_no_interval_and_none_gives_no_mean():
    found = intervals(np.array([0, 1, 1, 1]), np.array([7.0, 1.0, 1.0, np.nan]), 3)
    assert found.values.tolist() == [1, 2, 0]
    assert found.mean[:2].tolist() == [7, 1]
    assert np.isnan(found.low).tolist() == [True, False, True]
    assert np.isnan(found.high).tolist() == [True, False, True]
    assert np.isnan(found.mean[2])


def pick(table: pd.DataFrame, metric: str, group: str) -> pd.Series:
    found = table[(table["metric"] == metric) & (table["group"] == group)]
    assert len(found) == 1, found
    return found.iloc[0]


def test_summary_of_two_replications():
    rail = pick(summary(corridors()), "Transit time, mean", "rail")
    # 23 h and 14 h: mean 18.5; half width t(0.975; 1) * sd / sqrt(2), with sd / sqrt(2) = 4.5.
    assert rail[["unit", "n", "replications"]].tolist() == ["days", 3, 2]
    assert rail["mean"] * 24 == pytest.approx(18.5)
    half = stats.t.ppf(0.975, 1) * 4.5
    assert (rail["low"] * 24, rail["high"] * 24) == pytest.approx((18.5 - half, 18.5 + half))


def test_times_of_a_flow_of_which_many_are_unfinished_are_marked():
    table = summary(corridors())
    # One of the four shipments by rail is still under way; by road all three have arrived.
    late = "Rail west (too good: 25 % unfinished)"
    of_rail = table[table["group"] == "rail"].set_index("metric")["label"].to_dict()
    assert {metric for metric, label in of_rail.items() if label == late} == {
        "Transit time, mean", "Transit time, median", "Transit time, 95th percentile", "On time", "Speed with delay",
        "Speed without delay",
    }  # fmt: skip
    assert of_rail["Unfinished shipments"] == of_rail["Delivered"] == "Rail west"
    assert set(table.loc[table["group"] == "road", "label"]) == {"Road west"}


def test_a_tenth_unfinished_is_not_yet_marked_and_nothing_finished_is_never():
    def transit(finished, unfinished):
        return pd.DataFrame({"flow": ["a"], "finished": [finished], "unfinished": [unfinished]})

    assert too_good(transit(9, 1)) == {}
    assert too_good(transit(89, 11)) == {"a": " (too good: 11 % unfinished)"}
    assert too_good(transit(0, 5)) == {}


def test_summary_of_one_replication_has_no_intervals():
    table = summary(only_first())
    assert table[["low", "high"]].isna().to_numpy().all()
    assert pick(table, "Unfinished shipments", "rail")[["mean", "n", "replications"]].tolist() == [1, 3, 1]


def test_summary_of_borders_waits_and_places():
    table = summary(corridors())
    crossing = pick(table, "Border crossing time", "b out CN")
    assert crossing[["label", "mean", "n"]].tolist() == ["B (CN, out)", 5.0, 3]
    # 16 h for four shipments in the first replication, none in the second.
    equipment = pick(table, "Why late", "waiting for equipment a trucks")
    assert equipment[["label", "mean", "n", "replications"]].tolist() == ["waiting for equipment: Trucks", 2.0, 6, 2]
    crane = pick(table, "Throughput", "a-crane")
    assert crane[["label", "unit", "mean", "n"]].tolist() == ["Crane at A", "TEU/day", (6 + 2) / 2 / 2, 4]


def test_summary_names_what_has_no_value():
    on_time = pick(summary(corridors()), "On time", "road")
    assert on_time["replications"] == 0
    assert np.isnan(on_time["mean"])


def test_summary_of_a_log_in_which_nothing_waits_or_arrives():
    table = summary(trains([(5, 12, None, 8, 9, 15, None, None)]))
    assert list(table.columns) == list(COLUMNS)
    assert set(table["metric"]) >= {"Transit time, mean", "Unfinished shipments"}
    assert pick(table, "Unfinished shipments", "thru")["mean"] == 1


def test_all_tables_come_in_a_fixed_order():
    tables = measure(corridors())
    assert list(tables) == NAMES
    alone = {name: metric(corridors()) for name, metric in METRICS.items()}
    alone |= {"validation": validation(corridors()), "summary": summary(corridors())}
    alone["expectations"] = expectations(accounts(corridors()), corridors().legend.expectations)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, alone[name])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("log", LOGS)
def test_columns_and_types_are_fixed(name, log):
    table = measured(log)[name]
    declared = sys.modules[f"sim.metrics.{name}"].COLUMNS
    assert [(column, str(kind)) for column, kind in table.dtypes.items()] == list(declared.items())
    assert table.index.tolist() == list(range(len(table)))
    assert table.empty == (log == "nothing")


@pytest.mark.parametrize("name", NAMES)
def test_no_row_stands_twice(name):
    table = measured("corridors")[name]
    assert not table.duplicated().any()


def test_the_order_of_rows_in_time_does_not_matter_between_entities():
    log = corridors()
    shuffled = type(log)(visits=log.visits.sort_values(["entity", "requested"], kind="stable"), legend=log.legend)
    for name, table in measure(shuffled).items():
        pd.testing.assert_frame_equal(table, measured("corridors")[name])


def test_metrics_do_not_depend_on_the_hash_seed():
    code = (
        "from tests.small_logs import corridors; from sim.metrics import measure\n"
        "for name, table in measure(corridors()).items(): print(name, table.to_csv())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_accounts_are_shared():
    held = accounts(corridors())
    assert accounts(held) is held
    assert held.spent is held.spent
