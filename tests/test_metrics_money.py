"""Cost, CO2e and trade (see small_logs)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.log import Log
from sim.metrics.cost import cost
from sim.metrics.distance_profile import distance_profile
from sim.metrics.emissions import emissions
from sim.metrics.trade import trade
from tests.small_logs import Row, corridors, six_hour_queue
from tests.small_trains import trains


def with_steps(log: Log, rows: list[int], column: str, value: float) -> Log:
    steps = log.legend.steps.copy()
    steps.loc[rows, column] = value
    return replace(log, legend=replace(log.legend, steps=steps))


def test_cost_of_a_teu():
    rail = cost(corridors()).iloc[0]
    # 300 km at 0.5; 50 / 5 + 10 USD; 24 h of 2 TEU and 22 h of 3 TEU at 1 USD an hour.
    assert rail[["replication", "flow", "teu"]].tolist() == [0, "rail", 5]
    assert rail["freight_usd_teu"] == pytest.approx(150)
    assert rail["fees_usd_teu"] == pytest.approx(20)
    assert rail["inventory_usd_teu"] == pytest.approx((2 * 24 + 3 * 22) / 5)
    assert rail["total_usd_teu"] == pytest.approx(150 + 20 + 22.8)


def test_without_a_value_of_time_the_total_is_missing():
    road = cost(corridors()).iloc[1]
    assert road["fees_usd_teu"] == pytest.approx(50)
    assert np.isnan(road["inventory_usd_teu"])
    assert np.isnan(road["total_usd_teu"])


def test_without_a_rate_for_a_leg_the_freight_is_missing_for_who_went_there():
    table = cost(with_steps(corridors(), [6], "usd_teu_km", np.nan))
    assert np.isnan(table["freight_usd_teu"]).tolist() == [True, False, True, False]


def test_a_fee_that_is_not_given_is_not_charged():
    table = cost(with_steps(corridors(), [5], "fee_usd", np.nan))
    assert table["fees_usd_teu"].tolist() == pytest.approx([10, 50, 10, 50])


def test_each_ride_bears_its_own_part_of_the_way():
    table = cost(trains()).set_index("flow")
    assert table["freight_usd_teu"].drop("thru").to_dict() == {"first": 50.0, "long": 120.0, "second": 70.0}
    assert table["fees_usd_teu"].drop("thru").to_dict() == {"first": 0.0, "long": 6.0, "second": 6.0}
    assert table["teu"]["thru"] == 0
    assert np.isnan(table["freight_usd_teu"]["thru"])


def test_a_trip_that_takes_no_time_is_a_trip():
    rows: list[Row] = [(1, 3, None, 0, 0, 0, None, 4), (4, 6, None, 0, 0, 0, None, None), (4, 7, 0, 0, 0, 0, 0, None)]
    first = cost(trains([*rows, (4, 8, None, 0, 6, 7, None, None)])).iloc[0]
    assert first[["flow", "teu", "freight_usd_teu"]].tolist() == ["first", 3, 50.0]


def test_emissions_of_a_teu():
    table = emissions(corridors())
    assert table["moving_kg_teu"].tolist() == pytest.approx([60, 350, 60, 350])
    assert table["handling_kg_teu"].tolist() == pytest.approx([5, 0, 5, 0])
    assert table["total_kg_teu"].tolist() == pytest.approx([65, 350, 65, 350])


def test_without_a_factor_emissions_are_missing():
    of_leg = emissions(with_steps(corridors(), [4], "kg_tkm", np.nan))
    assert np.isnan(of_leg["total_kg_teu"]).tolist() == [True, False, True, False]


def test_a_handling_without_a_factor_emits_nothing():
    table = emissions(with_steps(corridors(), [0], "kg_teu", np.nan))
    assert table["total_kg_teu"].tolist() == pytest.approx([62, 350, 62, 350])


def test_what_goes_by_the_tonne_takes_the_payload_of_its_own_flow():
    log = corridors()
    heavy = replace(log, legend=replace(log.legend, flows=log.legend.flows.assign(tonnes_teu=[20.0, 16.0, np.nan])))
    assert emissions(heavy)["moving_kg_teu"].tolist() == pytest.approx([120, 700, 120, 700])
    # By road 350 km at 0.2 USD/TEU-km and 0.1 USD/tkm; by rail all is for a TEU.
    assert cost(heavy)["freight_usd_teu"].tolist() == pytest.approx([150, 70 + 560, 150, 70 + 560])
    road = distance_profile(heavy).query("replication == 0 and flow == 'road'")
    assert road["usd_teu"].iloc[-1] == pytest.approx(630 + 50)


def test_riders_of_one_train_with_different_payloads_emit_differently():
    log = trains()
    flows = log.legend.flows.assign(tonnes_teu=[10.0, 20.0, 10.0, 10.0])
    table = emissions(replace(log, legend=replace(log.legend, flows=flows))).set_index("flow")
    assert table["moving_kg_teu"].drop("thru").to_dict() == {"first": 50.0, "long": 240.0, "second": 70.0}


def test_trade_by_month():
    table = trade(corridors())
    first = table[table["replication"] == 0].drop(columns="replication").to_numpy().tolist()
    assert first == [
        ["north", "rail", "2020-01", 6, 6000.0, 60.0, 5, 0, 1, 0],
        ["north", "rail", "2020-02", 0, 0.0, 0.0, 0, 0, 0, 0],
        ["south", "road", "2020-01", 4, 4000.0, 32.0, 4, 0, 0, 0],
        ["south", "road", "2020-02", 0, 0.0, 0.0, 0, 0, 0, 0],
    ]


def test_trade_is_demand_and_counts_the_warm_up():
    assert trade(corridors(warm_up=24))["teu"].tolist() == trade(corridors())["teu"].tolist()


def test_what_is_under_way_is_on_the_way():
    table = trade(trains())
    thru = table.loc[table["flow"] == "thru", ["teu", "delivered_teu", "on_way_teu", "waiting_teu"]]
    assert thru.to_numpy().tolist() == [[2, 0, 2, 0]]


def test_traffic_that_is_not_reported_is_no_trade():
    assert trade(six_hour_queue())["teu"].sum() == 0


@pytest.mark.parametrize("log", [corridors(), trains()])
def test_every_teu_is_delivered_on_the_way_or_waiting(log):
    sums = trade(log).groupby(["replication", "flow"])[["teu", "delivered_teu", "on_way_teu", "waiting_teu"]].sum()
    assert sums["teu"].sum() >= 13
    assert (sums["teu"] == sums["delivered_teu"] + sums["on_way_teu"] + sums["waiting_teu"]).all()
