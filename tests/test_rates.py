"""Modes without a rate are told before a run, once each."""

from sim.experiments.loads import check
from sim.experiments.rates import unrated
from sim.plan.compile import compile_plan
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
