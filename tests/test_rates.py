"""Modes without a rate are told before a run, once each."""

import shutil
from pathlib import Path

import pytest

from sim.experiments.loads import check
from sim.experiments.rates import unrated, untimed
from sim.plan.compile import compile_plan
from sim.scenario import open_scenario
from tests.small_scenarios import TEXT, small, write


def told(tmp_path, overrides):
    stated = small(tmp_path, overrides)
    return [str(each) for each in unrated(stated, compile_plan(stated))]


def test_a_mode_without_rates_is_told_once_for_each(tmp_path):
    assert told(tmp_path, {"modes.rail": "{emissions: 28 g/tkm}", "modes.road": "{freight: 0.05 USD/tkm}"}) == [
        "no freight rate for mode rail: the cost of what goes by it is missing "
        "(give modes.rail.freight, or freight to each leg)",
        "no emissions rate for mode road: the CO2e of what goes by it is missing "
        "(give modes.road.emissions, or emissions to each leg)",
    ]


def test_what_has_all_rates_or_is_not_reported_is_not_told(tmp_path):
    assert told(tmp_path, {}) == []
    assert told(tmp_path, {"modes.road": "{freight: 0.05 USD/tkm}", "flows.parcels.report": "false"}) == []


def test_check_tells_of_rates(tmp_path):
    file = write(tmp_path, TEXT.replace("{freight: 0.6 USD/FEU-km, emissions: 28 g/tkm}", "{freight: 0.6 USD/FEU-km}"))
    assert [str(each) for each in check([file])] == [
        f"{file}: no emissions rate for mode rail: the CO2e of what goes by it is missing "
        "(give modes.rail.emissions, or emissions to each leg)"
    ]


VALID = Path(__file__).parent / "scenarios" / "valid"


@pytest.mark.parametrize(
    ("overrides", "who"),
    [
        ({"value_of_time": "null"}, ["trains"]),
        ({}, []),
        ({"value_of_time": "null", "flows.trains.value_of_time": "9 USD/TEU-day"}, []),
        ({"value_of_time": "null", "choices.inspection.rule": "least-time"}, []),
    ],
)
def test_time_that_costs_nothing_at_a_choice_by_cost_is_told(overrides, who):
    stated = open_scenario(VALID / "choice-by-cost.yaml", overrides).scenario
    assert [(each.choice, *each.who) for each in untimed(stated, compile_plan(stated))] == [
        ("inspection", each) for each in who
    ]


def test_check_tells_of_time_that_costs_nothing(tmp_path):
    file = tmp_path / "untimed.yaml"
    for name in ("line.yaml", "choice-by-cost.yaml"):
        shutil.copy(VALID / name, tmp_path)
    file.write_text("extends: choice-by-cost.yaml\nvalue_of_time: null\n")
    assert [str(each) for each in check([file]) if "least cost" in str(each)] == [
        f"{file}: choice inspection goes by least cost, and trains has no value of time: it costs nothing (give "
        "value_of_time to the scenario or the flow; consists have none, for them take least-time)"
    ]
