"""Throughput, stock, utilisation and load factor (see small_logs and small_trains)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.metrics.dwell import dwell
from sim.metrics.load_factor import load_factor
from sim.metrics.stock import stock
from sim.metrics.throughput import throughput
from sim.metrics.utilisation import utilisation
from tests.small_logs import HOUR, corridors, six_hour_queue
from tests.small_trains import trains


def at(table: pd.DataFrame, name: str, replication: int = 0) -> pd.DataFrame:
    return table[(table["name"] == name) & (table["replication"] == replication)]


def test_throughput_counts_visits_and_the_teu_aboard():
    table = throughput(corridors())
    assert at(table, "b-posts")[["month", "visits", "teu"]].to_numpy().tolist() == [
        ["2020-01", 1, 5],
        ["2020-02", 0, 0],
    ]
    # Two trucks of 2 TEU and two of the rest of the traffic, which carries none that counts.
    assert at(table, "d-posts")[["month", "visits", "teu"]].to_numpy().tolist() == [
        ["2020-01", 4, 4],
        ["2020-02", 0, 0],
    ]
    assert table["place"].nunique() * 2 * 2 == len(table)


def test_a_visit_belongs_to_the_month_in_which_it_ends():
    table = at(throughput(six_hour_queue()), "d-posts")
    # Left at 12, 24, 36 and 48; February begins at 36.
    assert table[["month", "visits", "teu"]].to_numpy().tolist() == [["2020-01", 2, 4], ["2020-02", 2, 4]]


def test_throughput_begins_with_the_warm_up_over():
    # At b the train leaves at 16 in replication 0, at 7 in replication 1.
    table = throughput(corridors(warm_up=10))
    assert at(table, "b-posts")["visits"].tolist() == [1, 0]
    assert at(table, "b-posts", 1)["visits"].tolist() == [0, 0]


def test_stock_waiting_and_inside():
    table = at(stock(six_hour_queue()), "d-posts")
    assert (table["time_s"] / HOUR).tolist() == [0, 6, 12, 18, 24, 30, 36, 42, 48]
    # Asked 0, 6, 12, 18; entered 0, 12, 24, 36; left 12, 24, 36, 48. Who enters at a time is inside at it.
    assert table["waiting"].tolist() == [0, 1, 1, 2, 1, 1, 0, 0, 0]
    assert table["inside"].tolist() == [1, 1, 1, 1, 1, 1, 1, 1, 0]
    assert table["waiting_teu"].tolist() == [0, 2, 2, 4, 2, 2, 0, 0, 0]
    assert table["inside_teu"].tolist() == [2, 2, 2, 2, 2, 2, 2, 2, 0]


def test_units_are_inside_until_they_are_given_back():
    trucks = at(stock(corridors()), "trucks")
    # Truck 0-18, then with shipment 6, not back at 48.
    assert trucks["inside"].tolist() == [1] * 9
    assert trucks["waiting"].tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 0]


def test_stock_in_teu_of_a_consist_is_what_is_aboard():
    assert at(stock(corridors()), "b-posts")["inside_teu"].tolist() == [0, 0, 5, 0, 0, 0, 0, 0, 0]


def test_who_has_not_entered_when_the_run_ends_still_waits():
    log = trains([(5, 12, None, 8, 9, 15, None, None), (5, 13, 4, 15, None, None, None, None)])
    assert at(stock(log), "b-customs")["waiting"].tolist() == [0, 0, 0, 1]


def test_littles_law():
    # Mean number = arrivals per hour x mean time, over a span in which the queue begins and ends empty.
    log = six_hour_queue()
    before_the_end = at(stock(log), "d-posts").iloc[:-1]
    posts = dwell(log).iloc[0]
    rate = posts["visits"] / 48
    assert posts["wait_mean_h"] == pytest.approx(9)
    assert before_the_end["waiting"].mean() == pytest.approx(rate * posts["wait_mean_h"])
    present = before_the_end["waiting"] + before_the_end["inside"]
    assert present.mean() == pytest.approx(rate * posts["total_mean_h"])


def test_utilisation_by_month():
    # One truck: 0-18 and 18-48; January ends at hour 36.
    trucks = at(utilisation(corridors()), "trucks")
    assert trucks["month"].tolist() == ["2020-01", "2020-02"]
    assert trucks["used_unit_h"].tolist() == [36.0, 12.0]
    assert trucks["capacity_unit_h"].tolist() == [36.0, 12.0]
    assert trucks["utilisation"].tolist() == [1.0, 1.0]


def test_capacity_is_that_of_the_windows():
    # Closed 8-12; used 5-7, 7-9, 12-13, 24-26.
    posts = at(utilisation(corridors()), "d-posts")
    assert posts["capacity_unit_h"].tolist() == [32.0, 12.0]
    assert posts["used_unit_h"].tolist() == [7.0, 0.0]
    # The place after one with closed windows begins with its own.
    assert at(utilisation(corridors()), "bc")["capacity_unit_h"].tolist() == [36.0, 12.0]


def test_units_by_teu():
    # Crane: 2 + 3 + 1 TEU for an hour each, room for 10. Yard: 2 TEU 23-26 and 3 TEU 22-23.
    table = utilisation(corridors())
    assert at(table, "a-crane")["used_unit_h"].tolist() == [6.0, 0.0]
    assert at(table, "a-crane")["capacity_unit_h"].tolist() == [360.0, 120.0]
    assert at(table, "c-yard")["used_unit_h"].tolist() == [9.0, 0.0]


def test_utilisation_leaves_out_the_warm_up():
    crane = at(utilisation(corridors(warm_up=12.5)), "a-crane")
    assert crane["used_unit_h"].tolist() == [0.5, 0.0]
    assert crane["capacity_unit_h"].tolist() == [235.0, 120.0]


def test_units_held_over_two_edges():
    # The truck is out from 18 to 48, the warm-up is over at 20, January at 36.
    trucks = at(utilisation(corridors(warm_up=20)), "trucks")
    assert trucks["used_unit_h"].tolist() == [16.0, 12.0]


@pytest.mark.parametrize("log", [corridors(), trains()])
def test_utilisation_is_at_most_one_where_no_closure_cuts_into_use(log):
    table = utilisation(log)
    assert (table["utilisation"] <= 1).all()
    assert table["utilisation"].max() > 0.1


def test_utilisation_is_above_one_where_a_closure_cuts_into_use():
    # In use all the time, closed from 8 to 12: 36 h of use for 32 h of capacity.
    assert at(utilisation(six_hour_queue()), "d-posts")["utilisation"].tolist() == [36 / 32, 1.0]


def test_without_capacity_there_is_no_utilisation():
    log = six_hour_queue()
    shut = replace(log, legend=replace(log.legend, windows=log.legend.windows.assign(capacity=0)))
    assert utilisation(shut)["utilisation"].isna().all()


def test_load_factor_over_all_departures():
    table = load_factor(trains())
    # cn leaves a with 2 + 3 + 4 TEU and m with 2 + 4 + 4; kz leaves b with 2.
    assert table.to_numpy().tolist() == [[0, "cn", 2, 20, 19, 0.95], [0, "kz", 1, 10, 2, 0.2]]


def test_a_train_that_has_not_left_does_not_count():
    assert load_factor(corridors()).to_numpy().tolist() == [[0, "west", 1, 10, 5, 0.5], [1, "west", 1, 10, 2, 0.2]]


def test_a_service_without_departures_has_no_load_factor():
    table = load_factor(corridors(warm_up=5))
    assert table["departures"].tolist() == [0, 0]
    assert np.isnan(table["load_factor"]).all()
