"""Transit times, dwell, speeds and the split of the time: every number worked out by hand (see small_logs)."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.metrics.dwell import dwell
from sim.metrics.speeds import speeds
from sim.metrics.transit import transit
from sim.metrics.transit_times import transit_times
from sim.metrics.why_late import why_late
from tests.small_logs import HOUR, corridors, only_first
from tests.small_trains import trains


def row(table: pd.DataFrame, **keys: object) -> pd.Series:
    found = table.loc[np.logical_and.reduce([table[key] == value for key, value in keys.items()])]
    assert len(found) == 1, found
    return found.iloc[0]


def test_transit_times_run_from_release_to_the_end_of_the_route():
    table = transit_times(corridors())
    assert table[["replication", "flow", "entity", "hours", "teu"]].to_numpy().tolist() == [
        [0, "rail", 0, 24.0, 2],
        [0, "rail", 1, 22.0, 3],
        [0, "road", 5, 12.0, 2],
        [0, "road", 6, 27.0, 2],
        [1, "rail", 0, 14.0, 2],
        [1, "road", 2, 17.0, 2],
    ]
    assert table["release_s"].tolist() == [0, HOUR, 0, 2 * HOUR, 0, 0]
    assert table["finished_s"].tolist() == [24 * HOUR, 23 * HOUR, 12 * HOUR, 29 * HOUR, 14 * HOUR, 17 * HOUR]


def test_what_was_released_in_the_warm_up_does_not_count():
    table = transit_times(corridors(warm_up=2))
    assert table[["replication", "entity"]].to_numpy().tolist() == [[0, 6]]
    assert transit(corridors(warm_up=12))["unfinished"].tolist() == [1, 0, 0, 0]
    assert transit(corridors(warm_up=12.5))["unfinished"].tolist() == [0, 0, 0, 0]


def test_transit_of_rail():
    rail = row(transit(corridors()), replication=0, flow="rail")
    assert rail[["direction", "scope", "finished", "unfinished"]].tolist() == ["westbound", "TT", 2, 1]
    # 24 h and 22 h: mean 23, median 23, P90 22 + 0.9 * 2, P95 22 + 0.95 * 2.
    assert rail["mean_d"] * 24 == pytest.approx(23)
    assert rail["p50_d"] * 24 == pytest.approx(23)
    assert rail["p90_d"] * 24 == pytest.approx(23.8)
    assert rail["p95_d"] * 24 == pytest.approx(23.9)
    assert rail["buffer_index"] == pytest.approx(0.9 / 23)
    assert rail["planning_time_index"] == pytest.approx(23.9 / 18)
    assert rail["on_time_share"] == 0.5


def test_without_a_promise_there_is_no_share_on_time():
    road = row(transit(corridors()), replication=0, flow="road")
    assert pd.isna(road["on_time_share"])
    assert pd.isna(road["planning_time_index"])
    assert road["buffer_index"] == pytest.approx((12 + 0.95 * 15 - 19.5) / 19.5)


def test_a_flow_of_which_nothing_finished_has_no_times_but_is_counted():
    thru = row(transit(trains()), flow="thru")
    assert thru[["finished", "unfinished"]].tolist() == [0, 1]
    assert thru[["mean_d", "p50_d", "p95_d", "buffer_index"]].isna().all()


def test_dwell_of_the_posts_at_d():
    posts = row(dwell(corridors()), replication=0, name="d-posts")
    # Waits 0, 1, 5, 0; stays 2, 2, 1, 2; in all 2, 3, 6, 2.
    assert posts[["place", "node", "kind", "visits", "unfinished"]].tolist() == [8, "d", "posts", 4, 0]
    assert posts["wait_mean_h"] == pytest.approx(1.5)
    assert posts["wait_p95_h"] == pytest.approx(1 + 0.85 * 4)
    assert posts["stay_mean_h"] == pytest.approx(1.75)
    assert posts["total_mean_h"] == pytest.approx(3.25)
    assert posts["total_p50_h"] == pytest.approx(2.5)
    assert posts["total_p95_h"] == pytest.approx(3 + 0.85 * 3)


def test_a_visit_that_has_not_ended_is_counted_and_no_time():
    line = row(dwell(trains()), name="bc")
    assert line[["visits", "unfinished"]].tolist() == [0, 1]
    assert line[["wait_mean_h", "total_p95_h"]].isna().all()


def test_dwell_leaves_out_what_was_released_in_the_warm_up():
    table = dwell(corridors(warm_up=6))
    assert row(table, replication=0, name="d-posts")["visits"] == 1
    assert "ab" not in set(table["name"])


def test_speeds_of_rail_and_road():
    table = speeds(corridors())
    rail = row(table, replication=0, flow="rail")
    # 300 km in 23 h on average, of which 4 + 6 h in motion; 150 + 20 USD per TEU of 10 t.
    assert rail["km"] == 300
    assert rail["swd_kmh"] == pytest.approx(300 / 23)
    assert rail["swod_kmh"] == pytest.approx(30)
    assert rail["ratio"] == pytest.approx(10 / 23)
    assert rail["moving_share"] == pytest.approx(10 / 23)
    assert rail["tfi3_usd_500km_20t"] == pytest.approx(170 / 10 / 300 * 500 * 20)
    road = row(table, replication=0, flow="road")
    assert road["swod_kmh"] == pytest.approx(50)
    assert road["swd_kmh"] == pytest.approx(700 / 39)
    assert road["tfi3_usd_500km_20t"] == pytest.approx(400 / 8 / 350 * 500 * 20)


@pytest.mark.parametrize("log", [corridors(), trains()])
def test_speed_without_delay_is_never_below_speed_with_delay(log):
    table = speeds(log).dropna(subset="swd_kmh")
    assert len(table) >= 3
    assert (table["swod_kmh"] >= table["swd_kmh"]).all()


def hours(log, **keys) -> dict[tuple[str, str], float]:
    table = why_late(log)
    found = table.loc[np.logical_and.reduce([table[key] == value for key, value in keys.items()])]
    sums = found.groupby(["cause", "name"], as_index=False)["hours"].sum()
    return {(cause, name): h for cause, name, h in zip(sums["cause"], sums["name"], sums["hours"], strict=True)}


def test_why_late_of_rail():
    # Shipment 0 waits 3 h for the train, shipment 1 waits 2 h; the yard blocks shipment 0 for 1 h.
    assert hours(corridors(), replication=0, flow="rail") == {
        ("moving", "ab"): 4.0,
        ("moving", "bc"): 6.0,
        ("handling", "a-crane"): 1.0,
        ("handling", "c-yard"): 1.0,
        ("formalities", "b-posts"): 3.0,
        ("queueing", "ab"): 1.0,
        ("closed", "b-posts"): 4.0,
        ("waiting for departure", "west"): 2.5,
        ("blocked", "c-yard"): 0.5,
    }


def test_why_late_of_road():
    # Truck 5 queues 1 h at the posts, whose work is finished in spite of the closure; truck 6 waits 16 h for a truck.
    assert hours(corridors(), replication=0, flow="road") == {
        ("moving", "ad"): 4.0,
        ("moving", "de"): 3.0,
        ("formalities", "d-posts"): 2.0,
        ("rest", "d-rest"): 2.0,
        ("queueing", "d-posts"): 0.5,
        ("waiting for equipment", "trucks"): 8.0,
    }


def test_waiting_before_closed_posts_is_closed_and_the_rest_queueing():
    # Asked at 7, closed from 8 to 12.
    found = hours(corridors(), replication=1, flow="road")
    assert found["queueing", "d-posts"] == 1.0
    assert found["closed", "d-posts"] == 4.0


def test_waiting_in_vain_lasts_until_it_is_left():
    # Asked at 7, left at 14, closed from 8 to 12.
    log, visits = corridors(), corridors().visits
    visits.loc[(visits["replication"] == 1) & (visits["entity"] == 2) & (visits["step"] == 11), "entered"] = pd.NA
    found = hours(replace(log, visits=visits), replication=1, flow="road")
    assert found["queueing", "d-posts"] == 3.0
    assert found["closed", "d-posts"] == 4.0
    assert ("formalities", "d-posts") not in found


def test_waiting_for_a_fleet_is_never_closed():
    log = corridors()
    windows = log.legend.windows.copy()
    windows.loc[windows["place"] == 5, "capacity"] = 0
    shut = replace(log, legend=replace(log.legend, windows=windows))
    assert hours(shut, replication=0, flow="road")["waiting for equipment", "trucks"] == 8.0


def test_what_happens_at_no_place_has_the_name_of_its_step():
    log = corridors()
    steps, visits = log.legend.steps.copy(), log.visits.copy()
    steps.loc[12, "place"] = pd.NA
    visits.loc[visits["step"] == 12, ["place", "released"]] = pd.NA
    found = why_late(replace(log, visits=visits, legend=replace(log.legend, steps=steps)))
    last = found[(found["cause"] == "moving") & (found["flow"] == "road") & (found["place"] != 6).fillna(value=True)]
    assert last[["name", "node", "hours"]].to_numpy().tolist() == [["de", "d", 3.0], ["de", "d", 3.0]]
    assert last["place"].isna().all()


def test_time_aboard_at_a_call_on_the_way():
    # The train handles at m for an hour, then waits for its departure for another: 2 h + 1 h of waiting.
    assert hours(trains(), flow="long") == {
        ("moving", "am"): 3.0,
        ("moving", "mb"): 3.0,
        ("handling", "cn"): 1.0,
        ("formalities", "b-posts"): 1.0,
        ("queueing", "b-posts"): 1.0,
        ("waiting for departure", "cn"): 3.0,
    }


def test_a_ride_bears_only_the_part_of_the_consists_time_that_it_rode():
    assert hours(trains(), flow="first") == {("moving", "am"): 3.0, ("waiting for departure", "cn"): 2.0}
    assert hours(trains(), flow="second") == {
        ("moving", "mb"): 3.0,
        ("formalities", "b-posts"): 1.0,
        ("queueing", "b-posts"): 1.0,
        ("waiting for departure", "cn"): 6.0,
    }


def test_calls_and_rides_have_a_node_and_no_place():
    table = why_late(trains())
    waiting = table[table["cause"] == "waiting for departure"]
    assert waiting["place"].isna().all()
    assert waiting.loc[waiting["flow"] == "long", ["node", "hours"]].to_numpy().tolist() == [["a", 2.0], ["m", 1.0]]


@pytest.mark.parametrize("log", [corridors(), corridors(warm_up=1), only_first(), trains()])
def test_the_split_adds_up_to_the_transit_time_exactly(log):
    times = transit_times(log)
    took = (times["finished_s"] - times["release_s"]).groupby([times["replication"], times["flow"]]).sum()
    split = why_late(log).groupby(["replication", "flow"])["total_s"].sum()
    assert len(took) >= 2
    assert split.to_dict() == took.to_dict()


def test_hours_add_up_to_the_mean_transit_time():
    log = corridors()
    sums = why_late(log).groupby(["replication", "flow"])["hours"].sum().to_numpy()
    assert sums == pytest.approx(transit(log)["mean_d"].to_numpy() * 24)
