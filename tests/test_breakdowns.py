"""Spells at random become windows of their places."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines import ENGINES, run
from sim.plan.breakdowns import spells_of, with_breakdowns
from sim.plan.draws import Address, drawn
from sim.plan.tables import Plan, Purpose
from tests.small_plans import SmallPlan, exponential, occupy


def plant(horizon: int = 100) -> SmallPlan:
    small = SmallPlan(horizon)
    small.place("crane", (0, 3), (30, 5, 0.5))
    small.place("hall", 1, suspends=True)
    small.place("gate", 2)
    small.route("box", occupy("hall", 50))
    small.entity("box")
    return small


def windows(plan: Plan, place: int) -> list[tuple[int, int, float]]:
    rows = slice(int(plan.places.first_window[place]), int(plan.places.first_window[place + 1]))
    columns = plan.windows.time, plan.windows.capacity, plan.windows.pace
    return list(zip(*(column[rows].tolist() for column in columns), strict=True))


def test_a_spell_cuts_capacity_and_pace_for_its_time_at_all_its_places():
    small = plant()
    small.breakdown("crane", "hall", between=20, repair=15, capacity=0)
    plan = with_breakdowns(small.plan, 1, 0)
    crane = [
        (0, 3, 1.0),
        (20, 0, 1.0),
        (30, 0, 0.5),
        (35, 5, 0.5),
        (55, 0, 0.5),
        (70, 5, 0.5),
        (90, 0, 0.5),
        (105, 5, 0.5),
    ]
    assert windows(plan, 0) == crane
    assert windows(plan, 1) == [(time, units > 0, 1.0) for time, units, _ in crane if time != 30]
    assert windows(plan, 2) == [(0, 2, 1.0)]
    assert len(plan.breakdowns.pace) == 0
    assert run(plan, small.entities, seed=1, replication=0).visits.left.tolist() == [50 + 15 + 15]


def test_where_spells_meet_the_least_capacity_and_the_product_of_paces_hold():
    small = plant()
    small.breakdown("crane", between=10, repair=90, capacity=2, pace=0.5)
    small.breakdown("crane", between=20, repair=500, pace=0.5)
    plan = with_breakdowns(small.plan, 1, 0)
    assert windows(plan, 0) == [(0, 3, 1.0), (10, 2, 0.5), (20, 2, 0.25), (30, 2, 0.125), (100, 5, 0.25), (520, 5, 0.5)]


def test_what_of_a_spell_is_out_of_season_does_not_happen():
    small = plant()
    small.breakdown("hall", between=20, repair=15, capacity=0, seasons=((0, 25), (25, 30), (60, 100)))
    small.breakdown("gate", between=20, repair=15, capacity=0, seasons=((0, 20),))
    plan = with_breakdowns(small.plan, 1, 0)
    assert windows(plan, 1) == [
        (0, 1, 1.0),
        (20, 0, 1.0),
        (30, 1, 1.0),
        (60, 0, 1.0),
        (70, 1, 1.0),
        (90, 0, 1.0),
        (100, 1, 1.0),
    ]
    assert windows(plan, 2) == [(0, 2, 1.0)]


def test_a_place_never_has_more_for_a_spell():
    small = plant()
    small.breakdown("hall", between=10, repair=10, capacity=9)
    assert windows(with_breakdowns(small.plan, 1, 0), 1) == [(0, 1, 1.0)]


def test_times_of_no_seconds_are_of_one():
    small = plant(6)
    small.breakdown("hall", between=0, repair=0, capacity=0)
    assert [row[:2] for row in windows(with_breakdowns(small.plan, 1, 0), 1)] == [
        (time, 1 - time % 2) for time in range(7)
    ]


def test_without_breakdowns_the_plan_is_the_same():
    plan = plant().plan
    assert with_breakdowns(plan, 1, 0) is plan


def test_a_plan_with_breakdowns_is_refused_by_the_engines():
    small = plant()
    small.breakdown("hall", between=10, repair=10, capacity=0)
    for engine in ENGINES.values():
        with pytest.raises(ValueError, match="with_breakdowns makes windows of them"):
            engine(small.plan, small.entities, seed=1, replication=0)


def test_draws_are_by_the_ordinal_of_the_spell_and_move_with_nothing_else():
    small = plant(100_000)
    small.breakdown("hall", between=exponential(100.0), repair=exponential(10.0), capacity=0)
    begins, ends = spells_of(small.plan, 0, (5, 6))
    stream = int(small.plan.breakdowns.stream[0])
    up, down = (
        np.maximum(drawn(exponential(mean), Address(5, 6, stream, purpose), np.arange(len(begins))), 1)
        for mean, purpose in ((100.0, Purpose.BREAK), (10.0, Purpose.REPAIR))
    )
    assert len(begins) > 600
    assert begins.tolist() == (np.cumsum(up) + np.cumsum(down) - down).tolist()
    assert (ends - begins).tolist() == down.tolist()
    small.horizon = 50_000
    assert spells_of(small.plan, 0, (5, 6))[0].tolist() == [begin for begin in begins.tolist() if begin < 50_000]
    assert spells_of(small.plan, 0, (5, 7))[0].tolist() != begins[begins < 50_000].tolist()
