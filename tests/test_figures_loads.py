"""The TEU a year over each leg, that the widths of a map's lines stand for."""

from __future__ import annotations

import pytest

from sim.figures.loads import leg_teu
from tests.report_sample import DAY, HORIZON_D, REPLICATIONS, WARM_UP_D, sample_log
from tests.valid_scenarios import simulated

YEARS = 10 / 365


def test_teu_are_those_aboard_of_what_enters_the_leg():
    log = sample_log()
    steps, entities, visits = log.legend.steps, log.legend.entities, log.visits
    name = "lanzhou-jiayuguan-rail"
    rides = visits[visits["consist"].notna()].merge(entities, on=["replication", "entity"])
    on = steps[(steps["leg"] == name) & (steps["kind"] == "occupy")]["step"]
    entered = visits[visits["step"].isin(on) & (visits["entered"] >= WARM_UP_D * DAY)]
    riding = entered.merge(rides, left_on=["replication", "entity"], right_on=["replication", "consist"])
    off = (riding["left_y"] <= riding["entered_x"]).fillna(value=False)
    aboard = riding[(riding["entered_y"] <= riding["entered_x"]) & ~off]
    expected = aboard["teu"].sum() / REPLICATIONS / ((HORIZON_D - WARM_UP_D) / 365)
    assert expected > 1000
    assert leg_teu(log)[name] == pytest.approx(expected)


def test_where_ways_part_each_counts_who_took_it():
    recorded = simulated("choice-by-shares")
    steps = recorded.legend.steps
    by_road = recorded.visits["step"].isin(steps[steps["leg"] == "detour"]["step"]).sum()
    loads = leg_teu(recorded)
    assert 30 < by_road < 80
    assert (loads["detour"], loads["west-middle"]) == pytest.approx((2 * by_road / YEARS, 2 * (216 - by_road) / YEARS))


def test_a_leg_driven_in_pieces_counts_once():
    recorded = simulated("small")
    assert (recorded.legend.steps["leg"] == "road").sum() > 5
    assert leg_teu(recorded)["road"] == pytest.approx(365 * 2.25, rel=0.05)


def test_what_is_aboard_of_a_carried_consist_goes_over_the_leg_too():
    loads = leg_teu(simulated("ferry"))
    assert [loads[leg] for leg in ("west-below", "chamber", "above-east")] == pytest.approx([8 / YEARS] * 3)
