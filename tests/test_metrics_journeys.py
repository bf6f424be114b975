"""Logs that break their own contract are refused, and the array operations are those of numpy."""

import gc
import importlib
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.errors import ResultError
from sim.log import Log
from sim.metrics import measure, rows
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.accruals import Windows, accrual
from sim.metrics.burdens import Burdens
from sim.metrics.journeys import Journeys, Travellers
from sim.metrics.months import Months, months
from sim.metrics.rows import Rows
from sim.metrics.shape import (
    FEW,
    MANY,
    SAMPLED,
    SMALL,
    distinct,
    grouped,
    grouped_quantiles,
    grouped_totals,
    ordered,
    quantiles,
    ratio,
    row_quantiles,
    searched,
    shaped,
    spans,
)
from tests.small_logs import HOUR, corridors
from tests.small_trains import ROWS, trains


@pytest.fixture
def counted_references():
    """Only what nothing refers to any more is freed: circles of references are not looked for."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("counted_references")
def test_what_a_log_was_read_as_is_freed_with_its_last_metric():
    def read() -> int:
        # Of what stands in for another by a weak reference not even the class can be asked when that is gone.
        return sum(type(each) in (Accounts, Journeys, Travellers, Rows, Burdens) for each in gc.get_objects())

    log, before = trains(), read()
    kept = accounts(log)
    assert kept.journeys.travellers.counts.any()
    assert kept.burdens.fees_usd.any()
    assert read() > before
    del kept
    measure(log)
    assert read() == before


def with_legend(log: Log, **tables: Any) -> Log:
    return replace(log, legend=replace(log.legend, **tables))


def stretched(log: Log, factor: int) -> Log:
    """The same log with all times so many times as long."""
    times = ("requested", "entered", "left", "released")
    entities, windows, origin = log.legend.entities, log.legend.windows, dict(log.legend.origin)
    origin |= {name: int(str(origin[name])) * factor for name in ("horizon_s", "warm_up_s")}
    legend = {
        "entities": entities.assign(release_s=entities["release_s"] * factor),
        "windows": windows.assign(time_s=windows["time_s"] * factor),
        "origin": origin,
    }
    visits = log.visits.assign(**{name: log.visits[name] * factor for name in times})
    return replace(with_legend(log, **legend), visits=visits)


@pytest.mark.parametrize("sample", [trains, corridors])
def test_metrics_are_the_same_in_32_and_in_64_bits(sample, monkeypatch):
    log = sample()
    longest = stretched(log, (SMALL - 1) // int(str(log.legend.origin["horizon_s"])))
    narrow = measure(longest)
    monkeypatch.setattr(rows, "SMALL", 0)
    monkeypatch.setattr(importlib.import_module("sim.metrics.stock"), "SMALL", 0)
    wide = measure(longest)
    monkeypatch.undo()
    assert Journeys.of(longest).rows.left.dtype == np.int32
    assert longest.visits["left"].max() > SMALL // 2
    for name, table in wide.items():
        pd.testing.assert_frame_equal(narrow[name], table, check_exact=True)


@pytest.mark.parametrize("sample", [trains, corridors])
def test_times_of_more_than_34_years_are_in_64_bits(sample):
    log = sample()
    hours = 2**31 // int(log.visits["left"].max()) + 1
    dwell = measure(log)["dwell"]
    assert Journeys.of(stretched(log, hours)).rows.left.dtype == np.int64
    np.testing.assert_allclose(measure(stretched(log, hours))["dwell"]["total_p95_h"], dwell["total_p95_h"] * hours)


def changed(row: int, position: int, hour: int) -> Log:
    rows = list(ROWS)
    rows[row] = (*rows[row][:position], hour, *rows[row][position + 1 :])
    return trains(rows)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (changed(10, 3, 11), "entity 0, step 1, requested 39600: a visit begins when the one before it is left"),
        (changed(0, 3, 1), "entity 0, step 0, requested 3600: the first is at release"),
        (changed(1, 7, 99), "replication 0, entity 99: not in legend.entities"),
        (changed(1, 4, 1), "the ride at step 3 entered at 3600 and left at 18000 does not begin and end at calls"),
        (changed(1, 5, 4), "the ride at step 3 entered at 7200 and left at 14400 does not begin and end at calls"),
        (changed(1, 7, 5), "the ride at step 3 entered at 7200 and left at 18000 does not begin and end at calls"),
        (trains([ROWS[1]]), "the ride at step 3 entered at 7200 and left at 18000 does not begin and end at calls"),
    ],
)
def test_a_broken_log_is_refused(log, message):
    with pytest.raises(ResultError, match="the log breaks its contract") as caught:
        measure(log)
    assert message in str(caught.value)


def test_a_legend_whose_rows_are_not_numbered_is_refused():
    log = corridors()
    with pytest.raises(ResultError, match=r"legend\.places: place should number the rows from 0"):
        measure(with_legend(log, places=log.legend.places.iloc[1:]))
    with pytest.raises(ResultError, match="rows should rise by replication and entity"):
        measure(with_legend(log, entities=log.legend.entities.iloc[::-1]))


def test_an_unknown_activity_is_refused():
    log = corridors()
    steps = log.legend.steps.assign(activity="dancing")
    with pytest.raises(ResultError, match="unknown activity dancing; allowed: moving, handling"):
        measure(with_legend(log, steps=steps))


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.9, 0.95, 1.0])
def test_quantiles_are_those_of_numpy(share):
    generator = np.random.default_rng(1)
    group, value = generator.integers(0, 4, 200), generator.integers(0, 1000, 200)
    (found,) = quantiles(group, value, 5, (share,))
    assert found[:4].tolist() == pytest.approx([float(np.quantile(value[group == g], share)) for g in range(4)])
    assert np.isnan(found[4])


@pytest.mark.parametrize("most", [0, 9, 70_000, 2**40])
@pytest.mark.parametrize("number", [500, FEW + 500])
def test_whole_numbers_are_put_in_order_as_by_numpy(most, number):
    key = np.random.default_rng(2).integers(0, most, number, endpoint=True)
    assert ordered(key).tolist() == np.argsort(key, kind="stable").tolist()
    alone, which = distinct(np.concatenate([key, key[:7]]))
    assert alone.tolist() == np.unique(key).tolist()
    assert alone[which].tolist() == [*key.tolist(), *key[:7].tolist()]


def test_columns_have_the_types_of_their_table():
    columns = {"teu": "int64", "hours": "float64", "good": "boolean", "place": "Int64", "name": "str"}
    given = {"teu": np.array([2.0, 3.0]), "hours": [None, 1], "good": [True, None], "place": [None, 7]}
    table = shaped(columns, given | {"name": ["a", "b"]})
    assert table.dtypes.astype(str).to_dict() == columns
    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    assert rows == [[2, None, True, None, "a"], [3, 1.0, None, 7, "b"]]
    assert shaped(columns, dict.fromkeys(columns, ())).dtypes.astype(str).to_dict() == columns


def test_months_of_times_at_their_edges():
    edges = np.array([40_000, 50_000, 2_600_000, 2_620_000])
    time = np.array([40_000, 49_999, 50_000, 2_599_999, 2_600_000, 2_620_000, 9_000_000])
    span = Months(["2020-01", "2020-02", "2020-03"], edges)
    assert span.of(time).tolist() == [0, 0, 1, 1, 2, 2, 2]
    assert span.begun(np.array([0, 39_999, 2_700_000])).tolist() == [0, 0, 4]
    # Edges between two days.
    days = Months(["2020-01", "2020-02"], np.array([86_400, 259_200, 345_600]))
    assert days.begun(np.array([86_399, 86_400, 259_199, 259_200, 345_600, 900_000])).tolist() == [0, 1, 1, 2, 3, 3]


def test_places_are_found_within_their_ranges():
    value, sought = np.array([3, 5, 9, 1, 4]), np.array([5, 6, 99, 0, 2, 4, 7])
    begin, end = np.array([0, 0, 0, 3, 3, 3, 2]), np.array([3, 3, 3, 5, 5, 5, 2])
    assert searched(value, (begin, end), sought).tolist() == [1, 2, 3, 3, 4, 4, 2]


def test_quantiles_of_rows_are_those_of_numpy():
    value = np.random.default_rng(3).integers(0, 1000, (4, 60))
    expected = [np.quantile(value, share, axis=1).tolist() for share in (0.05, 0.95)]
    assert [found.tolist() for found in row_quantiles(value, (0.05, 0.95))] == [pytest.approx(row) for row in expected]


def rows_to_rank(kind: str, columns: int) -> Any:
    """Three rows, of numbers whose places a sample tells, does not tell or tells wrongly."""
    value = np.random.default_rng(4).integers(-50, 2**31 - 50, (3, columns))
    if kind == "alike":
        value %= 3
        value[1] = 7
    if kind == "misleading":
        value[:, ::SAMPLED] = [[-60], [2**31 - 1], [5]]
    return value


@pytest.mark.parametrize("kind", ["apart", "alike", "misleading"])
@pytest.mark.parametrize("shares", [(0.05, 0.95), (0.02,), (0.99,), (0.0, 1.0), (0.5, 0.95)])
@pytest.mark.parametrize("columns", [1, 2, MANY - 1, MANY, 5000])
@pytest.mark.parametrize("width", [np.int32, np.int64])
def test_quantiles_of_many_numbers_are_exact(kind, shares, columns, width):
    value = rows_to_rank(kind, columns)
    expected = np.quantile(value, shares, axis=1)
    found = row_quantiles(value.astype(width), shares)
    assert np.array(found) == pytest.approx(expected, rel=1e-12)
    grouped = grouped_quantiles(value.ravel(), np.full(3, columns), shares)
    assert [each.tolist() for each in grouped] == [each.tolist() for each in found]


def test_quantiles_of_numbers_beyond_32_bits_are_exact():
    value = np.arange(2**40, 2**40 + 3 * 2000).reshape(3, 2000)
    (found,) = row_quantiles(np.flip(value, axis=1).copy(), (0.95,))
    assert found.tolist() == pytest.approx((value[:, 0] + 0.95 * 1999).tolist(), rel=1e-15)


def test_groups_without_numbers_have_a_sum_of_nothing():
    assert grouped_totals(np.array([1, 2, 4, 8]), np.array([0, 3, 0, 1, 0])).tolist() == [0, 7, 0, 8, 0]
    assert grouped_totals(np.zeros(0, np.int64), np.zeros(2, np.int64)).tolist() == [0, 0]


def test_spans_count_through_their_ranges():
    which, number = spans(np.array([5, 2, 7]), np.array([7, 2, 10]))
    assert which.tolist() == [0, 0, 2, 2, 2]
    assert number.tolist() == [5, 6, 7, 8, 9]


def test_a_ratio_to_nothing_is_missing():
    assert np.isnan(ratio(np.array([1.0, 1.0]), np.array([0.0, np.nan]))).all()


def test_closed_time_between_two_moments():
    windows = Windows.of(corridors().legend.windows)
    closed = accrual(windows, (windows.capacity == 0).astype(np.int64), np.arange(2), 10)
    # Posts b (place 2) are closed from 10 to 14, posts d (place 8) from 8 to 12, place 0 never.
    place = np.array([2, 2, 2, 2, 8, 0])
    begin, end = np.array([0, 11, 13, 14, 0, 0]) * HOUR, np.array([48, 13, 20, 40, 9, 48]) * HOUR
    assert (closed.between((np.zeros_like(place), place), begin, end) / HOUR).tolist() == [4, 2, 1, 0, 1, 0]


def test_windows_of_one_replication_count_for_that_one():
    rows = [(0, None, 0, 1), (1, 3, 0, 2), (1, 3, 5, 0), (1, 8, 0, 2), (1, 9, 0, 0), (1, 9, 2, 4), (2, None, 0, 7)]
    columns = ("place", "replication", "time_s", "capacity")
    table = pd.DataFrame(rows, columns=list(columns)).astype({"replication": "Int64"}).assign(pace=1.0)
    windows = Windows.of(table)
    capacity = accrual(windows, windows.capacity, np.array([3, 9]), 3)
    where = np.array([0, 0, 1, 1, 0, 1]), np.array([0, 1, 1, 2, 2, 0])
    begin = np.zeros(6, np.int64)
    assert capacity.between(where, begin, begin + 10).tolist() == [10, 10, 32, 70, 70, 10]


def test_months_are_cut_at_both_ends():
    found = months(Journeys.of(corridors()), 2 * HOUR)
    assert found.names == ["2020-01", "2020-02"]
    assert (found.edges / HOUR).tolist() == [2, 36, 48]
    assert found.of(np.array([2, 35, 36, 48]) * HOUR).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("rows", [0, 1, 100, FEW, 3 * FEW])
@pytest.mark.parametrize("groups", [1, 7, 3 * FEW])
def test_rows_of_a_group_are_put_together_as_they_come(rows, groups):
    group = np.random.default_rng(1).integers(0, groups, rows)
    order, first = grouped(group, groups)
    np.testing.assert_array_equal(order, np.argsort(group, kind="stable"))
    np.testing.assert_array_equal(first, [int((group < each).sum()) for each in range(groups + 1)])
