"""Offered loads and free-flow times, worked out by hand."""

import re
from pathlib import Path

import pytest

from sim.experiments.loads import Overload, check, warnings
from sim.plan import traffic
from sim.plan.compile import compile_plan
from sim.plan.offered import free_flow_seconds, offered_loads
from sim.scenario import open_scenario
from tests.small_scenarios import TEXT, small, write

HOUR = 3600
VALID = Path(__file__).parent / "scenarios" / "valid"


def loads(tmp_path, overrides=None):
    scenario = small(tmp_path, overrides)
    compiled = compile_plan(scenario)
    entities = traffic.entities(scenario, compiled, 7, 0)
    return (
        scenario,
        compiled,
        entities,
        {load.place: load.ratio for load in offered_loads(scenario, compiled, entities)},
    )


def test_a_headway_is_loaded_by_each_train_for_its_length(tmp_path):
    _, _, _, found = loads(tmp_path)
    # The last of them stands ready within the run, and departs after it.
    assert found["alpha-beta alpha to beta entry"] == pytest.approx(21 * 20 / 60 / (28 * 24))


def test_trucks_are_loaded_until_they_are_back(tmp_path):
    _, _, _, found = loads(tmp_path)
    trip = 2 + 20 + 2 * 0.75 + 2 * 11 + 20
    assert found["trucks"] == pytest.approx(28 * trip / (3 * 28 * 24), rel=1e-6)


def test_a_place_with_hours_gives_only_its_hours(tmp_path):
    _, _, _, found = loads(tmp_path)
    open_hours = 4 * (5 * 12 + 4)
    # Trains come 48 h + 20 min after their departure; those of the last two days are not handled in this run.
    assert found["customs"] == pytest.approx(19 * 2 / (2 * open_hours), rel=0.06)


def test_a_fleet_that_circulates_offers_nothing_since_its_queue_cannot_grow():
    scenario = open_scenario(VALID / "circuit.yaml", {"legs.west-middle.headway": "3 days"}).scenario
    compiled = compile_plan(scenario)
    assert offered_loads(scenario, compiled, traffic.entities(scenario, compiled, 7, 0)) == []


def test_more_than_it_can_give_is_a_warning_with_place_and_months(tmp_path):
    scenario, compiled, entities, _ = loads(tmp_path, {"places.trucks.capacity": "2 trucks"})
    assert [str(each) for each in warnings(scenario, compiled, entities)] == [
        "offered load 1.36 at trucks in 2020-01: this queue cannot settle then"
    ]


def test_a_load_beyond_all_measure_is_told_with_an_exponent(tmp_path):
    absurd = {"operations.check.time": "{lognormal: {median: 1 h, p90: 10000 years}}"}
    scenario, compiled, entities, _ = loads(tmp_path, absurd)
    [told] = [str(each) for each in warnings(scenario, compiled, entities)]
    assert re.fullmatch(r"offered load \d\.\de\+\d+ at customs in 2020-01: this queue cannot settle then", told)
    assert "9999.00" in str(Overload("", "hall", "a", "b", 9999.0))


def test_checking_files_tells_problems_and_warnings_in_their_order(tmp_path):
    bad = write(tmp_path, TEXT.replace("by: [truck]", "by: [trukc]"), "bad.yaml")
    full = write(tmp_path, TEXT.replace("capacity: 3 trucks", "capacity: 2 trucks"), "full.yaml")
    assert [str(each).removeprefix(f"{tmp_path}/") for each in check([bad, full])] == [
        "bad.yaml:81:10: flows.parcels.by.0: unknown service or operation 'trukc' - did you mean 'truck'?",
        "full.yaml: offered load 1.36 at trucks in 2020-01: this queue cannot settle then",
    ]


def test_free_flow_is_the_sum_of_the_medians(tmp_path):
    scenario = small(tmp_path)
    compiled = compile_plan(scenario)
    assert free_flow_seconds(scenario, compiled, "goods") == (48 + 2 + (1 + 100 * 0.01) + 96) * HOUR
    assert free_flow_seconds(scenario, compiled, "parcels") == pytest.approx((2 + 20 + 1.5 + 22) * HOUR)


def test_a_pace_at_a_place_where_nobody_works_is_a_warning(tmp_path):
    slow = "hall: {changes: {snow: {from: 2020-01-03, pace: 50 %}}, "
    held = TEXT.replace("hall: {", slow).replace("time: 1 h, time_per_teu: 36 s, until", "until")
    told = [str(each).removeprefix(f"{tmp_path}/") for each in check([write(tmp_path, held)])]
    assert told == [
        "small.yaml: pace and suspended work at hall do nothing: its units are only held, no work is done there"
    ]
    assert check([write(tmp_path, TEXT.replace("hall: {", slow))]) == []
